#include "Convolution.h"
#include "Vector.h"

typedef struct {
    int side, kernel, stride, output, channels, filters, slope_row;
} Shape;

// K neighbouring weights of one kernel row, 16 filters, over all positions; K input values meet one slope.
static INLINE void weights(const ConvolutionWeights *a, const Shape s, const int row, const int k, const int f, const int K) {
    const int step = s.stride * s.channels;
    vec sums[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < K; i++) sums[i] = splat(0);
    for (int y = 0; y < s.output; y++) {
        const float *in = a->input + (y * s.stride + row) * s.side * s.channels + k;
        const float *slope = a->slope + y * s.slope_row + f;
#pragma clang loop unroll_count(2)
        for (int x = 0; x < s.output; x++) {
            const vec d = load(slope + x * s.filters);
#pragma clang loop unroll(full)
            for (int i = 0; i < K; i++) sums[i] = fma(splat(in[x * step + i]), d, sums[i]);
        }
    }
    float *to = a->weights + (row * s.kernel * s.channels + k) * s.filters + f;
#pragma clang loop unroll(full)
    for (int i = 0; i < K; i++) store(to + i * s.filters, load(to + i * s.filters) + sums[i]);
}

static INLINE void all_weights(const ConvolutionWeights *a, const Shape s, const int block) {
    const int run = s.kernel * s.channels;
    for (int f = 0; f < s.filters; f += LANES) {
        vec bias = splat(0);
        for (int y = 0; y < s.output; y++)
            for (int x = 0; x < s.output; x++) bias += load(a->slope + y * s.slope_row + x * s.filters + f);
        store(a->bias + f, load(a->bias + f) + bias);
        for (int row = 0; row < s.kernel; row++) {
            int k = 0;
            for (; k + block <= run; k += block) weights(a, s, row, k, f, block);
            for (; k < run; k++) weights(a, s, row, k, f, 1);
        }
    }
}

static INLINE void convolution_weights_body(const ConvolutionWeights *a, const int wide) {
    const Shape first = {84, 8, 4, 20, 1, 16, 20 * 16}, second = {20, 4, 2, 9, 16, 32, 11 * 32};
    const Shape given = {a->side, a->kernel, a->stride, a->output_side, a->channels, a->filters, a->slope_row};
    const int block = wide ? 8 : 4;
    const unsigned mode = flush_denormals();
    if (__builtin_memcmp(&given, &first, sizeof given) == 0)
        all_weights(a, first, block);
    else if (__builtin_memcmp(&given, &second, sizeof given) == 0)
        all_weights(a, second, block);
    else
        all_weights(a, given, block);
    restore_mode(mode);
}

KERNEL(convolution_weights, ConvolutionWeights)

// P positions of one input row that are `stride` apart, so that the same kernel columns reach them; 16 channels.
static INLINE void inputs(const ConvolutionInput *a, const Shape s, const int y, const int x, const int c, const int P) {
    vec sums[5];
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) sums[p] = splat(0);
    for (int row = y % s.stride; row < s.kernel; row += s.stride) {
        const int from_y = (y - row) / s.stride;
        if (y < row || from_y >= s.output) continue;
        for (int column = x % s.stride; column < s.kernel; column += s.stride) {
            // Floored: left of the first position lie zeros.
            const int from_x = x / s.stride - column / s.stride;
            const float *slope = a->slope + from_y * s.slope_row + from_x * s.filters;
            const float *w = a->transposed + (row * s.kernel + column) * s.filters * s.channels + c;
#pragma clang loop unroll_count(4)
            for (int f = 0; f < s.filters; f++) {
                const vec tap = load(w + f * s.channels);
#pragma clang loop unroll(full)
                for (int p = 0; p < P; p++) sums[p] = fma(splat(slope[p * s.filters + f]), tap, sums[p]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < P; p++) {
        const int at = (y * s.side + x + p * s.stride) * s.channels + c;
        store(a->input_slope + at, keep_where(load(a->input + at) > splat(0), sums[p]));
    }
}

static INLINE void all_inputs(const ConvolutionInput *a, const Shape s) {
    for (int c = 0; c < s.channels; c += LANES)
        for (int y = 0; y < s.side; y++)
            for (int phase = 0; phase < s.stride; phase++) {
                int x = phase;
                for (; x + 4 * s.stride < s.side; x += 5 * s.stride) inputs(a, s, y, x, c, 5);
                for (; x < s.side; x += s.stride) inputs(a, s, y, x, c, 1);
            }
}

static INLINE void convolution_input_body(const ConvolutionInput *a, const int wide) {
    const Shape second = {20, 4, 2, 9, 16, 32, 11 * 32};
    const Shape given = {a->side, a->kernel, a->stride, a->output_side, a->channels, a->filters, a->slope_row};
    const unsigned mode = flush_denormals();
    if (__builtin_memcmp(&given, &second, sizeof given) == 0)
        all_inputs(a, second);
    else
        all_inputs(a, given);
    restore_mode(mode);
    (void)wide;
}

KERNEL(convolution_input, ConvolutionInput)
