import Essentials
import Foundation
import NeuralNetwork

/// What a training run shows: one row of its log.
package struct TrainingStatus: Equatable, Sendable {
    package var agentSteps, totalSteps, updates, games: Int
    /// Over the last 100 games (fewer at first); nil before the first game has ended.
    package var meanScore, meanLength: Double?
    package var bestScore: Int?
    package var entropy, loss, policyLoss, valueLoss, gradientNorm, clipFraction, learningRate: Double
    /// KL(old policy | new policy) in nats, estimated (PPO; 0 for A2C), and the share of the returns' variance that the critic explains.
    package var divergence: Double
    package var explainedVariance: Double?
    /// Sum of k^energy_exponent over a step's updates, on average; nil where updates are free.
    package var updateCost: Double?
    /// Largest |F| of all environments, and largest |dF| of environment 0's next step; only in rows of the log.
    package var largestF, largestDeltaF: Double?
    /// Share of the Lambda at a bound of their range; only in rows of the log.
    package var lambdaAtBound: Double?
    package var stepsPerSecond: Double
    /// Seconds on the clock and of all processors since the run began, over all sittings.
    package var wallSeconds, coreSeconds: Double

    /// Seconds to the end of the run at the present speed.
    package var secondsLeft: Double { Double(totalSteps - agentSteps) / max(stepsPerSecond, 1e-9) }

    init(
        counters: Trainer.Counters, statistics: UpdateStatistics, learningRate: Double, totalSteps: Int,
        stepsPerSecond: Double
    ) {
        func mean(_ values: [Int]) -> Double? {
            values.isEmpty ? nil : Double(values.reduce(0, +)) / Double(values.count)
        }
        agentSteps = counters.agentSteps
        self.totalSteps = totalSteps
        updates = counters.updates
        games = counters.games
        meanScore = mean(counters.scores)
        meanLength = mean(counters.lengths)
        bestScore = counters.scores.max()
        entropy = statistics.entropy
        loss = statistics.loss
        policyLoss = statistics.policyLoss
        valueLoss = statistics.valueLoss
        gradientNorm = statistics.gradientNorm
        clipFraction = statistics.clipFraction
        divergence = statistics.divergence
        explainedVariance = statistics.explainedVariance
        updateCost = statistics.updateCost > 0 ? statistics.updateCost : nil
        self.learningRate = learningRate
        self.stepsPerSecond = stepsPerSecond
        wallSeconds = counters.wallSeconds
        coreSeconds = counters.coreSeconds
    }

    /// Looks into the network: the largest |F|, the |dF| of the step to come, and how many Lambda sit at a bound.
    mutating func probe(_ learner: Learner, observations: [Float]) throws {
        largestF = Double(learner.recurrentState.largestPlastic)
        let parameters = learner.parameters
        let network = try ActorCritic(parameters: parameters, constraints: learner.constraints)
        let state = network.makeState(environments: 1)
        let before = learner.recurrentState.plastic(environment: 0)
        state.set(environment: 0, hidden: learner.recurrentState.hidden(environment: 0), plastic: before)
        _ = network.step(observations: Array(observations.prefix(learner.shape.observations)), state: state)
        let lambda = parameters[.lambda]
        let range = learner.constraints.lambdaRange ?? -Float.infinity...Float.infinity
        var largest: Float = 0
        for (i, after) in state.plastic(environment: 0).enumerated() {
            let kept = min(max(lambda[i], range.lowerBound), range.upperBound) * before[i]
            largest = max(largest, abs(after - kept))
        }
        largestDeltaF = Double(largest)
        let bound = lambda.count { $0 <= range.lowerBound || $0 >= range.upperBound }
        lambdaAtBound = Double(bound) / Double(lambda.count)
    }

    static let columns = [
        "agent_steps", "updates", "games", "mean_score_100", "mean_length_100_steps", "best_score_100", "entropy_nat",
        "loss", "policy_loss", "value_loss", "gradient_norm", "clip_fraction", "learning_rate", "largest_f",
        "largest_delta_f", "lambda_at_bound", "kl_nat", "explained_variance", "update_cost", "steps_per_s", "wall_s", "core_s",
    ]

    /// The fields under the columns named; empty where a value is not there yet.
    func fields(_ columns: [String]) -> [String] {
        func text(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
        let values = [
            "\(agentSteps)", "\(updates)", "\(games)", text(meanScore), text(meanLength), bestScore.map { "\($0)" } ?? "",
            text(entropy), text(loss), text(policyLoss), text(valueLoss), text(gradientNorm), text(clipFraction),
            text(learningRate), text(largestF), text(largestDeltaF), text(lambdaAtBound), text(divergence),
            text(explainedVariance), text(updateCost), text(stepsPerSecond),
            String(format: "%.2f", wallSeconds), String(format: "%.2f", coreSeconds),
        ]
        let all = Dictionary(uniqueKeysWithValues: zip(Self.columns, values))
        return columns.map { all[$0] ?? "" }
    }
}

/// A table that a run writes, such as `log.csv`: rows are appended; a resumed run cuts off those after its checkpoint and keeps
/// to the columns that the file has, which an older program may have begun.
final class TrainingLog {
    let path: String
    private(set) var columns: [String]
    private(set) var bytes = 0

    init(path: String, columns: [String] = TrainingStatus.columns) {
        self.path = path
        self.columns = columns
    }

    func begin() throws {
        let header = Table.line(columns)
        try AtomicFile.write(header, to: path)
        bytes = header.utf8.count
    }

    /// Goes on after the first `bytes` bytes. Throws `InputError` when the log is shorter than the checkpoint says.
    func resume(at bytes: Int) throws {
        let data = try AtomicFile.read(path)
        guard data.count >= bytes else {
            throw InputError(
                path, value: "\(data.count) bytes", problem: "is shorter than the checkpoint says",
                expected: "\(bytes) bytes or more")
        }
        if data.count > bytes { try AtomicFile.write(data.prefix(bytes), to: path) }
        self.bytes = bytes
        columns = String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split(separator: ",").map(
            String.init)
    }

    /// Returns when what was appended is on the disk.
    func synchronise() throws {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw InputError(path, problem: "cannot be written (\(reason))", expected: "room on the disk")
        }
        close(descriptor)
    }

    func append(_ row: TrainingStatus) throws { try append(row.fields(columns)) }

    func append(_ fields: [String]) throws {
        let line = Data(Table.line(fields).utf8)
        try AtomicFile.append(line, to: path)
        bytes += line.count
    }
}

/// Keeps a second process out of a run's folder while this value lives.
final class FolderLock {
    private let lock: FileLock

    /// nil where another process is at it; throws `InputError` where the folder cannot be locked.
    init?(_ folder: String) throws(InputError) {
        guard let lock = try FileLock(folder + "/.lock") else { return nil }
        guard lock.isFirm else {
            throw InputError(
                folder, problem: "lies on a disk without locks: two trainings in it would mix",
                expected: "a folder on another disk")
        }
        self.lock = lock
    }
}
