/// Adam on the flat parameter vector, with the norm of the gradient clipped first.
///
/// g = grad min(1, clip / (norm + 1e-6)); m, v = moments; p -= lr (m / (1 - b1^s)) / (sqrt(v / (1 - b2^s)) + eps).
/// Source: Kingma, Ba 2015, arXiv:1412.6980, in PyTorch's form.
final class AdamOptimiser: @unchecked Sendable {
    let m, v: FloatBuffer
    /// Steps taken so far.
    var steps = 0
    let settings: LearnerConfiguration.Adam

    init(count: Int, settings: LearnerConfiguration.Adam) {
        m = FloatBuffer(count)
        v = FloatBuffer(count)
        self.settings = settings
    }

    /// Euclidean norm, summed in double precision in a fixed order.
    static func norm(_ gradient: FloatBuffer) -> Double {
        var lanes = SIMD8<Double>.zero
        let whole = gradient.count / 8 * 8
        for i in stride(from: 0, to: whole, by: 8) {
            let part = SIMD8<Double>(UnsafeRawPointer(gradient.pointer + i).loadUnaligned(as: SIMD8<Float>.self))
            lanes += part * part
        }
        var sum = lanes.sum()
        for i in whole..<gradient.count { sum += Double(gradient.pointer[i]) * Double(gradient.pointer[i]) }
        return sum.squareRoot()
    }

    /// A part of the flat vector with a learning rate of its own, as a factor; bounds are multiples of 16.
    typealias Part = (range: Range<Int>, factor: Double)

    /// One step on `parameters`; cost: one sweep over parameters, gradient and both moments.
    ///
    /// `parts` cover the vector; one part of factor 1 is plain Adam. `threads` share the sweep.
    func step(
        parameters: FloatBuffer, gradient: FloatBuffer, norm: Double, clip: Double, rate: Double, parts: [Part],
        threads: Threads
    ) {
        steps += 1
        threads.sweep(parameters.count) { [self] share in
            for part in parts where part.range.overlaps(share) {
                sweep(parameters, gradient, part.range.clamped(to: share), norm: norm, clip: clip, rate: rate * part.factor)
            }
        }
    }

    private func sweep(
        _ parameters: FloatBuffer, _ gradient: FloatBuffer, _ range: Range<Int>, norm: Double, clip: Double, rate: Double
    ) {
        let scale = Float(min(1, clip / (norm + 1e-6)))
        let (b1, b2, epsilon) = (Float(settings.beta1), Float(settings.beta2), Float(settings.epsilon))
        let (r1, r2) = (Float(1 - settings.beta1), Float(1 - settings.beta2))
        let stepSize = Float(rate / (1 - Elementary.power(settings.beta1, steps)))
        let correction = Float(1 / (1 - Elementary.power(settings.beta2, steps)))
        let (p, g, m, v) = (parameters.pointer, gradient.pointer, self.m.pointer, self.v.pointer)
        for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            func load(_ from: UnsafeMutablePointer<Float>) -> SIMD16<Float> {
                UnsafeRawPointer(from + i).loadUnaligned(as: SIMD16<Float>.self)
            }
            let slope = load(g) * scale
            let first = load(m) * b1 + slope * r1
            let second = load(v) * b2 + slope * slope * r2
            let root = (second * correction).squareRoot()
            UnsafeMutableRawPointer(m + i).storeBytes(of: first, as: SIMD16<Float>.self)
            UnsafeMutableRawPointer(v + i).storeBytes(of: second, as: SIMD16<Float>.self)
            UnsafeMutableRawPointer(p + i).storeBytes(
                of: load(p) - first * stepSize / (root + epsilon), as: SIMD16<Float>.self)
        }
    }
}
