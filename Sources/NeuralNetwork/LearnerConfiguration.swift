import Essentials
import Foundation

/// How an agent learns: rollout, loss, optimiser. The two recipes of Docs/network.md are `a2c` and `ppo`.
public struct LearnerConfiguration: Equatable, Sendable {
    /// How the loss is made of a rollout.
    public enum Algorithm: Equatable, Sendable {
        /// One update per rollout from its own forward pass; the loss is summed over the batch (as RLlib does).
        case a2c
        /// Epochs over minibatches of whole environments, each replayed from its stored h and F; the loss is averaged.
        case ppo(epochs: Int, environmentsPerMinibatch: Int, clip: Double)
    }

    /// A2C or PPO.
    public var algorithm: Algorithm
    /// Environments stepped side by side, and steps of one rollout.
    public var environments, rolloutLength: Int
    /// Discount gamma and the lambda of generalised advantage estimation.
    public var discount, gaeLambda: Double
    /// Weights of the value's loss and of the entropy in the loss.
    public var valueCoefficient, entropyCoefficient: Double
    /// Advantages to zero mean and unit deviation within a minibatch.
    public var normalisesAdvantages: Bool
    /// The gradient is scaled down to this norm over all parameters.
    public var gradientNorm: Double
    /// Constants of the optimiser.
    public var adam: Adam
    /// The learning rate of Lambda and of Gamma, in parts of the rate of all other parameters.
    public var lambdaRate = 1.0, gammaRate = 1.0
    /// A minibatch whose gradient has more than this norm is left out: one that exploded on its way back through time
    /// says nothing about where to go, and clipping would still give it a whole step. nil: every minibatch counts.
    public var gradientSkip: Double?
    /// Back-propagation stops after this many steps; nil: goes through the whole rollout.
    public var truncation: Int?
    /// What rounded updates cost in the loss; nil: nothing.
    public var updatePrice: UpdatePrice?
    /// Projects Lambda into its range after each step of the optimiser.
    public var projectsLambda = true
    /// Threads of the learner. The result does not depend on it.
    public var threads = 1
    /// Shares of the environments that may play at the same time (`Learner.lanes`); nil: one a thread. The result does not
    /// depend on it. At most one an environment, for A2C one a group.
    public var lanes: Int?
    /// Environments that one worker takes through time together; the unit of parallel work and of the order of sums.
    public var groupSize = 4
    /// F is kept at every n-th step and computed anew between (same bits): memory falls n-fold; 1 keeps every F.
    public var segmentLength = 1
    /// The kernels' instructions; nil: the best of the processor. The result does not depend on it.
    package var kernels: KernelLevel?

