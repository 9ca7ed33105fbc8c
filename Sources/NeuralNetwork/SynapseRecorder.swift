import Essentials

/// Takes note of what the synapses of environment 0 do during a game, for the energy account.
///
/// Pass one to `ActorCritic.step` at every step of one game, then read `summary()`. Counts are exact; sums of G are
/// gathered in float32 over at most 64 steps and then in double. Cost at the paper's sizes: 60 microseconds a step,
/// and 4 bytes per synapse and level of memory.
public final class SynapseRecorder {
    /// What the game left behind. Synapse index = unit * inputs + input.
    public struct Summary: Equatable, Sendable {
        /// Network steps recorded.
        public var steps: Int
        /// Sparse counts of the non-zero updates: synapse, level k (|dF| = k * step), how often; in synapse order.
        public var updateSynapse: [Int32]
        /// Level k of each entry.
        public var updateLevel: [UInt8]
        /// How often that synapse made an update of that level.
        public var updateCount: [UInt32]
        /// Sum over the steps of |G| and of G, G = W + F as the step used it; [units * inputs].
        public var sumAbsoluteWeight, sumWeight: [Double]
        /// The synapse that first reached the largest |dF| of the game; without any update, the one of the largest |F|.
        public var largestSynapse: Int
        /// That synapse's G and (signed) dF at every step.
        public var largestWeight, largestDeltaF: [Float]

        /// Number of updates that were not 0, over all synapses and steps.
        public var nonzeroUpdates: Int { updateCount.reduce(0) { $0 + Int($1) } }
    }

    private let network: Network
    private let shape: NetworkShape
    private let stride: Int
    private let levels: Int
    private var steps = 0
    private var pending = 0
    private var levelBuffer: AlignedBuffer<Int16>
    private let counts: AlignedBuffer<UInt32>
    let sumAbsolute, sum: FloatBuffer
    /// Sum of G and, one plane on, of |G|.
    private let totals: AlignedBuffer<Double>
    private var initialF: [Float] = []
    private var inputs: InputHistory
    private var largestLevel: Int16 = 0
    private var largestAt = -1

    /// A recorder for games of this agent. Throws `InputError` when the agent's dF is not rounded to a grid.
    public init(_ agent: ActorCritic) throws(InputError) {
        guard agent.constraints.isRounded else {
            throw InputError(
                "deltaFStep", value: "0", problem: "leaves dF continuous, so its updates cannot be counted by level",
                expected: "constraints with a dF grid, such as step 0.5 and maximum 20")
        }
        network = agent.network
        shape = agent.shape
        stride = agent.network.layout.stride
        levels = agent.constraints.levels
        levelBuffer = AlignedBuffer(agent.network.plane)
        counts = AlignedBuffer(agent.network.plane * levels)
        sumAbsolute = FloatBuffer(agent.network.plane)
        sum = FloatBuffer(agent.network.plane)
        totals = AlignedBuffer(2 * agent.network.plane)
        inputs = InputHistory(features: shape.features, units: shape.units)
    }

    func before(state: RecurrentState) {
        if steps == 0 { initialF = state.f.read(0..<network.plane) }
        if inputs.previousHidden.isEmpty { inputs.previousHidden = state.hidden(environment: 0) }
    }

    func levelPointer(environments: Int) -> UnsafeMutablePointer<Int16> {
        if levelBuffer.count < environments * network.plane { levelBuffer = AlignedBuffer(environments * network.plane) }
        return levelBuffer.pointer
    }

    func after(h: FloatBuffer, n: FloatBuffer, u: FloatBuffer) {
        inputs.append(features: u.at(0, room: shape.features), hidden: h, norms: n)
        countLevels()
        steps += 1
        pending += 1
        if pending == 64 { flush() }
    }

    /// Adds this step's non-zero levels; sixteen synapses are skipped at a time, then those of a word.
    private func countLevels() {
        let (levels, counts, now) = (levels, counts.pointer, levelBuffer.pointer)
        let words = UnsafeRawPointer(now)
        var (largest, place) = (largestLevel, largestAt)
        for first in Swift.stride(from: 0, to: network.plane, by: 16) {
            let block = words.load(fromByteOffset: first * 2, as: SIMD4<UInt64>.self)
            guard block[0] | block[1] | block[2] | block[3] != 0 else { continue }
            for quarter in 0..<4 {
                // Four levels of 16 bits; the lowest that is not zero comes first.
                var word = UInt64(littleEndian: block[quarter])
                while word != 0 {
                    let lane = word.trailingZeroBitCount >> 4
                    word &= ~(0xFFFF << UInt64(16 * lane))
                    let synapse = first + 4 * quarter + lane
                    let level = abs(now[synapse])
                    counts[synapse * levels + Int(level) - 1] += 1
                    if level > largest { (largest, place) = (level, synapse) }
                }
            }
        }
        (largestLevel, largestAt) = (largest, place)
    }

