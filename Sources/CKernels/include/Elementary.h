#pragma once
// Elementary functions whose bits are the same everywhere: fixed sequences of double-precision operations.

#ifdef __cplusplus
extern "C" {
#endif

// exp(x), relative error below 4e-16; infinity above 708 and 0 below -708.
double kernel_exp(double x);
// log(x), error below 4e-16 of the larger of 1 and |log x|; minus infinity below the smallest normal number, NaN below 0.
double kernel_log(double x);
// tanh(x) to half a unit in the last place of a float but for ties; what the cell kernels use.
float kernel_tanh(float x);

#ifdef __cplusplus
}
#endif
