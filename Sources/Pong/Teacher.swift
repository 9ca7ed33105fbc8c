import Essentials
import NeuralNetwork

/// An agent that plays with a longer frame skip and tells a learner at every one of its steps what it would do.
///
/// The learner moves; the teacher watches the same games at its own pace: every `stride` steps it sees what it would see if it played
/// (the maximum of the last two frames), and its policy of that moment is its advice until it looks again. The learner adds
/// c(t) (-sum pi_teacher log pi) to its loss. Source: S. Schmitt et al. 2018, arXiv:1803.03835 (kickstarting).
final class Teacher {
    /// Probabilities of the actions, [environments][actions].
    private(set) var advice: [Float]
    private let network: ActorCritic
    private let state: RecurrentState
    private let stride, actions: Int
    private let mixesFrames: Bool
    /// What the learner saw one step before, and whether that step began a game.
    private var earlier: [Float]
    private var fresh: [Bool]
    private var step = 0

    /// The agent file at `path`, for so many environments. Throws `InputError` when the agent's actions or frame skip do not fit the configuration's.
    init(_ path: String, for configuration: TrainingConfiguration, environments count: Int) throws {
        let agent = try Agent.load(path: path)
        guard agent.actions == configuration.actions else {
            throw InputError(
                "teacher", value: path, problem: "has other actions: \(agent.actions.map(\.name).joined(separator: " "))",
                expected: configuration.actions.map(\.name).joined(separator: " "))
        }
        guard agent.frameSkip.isMultiple(of: configuration.frameSkip) else {
            throw InputError(
                "teacher", value: path, problem: "plays with frame skip \(agent.frameSkip)",
                expected: "a multiple of frame_skip, \(configuration.frameSkip)")
        }
        network = try ActorCritic(parameters: agent.parameters, constraints: agent.constraints)
        state = network.makeState(environments: count)
        stride = agent.frameSkip / configuration.frameSkip
        mixesFrames = configuration.frameSkip == 1 && stride > 1
        actions = agent.actions.count
        advice = [Float](repeating: 1 / Float(actions), count: count * actions)
        earlier = []
        fresh = [Bool](repeating: true, count: count)
    }

    /// Looks at what the learner is about to act on; renews the advice when it is the teacher's turn.
    func watch(_ observations: [Float]) {
        defer {
            step += 1
            if mixesFrames { earlier = observations }
        }
        guard step.isMultiple(of: stride) else { return }
        var seen = observations
        if mixesFrames, !earlier.isEmpty {
            let size = PongEnvironments.observationSize
            for e in fresh.indices where !fresh[e] {
                for i in e * size..<(e + 1) * size where earlier[i] > seen[i] { seen[i] = earlier[i] }
            }
        }
        let output = network.step(observations: seen, state: state)
        for e in fresh.indices {
            for (a, p) in Policy.probabilities(output.logits(environment: e)).enumerated() {
                advice[e * actions + a] = Float(p)
            }
        }
    }

    /// Forgets the games that ended in the last step.
    func forget(_ ends: [Bool]) {
        fresh = ends
        for (e, over) in ends.enumerated() where over { state.reset(environment: e) }
    }

    /// Everything that the next advice depends on, for checkpoints; names begin with `prefix`.
    func tensors(prefix: String) -> [Tensor] {
        state.tensors(prefix: prefix) + [
            Tensor(prefix + "advice", shape: [advice.count], advice),
            Tensor(prefix + "earlier", shape: [earlier.count], earlier),
            Tensor(prefix + "fresh", shape: [fresh.count], fresh.map { Int32($0 ? 1 : 0) }),
            Tensor(prefix + "step", shape: [1], [Int64(step)]),
        ]
    }

    /// Restores what `tensors` wrote. Throws `InputError` when something does not fit.
    func restore(_ file: Safetensors, prefix: String) throws {
        try state.restore(file, prefix: prefix)
        advice = try file.elements(prefix + "advice", shape: [advice.count])
        let seen: [Float] = try file.elements(prefix + "earlier", shape: [nil])
        let size = fresh.count * PongEnvironments.observationSize
        guard seen.isEmpty || seen.count == size else {
            throw InputError(
                "tensor \(prefix)earlier", value: "[\(seen.count)]", problem: "has the wrong shape",
                expected: "[0] or [\(size)]",
                source: file.source)
        }
        earlier = seen
        fresh = try file.elements(prefix + "fresh", shape: [fresh.count], as: Int32.self).map { $0 != 0 }
        let counted = try file.elements(prefix + "step", shape: [1], as: Int64.self)[0]
        guard (0...Int64(Agent.mostSteps)).contains(counted) else {
            throw InputError(
                "tensor \(prefix)step", value: "\(counted)", problem: "is out of range", expected: "0 ... \(Agent.mostSteps)",
                source: file.source)
        }
        step = Int(counted)
    }
}
