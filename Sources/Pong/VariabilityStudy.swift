import Essentials
import Foundation
import GameAccount
import NeuralNetwork

/// What an agent scores on devices that differ: one setting of the variability after another, each with the same games.
///
/// Rows lie in a CSV file; a study finds there what has been played already and goes on with the rest.
package struct VariabilityStudy: Sendable {
    package var agent: Agent
    package var constraints: CellConstraints
    /// SHA-256 of the device behind `constraints`: rows of another are no answer.
    package var deviceDigest: String
    /// Games, sticky actions, seed and frame limit of every setting; its variability is left aside.
    package var evaluation: Evaluation
    package var settings: [CellVariability]

    package init(
        agent: Agent, constraints: CellConstraints, deviceDigest: String, evaluation: Evaluation, settings: [CellVariability]
    ) {
        (self.agent, self.constraints, self.deviceDigest) = (agent, constraints, deviceDigest)
        (self.evaluation, self.settings) = (evaluation, settings)
    }

    /// One setting and what it came to.
    package struct Row: Equatable, Sendable {
        /// File name of the agent without its ending, SHA-256 of the file and of the device.
        package var agent, agentDigest, deviceDigest: String
        package var variability: CellVariability
        package var sticky: Double
        package var seed: UInt64
        package var games, frameLimit: Int
        /// Of the scores.
        package var mean, deviation, standardError, least, greatest: Double
        package var won, capped: Int
        package var framesPerGame: Double
    }

    /// Plays the settings that `rows` lack, in order; `save` gets all rows after each.
    ///
    /// - Throws: `InputError` as `Evaluation.run`, and what `save` throws. Cost: that of the games.
    package func run(
        _ rows: [Row], save: ([Row]) throws -> Void, progress: ProgressHandler? = nil, stop: () -> Bool = { false }
    ) throws -> [Row] {
        var rows = rows
        for (index, setting) in settings.enumerated() where !rows.contains(where: { answers($0, setting) }) {
            if stop() { break }
            var evaluation = evaluation
            evaluation.variability = setting
            let count = settings.count
            let result = try evaluation.run(agent: agent, constraints: constraints) { now in
                progress?(
                    Progress(
                        name, fraction: (Double(index) + now.fraction) / Double(count),
                        detail: "setting \(index + 1) of \(count), \(now.detail)"))
            }
            let statistics = try GameStatistics(result.games)
            rows.append(
                Row(
                    agent: name, agentDigest: agent.digest, deviceDigest: deviceDigest, variability: setting,
                    sticky: evaluation.sticky, seed: evaluation.seed, games: evaluation.games,
                    frameLimit: evaluation.frameLimit, mean: statistics.mean, deviation: statistics.deviation,
                    standardError: statistics.standardError, least: result.scores.minimum, greatest: result.scores.maximum,
                    won: statistics.won, capped: statistics.capped, framesPerGame: statistics.framesPerGame))
            try save(rows)
        }
        return rows
    }

    private var name: String { URL(fileURLWithPath: agent.path).deletingPathExtension().lastPathComponent }

    private func answers(_ row: Row, _ setting: CellVariability) -> Bool {
        row.agentDigest == agent.digest && row.deviceDigest == deviceDigest && row.variability == setting
            && row.sticky == evaluation.sticky && row.seed == evaluation.seed && row.games == evaluation.games
            && row.frameLimit == evaluation.frameLimit
    }
}

// The table
extension VariabilityStudy {
    /// The rows as a table: spreads and shares as numbers (0.2 is 20 %), noises in units of weight.
    package static func table(_ rows: [Row]) -> Table {
        Table(
            rows,
            columns: [
                ("agent", { $0.agent }), ("step_spread", { $0.variability.stepSpread }),
                ("decay_spread", { $0.variability.decaySpread }), ("stuck_fraction", { $0.variability.stuckFraction }),
                ("stuck_value", { $0.variability.stuckValue }), ("step_noise", { $0.variability.stepNoise }),
                ("read_noise", { $0.variability.readNoise }), ("sticky", { $0.sticky }), ("seed", { "\($0.seed)" }),
                ("games", { $0.games }), ("mean", { $0.mean }), ("sd", { $0.deviation }),
                ("standard_error", { $0.standardError }), ("least", { $0.least }), ("greatest", { $0.greatest }),
                ("won", { $0.won }), ("capped", { $0.capped }), ("frames_per_game", { $0.framesPerGame }),
                ("frame_limit", { $0.frameLimit }), ("agent_sha256", { $0.agentDigest }),
                ("device_sha256", { $0.deviceDigest }),
            ])
    }

    /// Rows of a file that `table` wrote; throws `InputError` naming file, line and column.
    package static func load(path: String) throws(InputError) -> [Row] {
        try Table.load(path: path).rows.map { row throws(InputError) in
            var variability = CellVariability.none
            variability.stepSpread = try row.number("step_spread", in: 0...1e6)
            variability.decaySpread = try row.number("decay_spread", in: 0...1e6)
            variability.stuckFraction = try row.number("stuck_fraction", in: 0...1)
            variability.stuckValue = try row.number("stuck_value", in: -1e6...1e6)
            variability.stepNoise = try row.number("step_noise", in: 0...1e6)
            variability.readNoise = try row.number("read_noise", in: 0...1e6)
            return Row(
                agent: try row.text("agent"), agentDigest: try row.text("agent_sha256"),
                deviceDigest: try row.text("device_sha256"), variability: variability,
                sticky: try row.number("sticky", in: 0...1),
                seed: try row.seed("seed"), games: try row.integer("games", in: 0...1_000_000_000),
                frameLimit: try row.integer("frame_limit", in: 0...1_000_000_000),
                mean: try row.number("mean", in: -1000...1000), deviation: try row.number("sd", in: -1000...1000),
                standardError: try row.number("standard_error", in: -1000...1000),
                least: try row.number("least", in: -1000...1000),
                greatest: try row.number("greatest", in: -1000...1000), won: try row.integer("won", in: 0...1_000_000_000),
                capped: try row.integer("capped", in: 0...1_000_000_000),
                framesPerGame: try row.number("frames_per_game", in: 0...1e6))
        }
    }
}