    private func flush() {
        let (sums, absolutes, plane) = (sum.pointer, sumAbsolute.pointer, network.plane)
        for i in 0..<plane { totals.pointer[i] += Double(sums[i]) }
        for i in 0..<plane { totals.pointer[plane + i] += Double(absolutes[i]) }
        sumAbsolute.fill(0, 0..<plane)
        sum.fill(0, 0..<plane)
        pending = 0
    }

    /// The account of the steps so far. Cost: one pass over the counts and one over the largest synapse's history.
    public func summary() -> Summary {
        flush()
        var result = Summary(
            steps: steps, updateSynapse: [], updateLevel: [], updateCount: [], sumAbsoluteWeight: [], sumWeight: [],
            largestSynapse: 0, largestWeight: [], largestDeltaF: [])
        for unit in 0..<shape.units {
            for input in 0..<shape.inputs {
                let padded = unit * stride + input
                for level in 0..<levels where counts.pointer[padded * levels + level] > 0 {
                    result.updateSynapse.append(Int32(unit * shape.inputs + input))
                    result.updateLevel.append(UInt8(level + 1))
                    result.updateCount.append(counts.pointer[padded * levels + level])
                }
            }
            let row = unit * stride..<unit * stride + shape.inputs
            result.sumWeight += totals.read(row)
            result.sumAbsoluteWeight += totals.read(row.lowerBound + network.plane..<row.upperBound + network.plane)
        }
        var synapse = largestAt
        if synapse < 0 {
            // Without updates F only decays, so the largest |F| of the game is that of its first step.
            synapse = initialF.indices.max { abs(initialF[$0]) < abs(initialF[$1]) } ?? 0
        }
        let (unit, input) = (synapse / stride, synapse % stride)
        result.largestSynapse = unit * shape.inputs + input
        (result.largestWeight, result.largestDeltaF) = history(unit: unit, input: input)
        return result
    }

    /// What one synapse was asked for.
    public struct Trace: Equatable, Sendable {
        /// unit * inputs + input.
        public var synapse: Int
        /// W and Lambda as the forward pass uses them.
        public var weight, lambda: Float
        /// dF / step at every step.
        public var levels: [Int16]

        /// A trace.
        public init(synapse: Int, weight: Float, lambda: Float, levels: [Int16]) {
            (self.synapse, self.weight, self.lambda, self.levels) = (synapse, weight, lambda, levels)
        }
    }

    /// Traces of the synapse of the largest |dF| and of `count` - 1 others, drawn by `seed` from those with any update.
    ///
    /// Cost: one pass over the game's inputs for each, some 10 ms.
    public func traces(_ count: Int, seed: UInt64) -> [Trace] {
        var updated: [Int] = []
        for unit in 0..<shape.units {
            for at in unit * stride..<unit * stride + shape.inputs
            where at != largestAt && (0..<levels).contains(where: { counts.pointer[at * levels + $0] > 0 }) {
                updated.append(at)
            }
        }
        var random = SeededGenerator(seed: seed, stream: 0x7472_6163_65)
        var chosen = largestAt >= 0 ? [largestAt] : []
        while chosen.count < count, !updated.isEmpty {
            let k = random.integer(below: updated.count)
            chosen.append(updated[k])
            updated.swapAt(k, updated.count - 1)
            updated.removeLast()
        }
        return chosen.prefix(count).map { at in
            let (unit, input) = (at / stride, at % stride)
            let updates = history(unit: unit, input: input).deltaF
            return Trace(
                synapse: unit * shape.inputs + input, weight: network.weight(at), lambda: network.lambda(at),
                levels: updates.map { Int16(($0 / network.constraints.deltaFStep).rounded()) })
        }
    }

    /// G and dF of one synapse at every step, recomputed from the recorded h and u: F' = Lambda F + dF.
    private func history(unit: Int, input: Int) -> (weight: [Float], deltaF: [Float]) {
        let at = unit * stride + input
        let constraints = network.constraints
        let gamma = network.flat[network.layout.start(.gamma) + at]
        let (weight, lambda) = (network.weight(at), network.lambda(at))
        let top = constraints.deltaFMaximum / constraints.deltaFStep
        var f = initialF.isEmpty ? 0 : initialF[at]
        var weights: [Float] = []
        var updates: [Float] = []
        for (step, u) in inputs.values(input: input).enumerated() {
            let product = gamma * (inputs.hidden(step: step, unit: unit) * u)
            let level = (product * (1 / constraints.deltaFStep)).rounded(.toNearestOrEven)
            let dF = min(max(level, -top), top) * constraints.deltaFStep
            weights.append(weight + f)
            updates.append(dF)
            let kept = constraints.kind == .stpn ? f / inputs.norm(step: step, unit: unit) : f
            f = dF.addingProduct(lambda, kept)
        }
        return (weights, updates)
    }
}
