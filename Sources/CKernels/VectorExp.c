#include "VectorExp.h"
#include <stdint.h>
#include <string.h>

// exp(x) = 2^k exp(r), r = x - k ln 2 in two parts (Cody-Waite), |r| <= ln(2)/2; Taylor to degree 13.
// The shift constant 1.5 * 2^52 rounds x / ln 2 and leaves k in the low mantissa bits.
// Which clone runs is decided while the program is loaded, before the thread sanitizer's run-time library can be called.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void tausonite_exp(double *values, long count) {
    const double shift = 6755399441055744.0, inverse = 1.4426950408889634074;
    const double high = 6.93147180369123816490e-01, low = 1.90821492927058770002e-10;
    for (long i = 0; i < count; i++) {
        double x = values[i];
        x = x > 708.0 ? 708.0 : x;
        x = x < -708.0 ? -708.0 : x;
        double t = x * inverse + shift;
        double k = t - shift;
        double r = (x - k * high) - k * low;
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
        uint64_t bits;
        memcpy(&bits, &t, 8);
        bits = (bits << 52) + 0x3ff0000000000000ull;
        double power;
        memcpy(&power, &bits, 8);
        values[i] = p * power;
    }
}
