/// The samples of one rollout, [steps][environments], and the state that it began with.
final class Rollout: @unchecked Sendable {
    let shape: NetworkShape
    let steps, environments: Int
    /// Observations [steps][environments][side][side].
    let observations: FloatBuffer
    let first: RecurrentState
    let actions: AlignedBuffer<Int>
    let logProbabilities: AlignedBuffer<Double>
    let values, rewards: FloatBuffer
    let ends: AlignedBuffer<Bool>
    /// A teacher's policy, [steps][environments][actions], where there is one.
    let advice: FloatBuffer
    private(set) var advantages: [Double] = []
    private(set) var targets: [Double] = []

    init(shape: NetworkShape, configuration: LearnerConfiguration) {
        self.shape = shape
        steps = configuration.rolloutLength
        environments = configuration.environments
        let samples = steps * environments
        observations = FloatBuffer(samples * shape.observations)
        // A2C learns from the pass that played, so only PPO needs the state to replay from.
        first = RecurrentState(shape: shape, environments: configuration.algorithm == .a2c ? 0 : environments)
        actions = AlignedBuffer(samples)
        logProbabilities = AlignedBuffer(samples)
        values = FloatBuffer(samples)
        rewards = FloatBuffer(samples)
        ends = AlignedBuffer(samples)
        advice = FloatBuffer(samples * shape.actions)
    }

    /// Keeps the state that a rollout of `environments` begins with.
    func begin(state: RecurrentState, environments: Range<Int>) {
        guard first.environments > 0 else { return }
        let (units, plane) = (shape.units, state.f.count / state.environments)
        let (from, to) = (environments.lowerBound, environments.upperBound)
        first.h.copy(from * units..<to * units, from: state.h, at: from * units)
        first.f.copy(from * plane..<to * plane, from: state.f, at: from * plane)
    }

    /// Index of a sample.
    func sample(step: Int, environment: Int) -> Int { step * environments + environment }

    /// Where the observation of a sample starts.
    func place(step: Int, environment: Int) -> Int { sample(step: step, environment: environment) * shape.observations }

    /// True where the environment starts an episode at this step of the rollout (the state's own zeros are in `first`).
    func isReset(step: Int, environment: Int) -> Bool { step > 0 && ends[sample(step: step - 1, environment: environment)] }

    func estimateAdvantages(bootstrap: [Float], configuration: LearnerConfiguration) {
        (advantages, targets) = Advantages.estimate(
            rewards: Array(rewards.all), values: Array(values.all), ends: Array(ends.all), bootstrap: bootstrap,
            discount: configuration.discount, lambda: configuration.gaeLambda)
    }

    /// See `UpdateStatistics.explainedVariance`.
    var explainedVariance: Double? {
        func variance(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        }
        let all = variance(targets)
        // target - value is the advantage.
        return all > 0 ? 1 - variance(advantages) / all : nil
    }

    /// Advantages and targets given from outside, as the golden fixtures do.
    func set(advantages: [Double], targets: [Double]) {
        self.advantages = advantages
        self.targets = targets
    }
}
