/// The samples of one rollout, [steps][environments], and the state that it began with.
final class Rollout: @unchecked Sendable {
    let shape: NetworkShape
    let steps, environments: Int
    /// Observations [steps][environments][side][side].
    let observations: FloatBuffer
    let first: RecurrentState
    var actions: [Int]
    var logProbabilities: [Double]
    var values, rewards: [Float]
    var ends: [Bool]
    /// A teacher's policy, [steps][environments][actions]; empty without one.
    var advice: [Float] = []
    private(set) var advantages: [Double] = []
    private(set) var targets: [Double] = []
    private var logits: [Float] = []

    init(shape: NetworkShape, configuration: LearnerConfiguration) {
        self.shape = shape
        steps = configuration.rolloutLength
        environments = configuration.environments
        let samples = steps * environments
        observations = FloatBuffer(samples * shape.observations)
        // A2C learns from the pass that played, so only PPO needs the state to replay from.
        first = RecurrentState(shape: shape, environments: configuration.algorithm == .a2c ? 0 : environments)
        actions = [Int](repeating: 0, count: samples)
        logProbabilities = [Double](repeating: 0, count: samples)
        values = [Float](repeating: 0, count: samples)
        rewards = values
        ends = [Bool](repeating: false, count: samples)
    }

    func begin(state: RecurrentState) {
        guard first.environments > 0 else { return }
        first.h.copy(0..<first.h.count, from: state.h, at: 0)
        first.f.copy(0..<first.f.count, from: state.f, at: 0)
    }

    /// Where the observation of a sample starts.
    func place(step: Int, environment: Int) -> Int { (step * environments + environment) * shape.observations }

    /// True where the environment starts an episode at this step of the rollout (the state's own zeros are in `first`).
    func isReset(step: Int, environment: Int) -> Bool { step > 0 && ends[(step - 1) * environments + environment] }

    func store(observations pixels: [Float], step: Int) {
        observations.write(pixels, at: place(step: step, environment: 0))
    }

    func store(output: ActorCritic.Output, step: Int) {
        logits = output.logits
        for e in 0..<environments { values[step * environments + e] = output.values[e] }
    }

    func record(actions chosen: [Int], rewards won: [Float], ends over: [Bool], step: Int) {
        precondition(chosen.count == environments && won.count == environments && over.count == environments)
        for e in 0..<environments {
            let at = step * environments + e
            actions[at] = chosen[e]
            rewards[at] = won[e]
            ends[at] = over[e]
            logProbabilities[at] = Policy.logProbabilities(logits[e * shape.actions..<(e + 1) * shape.actions])[chosen[e]]
        }
    }

    /// A teacher's policy at one step, [environments][actions].
    func store(advice probabilities: [Float], step: Int) {
        let width = environments * shape.actions
        precondition(probabilities.count == width, "advice of another size")
        if advice.isEmpty { advice = [Float](repeating: 0, count: steps * width) }
        advice.replaceSubrange(step * width..<(step + 1) * width, with: probabilities)
    }

    func estimateAdvantages(bootstrap: [Float], configuration: LearnerConfiguration) {
        (advantages, targets) = Advantages.estimate(
            rewards: rewards, values: values, ends: ends, bootstrap: bootstrap, discount: configuration.discount,
            lambda: configuration.gaeLambda)
    }

    /// Advantages and targets given from outside, as the golden fixtures do.
    func set(advantages: [Double], targets: [Double]) {
        self.advantages = advantages
        self.targets = targets
    }
}
