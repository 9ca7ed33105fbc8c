#pragma once
#include "Cell.h"
#include "Convolution.h"
#include "Elementary.h"
#include "Level.h"
#include "Pairs.h"
#include "VectorExp.h"
