import Essentials

/// An agent that plays: trunk, plastic layer and heads, forward only.
///
///     let agent = try ActorCritic(parameters: parameters, constraints: .device)
///     let state = agent.makeState(environments: 1)
///     let output = agent.step(observations: pixels, state: state)
///     let action = Policy.greedy(output.logits(environment: 0))
///
/// Not for concurrent use: each thread takes an agent of its own. Results of one environment do not depend on how many
/// others are stepped beside it by more than rounding.
public final class ActorCritic {
    /// Sizes of the network.
    public let shape: NetworkShape
    /// What the cell is held to.
    public let constraints: CellConstraints
    let network: Network
    private let trunk: Trunk
    /// The devices behind the synapses, where they differ from the cell.
    private var crossbar: Crossbar?
    /// The devices that the synapses are made of, where the cell is not its own equation.
    private var pairs: DevicePairs?
    /// What the pairs of devices took and did since the last reset; nil without them.
    package var pairAccount: DevicePairs.Account? { pairs?.account }
    private var environments = 0
    /// True between `answer` and `move`.
    private var owesMove = false
    private var observations = FloatBuffer(0)
    private var y1 = FloatBuffer(0)
    private var s = FloatBuffer(0)
    /// Row norms [environments][units] and inputs [environments][stride] of the last step.
    private(set) var n = FloatBuffer(0), u = FloatBuffer(0)

    /// Throws `InputError` on a processor without the kernels' instructions (AVX2 and FMA).
    public convenience init(parameters: ActorCriticParameters, constraints: CellConstraints) throws(InputError) {
        try self.init(parameters: parameters, constraints: constraints, kernels: nil)
    }

    /// On a level of instructions, or on the best where it is nil.
    package init(parameters: ActorCriticParameters, constraints: CellConstraints, kernels: KernelLevel?) throws(InputError) {
        shape = parameters.shape
        self.constraints = constraints
        network = Network(parameters, constraints: constraints, level: try .resolve(kernels))
        trunk = Trunk(network)
    }

    /// An agent on one crossbar of devices that differ, drawn from `seed` and `stream` (the noise of pulses and reads has the stream
    /// after it). Plays one environment at a time, without a recorder.
    ///
    /// Throws `InputError` as the others do, for numbers out of range, and where dF is not on a grid.
    /// Cost: 20 ms to draw the devices at the paper's sizes, and 0.1 to 0.5 ms a step.
    public convenience init(
        parameters: ActorCriticParameters, constraints: CellConstraints, variability: CellVariability, seed: UInt64,
        stream: UInt64
    ) throws(InputError) {
        try self.init(
            parameters: parameters, constraints: constraints, kernels: nil, variability: variability, seed: seed,
            stream: stream)
    }

    /// The same on a level of instructions, or on the best where it is nil.
    package convenience init(
        parameters: ActorCriticParameters, constraints: CellConstraints, kernels: KernelLevel?, variability: CellVariability,
        seed: UInt64, stream: UInt64
    ) throws(InputError) {
        try self.init(parameters: parameters, constraints: constraints, kernels: kernels)
        crossbar = try Crossbar(network, variability, seed: seed, stream: stream)
    }

    /// An agent whose synapses are pairs of devices. Plays one environment at a time; a game begins with `beginGame`.
    ///
    /// Throws `InputError` as the others do, and where the devices cannot make what the cell asks for. Cost: 0.1 s at the paper's sizes.
    package convenience init(
        parameters: ActorCriticParameters, constraints: CellConstraints, kernels: KernelLevel?, devices: PairTables
    ) throws(InputError) {
        try self.init(parameters: parameters, constraints: constraints, kernels: kernels)
        pairs = try DevicePairs(network, devices)
    }

    /// h, F and, where there are any, the devices as they are at the start of a game.
    package func beginGame(_ state: RecurrentState) {
        state.reset(environment: 0)
        pairs?.reset(state.f)
    }

    /// A state of zeros for that many environments.
    public func makeState(environments: Int) -> RecurrentState { RecurrentState(shape: shape, environments: environments) }

    /// What one step gives: logits [environments][actions] and values [environments].
    public struct Output: Equatable, Sendable {
        /// Logits of the actions and values of the observations, environment by environment.
        public var logits, values: [Float]
        /// Number of actions.
        public let actions: Int

