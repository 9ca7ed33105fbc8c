#pragma once
// The hot loops of the plastic layer: one network step of the m-STPN / STPN cell, forward and backward, for a group
// of environments. Formulas: Docs/network.md, "Cell"; both have a plain Swift twin in the tests.
//
// Layout: rows = units, `stride` = inputs rounded up to a multiple of 16 floats; the padding of every array is zero and
// stays zero. W, gamma, lambda and the gradients are [rows][stride]; u, du are [environments][stride]; F, D are
// [environments][plane]; h, n, s, dh are [environments][rows]. All pointers are 64-byte aligned at row starts.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t level;
    int32_t rows, stride, environments;
    // Floats from one environment's F (and levels) to the next; no multiple of 1024, or the environments compete for the
    // same cache sets.
    int32_t plane;
    // 1: h and n are given (a step that is done again): only F moves. 0: they are computed.
    int32_t known;
    // 1: F' = lambda F / n + dF (original STPN); 0: F' = lambda F + dF (m-STPN).
    int32_t divide_by_norm;
    // Grid of dF; step = 0 leaves dF continuous and unclipped.
    float step, maximum;
    const float *W, *gamma, *lambda, *bias;
    const float *u;
    const float *F;
    // May be F itself (in place), or NULL when only h is wanted.
    float *F_next;
    // Out, or NULL: a copy of F as it was before the step, same layout, written past the caches.
    float *F_before;
    // Out: new h, row norms n of G = W + F, and s = (G . u) / n.
    float *h, *n, *s;
    // Out, or NULL: dF / step of every synapse, [environments][plane].
    int16_t *levels;
    // Added to, or both NULL: |G| and G of the first environment, [rows][stride].
    float *sum_absolute, *sum;
} CellForward;

typedef struct {
    int32_t level;
    int32_t rows, stride, environments, plane, divide_by_norm;
    const float *W, *gamma, *lambda;
    // The values of the forward step: u, F before the step, and its results h, n, s.
    const float *u, *F, *h, *n, *s;
    // d loss / d h from the heads and from the next step's u.
    const float *dh;
    // In: d loss / d F after the step; out: d loss / d F before the step.
    float *D;
    // Added to: [rows][stride] and [rows].
    float *dW, *dgamma, *dlambda, *dbias;
    // Out: d loss / d u.
    float *du;
    // Price of rounded updates, or all 0: every dF is rounded to k steps of `step`, at most `maximum`, and adds prices[k] to
    // `paid` and, straight through the rounding, sign(dF) slopes[k] to d loss / d dF. Both tables start at k = 0.
    float step, maximum;
    const float *prices, *slopes;
    double *paid;
} CellBackward;

// Cost: one pass over W, gamma, lambda and, for each environment, one read and one write of F.
void cell_forward(const CellForward *step);

// Cost: one pass over W, gamma, lambda, two over the three gradients and, for each environment, one read of F and one
// read and write of D.
void cell_backward(const CellBackward *step);

#ifdef __cplusplus
}
#endif
