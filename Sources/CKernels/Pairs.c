#include "Pairs.h"

#include <string.h>

#include "Vector.h"

typedef float quad __attribute__((vector_size(16), aligned(16)));

typedef struct {
    int32_t cell;
    float share;
} Place;

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

static INLINE quad rest_at(const PairsStep *a, Place bias, Place store) {
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

static INLINE void settle(const PairsStep *a, Place bias, quad *state, float *conductance, float *rest_energy, int *beyond) {
    const quad rest = rest_at(a, bias, stored(a, (*state)[3] + (*state)[2], beyond));
    (*state)[0] = 0;
    *conductance = read_at(a, rest[0], rest[1], beyond);
    *rest_energy = rest[3];
}

static INLINE float pulse_device(const PairsStep *a, Place bias, int level, quad *state, int *beyond) {
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
    *state = v;
    return change[3];
}

// One step at the bias; returns its energy. *rests is set where the device came to rest.
static INLINE float hold_device(const PairsStep *a, Place bias, quad *state, float *conductance, int *rests, int *beyond) {
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
    return step[3];
}

static INLINE void row_step(const PairsStep *a, int row, int only_rest) {
    const int64_t start = (int64_t)row * a->stride;
    const int blocks = a->stride / 16;
    double pulse_energy = 0, bias_energy = 0, conductance = 0, pulses = 0, clipped = 0, awake_steps = 0;
    vec error = splat(0), reference = splat(0);
    for (int b = 0; b < blocks; b++) {
        const int64_t at = start + 16 * b, block = (int64_t)row * blocks + b;
        const int lanes = a->inputs - 16 * b < 16 ? a->inputs - 16 * b : 16;
        uint32_t awake = only_rest ? 0 : a->awake[block];
        float *still = a->still + 2 * block;
        uint64_t asked = 0;
        if (!only_rest) {
            const uint64_t *words = (const uint64_t *)(a->levels + at);
            asked = words[0] | words[1] | words[2] | words[3];
        }
        const int looks = only_rest || ((row + b) & 15) == a->phase;
        if (asked | awake | (uint64_t)looks) {
            float *rest_energy = a->rest_energy + 2 * at, *G = a->conductance + 2 * at;
            quad *state = (quad *)a->state + 2 * at;
            float energy_still = 0, sum = 0;
            for (int i = 0; i < lanes; i++) {
                const Place bias = {a->bias[at + i], a->bias_share[at + i]};
                const int level = asked ? a->levels[at + i] : 0;
                if (level) {
                    const int side = level < 0, d = 2 * i + side;
                    int beyond = 0;
                    pulse_energy += pulse_device(a, bias, level < 0 ? -level : level, state + d, &beyond);
                    pulses += 1, clipped += beyond;
                    awake |= 1u << d;
                }
                for (int d = 2 * i; d < 2 * i + 2; d++) {
                    int beyond = 0;
                    if (awake >> d & 1) {
                        int rests = 0;
                        bias_energy += hold_device(a, bias, state + d, G + d, &rests, &beyond);
                        awake_steps += 1;
                        if (rests) {
                            awake &= ~(1u << d);
                            settle(a, bias, state + d, G + d, rest_energy + d, &beyond);
                        }
                        clipped += beyond;
                    } else {
                        if (looks) {
                            if (!only_rest) {
                                const quad rest = rest_at(a, bias, stored(a, state[d][3] + state[d][2], &beyond));
                                state[d][2] += rest[2];
                            }
                            settle(a, bias, state + d, G + d, rest_energy + d, &beyond);
                        }
                        bias_energy += rest_energy[d];
                    }
                    if (!(awake >> d & 1)) energy_still += rest_energy[d];
                    sum += G[d];
                }
                a->F[at + i] = (G[2 * i] - G[2 * i + 1]) - a->W[at + i];
            }
            a->awake[block] = awake;
            still[0] = energy_still, still[1] = sum;
        } else {
            bias_energy += still[0];
        }
        conductance += still[1];
        if (a->shadow) {
            const vec cell = load(a->shadow + at), miss = load(a->F + at) - cell;
            error += miss * miss, reference += cell * cell;
        }
    }
    if (only_rest) return;
    double *sums = a->sums + row * pair_sum_count;
    sums[pair_pulse_energy] += pulse_energy;
    sums[pair_bias_energy] += bias_energy;
    for (int i = 0; i < LANES; i++) sums[pair_error] += error[i], sums[pair_reference] += reference[i];
    sums[pair_conductance] += conductance;
    sums[pair_pulses] += pulses;
    sums[pair_clipped] += clipped;
    sums[pair_awake] += awake_steps;
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