    /// Moments' decay and the epsilon of Adam (Kingma, Ba 2015, arXiv:1412.6980).
    public struct Adam: Equatable, Sendable {
        /// Decay of the first and second moment, and epsilon.
        public var beta1, beta2, epsilon: Double
        /// The constants of the paper unless others are given.
        public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
        }
    }

    /// A configuration; those of the two recipes are `a2c` and `ppo`.
    public init(
        algorithm: Algorithm, environments: Int, rolloutLength: Int, discount: Double = 0.99, gaeLambda: Double,
        valueCoefficient: Double = 0.5, entropyCoefficient: Double = 0.01, normalisesAdvantages: Bool,
        gradientNorm: Double, adam: Adam, truncation: Int? = nil
    ) {
        self.algorithm = algorithm
        self.environments = environments
        self.rolloutLength = rolloutLength
        self.discount = discount
        self.gaeLambda = gaeLambda
        self.valueCoefficient = valueCoefficient
        self.entropyCoefficient = entropyCoefficient
        self.normalisesAdvantages = normalisesAdvantages
        self.gradientNorm = gradientNorm
        self.adam = adam
        self.truncation = truncation
    }

    /// The paper's recipe: A2C, 4 environments, 50 steps, norm 40.
    public static let a2c = LearnerConfiguration(
        algorithm: .a2c, environments: 4, rolloutLength: 50, gaeLambda: 1, normalisesAdvantages: false, gradientNorm: 40,
        adam: Adam())

    /// The practical recipe: PPO, 16 environments, 128 steps, 4 epochs of 2 minibatches.
    public static let ppo = LearnerConfiguration(
        algorithm: .ppo(epochs: 4, environmentsPerMinibatch: 8, clip: 0.1), environments: 16, rolloutLength: 128,
        gaeLambda: 0.95, normalisesAdvantages: true, gradientNorm: 0.5, adam: Adam(epsilon: 1e-5))

    /// Bytes that a learner of this network takes, nearly all of it the kept F and the observations.
    public func memory(for shape: NetworkShape) -> Int {
        let group = min(groupSize, environments)
        let groups = (environments + group - 1) / group
        let tapes = algorithm == .a2c ? groups : min(threads, groups)
        let kept = (rolloutLength + segmentLength - 1) / segmentLength + segmentLength + 1
        let sample = shape.inputs + shape.side1 * shape.side1 * shape.filters1 + 4 * shape.units
        let floats =
            tapes * group * (kept * shape.synapses + rolloutLength * sample)
            + environments * (rolloutLength * shape.observations + 2 * shape.synapses) + (groups + 5) * shape.parameters
        return 4 * floats
    }

    /// Throws `InputError` when a learner of this network would not fit into the machine's memory.
    func validateMemory(for shape: NetworkShape) throws(InputError) {
        let need = memory(for: shape)
        let have = ProcessInfo.processInfo.physicalMemory
        guard UInt64(need) < have / 10 * 9 else {
            throw InputError(
                "rolloutLength x environments", value: "\(rolloutLength) x \(environments)",
                problem: "needs \(need >> 20) MB of memory, and the machine has \(have >> 20) MB",
                expected: "a shorter rollout, fewer environments, or a segmentLength above \(segmentLength)")
        }
    }

    /// Throws `InputError` naming the first setting that cannot be.
    public func validate() throws(InputError) {
        func require(_ key: String, _ value: Double, _ range: ClosedRange<Double>) throws(InputError) {
            guard range.contains(value) else {
                throw InputError(
                    key, value: "\(value)", problem: "is out of range", expected: "\(range.lowerBound) ... \(range.upperBound)")
            }
        }
        try require("environments", Double(environments), 1...1024)
        try require("rolloutLength", Double(rolloutLength), 1...10_000)
        try require("discount", discount, 0...1)
        try require("gaeLambda", gaeLambda, 0...1)
        try require("valueCoefficient", valueCoefficient, 0...1e6)
        try require("entropyCoefficient", entropyCoefficient, 0...1e6)
        try require("gradientNorm", gradientNorm, 1e-12...1e12)
        try require("lambdaRate", lambdaRate, 0...1000)
        try require("gammaRate", gammaRate, 0...1000)
        try require("gradientSkip", gradientSkip ?? 1, 1e-12...1e12)
        try require("beta1", adam.beta1, 0...0.999999)
        try require("beta2", adam.beta2, 0...0.999999999)
        try require("epsilon", adam.epsilon, 1e-30...1)
        try require("truncation", Double(truncation ?? 1), 1...10_000)
        try require("threads", Double(threads), 1...256)
        try require("lanes", Double(lanes ?? 1), 1...256)
        try require("segmentLength", Double(segmentLength), 1...10_000)
        try require("groupSize", Double(groupSize), 1...64)
        if case .ppo(let epochs, let minibatch, let clip) = algorithm {
            try require("epochs", Double(epochs), 1...1000)
            try require("clip", clip, 1e-6...10)
            try require("environmentsPerMinibatch", Double(minibatch), 1...Double(environments))
        }
    }
}

/// What one update did; means are over the samples of the update.
public struct UpdateStatistics: Equatable, Sendable {
    /// The whole loss and its parts, as the algorithm defines them (sums for A2C, means for PPO).
    public var loss = 0.0
    /// Part of the policy.
    public var policyLoss = 0.0
    /// Part of the value.
    public var valueLoss = 0.0
    /// Mean entropy of the policy, in nats.
    public var entropy = 0.0
    /// Norm over all parameters before clipping, minibatches that were left out included.
    public var gradientNorm = 0.0
    /// PPO: share of samples whose ratio was clipped, and mean of (ratio - 1) - log ratio, which estimates the divergence
    /// KL(old policy | new policy) in nats.
    public var clipFraction = 0.0
    /// Estimate of KL(old policy | new policy), nats.
    public var divergence = 0.0
    /// Share of minibatches that were left out because of `gradientSkip`.
    public var skipped = 0.0
    /// Cross-entropy of the policy against a teacher's, as policyLoss is summed or averaged; 0 without one.
    public var adviceLoss = 0.0
    /// Mean over the samples of the sum of k^exponent over all synapses, see `UpdatePrice`; 0 where updates are free.
    public var updateCost = 0.0
    /// 1 - variance(target - value) / variance(target) over the rollout, values as they were when it was played: 1 for a
    /// critic that foresees the returns, 0 for one that says the same of every state; nil where all targets are equal.
    public var explainedVariance: Double?
}
