#pragma once
#include <stddef.h>

// The two limits of one core that the network's kernels are measured against.

// Multiply-adds on registers only; returns the floating-point operations done. `sink` keeps the result alive.
double roofline_multiply_add(size_t rounds, float *sink);

// Reads `count` floats and writes them to `to` past the caches; returns the bytes moved (read and written).
double roofline_copy(const float *from, float *to, size_t count);

// Reads `count` floats; returns the bytes moved.
double roofline_read(const float *from, size_t count, float *sink);
