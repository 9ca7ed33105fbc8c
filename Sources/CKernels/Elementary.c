#include "Elementary.h"

#include "FixedMath.h"

double kernel_exp(double x) {
    if (x != x) return x;
    if (x > 708) return __builtin_huge_val();
    return x < -708 ? 0 : exp_fixed(x);
}

double kernel_log(double x) {
    if (!(x >= 2.2250738585072014e-308)) return x < 0 || x != x ? __builtin_nan("") : -__builtin_huge_val();
    return x == __builtin_huge_val() ? x : log_fixed(x);
}

float kernel_tanh(float x) { return tanh_fixed(x); }
