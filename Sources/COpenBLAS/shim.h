#pragma once
// LAPACKE is a library of its own on Debian and calls the LAPACK in OpenBLAS, so the module map links both.
#include <lapacke.h>
