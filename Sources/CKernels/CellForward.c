#include "Cell.h"
#include "FixedMath.h"
#include "Vector.h"

#define BLOCK 4

// One row of E environments (E a constant after inlining). Sweep 1 gives G . u and |G|^2, hence h; sweep 2 finds the
// row still in cache and moves F on.
static INLINE void forward_row(const CellForward *a, const int row, const int e0, const int E, const int rounded,
                               const int recorded) {
    const int64_t stride = a->stride, plane = a->plane;
    const float *W = a->W + row * stride, *gamma = a->gamma + row * stride, *lambda = a->lambda + row * stride;
    const float *u = a->u + e0 * stride, *F = a->F + e0 * plane + row * stride;
    float *next = a->F_next ? a->F_next + e0 * plane + row * stride : 0;

    float *before = a->F_before ? a->F_before + e0 * plane + row * stride : 0;
    float *sum_absolute = recorded ? a->sum_absolute + row * stride : 0, *total = recorded ? a->sum + row * stride : 0;

    vec dot[BLOCK], square[BLOCK];
#pragma clang loop unroll(full)
    for (int e = 0; e < E; e++) dot[e] = square[e] = splat(0);
    for (int64_t k = a->known ? stride : 0; k < stride; k += LANES) {
        const vec w = load(W + k);
#pragma clang loop unroll(full)
        for (int e = 0; e < E; e++) {
            const vec G = w + load(F + e * plane + k);
            dot[e] = fma(G, load(u + e * stride + k), dot[e]);
            square[e] = fma(G, G, square[e]);
            if (recorded) {
                store(sum_absolute + k, load(sum_absolute + k) + __builtin_elementwise_abs(G));
                store(total + k, load(total + k) + G);
            }
        }
    }

    vec gain[BLOCK], keep[BLOCK];
#pragma clang loop unroll(full)
    for (int e = 0; e < E; e++) {
        const int64_t at = (int64_t)(e0 + e) * a->rows + row;
        if (!a->known) {
            const float n = __builtin_elementwise_sqrt(sum(square[e])) + 1e-16f, s = sum(dot[e]) / n;
            a->n[at] = n, a->s[at] = s, a->h[at] = tanh_fixed(s + a->bias[row]);
        }
        gain[e] = splat(a->h[at]), keep[e] = splat(a->divide_by_norm ? 1 / a->n[at] : 1);
    }

    if (!a->F_next) return;

    const vec per = splat(rounded ? 1 / a->step : 0), step = splat(a->step);
    const vec top = splat(rounded ? a->maximum / a->step : 0);
    for (int64_t k = 0; k < stride; k += LANES) {
        const vec g = load(gamma + k), l = load(lambda + k);
#pragma clang loop unroll(full)
        for (int e = 0; e < E; e++) {
            vec dF = g * (gain[e] * load(u + e * stride + k));
            if (rounded) {
                dF = __builtin_elementwise_roundeven(dF * per);
                dF = __builtin_elementwise_max(__builtin_elementwise_min(dF, top), -top);
                if (a->levels) store_levels(a->levels + (e0 + e) * plane + row * stride + k, dF);
                dF *= step;
            }
            const vec f = load(F + e * plane + k);
            if (before) store_past_caches(before + e * plane + k, f);
            store(next + e * plane + k, fma(l, keep[e] * f, dF));
        }
    }
}

static INLINE void forward(const CellForward *a, const int rounded) {
    const unsigned mode = flush_denormals();
    for (int row = 0; row < a->rows; row++) {
        int e = 0;
        if (a->sum) forward_row(a, row, e++, 1, rounded, 1);
        for (; e + 4 <= a->environments; e += 4) forward_row(a, row, e, 4, rounded, 0);
        for (; e + 2 <= a->environments; e += 2) forward_row(a, row, e, 2, rounded, 0);
        for (; e < a->environments; e++) forward_row(a, row, e, 1, rounded, 0);
    }
    restore_mode(mode);
}

static INLINE void cell_forward_body(const CellForward *a, const int wide) {
    (void)wide;
    if (a->step > 0)
        forward(a, 1);
    else
        forward(a, 0);
}

KERNEL(cell_forward, CellForward)
