#include "Cell.h"
#include "Vector.h"

#define BLOCK 4

// The slope of the price of 16 updates, and their price added to `paid`. Most updates are zero, so their lanes are looked at
// one by one only where one of them is not.
static INLINE vec price_slopes(const CellBackward *a, const vec dF, double *paid) {
    const vec top = splat(a->maximum / a->step);
    vec k = __builtin_elementwise_roundeven(dF * splat(1 / a->step));
    k = __builtin_elementwise_max(__builtin_elementwise_min(k, top), -top);
    vec slopes = splat(0);
    if (__builtin_reduce_or(k != splat(0)))
        for (int i = 0; i < LANES; i++) {
            const int level = (int)k[i];
            *paid += a->prices[level < 0 ? -level : level];
            slopes[i] = level < 0 ? -a->slopes[-level] : level > 0 ? a->slopes[level] : 0;
        }
    return slopes;
}

// One row of E environments (E a constant after inlining). Sweep 1: sum D gamma u (and, for the STPN, sum D lambda F),
// which completes d loss / d h. Sweep 2: with alpha = da / n and beta = da s / n^2 (+ the STPN's term), dG = alpha u - beta G, and
// everything else follows; the next row's F comes in from memory meanwhile.
static INLINE void backward_row(const CellBackward *a, const int row, const int e0, const int E, const int stpn,
                                const int priced) {
    const int64_t stride = a->stride, plane = a->plane;
    const float *W = a->W + row * stride, *gamma = a->gamma + row * stride, *lambda = a->lambda + row * stride;
    const float *u = a->u + e0 * stride, *F = a->F + e0 * plane + row * stride;
    float *D = a->D + e0 * plane + row * stride, *du = a->du + e0 * stride;
    float *dW = a->dW + row * stride, *dgamma = a->dgamma + row * stride, *dlambda = a->dlambda + row * stride;

    vec through_h[BLOCK], through_n[BLOCK];
    double paid = 0, again = 0;
#pragma clang loop unroll(full)
    for (int e = 0; e < E; e++) through_h[e] = through_n[e] = splat(0);
    for (int64_t k = 0; k < stride; k += LANES) {
        const vec g = load(gamma + k), l = stpn ? load(lambda + k) : splat(0);
#pragma clang loop unroll(full)
        for (int e = 0; e < E; e++) {
            vec d = load(D + e * plane + k);
            if (stpn) through_n[e] = fma(d, l * load(F + e * plane + k), through_n[e]);
            if (priced) d += price_slopes(a, g * (splat(a->h[(e0 + e) * a->rows + row]) * load(u + e * stride + k)), &paid);
            through_h[e] = fma(d, g * load(u + e * stride + k), through_h[e]);
        }
    }

    vec alpha[BLOCK], beta[BLOCK], gain[BLOCK], keep[BLOCK];
    float da_sum = 0;
#pragma clang loop unroll(full)
    for (int e = 0; e < E; e++) {
        const int64_t at = (int64_t)(e0 + e) * a->rows + row;
        const float h = a->h[at], n = a->n[at], s = a->s[at];
        const float da = (a->dh[at] + sum(through_h[e])) * (1 - h * h);
        const float extra = stpn ? sum(through_n[e]) / (n * n * n) : 0;
        da_sum += da;
        alpha[e] = splat(da / n), beta[e] = splat(da * s / (n * n) + extra);
        gain[e] = splat(h), keep[e] = splat(stpn ? 1 / n : 1);
    }
    a->dbias[row] += da_sum;
    if (priced) *a->paid += paid;

    for (int64_t k = 0; k < stride; k += LANES) {
        const vec w = load(W + k), g = load(gamma + k), l = load(lambda + k);
        vec to_w = load(dW + k), to_gamma = load(dgamma + k), to_lambda = load(dlambda + k);
#pragma clang loop unroll(full)
        for (int e = 0; e < E; e++) {
            const vec f = load(F + e * plane + k), x = load(u + e * stride + k), d = load(D + e * plane + k);
            const vec G = w + f, dG = fma(alpha[e], x, -(beta[e] * G));
            const vec dh = (priced ? d + price_slopes(a, g * (gain[e] * x), &again) : d) * gain[e];
            const vec df = stpn ? d * keep[e] : d;
            to_gamma = fma(dh, x, to_gamma);
            to_lambda = fma(df, f, to_lambda);
            to_w += dG;
            __builtin_prefetch(F + e * plane + k + stride, 0, 2);
            store(du + e * stride + k, fma(dh, g, fma(alpha[e], G, load(du + e * stride + k))));
            store(D + e * plane + k, fma(l, df, dG));
        }
        store(dW + k, to_w), store(dgamma + k, to_gamma), store(dlambda + k, to_lambda);
    }
}

static INLINE void backward(const CellBackward *a, const int stpn, const int priced) {
    const unsigned mode = flush_denormals();
    for (int64_t k = 0; k < (int64_t)a->environments * a->stride; k += LANES) store(a->du + k, splat(0));
    for (int row = 0; row < a->rows; row++) {
        int e = 0;
        for (; e + 4 <= a->environments; e += 4) backward_row(a, row, e, 4, stpn, priced);
        for (; e + 2 <= a->environments; e += 2) backward_row(a, row, e, 2, stpn, priced);
        for (; e < a->environments; e++) backward_row(a, row, e, 1, stpn, priced);
    }
    restore_mode(mode);
}

static INLINE void cell_backward_body(const CellBackward *a, const int wide) {
    (void)wide;
    if (a->slopes)
        backward(a, a->divide_by_norm, 1);
    else if (a->divide_by_norm)
        backward(a, 1, 0);
    else
        backward(a, 0, 0);
}

KERNEL(cell_backward, CellBackward)
