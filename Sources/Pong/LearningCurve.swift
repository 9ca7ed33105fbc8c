import Essentials
import Foundation

/// How an agent's score rose while it was trained: the logs of its stages, one after the other.
///
/// A point is the mean score of the last 100 games (fewer after a stage's start, at least `fewestGames`) against the agent
/// steps and core-seconds of all stages so far.
package struct LearningCurve: Equatable, Sendable {
    package struct Point: Equatable, Sendable {
        package var agentSteps: Int
        /// Core-seconds, emulators included.
        package var coreSeconds: Double
        package var score: Double
        /// Stage from 0.
        package var stage: Int

        package init(agentSteps: Int, coreSeconds: Double, score: Double, stage: Int = 0) {
            self.agentSteps = agentSteps
            self.coreSeconds = coreSeconds
            self.score = score
            self.stage = stage
        }
    }

    /// Games behind the first point of a stage: a mean of less says little, and short games come first.
    package static let fewestGames = 50

    package var name: String
    package var points: [Point] = []
    /// Sums over all stages, rows without a score included.
    package private(set) var agentSteps = 0, coreSeconds = 0.0, stages = 0

    package init(name: String, points: [Point] = []) {
        self.name = name
        self.points = points
        if let last = points.last { (agentSteps, coreSeconds, stages) = (last.agentSteps, last.coreSeconds, last.stage + 1) }
    }

    /// Reads the logs of an agent's stages. Throws `InputError` naming file and line.
    package init(name: String, logs: [String]) throws {
        self.init(name: name)
        for log in logs { try append(TrainingLogFile.load(path: log)) }
    }

    /// Adds a stage that began where the curve ends.
    ///
    /// - until: agent steps at which the stage was left, where that was not at its last row.
    mutating func append(_ log: TrainingLogFile, until: Int? = nil) {
        let rows = log.rows.filter { $0.agentSteps <= until ?? .max }
        for row in rows {
            guard let score = row.meanScore, row.games >= Self.fewestGames else { continue }
            points.append(
                Point(
                    agentSteps: agentSteps + row.agentSteps, coreSeconds: coreSeconds + row.coreSeconds, score: score,
                    stage: stages))
        }
        agentSteps += until ?? rows.last?.agentSteps ?? 0
        coreSeconds += rows.last?.coreSeconds ?? 0
        stages += 1
    }

    /// Where the mean score was `score` or more for the first time; nil when it never was.
    package func first(reaching score: Double) -> Point? { points.first { $0.score >= score } }

    /// Reads a list of curves, such as `Validation/pong/curves.yaml`; logs are named from the list's own folder.
    ///
    ///     curves:
    ///       - name: frame skip 4
    ///         logs: [log-ppo.csv, {log: log-device.csv, until: 400000}]
    package static func load(list path: String) throws -> [LearningCurve] {
        let root = try YAML.load(path: path)
        _ = try root.mapping(known: ["curves"])
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return try root.required("curves").list().map { item in
            _ = try item.mapping(known: ["name", "logs"])
            var curve = LearningCurve(name: try item.required("name").string())
            for log in try item.required("logs", example: "[log-ppo.csv]").list() {
                var file = log, until: Int?
                if case .mapping = log.content {
                    _ = try log.mapping(known: ["log", "until"])
                    file = try log.required("log")
                    until = try log["until"]?.whole(in: 0...TrainingLogFile.mostSteps)
                }
                curve.append(
                    try TrainingLogFile.load(path: folder.appendingPathComponent(file.string()).path), until: until)
            }
            return curve
        }
    }
}

/// What was logged of one training run, read back from its `log.csv`.
struct TrainingLogFile: Equatable {
    struct Row: Equatable {
        var agentSteps, games: Int
        var meanScore: Double?
        var coreSeconds: Double
    }

    var rows: [Row] = []

    /// Most agent steps of a log, so that a million stages can be summed.
    static let mostSteps = 1_000_000_000_000

    /// Throws `InputError` with file and line for a column or number that is missing.
    static func load(path: String) throws -> TrainingLogFile {
        let table = try Table.load(
            path: path, columns: ["agent_steps", "games", "mean_score_100", "core_s"], dropsCutRow: true)
        return TrainingLogFile(
            rows: try table.rows.map { row in
                Row(
                    agentSteps: try row.integer("agent_steps", in: 0...mostSteps),
                    games: try row.integer("games", in: 0...mostSteps),
                    meanScore: try row.text("mean_score_100").isEmpty ? nil : row.number("mean_score_100", in: -1000...1000),
                    coreSeconds: try row.number("core_s", in: 0...1e12))
            })
    }
}
