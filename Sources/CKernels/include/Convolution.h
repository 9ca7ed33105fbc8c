#pragma once
// The convolutions of the trunk, forward and backward, for one image, straight from the image: no patches are gathered.
//
// Layout: channels and filters last, filters a multiple of 16 and their padding zero; weights are
// [kernel][kernel][channels][filters]. Order of every sum: positions, kernel rows, kernel columns, channels, filters, each
// ascending, whatever the blocking. Pointers to vectors are 64-byte aligned. Formulas have a plain Swift twin in the tests.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t level;
    // Sides of the square input, kernel and output; output = (input - kernel) / stride + 1.
    int32_t side, kernel, stride, output_side, channels, filters;
    // [side][side][channels], [kernel][kernel][channels][filters], [filters].
    const float *input, *weights, *bias;
    // Out: [output_side][output_side][filters], max(sum + bias, 0).
    float *output;
} ConvolutionForward;

typedef struct {
    int32_t level;
    int32_t side, kernel, stride, output_side, channels, filters;
    // d loss / d output before the ReLU, [.][slope_row][filters]: floats from one row to the next.
    int32_t slope_row;
    const float *input, *slope;
    // Added to: [kernel][kernel][channels][filters], [filters].
    float *weights, *bias;
} ConvolutionWeights;

typedef struct {
    int32_t level;
    // Channels are a multiple of 16 here.
    int32_t side, kernel, stride, output_side, channels, filters;
    // As above, with (kernel - 1) / stride columns of zeros before each row and as many as the input needs behind it.
    int32_t slope_row;
    const float *slope;
    // [kernel][kernel][filters][channels]; see convolution_transpose.
    const float *transposed;
    // The input, an output of a ReLU: where it is not positive, its slope is zero.
    const float *input;
    // Out: d loss / d input before its ReLU, [side][side][channels].
    float *input_slope;
} ConvolutionInput;

// Cost: output_side^2 kernel^2 channels filters multiply-adds each (the third up to a quarter more, for borders).
void convolution_forward(const ConvolutionForward *a);
void convolution_weights(const ConvolutionWeights *a);
void convolution_input(const ConvolutionInput *a);

#ifdef __cplusplus
}
#endif
