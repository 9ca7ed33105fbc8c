import Essentials
import Foundation
import GameAccount
import NeuralNetwork

extension GameFilm {
    /// Plays a recorded game again and films it.
    ///
    /// Agent, cell, policy, seed, no-ops and sticky actions are those of the record, so the game is the same to the bit. The replay
    /// must give the record's score, steps, actions, updates and trace of the largest synapse; anything else is an error, so no film
    /// shows another game than the account counts. Cost: that of playing, 0.3 to 0.5 ms a step.
    ///
    /// - Parameter devices: what a game on devices was played on, as in `Evaluation`.
    ///
    /// Throws `InputError` when the agent is another one, when the game was played on devices and none are given, when the replay parts
    /// from the record, or as `Evaluation.run` does.
    package static func replay(
        _ record: GameRecord, by agent: Agent, devices: (tables: PairTables, unit: Double)? = nil,
        progress: ProgressHandler? = nil
    ) throws -> GameFilm {
        guard (record.devices == nil) == (devices == nil) else {
            throw InputError(
                "cell", value: record.devices == nil ? "algebraic" : "device",
                problem: "is what the game was played on",
                expected: record.devices == nil ? "a replay without devices" : "the devices: their synapse and its state model")
        }
        guard agent.digest == record.agentDigest else {
            throw InputError(
                "agent", value: agent.path,
                problem: "is not the one that played this game (sha256 \(agent.digest.prefix(12))...)",
                expected: "\(record.agent), sha256 \(record.agentDigest.prefix(12))...")
        }
        guard let policy = Evaluation.Policy(rawValue: record.policy) else {
            throw InputError(
                "policy", value: record.policy, problem: "is not a way to choose actions",
                expected: Evaluation.Policy.allCases.map(\.rawValue).joined(separator: " or "))
        }
        let constraints = CellConstraints(
            lambdaRange: Float(record.lambdaMinimum)...Float(record.lambdaMaximum), deltaFStep: Float(record.deltaFStep),
            deltaFMaximum: Float(record.deltaFMaximum))
        let recorder = FilmRecorder(expecting: record.steps, progress: progress)
        var evaluation = Evaluation(
            starts: .exactly(record.noops), sticky: record.sticky, policy: policy, seed: record.seed,
            frameLimit: record.frameLimit)
        (evaluation.devices, evaluation.traces) = (devices, record.traces.count)
        let result = try evaluation.run(agent: agent, constraints: constraints, film: recorder)
        guard var again = result.record else {
            throw InputError(
                "delta_f_step", value: "\(record.deltaFStep)", problem: "leaves dF continuous", expected: "a grid of dF above 0"
            )
        }
        again.agent = record.agent
        guard again == record else { throw difference(again, record) }
        return try recorder.film(record)
    }

    /// Names the first thing in which a replay differs from its record.
    private static func difference(_ again: GameRecord, _ record: GameRecord) -> InputError {
        let things: [(String, String, String)] = [
            ("score", "\(again.score)", "\(record.score)"), ("steps", "\(again.steps)", "\(record.steps)"),
            ("action_digest", again.actionDigest, record.actionDigest),
            ("nonzero_updates", "\(again.nonzeroUpdates)", "\(record.nonzeroUpdates)"),
            ("largest_synapse", "\(again.largestSynapse)", "\(record.largestSynapse)"),
        ]
        let first = things.first { $0.1 != $0.2 } ?? ("arrays", "those of the replay", "those of the record")
        return InputError(
            "replay", value: "\(first.0) \(first.1)", problem: "is not the recorded game",
            expected: "\(first.2); a record made by another version of the program, or changed since, cannot be replayed")
    }
}
