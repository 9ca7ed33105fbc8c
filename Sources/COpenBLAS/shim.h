#pragma once
// Debian's OpenBLAS carries CBLAS; LAPACKE is a library of its own, so the module map links both.
#include <cblas.h>
#include <lapacke.h>
