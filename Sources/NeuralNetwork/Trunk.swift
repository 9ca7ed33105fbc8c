import CKernels
import Essentials

/// The two convolutions with ReLU, forward and backward, by the kernels of `Convolution.h`.
///
/// Activations are channel-last: y1 is [image][row1][column1][filter1], filters padded to 16. The features come out in
/// PyTorch's order (filter, row, column). Images are taken one at a time, so all that is at work stays in the second-level
/// cache. Cost per image at the paper's sizes: 0.8 + 1.3 MFLOP forward, 3.5 MFLOP backward.
final class Trunk: @unchecked Sendable {
    private let network: Network
    private let shape: NetworkShape
    private let layout: ParameterLayout
    /// conv2's outputs of one image, or their slopes with the zeros around them that `ConvolutionInput` asks for.
    private let maps: FloatBuffer
    private let maskedFeatures: FloatBuffer
    /// d loss / d y1 of one image.
    private let slopes1: FloatBuffer
    /// Columns of zeros before and behind a row of conv2's slopes.
    private let before, behind: Int

    /// Floats of y1 for one image.
    var activations1: Int { shape.side1 * shape.side1 * layout.filters1 }
    private var slopeRow: Int { (before + shape.side2 + behind) * layout.filters2 }

    init(_ network: Network) {
        self.network = network
        shape = network.shape
        layout = network.layout
        before = (shape.kernel2 - 1) / shape.stride2
        behind = (shape.side1 - 1) / shape.stride2 - (shape.side2 - 1)
        maps = FloatBuffer(shape.side2 * (before + shape.side2 + behind) * layout.filters2)
        maskedFeatures = FloatBuffer(shape.features)
        slopes1 = FloatBuffer(shape.side1 * shape.side1 * layout.filters1)
    }

    /// Features of the observations at `starts`, written every `featureStride` floats; y1 is kept for the backward pass.
    ///
    /// - observations: [side][side] from each start, already normalised.
    func forward(
        observations: FloatBuffer, starts: [Int], y1: FloatSlice, features: FloatSlice, featureStride: Int
    ) {
        for (i, start) in starts.enumerated() {
            let activations = y1.advanced(by: i * activations1).pointer(room: activations1)
            forward(
                layer: 1, input: observations.at(start, room: shape.observations), weights: .conv1Weight, bias: .conv1Bias,
                output: activations)
            forward(layer: 2, input: activations, weights: .conv2Weight, bias: .conv2Bias, output: maps.pointer)
            let out = features.advanced(by: i * featureStride).pointer(room: shape.features)
            let positions = shape.side2 * shape.side2
            for f in 0..<shape.filters2 {
                for position in 0..<positions { out[f * positions + position] = maps.pointer[position * layout.filters2 + f] }
            }
        }
    }

    private func forward(
        layer: Int, input: UnsafePointer<Float>, weights: ParameterName, bias: ParameterName,
        output: UnsafeMutablePointer<Float>
    ) {
        let size = layout.convolution(layer)
        var step = ConvolutionForward(
            level: network.level.rawValue, side: size.side, kernel: size.kernel, stride: size.stride,
            output_side: size.outputSide, channels: size.channels, filters: size.filters, input: input,
            weights: network.flat.at(layout.start(weights), room: layout.size(weights)),
            bias: network.flat.at(layout.start(bias), room: layout.size(bias)), output: output)
        convolution_forward(&step)
    }

    /// Adds d loss / d (conv1, conv2) to `gradient`.
    ///
    /// - dFeatures: d loss / d features, with the features themselves (their sign is the ReLU's mask), same stride.
    func backward(
        observations: FloatBuffer, starts: ArraySlice<Int>, y1: FloatSlice, features: FloatSlice, dFeatures: FloatSlice,
        featureStride: Int, gradient: FloatBuffer
    ) {
        // The forward pass leaves its outputs where the zeros around the slopes belong.
        maps.fill(0, 0..<maps.count)
        for (i, start) in starts.enumerated() {
            let activations = y1.advanced(by: i * activations1).pointer(room: activations1)
            takeSlopes(
                features.advanced(by: i * featureStride).pointer(room: shape.features),
                dFeatures.advanced(by: i * featureStride).pointer(room: shape.features))
            let slopes2 = maps.pointer + before * layout.filters2
            weights(
                layer: 2, slopeRow: slopeRow, input: activations, slope: slopes2, weights: .conv2Weight, bias: .conv2Bias,
                gradient)
            let size = layout.convolution(2)
            var step = ConvolutionInput(
                level: network.level.rawValue, side: size.side, kernel: size.kernel, stride: size.stride,
                output_side: size.outputSide, channels: size.channels, filters: size.filters, slope_row: Int32(slopeRow),
                slope: slopes2, transposed: network.transposed2.pointer, input: activations, input_slope: slopes1.pointer)
            convolution_input(&step)
            weights(
                layer: 1, slopeRow: shape.side1 * layout.filters1, input: observations.at(start, room: shape.observations),
                slope: slopes1.pointer, weights: .conv1Weight, bias: .conv1Bias, gradient)
        }
    }

    private func weights(
        layer: Int, slopeRow: Int, input: UnsafePointer<Float>, slope: UnsafePointer<Float>, weights: ParameterName,
        bias: ParameterName, _ gradient: FloatBuffer
    ) {
        let size = layout.convolution(layer)
        var step = ConvolutionWeights(
            level: network.level.rawValue, side: size.side, kernel: size.kernel, stride: size.stride,
            output_side: size.outputSide, channels: size.channels, filters: size.filters, slope_row: Int32(slopeRow),
            input: input,
            slope: slope, weights: gradient.at(layout.start(weights), room: layout.size(weights)),
            bias: gradient.at(layout.start(bias), room: layout.size(bias)))
        convolution_weights(&step)
    }

    /// maps = d loss / d features where the ReLU's output is positive, else 0, channel-last; without branches, which would
    /// be mispredicted.
    private func takeSlopes(_ features: UnsafePointer<Float>, _ dFeatures: UnsafePointer<Float>) {
        let masked = maskedFeatures.pointer
        let whole = shape.features / 16 * 16
        for i in stride(from: 0, to: whole, by: 16) {
            let value = UnsafeRawPointer(features + i).loadUnaligned(as: SIMD16<Float>.self)
            var slope = UnsafeRawPointer(dFeatures + i).loadUnaligned(as: SIMD16<Float>.self)
            slope.replace(with: 0, where: value .<= 0)
            UnsafeMutableRawPointer(masked + i).storeBytes(of: slope, as: SIMD16<Float>.self)
        }
        for i in whole..<shape.features { masked[i] = features[i] > 0 ? dFeatures[i] : 0 }
        let side = shape.side2
        for y in 0..<side {
            for x in 0..<side {
                let to = maps.pointer + y * slopeRow + (before + x) * layout.filters2
                for f in 0..<shape.filters2 { to[f] = masked[(f * side + y) * side + x] }
            }
        }
    }
}
