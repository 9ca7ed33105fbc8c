import Essentials
import NeuralNetwork

/// How an agent is trained; the content of a file such as `ppo.yaml`.
///
/// Loss of one update, over the rollout's steps and environments (sum for A2C, mean for PPO):
///
///     policy + valueCoefficient * 0.5 (V - target)^2 - entropyCoefficient * entropy
///
/// Sources: Mnih 2016 (A2C), Schulman 2017 arXiv:1707.06347 (PPO), Weilenmann 2024 section 5.4 (the published settings).
package struct TrainingConfiguration: Equatable, Sendable {
    package enum Algorithm: String, CaseIterable, Sendable {
        case a2c, ppo
    }

    package var name = "ppo"
    package var algorithm = Algorithm.ppo
    package var seed: UInt64 = 1
    /// Agent steps (network steps times environments) of the whole training.
    package var totalSteps = 10_000_000

    // The game.
    package var environments = 16
    /// Helper processes that share the environments; each plays a rollout on a thread of its own.
    package var helpers = 1
    /// Threads of the learner.
    package var workers = 1
    package var frameSkip = 4
    package var actions = Action.pongWithoutFire
    package var noopMaximum = 30
    /// Probability that a frame repeats the action of the frame before instead of the one chosen.
    package var sticky = 0.0
    /// Frames after which a game is cut off; the value of its last screen stands for what would have come.
    package var frameLimit = 108_000
    /// Rewards are clipped to their sign.
    package var clipRewards = true

    // Rollouts and returns.
    /// Steps of each environment between two updates.
    package var rollout = 128
    /// Discount of one agent step.
    package var discount = 0.99
    /// Lambda of generalised advantage estimation; 1 gives plain discounted returns.
    package var gaeLambda = 0.95
    /// Steps that the gradient goes back in time; nil: the whole rollout.
    package var truncation: Int?

    // The optimiser.
    package var learningRate = 5e-4
    /// The learning rate falls linearly to this at `learningRateSteps`.
    package var learningRateEnd = 0.0
    /// Agent steps over which the learning rate falls; nil: `totalSteps`.
    package var learningRateSteps: Int?
    /// Agent steps over which the learning rate rises linearly from 0. Adam's first steps are as long as the rate whatever
    /// the gradient, because its moments are empty: a trained agent to start from can be lost in them.
    package var warmUpSteps = 0
    /// Learning rates of Lambda and of Gamma in parts of `learningRate`.
    package var lambdaRate = 1.0, gammaRate = 1.0
    package var gradientNorm = 0.5
    /// Minibatches whose gradient has more than this norm are left out; nil: none is.
    package var gradientSkip: Double?
    package var adamBeta1 = 0.9
    package var adamBeta2 = 0.999
    package var adamEpsilon = 1e-5
    package var valueCoefficient = 0.5
    package var entropyCoefficient = 0.01
    /// Price of rounded updates in the loss: weight of k^exponent, k steps of the grid (`UpdatePrice`); nil: they are free.
    package var energyWeight: Double?
    /// alpha of the pulse energy c |dF|^alpha; the shipped synapse's.
    package var energyExponent = 1.391

    // PPO only.
    package var epochs = 3
    /// Minibatches of an epoch; each holds whole environments.
    package var minibatches = 4
    /// Environments that one thread takes through time together. Part of the result, because it orders the sums; threads
    /// share a minibatch only when it holds more than one group.
    package var group = 4
    package var clip = 0.1
    package var normaliseAdvantages = true

    // The cell.
    package var lambdaMinimum = 0.08
    package var lambdaMaximum = 0.92
    /// Grid of dF while training, with a straight-through gradient; 0: continuous.
    package var deltaFStep = 0.0
    package var deltaFMaximum = 20.0
    /// Bound of the uniform initialisation of Gamma; nil: 1e-3 / sqrt(units), as the public code of the STPN.
    package var gammaInitial: Double?

    // The run.
    /// Agent file to start from; nil: a fresh agent.
    package var start: String?
    /// Agent file of a teacher with a longer frame skip; nil: none.
    package var teacher: String?
    /// Weight of the cross-entropy against the teacher's policy, and the agent steps over which it falls linearly to 0 (nil: never).
    package var teacherCoefficient = 1.0
    package var teacherSteps: Int?
    /// Agent steps between two evaluations, which choose `agent-best.safetensors` by the mean score of `evaluationGames`
    /// greedy games on starts (and sticky draws) that training does not use; nil: the last 100 training games choose it.
    package var evaluationSteps: Int?
    package var evaluationGames = 20
    /// Seconds between two checkpoints.
    package var checkpointSeconds = 120.0
    /// Updates between two rows of the log.
    package var logUpdates = 10

    package init() {}

    /// Reads a file. Throws `InputError` with file, line, key and what would be right.
    package static func load(path: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(YAML.load(path: path))
    }

    /// Parses text; `source` names it in messages.
    package init(parsing text: String, source: String) throws {
        try self.init(YAML(parsing: text, source: source))
    }

    private init(_ yaml: YAML) throws {
        self.init()
        for entry in try yaml.mapping(known: Self.keys) { try set(entry.key, entry.value) }
        try validate(source: yaml.source)
    }

    /// Cell constraints while training.
    package var constraints: CellConstraints {
        CellConstraints(
            lambdaRange: Float(lambdaMinimum)...Float(lambdaMaximum), deltaFStep: Float(deltaFStep),
            deltaFMaximum: Float(deltaFMaximum))
    }

    /// The learning rate after `steps` agent steps.
    package func learningRate(at steps: Int) -> Double {
        let span = learningRateSteps ?? totalSteps
        let done = min(1, Double(steps) / Double(span))
        let rate = learningRate + (learningRateEnd - learningRate) * done
        return steps < warmUpSteps ? rate * Double(steps) / Double(warmUpSteps) : rate
    }

    /// The weight of the teacher's advice after `steps` agent steps.
    func teacherCoefficient(at steps: Int) -> Double {
        guard teacher != nil else { return 0 }
        return teacherSteps.map { teacherCoefficient * max(0, 1 - Double(steps) / Double($0)) } ?? teacherCoefficient
    }
}
