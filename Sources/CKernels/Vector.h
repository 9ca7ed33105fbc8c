#pragma once
// Vectors of 16 floats in the compiler's own notation, fused multiply-adds by name, and the two instruction levels that
// every kernel is compiled for. The order of every sum and every rounding is written down, so both give the same bits.
#include <stdint.h>

#include "Level.h"

// Nothing is fused but what fma() says (the flag fast-honor-pragmas lets this line decide).
#pragma clang fp contract(off)
// The helpers below are always inlined, so no vector ever crosses a call: the ABI warning does not apply.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16
#define INLINE inline __attribute__((always_inline))

// KERNEL(name, Arguments) makes `void name(const Arguments *)` from `static INLINE void name##_body(const Arguments *, int wide)`;
// `wide` is 1 where a vector is one register of 32, and 0 where it takes two of 16.
#if defined(__x86_64__)
#define KERNEL(name, Arguments)                                                                                                  \
    __attribute__((target("arch=x86-64-v3"))) static void name##_avx2(const Arguments *a) { name##_body(a, 0); }                 \
    __attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static void name##_avx512(const Arguments *a) {             \
        name##_body(a, 1);                                                                                                       \
    }                                                                                                                            \
    void name(const Arguments *a) {                                                                                              \
        if (a->level >= kernel_level_avx512)                                                                                     \
            name##_avx512(a);                                                                                                    \
        else                                                                                                                     \
            name##_avx2(a);                                                                                                      \
    }
#else
#define KERNEL(name, Arguments)                                                                                                  \
    void name(const Arguments *a) { name##_body(a, 1); }
#endif

// F decays towards zero for ever: below 1.2e-38 it is taken as zero, because denormal arithmetic is slow.
#if defined(__x86_64__)
static INLINE unsigned flush_denormals(void) {
    const unsigned mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | 0x8040);
    return mode;
}
static INLINE void restore_mode(unsigned mode) { __builtin_ia32_ldmxcsr(mode); }
#else
static INLINE unsigned flush_denormals(void) { return 0; }
static INLINE void restore_mode(unsigned mode) { (void)mode; }
#endif

typedef float vec __attribute__((vector_size(64), aligned(64)));
typedef int32_t mask __attribute__((vector_size(64), aligned(64)));
typedef int16_t level __attribute__((vector_size(32), aligned(32)));

static INLINE vec load(const float *p) { return *(const vec *)p; }
static INLINE void store(float *p, vec v) { *(vec *)p = v; }
static INLINE void store_past_caches(float *p, vec v) { __builtin_nontemporal_store(v, (vec *)p); }
static INLINE vec splat(float x) { return (vec){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
static INLINE vec fma(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }
// v where `where` holds, else 0.
static INLINE vec keep_where(mask where, vec v) { return (vec)(where & (mask)v); }
// max(v, 0), but NaN stays NaN.
static INLINE vec rectified(vec v) { return keep_where(~(v < splat(0)), v); }
static INLINE void store_levels(int16_t *p, vec v) { *(level *)p = __builtin_convertvector(v, level); }

// Pairwise, so the rounding error of a row sum grows with the logarithm of the lanes only.
static INLINE float sum(vec v) {
    _Alignas(64) float x[LANES];
    *(vec *)x = v;
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) x[i] += x[i + half];
    return x[0];
}
