#include "Pairs.h"

#include <string.h>

#include "FixedMath.h"
#include "Vector.h"

typedef float quad __attribute__((vector_size(16), aligned(16)));

typedef struct {
    int32_t cell;
    float share;
} Place;
// Where a bias lies between those of the tables, and its square.
typedef struct {
    int32_t cell;
    float share, square;
} Bias;

static INLINE quad between(quad a, quad b, float t) { return a + (b - a) * t; }
static INLINE float within(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

// Where x lies on an axis of octaves; *beyond is set behind its end.
static INLINE Place along(PairAxis axis, float x, int *beyond) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    const int32_t shift = 23 - axis.bits, cell = (int32_t)(bits >> shift) - ((127 + axis.lowest) << axis.bits);
    // Zero, and what lies below the first node.
    if (cell < 0) return (Place){0, 0};
    if (cell >= axis.octaves << axis.bits) {
        *beyond = 1;
        return (Place){(axis.octaves << axis.bits) - 1, 1};
    }
    return (Place){cell, (float)(bits & ((1u << shift) - 1)) * (1.0f / (float)(1u << shift))};
}
static INLINE int32_t nodes(PairAxis axis) { return (axis.octaves << axis.bits) + 1; }

static INLINE Place uniform(float x, int32_t count) {
    const float t = within(x, 0, 1) * (float)(count - 1);
    const int32_t cell = t < (float)(count - 2) ? (int32_t)t : count - 2;
    return (Place){cell, t - (float)cell};
}
static INLINE Place stored(const PairsStep *a, float w, int *beyond) {
    const float first = 1.0f / (float)(1u << -a->store.lowest), above = w - a->store_base;
    return along(a->store, above > 0 ? above + first : first, beyond);
}

static INLINE quad rest_at(const PairsStep *a, Bias bias, Place store) {
    const int32_t stores = nodes(a->store);
    const quad *t = (const quad *)a->rest + bias.cell * stores + store.cell;
    return between(between(t[0], t[1], store.share), between(t[stores], t[stores + 1], store.share), bias.share);
}

// G of absolute charges in the first plane and beyond it.
static INLINE float read_at(const PairsStep *a, float first, float beyond_first, int *beyond) {
    const float all = first + beyond_first;
    const Place q = along(a->read_charge, all, beyond), s = uniform(all > 0 ? beyond_first / all : 0, a->read_shares);
    const int32_t n = nodes(a->read_charge);
    const float *t = a->read + s.cell * n + q.cell;
    const float low = t[0] + (t[1] - t[0]) * q.share, high = t[n] + (t[n + 1] - t[n]) * q.share;
    return low + (high - low) * s.share;
}

// A square of a table with `n` charges a share.
static INLINE quad square_at(const quad *t, int32_t n, Place s, Place q) {
    return between(between(t[0], t[1], q.share), between(t[n], t[n + 1], q.share), s.share);
}

// The current at a bias changes by decades from one to the next: tables hold its logarithm.
static INLINE float energy_of(float logarithm, Bias bias) { return (float)exp_fixed(logarithm) * bias.square; }

static INLINE void settle(const PairsStep *a, Bias bias, quad *state, float *conductance, float *rest_energy, int *beyond) {
    const quad rest = rest_at(a, bias, stored(a, (*state)[3] + (*state)[2], beyond));
    (*state)[0] = 0;
    *conductance = read_at(a, rest[0], rest[1], beyond);
    *rest_energy = energy_of(rest[3], bias);
}

static INLINE float pulse_device(const PairsStep *a, Bias bias, int level, quad *state, float *conductance,
                                 int *beyond) {
    quad v = *state;
    Place store = stored(a, v[3] + v[2], beyond);
    const quad rest = rest_at(a, bias, store);
    float first = rest[0] + v[0] * (1 - v[1]), second = rest[1] + v[0] * v[1];
    const float all = first + second;
    const Place q = along(a->pulse_charge, all, beyond), s = uniform(all > 0 ? second / all : 0, a->pulse_shares);
    const int32_t n = nodes(a->pulse_charge), page = n * a->pulse_shares;
    const quad *t = (const quad *)a->pulse + ((level - 1) * nodes(a->store) + store.cell) * page + s.cell * n + q.cell;
    const quad change = between(square_at(t, n, s, q), square_at(t + page, n, s, q), store.share);
    first += change[0], second += change[1], v[2] += change[2];
    const quad after = rest_at(a, bias, stored(a, v[3] + v[2], beyond));
    const float above = second - after[1], total = first - after[0] + above;
    v[0] = total > 0 ? total : 0;
    v[1] = total > 0 ? within(above / total, 0, 1) : 0;
    *conductance = read_at(a, first, second, beyond);
    *state = v;
    return change[3];
}

// One step at the bias; returns its energy. *rests is set where the device came to rest.
static INLINE float hold_device(const PairsStep *a, Bias bias, quad *state, float *conductance, int *rests, int *beyond) {
    quad v = *state;
    const Place store = stored(a, v[3] + v[2], beyond), s = uniform(v[1], a->hold_shares);
    const Place q = along(a->hold_charge, v[0], beyond);
    const int32_t n = nodes(a->hold_charge), page = n * a->hold_shares, book = page * nodes(a->store);
    const quad *t = (const quad *)a->hold + bias.cell * book + store.cell * page + s.cell * n + q.cell;
    const quad low = between(square_at(t, n, s, q), square_at(t + page, n, s, q), store.share);
    const quad high = between(square_at(t + book, n, s, q), square_at(t + book + page, n, s, q), store.share);
    const quad step = between(low, high, bias.share);
    v[0] *= step[0];
    v[1] = within(v[1] + step[1], 0, 1);
    v[2] += step[2];
    if (v[0] < a->asleep) {
        v[0] = 0;
        *rests = 1;
    }
    const quad rest = rest_at(a, bias, stored(a, v[3] + v[2], beyond));
    *conductance = read_at(a, rest[0] + v[0] * (1 - v[1]), rest[1] + v[0] * v[1], beyond);
    *state = v;
    return energy_of(step[3], bias);
}

