import CKernels
import Dispatch
import Essentials

/// Pairs of devices behind a network's synapses, G = G+ - G-: a positive dF pulses G+, a negative one G-, and both decay at a bias.
///
/// Before the first step every device is at rest at the bias that gives its synapse's Lambda, written to W or, of the other device of
/// its pair, not at all. What F then is, the tables say and not the cell. Not for concurrent use; a step runs on two threads.
package final class DevicePairs {
    /// What the devices took and did so far.
    package struct Account: Sendable, Equatable {
        /// Steps.
        package var steps = 0
        /// J; that of the bias over steps of `PairTables.step`.
        package var pulseEnergy = 0.0, biasEnergy = 0.0
        /// Sums over synapses and steps: squares of F less the F that the cell makes of the same updates, squares of the latter,
        /// and G+ + G- in units of weight.
        package var error = 0.0, reference = 0.0, conductance = 0.0
        /// Pulses given; steps and pulses of a device beyond the end of a table; device-steps that were not skipped.
        package var pulses = 0.0, clipped = 0.0, awake = 0.0
        /// Synapses whose |W| no device can be written to, those whose |W| is more than the state model was fitted at, and those whose
        /// Lambda no bias gives.
        package var weightsBeyond = 0, weightsExtrapolated = 0, lambdasBeyond = 0

        package init(
            steps: Int = 0, pulseEnergy: Double = 0, biasEnergy: Double = 0, error: Double = 0, reference: Double = 0
        ) {
            (self.steps, self.pulseEnergy, self.biasEnergy) = (steps, pulseEnergy, biasEnergy)
            (self.error, self.reference) = (error, reference)
        }

        /// Root mean square of F's error over that of F.
        package var relativeError: Double { reference > 0 ? (error / reference).squareRoot() : 0 }
    }

    let tables: PairTables
    private let kernels: KernelLevel
    private let rows, inputs, stride, plane: Int
    private let hold, rest, pulse, read: FloatBuffer
    private let bias: AlignedBuffer<Int32>
    private let weights, biasShare, biasSquare, state, conductance, restEnergy, still: FloatBuffer
    /// w of every device before the first step.
    private let start: FloatBuffer
    private let awake: AlignedBuffer<UInt32>
    private let sums: AlignedBuffer<Double>
    /// dF / step of the last update, where no recorder keeps it; F as the cell makes it of the same updates.
    let levels: AlignedBuffer<Int16>
    let shadow: FloatBuffer
    /// F of synapses without a network.
    private lazy var own = FloatBuffer(plane)
    private(set) var steps = 0
    private var weightsBeyond = 0, weightsExtrapolated = 0, lambdasBeyond = 0

    /// Makes the pairs for a network's W and Lambda.
    ///
    /// - Throws: `InputError` where dF is not on a grid, has more levels than the tables, or the cell is not the m-STPN.
    convenience init(_ network: Network, _ tables: PairTables) throws(InputError) {
        guard network.constraints.isRounded, network.constraints.levels <= tables.shapes.count else {
            throw InputError(
                "delta_f_max", value: "\(network.constraints.levels) levels",
                problem: "are not the pulses of the devices' tables",
                expected: "dF on a grid of 1 ... \(tables.shapes.count) levels")
        }
        guard network.constraints.kind == .mstpn else {
            throw InputError("cell", value: "stpn", problem: "cannot be made of devices", expected: "mstpn: F' = Lambda F + dF")
        }
        self.init(
            tables, rows: network.shape.units, inputs: network.shape.inputs, stride: network.layout.stride,
            plane: network.plane,
            kernels: network.level, weight: network.weight, lambda: network.lambda)
    }

    /// Synapses of one row, apart from any network.
    package convenience init(
        _ tables: PairTables, weights: [Float], lambdas: [Float], kernels: KernelLevel? = nil
    ) throws(InputError) {
        let stride = (weights.count + 15) / 16 * 16
        self.init(
            tables, rows: 1, inputs: weights.count, stride: stride, plane: stride, kernels: try .resolve(kernels),
            weight: { weights[$0] }, lambda: { lambdas[$0] })
    }

    private init(
        _ tables: PairTables, rows: Int, inputs: Int, stride: Int, plane: Int, kernels: KernelLevel, weight: (Int) -> Float,
        lambda: (Int) -> Float
    ) {
        self.tables = tables
        (self.rows, self.inputs, self.stride, self.plane, self.kernels) = (rows, inputs, stride, plane, kernels)
        func buffer(_ nodes: [PairTables.Node]) -> FloatBuffer {
            let buffer = FloatBuffer(4 * nodes.count)
            for (k, node) in nodes.enumerated() { for i in 0..<4 { buffer.pointer[4 * k + i] = node[i] } }
            return buffer
        }
        (hold, rest, pulse, read) = (buffer(tables.hold), buffer(tables.rest), buffer(tables.pulse), FloatBuffer(tables.read))
        bias = AlignedBuffer(plane)
        (weights, biasShare, biasSquare) = (FloatBuffer(plane), FloatBuffer(plane), FloatBuffer(plane))
        (state, start) = (FloatBuffer(8 * plane), FloatBuffer(2 * plane))
        (conductance, restEnergy) = (FloatBuffer(2 * plane), FloatBuffer(2 * plane))
        (awake, still) = (AlignedBuffer(plane / 16), FloatBuffer(plane / 8))
        sums = AlignedBuffer(rows * pair_sum_count)
        (levels, shadow) = (AlignedBuffer(plane), FloatBuffer(plane))
        place(weight, lambda)
    }

    /// Biases and stored oxygen of every device.
    private func place(_ weight: (Int) -> Float, _ lambda: (Int) -> Float) {
        let (low, high) = (tables.biases[0], tables.biases[tables.biases.count - 1])
        let lambdas = tables.decays.map { Elementary.exp(-tables.step / $0.tau) }
        // The margin is that of a float.
        let range = (lambdas.min() ?? 0) - 1e-6...(lambdas.max() ?? 1) + 1e-6
        for row in 0..<rows {
            for at in row * stride..<row * stride + inputs {
                weights[at] = weight(at)
                if !range.contains(Double(lambda(at))) { lambdasBeyond += 1 }
                let volts = min(max(tables.bias(lambda: Double(lambda(at))), low), high)
                biasSquare[at] = Float(volts * volts)
                let along = min(max((volts - low) / (high - low), 0), 1) * Double(tables.biases.count - 1)
                let cell = min(Int(clamped: along, rounded: .down), tables.biases.count - 2)
                bias[at] = Int32(cell)
                biasShare[at] = Float(along - Double(cell))
                let written = store(holding: abs(Double(weights[at])), bias: cell, share: biasShare[at])
                if written == nil { weightsBeyond += 1 }
                if let written, written > tables.fittedStore { weightsExtrapolated += 1 }
                let (up, down) = (Float(written ?? tables.largestStore), Float(tables.baseStore))
                start[at] = weights[at] > 0 ? up : down
                start[plane + at] = weights[at] > 0 ? down : up
            }
        }
    }

    /// w of a device before the first step.
    package func startStore(_ synapse: Int, side: Int) -> Float { start[side * plane + synapse] }

    /// G of a device at rest with stored oxygen w, in units of weight: what the kernel reads.
    private func restConductance(_ w: Double, bias cell: Int, share: Float) -> Double {
        let stores = tables.storeAxis
        let (j, f) = stores.place(Float(w - tables.baseStore) + Float(stores.nodes[0]))
        func at(_ b: Int) -> PairTables.Node {
            let (x, y) = (tables.rest[b * stores.count + j], tables.rest[b * stores.count + j + 1])
            return x + (y - x) * f
        }
        let (x, y) = (at(cell), at(cell + 1))
        let node = x + (y - x) * share
        return Double(tables.conductance(Double(node[0]), Double(node[1])))
    }

    /// The w with which a device at rest has `weight` (units) more conductance than an unwritten one; nil beyond the tables.
    private func store(holding weight: Double, bias cell: Int, share: Float) -> Double? {
        let base = restConductance(tables.baseStore, bias: cell, share: share)
        var (low, high) = (tables.baseStore, tables.largestStore)
        guard restConductance(high, bias: cell, share: share) - base >= weight else { return nil }
        for _ in 0..<40 {
            let middle = 0.5 * (low + high)
            if restConductance(middle, bias: cell, share: share) - base < weight { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// The first state of a game; F of every synapse into `f`.
    func reset(_ f: FloatBuffer) {
        for k in 0..<2 * plane {
            for i in 0..<3 { state.pointer[4 * k + i] = 0 }
            state.pointer[4 * k + 3] = start.pointer[k]
        }
        awake.fill(0, 0..<awake.count)
        sums.fill(0, 0..<sums.count)
        shadow.fill(0, 0..<shadow.count)
        steps = 0
        run(f, levels: levels.pointer, pairs_rest)
    }

    /// F after a step at the biases and the updates `levels` at its end.
    func answer(_ f: FloatBuffer, levels: UnsafePointer<Int16>) {
        run(f, levels: levels, pairs_step)
        steps += 1
    }

    private func run(
        _ f: FloatBuffer, levels: UnsafePointer<Int16>, _ kernel: @Sendable (UnsafePointer<PairsStep>?) -> Void
    ) {
        var step = PairsStep()
        step.level = kernels.rawValue
        (step.stride, step.inputs, step.plane) = (Int32(stride), Int32(inputs), Int64(plane))
        step.phase = Int32(steps & 15)
        (step.hold_shares, step.pulse_shares) = (Int32(tables.holdShares), Int32(tables.pulseShares))
        step.read_shares = Int32(tables.readShares)
        (step.hold_charge, step.pulse_charge) = (tables.holdCharge.kernel, tables.pulseCharge.kernel)
        step.read_charge = tables.readCharge.kernel
        (step.store, step.store_base, step.asleep) = (tables.storeAxis.kernel, Float(tables.baseStore), Float(tables.asleep))
        (step.hold, step.rest) = (UnsafePointer(hold.pointer), UnsafePointer(rest.pointer))
        (step.pulse, step.read) = (UnsafePointer(pulse.pointer), UnsafePointer(read.pointer))
        (step.levels, step.W, step.shadow) = (levels, UnsafePointer(weights.pointer), UnsafePointer(shadow.pointer))
        (step.bias, step.bias_share) = (UnsafePointer(bias.pointer), UnsafePointer(biasShare.pointer))
        step.bias_square = UnsafePointer(biasSquare.pointer)
        (step.F, step.state, step.conductance) = (f.pointer, state.pointer, conductance.pointer)
        (step.rest_energy, step.awake, step.still) = (restEnergy.pointer, awake.pointer, still.pointer)
        step.sums = sums.pointer
        // Rows know nothing of one another, so any number of threads gives the same bits.
        let (rows, parts) = (rows, min(4, rows))
        nonisolated(unsafe) let arguments = step
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            var own = arguments
            (own.first, own.last) = (Int32(rows * part / parts), Int32(rows * (part + 1) / parts))
            kernel(&own)
        }
    }

    /// F of every synapse of the one row after a step at the biases and the updates (dF / step) at its end; nil instead begins anew.
    package func step(_ levels: [Int16]?) -> [Float] {
        precondition(rows == 1 && (levels?.count ?? inputs) == inputs, "one level for each synapse of one row")
        if let levels {
            self.levels.write(levels, at: 0)
            answer(own, levels: self.levels.pointer)
        } else {
            reset(own)
        }
        return own.read(0..<inputs)
    }

    /// The game so far, rows in their order.
    package var account: Account {
        var account = Account(steps: steps)
        func total(_ which: Int) -> Double {
            (0..<rows).reduce(0) { $0 + sums.pointer[$1 * pair_sum_count + which] }
        }
        account.pulseEnergy = total(pair_pulse_energy)
        account.biasEnergy = total(pair_bias_energy)
        account.error = total(pair_error)
        account.reference = total(pair_reference)
        account.conductance = total(pair_conductance)
        account.pulses = total(pair_pulses)
        account.clipped = total(pair_clipped)
        account.awake = total(pair_awake)
        (account.weightsBeyond, account.lambdasBeyond) = (weightsBeyond, lambdasBeyond)
        account.weightsExtrapolated = weightsExtrapolated
        return account
    }
}

extension PairTables.Axis {
    /// Where x lies, as the kernel finds it.
    func place(_ x: Float) -> (cell: Int, share: Float) {
        let shift = UInt32(23 - bits)
        let cell = Int(x.bitPattern >> shift) - (127 + lowest) << bits
        if x <= 0 || cell < 0 { return (0, 0) }
        if cell >= count - 1 { return (count - 2, 1) }
        return (cell, Float(x.bitPattern & (1 << shift - 1)) / Float(1 << shift))
    }
}

extension PairTables {
    /// G in units of weight of absolute charges in the first plane and beyond it, as the kernel interpolates it.
    package func conductance(_ first: Double, _ beyond: Double) -> Float {
        let all = Float(first + beyond)
        let nodes = readCharge.count
        let (cell, share) = readCharge.place(all)
        let s = min(max(all > 0 ? Float(beyond) / all : 0, 0), 1) * Float(readShares - 1)
        let k = min(Int(clamped: s, rounded: .down), readShares - 2)
        func along(_ k: Int) -> Float {
            read[k * nodes + cell] + (read[k * nodes + cell + 1] - read[k * nodes + cell]) * share
        }
        return along(k) + (along(k + 1) - along(k)) * (s - Float(k))
    }
}
