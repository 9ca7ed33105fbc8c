#pragma once
// One network step of the pairs of devices behind a plastic layer, from tables of what one device does: Docs/cell.md. As in
// F' = lambda F + dF every device first holds its bias for the step and then gets its pulse.
//
// A device's state is (Q, s, dw, w0): Q the lattice charge above that at rest at its bias, s the share of Q beyond the first lattice
// plane, w = w0 + dw the stored oxygen; charges in the unit of the tables. Tables are interpolated linearly in Q and w within each piece
// of an octave, in s, and between two biases. Layout of synapses as in Cell.h: [rows][stride]; devices are [2][plane],
// those for positive updates first. All pointers are 64-byte aligned at row starts.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Nodes 2^(lowest + o) (1 + i / 2^bits) for o < octaves, i < 2^bits, and the last end; below the first node the first node's values hold.
typedef struct {
    int32_t lowest, octaves, bits;
} PairAxis;

// Sums of a row, added to.
enum {
    pair_pulse_energy,
    pair_bias_energy,
    // Squares of F less the cell's own F, and of the latter.
    pair_error,
    pair_reference,
    // G+ + G- over all synapses, units of weight.
    pair_conductance,
    pair_pulses,
    // Steps and pulses of a device beyond the end of a table.
    pair_clipped,
    // Device-steps that were not skipped.
    pair_awake,
    pair_sum_count
};

typedef struct {
    int32_t level;
    // Rows first ..< last.
    int32_t first, last, stride, inputs;
    // Devices from one side of the pairs to the other.
    int64_t plane;
    // Number of the step modulo 16: a device at rest is looked at once in 16 steps.
    int32_t phase;
    int32_t hold_shares, pulse_shares, read_shares;
    PairAxis hold_charge, pulse_charge, read_charge;
    // Over w - store_base + the axis' first node, so that the w of a device that nothing was written to is a node.
    PairAxis store;
    float store_base;
    // Q below which a device is taken to be at rest.
    float asleep;
    // [bias][store][share][charge] of (Q' / Q, s' - s, w' - w, ln of the energy over V^2 in J/V2) over one step.
    const float *hold;
    // [bias][store] of (first plane, beyond it, w' - w in 16 steps, ln of the energy over V^2 of one step) at rest.
    const float *rest;
    // [level - 1][store][share][charge] of (first plane, beyond it, w: what a pulse adds; energy) over absolute charges.
    const float *pulse;
    // [share][charge]: conductance in units of weight.
    const float *read;
    const int16_t *levels;
    const float *W, *shadow;
    // Place between two biases of the tables: whole part and share.
    const int32_t *bias;
    const float *bias_share;
    // V^2.
    const float *bias_square;
    float *F;
    float *state, *conductance, *rest_energy;
    // Of blocks of 16 synapses, [rows][stride / 16]: bit 16 side + lane of the devices that are awake; (energy of a step of those that
    // are not, G+ + G-).
    uint32_t *awake;
    float *still;
    // [rows][pair_sum_count].
    double *sums;
} PairsStep;

// Cost: some 30 ns for each device that is awake, and the levels once.
void pairs_step(const PairsStep *step);

// The same without levels: brings every device to rest at its bias, and conductances, F and `still` into line with it.
void pairs_rest(const PairsStep *step);

#ifdef __cplusplus
}
#endif