typedef struct {
    double pulse_energy, bias_energy, conductance, pulses, clipped, awake;
    vec error, reference;
} RowSums;

static INLINE Bias bias_of(const PairsStep *a, int64_t at) {
    return (Bias){a->bias[at], a->bias_share[at], a->bias_square[at]};
}

// Bits of `awake`: lane, and 16 further on for the devices of negative updates. A device that is awake has no rest energy.
static INLINE void block_step(const PairsStep *a, int64_t at, int64_t block, int asked, int looks, int only_rest, RowSums *sums) {
    const int lanes = a->inputs - (int)(at % a->stride) < 16 ? a->inputs - (int)(at % a->stride) : 16;
    uint32_t awake = only_rest ? 0 : a->awake[block];
    quad *state = (quad *)a->state;
    for (int i = 0; looks && i < lanes; i++) {
        for (int side = 0; side < 2; side++) {
            if (awake >> (16 * side + i) & 1) continue;
            const int64_t d = side * a->plane + at + i;
            const Bias bias = bias_of(a, at + i);
            int beyond = 0;
            if (!only_rest) state[d][2] += rest_at(a, bias, stored(a, state[d][3] + state[d][2], &beyond))[2];
            settle(a, bias, state + d, a->conductance + d, a->rest_energy + d, &beyond);
        }
    }
    double energy = 0;
    for (uint32_t left = awake; left; left &= left - 1) {
        const int bit = __builtin_ctz(left), side = bit >> 4;
        const int64_t d = side * a->plane + at + (bit & 15);
        const Bias bias = bias_of(a, at + (bit & 15));
        int rests = 0, beyond = 0;
        energy += hold_device(a, bias, state + d, a->conductance + d, &rests, &beyond);
        sums->awake += 1, sums->clipped += beyond;
        if (!rests) continue;
        // Its rest energy counts from the next step on.
        awake &= ~(1u << bit);
        settle(a, bias, state + d, a->conductance + d, a->rest_energy + d, &beyond);
        energy -= a->rest_energy[d];
    }
    for (int i = 0; asked && i < lanes; i++) {
        const int level = a->levels[at + i];
        if (!level) continue;
        const int side = level < 0;
        const int64_t d = side * a->plane + at + i;
        int beyond = 0;
        sums->pulse_energy += pulse_device(a, bias_of(a, at + i), side ? -level : level, state + d, a->conductance + d, &beyond);
        sums->pulses += 1, sums->clipped += beyond;
        awake |= 1u << (16 * side + i);
        // Up to here it was at rest, or its energy is counted already.
        energy += a->rest_energy[d];
        a->rest_energy[d] = 0;
    }
    a->awake[block] = awake;
    const vec up = load(a->conductance + at), down = load(a->conductance + a->plane + at);
    store(a->F + at, (up - down) - load(a->W + at));
    float *still = a->still + 2 * block;
    still[0] = sum(load(a->rest_energy + at) + load(a->rest_energy + a->plane + at));
    still[1] = sum(up + down);
    sums->bias_energy += energy;
}

static INLINE void row_step(const PairsStep *a, int row, int only_rest) {
    const int blocks = a->stride / 16;
    RowSums sums = {0};
    for (int b = 0; b < blocks; b++) {
        const int64_t at = (int64_t)row * a->stride + 16 * b, block = (int64_t)row * blocks + b;
        int asked = 0;
        if (!only_rest) {
            const uint64_t *words = (const uint64_t *)(a->levels + at);
            asked = (words[0] | words[1] | words[2] | words[3]) != 0;
        }
        const int looks = only_rest || ((row + b) & 15) == a->phase;
        if (asked || looks || a->awake[block]) block_step(a, at, block, asked, looks, only_rest, &sums);
        sums.bias_energy += a->still[2 * block];
        sums.conductance += a->still[2 * block + 1];
        const vec cell = load(a->shadow + at), miss = load(a->F + at) - cell;
        sums.error += miss * miss, sums.reference += cell * cell;
    }
    if (only_rest) return;
    double *out = a->sums + row * pair_sum_count;
    out[pair_pulse_energy] += sums.pulse_energy;
    out[pair_bias_energy] += sums.bias_energy;
    for (int i = 0; i < LANES; i++) out[pair_error] += sums.error[i], out[pair_reference] += sums.reference[i];
    out[pair_conductance] += sums.conductance;
    out[pair_pulses] += sums.pulses;
    out[pair_clipped] += sums.clipped;
    out[pair_awake] += sums.awake;
}

static INLINE void pairs_step_body(const PairsStep *a, const int wide) {
    (void)wide;
    const unsigned mode = flush_denormals();
    for (int row = a->first; row < a->last; row++) row_step(a, row, 0);
    restore_mode(mode);
}

static INLINE void pairs_rest_body(const PairsStep *a, const int wide) {
    (void)wide;
    for (int row = a->first; row < a->last; row++) row_step(a, row, 1);
}

KERNEL(pairs_step, PairsStep)
KERNEL(pairs_rest, PairsStep)
