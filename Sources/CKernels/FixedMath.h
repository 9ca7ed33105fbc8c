#pragma once
// exp, log and tanh in double precision by additions, multiplications and at most one division, in a fixed order: libm's
// differ in the last bit between its releases and between the variants it chooses by processor.
#include <string.h>

#include "Vector.h"

// The bits of a double, and back.
static INLINE uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, 8);
    return bits;
}
static INLINE double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, 8);
    return x;
}

// exp(x) for |x| <= 708: 2^k exp(r), r = x - k ln 2 in two parts (Cody-Waite), |r| <= ln(2) / 2; Taylor to degree 13.
static INLINE double exp_fixed(double x) {
    const double shift = 6755399441055744.0;  // 1.5 * 2^52 rounds to a whole number and leaves it in the low bits
    const double t = x * 1.4426950408889634074 + shift, k = t - shift;
    const double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double p = 1.6059043836821613e-10;
    p = p * r + 2.0876756987868099e-09;
    p = p * r + 2.5052108385441719e-08;
    p = p * r + 2.7557319223985891e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.4801587301587302e-05;
    p = p * r + 1.9841269841269841e-04;
    p = p * r + 1.3888888888888889e-03;
    p = p * r + 8.3333333333333332e-03;
    p = p * r + 4.1666666666666664e-02;
    p = p * r + 1.6666666666666666e-01;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * from_bits((bits_of(t) << 52) + 0x3ff0000000000000ull);
}

// log(x) for positive normal x: e ln 2 + log m, m within sqrt(1/2) ... sqrt(2); log m = 2 artanh s, s = (m - 1) / (m + 1),
// |s| <= 0.172, by its series to s^23 (next term below 1e-19).
static INLINE double log_fixed(double x) {
    const uint64_t bits = bits_of(x);
    int64_t exponent = (int64_t)(bits >> 52) - 1023;
    double m = from_bits((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
    if (m > 1.4142135623730951) m *= 0.5, exponent += 1;
    const double s = (m - 1) / (m + 1), q = s * s;
    double p = 1.0 / 23;
    p = p * q + 1.0 / 21;
    p = p * q + 1.0 / 19;
    p = p * q + 1.0 / 17;
    p = p * q + 1.0 / 15;
    p = p * q + 1.0 / 13;
    p = p * q + 1.0 / 11;
    p = p * q + 1.0 / 9;
    p = p * q + 1.0 / 7;
    p = p * q + 1.0 / 5;
    p = p * q + 1.0 / 3;
    const double e = (double)exponent;
    return e * 6.93147180369123816490e-01 + (e * 1.90821492927058770002e-10 + (2 * s + 2 * s * (q * p)));
}

// tanh x = 1 - 2 / (exp(2 x) + 1), and its series to x^9 where that would cancel (|x| < 0.03: next term below 1e-18).
// Within half a unit in the last place of the float but for ties; 1 from |x| = 10 on, as rounding gives; NaN stays NaN.
static INLINE float tanh_fixed(float value) {
    const double x = value, magnitude = x < 0 ? -x : x;
    double y;
    if (magnitude < 0.03) {
        const double s = x * x;
        return (float)(x * (1 + s * (-1.0 / 3 + s * (2.0 / 15 + s * (-17.0 / 315 + s * (62.0 / 2835))))));
    }
    if (magnitude > 10)
        y = 1;
    else
        y = 1 - 2 / (exp_fixed(2 * magnitude) + 1);
    return (float)(x < 0 ? -y : y);
}
