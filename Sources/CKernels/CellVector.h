#pragma once
// Vectors of 16 floats in the compiler's own notation: the order of every sum is the same on every processor.
#include "Cell.h"

// The helpers below are always inlined, so no vector ever crosses a call: the ABI warning does not apply.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16
#define BLOCK 4
#define INLINE inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
#else
#define CLONES
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
typedef int16_t level __attribute__((vector_size(32), aligned(32)));

static INLINE vec load(const float *p) { return *(const vec *)p; }
static INLINE void store(float *p, vec v) { *(vec *)p = v; }
static INLINE void store_past_caches(float *p, vec v) { __builtin_nontemporal_store(v, (vec *)p); }
static INLINE vec splat(float x) { return (vec){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
static INLINE void store_levels(int16_t *p, vec v) { *(level *)p = __builtin_convertvector(v, level); }

// Pairwise, so the rounding error of a row sum grows with the logarithm of the lanes only.
static INLINE float sum(vec v) {
    _Alignas(64) float x[LANES];
    *(vec *)x = v;
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) x[i] += x[i + half];
    return x[0];
}
