#include "CRoofline.h"

#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
typedef float vec __attribute__((vector_size(64), aligned(64)));

CLONES double roofline_multiply_add(size_t rounds, float *sink) {
    vec a[12], factor, term;
    for (int i = 0; i < 16; i++) factor[i] = 0.999f, term[i] = 1e-3f;
    for (int j = 0; j < 12; j++) a[j] = factor + (float)j;
    for (size_t r = 0; r < rounds; r++)
#pragma clang loop unroll(full)
        for (int j = 0; j < 12; j++) a[j] = a[j] * factor + term;
    for (int j = 1; j < 12; j++) a[0] += a[j];
    *sink = a[0][0];
    return (double)rounds * 12 * 16 * 2;
}

CLONES double roofline_copy(const float *from, float *to, size_t count) {
    for (size_t i = 0; i + 16 <= count; i += 16) __builtin_nontemporal_store(*(const vec *)(from + i), (vec *)(to + i));
    return (double)count * 8;
}

CLONES double roofline_read(const float *from, size_t count, float *sink) {
    vec a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t i = 0; i + 64 <= count; i += 64) {
        a += *(const vec *)(from + i), b += *(const vec *)(from + i + 16);
        c += *(const vec *)(from + i + 32), d += *(const vec *)(from + i + 48);
    }
    a += b + c + d;
    *sink = a[0];
    return (double)count * 4;
}
