#pragma once
/// Replaces each of the `count` values by its exponential, relative error below 4e-16 within [-708, 708];
/// arguments outside are taken at the bound, NaN stays NaN. Compiled for AVX-512, AVX2 and plain x86-64.
void tausonite_exp(double *values, long count);
