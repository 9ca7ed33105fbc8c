#pragma once
#include "VectorExp.h"
#include "Cell.h"
