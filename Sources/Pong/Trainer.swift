import Essentials
import Foundation
import NeuralNetwork

/// Trains one agent on Pong: rollouts, updates, log and checkpoints in one folder.
///
///     config.yaml                        the configuration, every key written out
///     log.csv                            one row every few updates
///     checkpoint.safetensors             everything that the next rollout depends on
///     checkpoint-previous.safetensors    the one before
///     agent.safetensors                  the agent of the last checkpoint
///     agent-best.safetensors             the agent with the best mean so far: of its evaluations, where the configuration asks
///                                        for them, else of the last 100 games
///     evaluations.csv                    one row an evaluation
///
/// The same configuration gives the same agent, bit for bit, also when the run is killed at any moment and resumed.
package final class Trainer {
    package let configuration: TrainingConfiguration
    /// The text of config.yaml, to which checkpoints belong.
    let configurationText: String
    package let folder: String
    let learner: Learner
    /// The helper processes with their games, each with a lane of the learner.
    let lanes: [GameLane]
    var actionGenerator, orderGenerator: SeededGenerator
    var counters = Counters()
    private let lock: FolderLock
    let log: TrainingLog
    let evaluationLog: TrainingLog
    private var clock = ContinuousClock.now
    private var processorStart = 0.0

    /// What a run counts; all of it goes into the checkpoint.
    struct Counters: Equatable {
        var agentSteps = 0, updates = 0, games = 0
        /// Scores and lengths (agent steps) of the last 100 games, oldest first.
        var scores: [Int] = [], lengths: [Int] = []
        var bestMean = -Double.infinity
        /// Seconds on the clock and of all processors, over all sittings.
        var wallSeconds = 0.0, coreSeconds = 0.0
        var logBytes = 0
        /// Evaluations that have been due, and the bytes of their table.
        var evaluations = 0, evaluationBytes = 0
        /// What the agent had learned before this run, where it started from a file.
        var stepsBefore = 0, trainingBefore = ""
    }

    /// Starts a new run in `folder`, which must not hold one, or resumes the one that it holds.
    ///
    /// Throws `InputError` when the folder does not fit, a checkpoint is damaged (both of them), the game cannot be
    /// started, or another process trains there.
    package convenience init(configuration: TrainingConfiguration?, folder: String, resume: Bool) throws {
        try self.init(configuration: configuration, folder: folder, resume: resume, kernels: nil, lock: nil)
    }

    /// - kernels: a level of instructions; nil: the best. The result does not depend on it.
    /// - held: the lock of the folder, where the caller has it already.
    init(
        configuration given: TrainingConfiguration?, folder: String, resume: Bool, kernels: KernelLevel?,
        lock held: FolderLock? = nil
    ) throws {
        self.folder = folder
        let path = folder + "/config.yaml"
        let exists = FileManager.default.fileExists(atPath: path)
        if resume {
            guard exists else {
                throw InputError(
                    folder, problem: "holds no run to resume", expected: "a folder with config.yaml and checkpoint.safetensors")
            }
            configurationText = String(decoding: try AtomicFile.read(path), as: UTF8.self)
            configuration = try TrainingConfiguration(parsing: configurationText, source: path)
            if let given, given != configuration {
                throw InputError(
                    "--config", problem: "is not the configuration of the run in \(folder)",
                    expected: "--resume without --config, or the same settings")
            }
        } else {
            guard !exists else {
                throw InputError(folder, problem: "holds a run already", expected: "--resume, or another folder")
            }
            guard let given else {
                throw InputError("--config", problem: "is missing", expected: "a file such as Validation/pong/ppo.yaml")
            }
            configuration = given
            configurationText = given.text
            // A run that its own configuration cannot be read from again could never be resumed.
            guard try TrainingConfiguration(parsing: configurationText, source: path) == given else {
                throw InputError(
                    "configuration", problem: "does not read back as it is", expected: "other names of run and files")
            }
        }
        try configuration.validate()
        // A resumed run takes its parameters from the checkpoint; the agent it once started from may be gone.
        let agent = try Self.startingAgent(configuration, fromFile: !resume)
        var settings = configuration.learnerConfiguration
        settings.kernels = kernels
        guard let lock = try held ?? FolderLock(folder) else {
            throw InputError(folder, problem: "is in use by another training process", expected: "one process a folder")
        }
        self.lock = lock
        Litter.remove(in: folder)
        learner = try Learner(
            parameters: agent.parameters, constraints: configuration.constraints,
            configuration: settings)
        lanes = try learner.lanes.map { [configuration] in try GameLane($0, configuration) }
        actionGenerator = SeededGenerator(seed: configuration.seed, stream: 1 << 32)
        orderGenerator = SeededGenerator(seed: configuration.seed, stream: 1 << 32 + 1)
        log = TrainingLog(path: folder + "/log.csv")
        evaluationLog = TrainingLog(path: folder + "/evaluations.csv", columns: Self.evaluationColumns)
        if resume {
            try restoreCheckpoint()
            try log.resume(at: counters.logBytes)
            if configuration.evaluationSteps != nil { try evaluationLog.resume(at: counters.evaluationBytes) }
        } else {
            counters.stepsBefore = agent.agentSteps
            counters.trainingBefore = configuration.start == nil ? "" : agent.trainedBy
            for lane in lanes { try lane.games.reset() }
            try log.begin()
            counters.logBytes = log.bytes
            if configuration.evaluationSteps != nil {
                try evaluationLog.begin()
                counters.evaluationBytes = evaluationLog.bytes
            }
            try saveCheckpoint()
            // Last, so that a folder with a configuration always has a checkpoint to resume from.
            try AtomicFile.write(configurationText, to: path)
        }
    }

    private static func startingAgent(_ configuration: TrainingConfiguration, fromFile: Bool) throws -> Agent {
        guard let start = configuration.start, fromFile else {
            return .untrained(
                seed: configuration.seed, actions: configuration.actions, frameSkip: configuration.frameSkip,
                constraints: configuration.constraints,
                initialisation: .init(
                    gamma: configuration.gammaInitial,
                    lambda: configuration.lambdaMinimum...configuration.lambdaMaximum))
        }
        let agent = try Agent.load(path: start)
        guard agent.actions == configuration.actions else {
            throw InputError(
                "actions", value: configuration.actions.map(\.name).joined(separator: " "),
                problem: "are not those of \(start)",
                expected: agent.actions.map(\.name).joined(separator: " "))
        }
        return agent
    }

    /// The agent as it is now.
    package var agent: Agent {
        Agent(
            parameters: learner.parameters, actions: configuration.actions, frameSkip: configuration.frameSkip,
            constraints: configuration.constraints, seed: configuration.seed,
            agentSteps: counters.stepsBefore + counters.agentSteps,
            trainedBy: (counters.trainingBefore.isEmpty ? "" : counters.trainingBefore + "; then ")
                + "\(configuration.algorithm.rawValue) \(configuration.name), configuration "
                + String(Digest.sha256(configurationText).prefix(12)))
    }

    /// Trains until `totalSteps`, or until `stop` says so after an update; the last state is in the checkpoint.
    ///
    /// - status: called after every update.
    /// - Throws: `InputError` when a loss is not finite, the helper dies or a file cannot be written; the last good
    ///   checkpoint stays.
    package func run(status: (TrainingStatus) -> Void = { _ in }, stop: () -> Bool = { false }) throws {
        clock = .now
        processorStart = processorSeconds()
        var saved = ContinuousClock.now
        var recent = (steps: counters.agentSteps, time: ContinuousClock.now)
        while counters.agentSteps < configuration.totalSteps {
            let statistics = try update()
            addTime()
            let elapsed = ContinuousClock.now - recent.time
            var row = TrainingStatus(
                counters: counters, statistics: statistics,
                learningRate: configuration.learningRate(at: counters.agentSteps), totalSteps: configuration.totalSteps,
                stepsPerSecond: Double(counters.agentSteps - recent.steps) / max(elapsed.seconds, 1e-9))
            if counters.updates % configuration.logUpdates == 0 {
                try row.probe(learner, observations: lanes[0].games.observations)
                try log.append(row)
                counters.logBytes = log.bytes
                recent = (counters.agentSteps, .now)
            }
            status(row)
            let evaluates = isEvaluationDue
            if evaluates {
                try evaluate()
                addTime()
            }
            let ends = stop()
            if ends || evaluates || counters.agentSteps >= configuration.totalSteps
                || (ContinuousClock.now - saved).seconds >= configuration.checkpointSeconds
            {
                try saveCheckpoint()
                saved = .now
            }
            if ends { return }
        }
    }

    /// Adds the time since the last call to the counters.
    private func addTime() {
        counters.wallSeconds += (ContinuousClock.now - clock).seconds
        clock = .now
        let processor = processorSeconds()
        counters.coreSeconds += processor - processorStart
        processorStart = processor
    }

    /// Processor time of this run and its helpers, in s: of the calling thread, because other runs may share the process, or
    /// of the whole process where learner and lanes have threads of their own.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(
            configuration.workers == 1 && lanes.count == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 + lanes.reduce(0) { $0 + $1.games.processorSeconds }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension TrainingConfiguration {
    /// The learner's part.
    var learnerConfiguration: LearnerConfiguration {
        var settings = LearnerConfiguration(
            algorithm: algorithm == .a2c
                ? .a2c : .ppo(epochs: epochs, environmentsPerMinibatch: environments / minibatches, clip: clip),
            environments: environments, rolloutLength: rollout, discount: discount, gaeLambda: gaeLambda,
            valueCoefficient: valueCoefficient, entropyCoefficient: entropyCoefficient,
            normalisesAdvantages: algorithm == .ppo && normaliseAdvantages, gradientNorm: gradientNorm,
            adam: .init(beta1: adamBeta1, beta2: adamBeta2, epsilon: adamEpsilon),
            truncation: truncation)
        settings.threads = workers
        settings.lanes = helpers
        settings.groupSize = group
        settings.lambdaRate = lambdaRate
        settings.gammaRate = gammaRate
        settings.gradientSkip = gradientSkip
        settings.updatePrice = energyWeight.map { UpdatePrice(weight: $0, exponent: energyExponent) }
        return settings
    }
}