        /// Logits of one environment, [actions].
        public func logits(environment e: Int) -> ArraySlice<Float> { logits[e * actions..<(e + 1) * actions] }
    }

    /// Steps every environment of `state` once.
    ///
    /// - observations: [environments][side][side], normalised as (x - 128) / 128.
    /// - recorder: takes note of environment 0's weights and updates; needs rounded dF.
    /// - Cost at the paper's sizes: 3.5 MFLOP and 3.4 MB of memory traffic for one environment.
    public func step(observations pixels: [Float], state: RecurrentState, recorder: SynapseRecorder? = nil) -> Output {
        if crossbar != nil || pairs != nil {
            let output = answer(observations: pixels, state: state, recorder: recorder)
            move(state: state, recorder: recorder)
            return output
        }
        let output = forward(pixels, state, recorder, moves: true)
        recorder?.after(h: state.h, n: n, u: u)
        return output
    }

    /// The first half of `step`, up to logits and values; h is the new one, F the old. `move` with the same arguments must follow.
    ///
    /// For who can act on the answer while F moves: both together give the bits of `step` and take a tenth longer.
    public func answer(observations: [Float], state: RecurrentState, recorder: SynapseRecorder? = nil) -> Output {
        let output = forward(observations, state, recorder, moves: false)
        owesMove = true
        return output
    }

    /// The second half of `step`: F' = Lambda F + dF, and the recorder's note of it.
    public func move(state: RecurrentState, recorder: SynapseRecorder? = nil) {
        precondition(owesMove && state.environments == environments, "move without the answer before it")
        owesMove = false
        if let pairs {
            let levels = recorder?.levelPointer(environments: 1) ?? pairs.levels.pointer
            network.move(
                cellStep(state), f: pairs.shadow.from(0), to: pairs.shadow.from(0), recorder: recorder, levels: levels)
            pairs.answer(state.f, levels: levels)
            recorder?.after(h: state.h, n: n, u: u)
            return
        }
        network.move(
            cellStep(state), f: state.f.from(0), to: state.f.from(0), recorder: recorder, levels: crossbar?.levels.pointer)
        crossbar?.answer(state.f)
        recorder?.after(h: state.h, n: n, u: u)
    }

    private func forward(_ pixels: [Float], _ state: RecurrentState, _ recorder: SynapseRecorder?, moves: Bool) -> Output {
        precondition(!owesMove, "the last answer's move is missing")
        precondition(state.shape == shape, "state of another network")
        precondition(
            crossbar == nil || (state.environments == 1 && recorder == nil), "a crossbar plays one game, without a recorder")
        precondition(pairs == nil || state.environments == 1, "pairs of devices play one game")
        precondition(
            pixels.count == state.environments * shape.observations,
            "\(pixels.count) pixels for \(state.environments) environments of \(shape.observations)")
        reserve(state.environments)
        observations.write(pixels, at: 0)
        let stride = network.layout.stride
        trunk.forward(
            observations: observations,
            starts: (0..<environments).map { $0 * shape.observations }, y1: y1.from(0), features: u.from(0),
            featureStride: stride)
        for e in 0..<environments {
            u.copy(e * stride + shape.features..<e * stride + shape.inputs, from: state.h, at: e * shape.units)
        }
        recorder?.before(state: state)
        crossbar?.hold(state.f)
        network.forward(cellStep(state), f: state.f.from(0), moves: moves, recorder: recorder)
        crossbar?.disturb(cellStep(state))
        var output = Output(
            logits: [Float](repeating: 0, count: environments * shape.actions),
            values: [Float](repeating: 0, count: environments), actions: shape.actions)
        network.heads(
            environments: environments, h: state.h.from(0), logits: &output.logits, values: &output.values, outAt: 0)
        return output
    }

    private func cellStep(_ state: RecurrentState) -> CellStep {
        CellStep(environments: environments, u: u.from(0), h: state.h.from(0), n: n.from(0), s: s.from(0))
    }

    private func reserve(_ count: Int) {
        guard count != environments else { return }
        environments = count
        observations = FloatBuffer(count * shape.observations)
        y1 = FloatBuffer(count * trunk.activations1)
        n = FloatBuffer(count * shape.units)
        s = FloatBuffer(count * shape.units)
        u = FloatBuffer(count * network.layout.stride)
    }
}
