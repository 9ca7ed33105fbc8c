#pragma once
#include "VectorExp.h"
