import Essentials
import Foundation

/// Training runs that differ in the range of Lambda and in the seed, and nothing else: figure 4b of the paper.
///
/// File form: CSV with the columns of `columns`, one row for each row of each run's log.
package struct LambdaSweep: Equatable, Sendable {
    package struct Run: Equatable, Sendable {
        package var lambda: ClosedRange<Double>
        package var seed: UInt64
        package var points: [LearningCurve.Point]

        package init(lambda: ClosedRange<Double>, seed: UInt64, points: [LearningCurve.Point]) {
            self.lambda = lambda
            self.seed = seed
            self.points = points
        }
    }

    /// What the runs of one range have in common.
    package struct Summary: Equatable, Sendable {
        package var lambda: ClosedRange<Double>
        package var runs: Int
        package var points: [Point]

        /// Mean, least and greatest score of the runs after the same number of agent steps.
        package struct Point: Equatable, Sendable {
            package var agentSteps: Int
            package var mean, least, greatest: Double
        }

        /// "0" or "0.08 ... 0.92".
        package var label: String { LambdaSweep.label(lambda) }
    }

    static let columns = ["lambda_min", "lambda_max", "seed", "agent_steps", "mean_score_100", "core_s"]

    package var runs: [Run]

    package init(runs: [Run]) { self.runs = runs }

    /// "0" or "0.08 ... 0.92".
    package static func label(_ range: ClosedRange<Double>) -> String {
        func text(_ value: Double) -> String { String(format: "%g", value) }
        return range.lowerBound == range.upperBound
            ? text(range.lowerBound) : "\(text(range.lowerBound)) ... \(text(range.upperBound))"
    }

    /// One summary a range, by upper limit; at those agent steps that every run of the range has a score for.
    package var summaries: [Summary] {
        let ranges = Set(runs.map(\.lambda)).sorted { ($0.upperBound, $0.lowerBound) < ($1.upperBound, $1.lowerBound) }
        return ranges.map { range in
            let own = runs.filter { $0.lambda == range }
            var scores: [Int: [Double]] = [:]
            for run in own { for point in run.points { scores[point.agentSteps, default: []].append(point.score) } }
            let common = scores.filter { $0.value.count == own.count }.sorted { $0.key < $1.key }
            return Summary(
                lambda: range, runs: own.count,
                points: common.map {
                    .init(
                        agentSteps: $0.key, mean: $0.value.reduce(0, +) / Double(own.count), least: $0.value.min()!,
                        greatest: $0.value.max()!)
                })
        }
    }

    /// Reads a file that `save` wrote. Throws `InputError` naming file and line.
    package static func load(path: String) throws -> LambdaSweep {
        var runs: [Run] = []
        for row in try Table.load(path: path, columns: columns).rows {
            let (low, high) = (try row.number("lambda_min"), try row.number("lambda_max"))
            let seed = try row.seed("seed")
            guard low >= 0, low <= high, high <= 1 else {
                throw row.error("row", "has no range of Lambda", "0 <= lambda_min <= lambda_max <= 1")
            }
            let point = LearningCurve.Point(
                agentSteps: try row.integer("agent_steps", in: 0...TrainingLogFile.mostSteps),
                coreSeconds: try row.number("core_s", in: 0...1e12), score: try row.number("mean_score_100", in: -1000...1000))
            if let at = runs.firstIndex(where: { $0.lambda == low...high && $0.seed == seed }) {
                runs[at].points.append(point)
            } else {
                runs.append(Run(lambda: low...high, seed: seed, points: [point]))
            }
        }
        return LambdaSweep(runs: runs)
    }

    package func save(path: String) throws {
        try Table(
            runs.flatMap { run in run.points.map { (run: run, point: $0) } },
            columns: [
                ("lambda_min", { "\($0.run.lambda.lowerBound)" }), ("lambda_max", { "\($0.run.lambda.upperBound)" }),
                ("seed", { "\($0.run.seed)" }), ("agent_steps", { $0.point.agentSteps }),
                ("mean_score_100", { String(format: "%.6g", $0.point.score) }),
                ("core_s", { String(format: "%.2f", $0.point.coreSeconds) }),
            ]
        ).save(path: path)
    }
}
