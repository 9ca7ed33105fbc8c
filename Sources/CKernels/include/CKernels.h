#pragma once
#include "Cell.h"
#include "Convolution.h"
#include "Elementary.h"
#include "Level.h"
#include "VectorExp.h"
