import Essentials

/// One crossbar: a device drawn for every synapse of a network, and the noise of its pulses and reads.
///
/// Its work comes after the kernels, and only where a device differs from the cell: decay times once, in the network's Lambda;
/// steps and noise at updates that are not 0. Not for concurrent use.
final class Crossbar {
    private let variability: CellVariability
    private let network: Network
    /// step (a - 1) of every synapse, units of weight, [units][stride]; empty without spread.
    private let excess: FloatBuffer
    /// Stuck synapses, as places in the padded order.
    private let stuck: [Int]
    /// dF / step of the last update, [plane].
    let levels: AlignedBuffer<Int16>
    private var generator: SeededGenerator

    /// Draws the devices, and puts their decay times into the network's Lambda.
    ///
    /// - seed, stream: of the devices; noise has the next stream. The same two give the same crossbar on every machine.
    /// - Throws: `InputError` for numbers out of range, or where dF is not rounded to a grid: only then a synapse knows which
    /// updates are 0.
    init(_ network: Network, _ variability: CellVariability, seed: UInt64, stream: UInt64) throws(InputError) {
        try variability.validate()
        guard network.constraints.isRounded else {
            throw InputError(
                "deltaFStep", value: "0", problem: "leaves dF continuous, so every synapse would be pulsed at every step",
                expected: "constraints with a dF grid, such as step 0.5 and maximum 20")
        }
        self.variability = variability
        self.network = network
        var draws = SeededGenerator(seed: seed, stream: stream)
        generator = SeededGenerator(seed: seed, stream: stream + 1)
        let (shape, stride, plane) = (network.shape, network.layout.stride, network.layout.plane)
        excess = FloatBuffer(variability.stepSpread > 0 ? plane : 0)
        levels = AlignedBuffer(plane)
        var stuck: [Int] = []
        let (steps, decays) = (Lognormal(spread: variability.stepSpread), Lognormal(spread: variability.decaySpread))
        for unit in 0..<shape.units {
            for place in unit * stride..<unit * stride + shape.inputs {
                // Three numbers a synapse whatever is asked for: one option does not move the draws of another.
                let (x, y) = draws.normalPair()
                let isStuck = draws.uniform() < variability.stuckFraction
                if variability.stepSpread > 0 {
                    excess[place] = Float((steps.factor(x) - 1) * Double(network.constraints.deltaFStep))
                }
                let lambda = Double(network.lambda(place))
                if variability.decaySpread > 0, lambda > 0 {
                    network.setLambda(place, Float(Elementary.exp(Elementary.log(lambda) / decays.factor(y))))
                }
                if isStuck { stuck.append(place) }
            }
        }
        self.stuck = stuck
    }

    /// F of the stuck synapses, where they are stuck.
    func hold(_ f: FloatBuffer) {
        let value = Float(variability.stuckValue)
        for place in stuck { f.pointer[place] = value }
    }

    /// What the devices make of the update that the kernel has just made: adds (a - 1) dF and the noise of every pulse to F.
    ///
    /// Cost: one pass over the levels, and some 50 ns for each that is not 0 where there is noise.
    func answer(_ f: FloatBuffer) {
        let (now, words) = (levels.pointer, UnsafeRawPointer(levels.pointer))
        let spread = variability.stepSpread > 0
        if spread || variability.stepNoise > 0 {
            for first in Swift.stride(from: 0, to: network.plane, by: 16) {
                let block = words.load(fromByteOffset: first * 2, as: SIMD4<UInt64>.self)
                guard block[0] | block[1] | block[2] | block[3] != 0 else { continue }
                for place in first..<first + 16 where now[place] != 0 {
                    if spread { f.pointer[place] += excess.pointer[place] * Float(now[place]) }
                    if variability.stepNoise > 0 { f.pointer[place] += Float(variability.stepNoise * generator.normal()) }
                }
            }
        }
        hold(f)
    }

    /// Makes of a step's h, n and s what they are when every G is read with its own noise e of standard deviation sigma.
    ///
    ///     G . u -> G . u + e . u,   |G|^2 -> |G|^2 + 2 e . G + |e|^2
    ///
    /// (e . u, e . G) are drawn from their own distribution, normal with the covariance sigma^2 (u . u, G . u, |G|^2), and
    /// |e|^2 from the normal that it comes to over N inputs, N sigma^2 +- sqrt(2 N) sigma^2: three draws a row for what would
    /// be N.
    func disturb(_ step: CellStep) {
        let sigma = variability.readNoise
        guard sigma > 0 else { return }
        let (shape, layout) = (network.shape, network.layout)
        let (h, n, s) = (
            step.h.pointer(room: shape.units), step.n.pointer(room: shape.units), step.s.pointer(room: shape.units)
        )
        let u = step.u.pointer(room: layout.stride)
        let bias = network.flat.at(layout.start(.bias), room: shape.units)
        let length = (0..<shape.inputs).reduce(0.0) { $0 + Double(u[$1]) * Double(u[$1]) }.squareRoot()
        let inputs = Double(shape.inputs)
        for unit in 0..<shape.units {
            let (norm, product) = (Double(n[unit]), Double(s[unit]) * Double(n[unit]))
            let ((x, y), z) = (generator.normalPair(), generator.normal())
            // e . G = sigma |G| (r x + sqrt(1 - r^2) y), r the cosine between G and u.
            let cosine = length > 0 && norm > 0 ? min(max(product / (norm * length), -1), 1) : 0
            let along = sigma * norm * (cosine * x + (1 - cosine * cosine).squareRoot() * y)
            let own = sigma * sigma * (inputs + (2 * inputs).squareRoot() * z)
            let read = max(norm * norm + 2 * along + own, 1e-16).squareRoot()
            let answer = (product + sigma * length * x) / read
            (n[unit], s[unit]) = (Float(read), Float(answer))
            h[unit] = Elementary.tanh(Float(answer) + bias[unit])
        }
    }
}

/// Positive factors of mean 1 with a given relative standard deviation r: exp(w x - w^2 / 2), x normal, w^2 = ln(1 + r^2).
struct Lognormal {
    private let width: Double

    init(spread: Double) { width = Elementary.log(1 + spread * spread).squareRoot() }

    func factor(_ x: Double) -> Double { Elementary.exp(width * x - 0.5 * width * width) }
}
