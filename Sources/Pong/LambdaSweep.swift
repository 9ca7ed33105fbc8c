import Essentials
import Foundation

/// Training runs that differ in the range of Lambda and in the seed, and nothing else: figure 4b of the paper.
///
/// File form: CSV with the columns of `columns`, one row for each row of each run's log.
public struct LambdaSweep: Equatable, Sendable {
    public struct Run: Equatable, Sendable {
        public var lambda: ClosedRange<Double>
        public var seed: UInt64
        public var points: [LearningCurve.Point]

        public init(lambda: ClosedRange<Double>, seed: UInt64, points: [LearningCurve.Point]) {
            self.lambda = lambda
            self.seed = seed
            self.points = points
        }
    }

    /// What the runs of one range have in common.
    public struct Summary: Equatable, Sendable {
        public var lambda: ClosedRange<Double>
        public var runs: Int
        public var points: [Point]

        /// Mean, least and greatest score of the runs after the same number of agent steps.
        public struct Point: Equatable, Sendable {
            public var agentSteps: Int
            public var mean, least, greatest: Double
        }

        /// "0" or "0.08 ... 0.92".
        public var label: String { LambdaSweep.label(lambda) }
    }

    static let columns = ["lambda_min", "lambda_max", "seed", "agent_steps", "mean_score_100", "core_s"]

    public var runs: [Run]

    public init(runs: [Run]) { self.runs = runs }

    /// "0" or "0.08 ... 0.92".
    public static func label(_ range: ClosedRange<Double>) -> String {
        func text(_ value: Double) -> String { String(format: "%g", value) }
        return range.lowerBound == range.upperBound
            ? text(range.lowerBound) : "\(text(range.lowerBound)) ... \(text(range.upperBound))"
    }

    /// One summary a range, by upper limit; at those agent steps that every run of the range has a score for.
    public var summaries: [Summary] {
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
    public static func load(path: String) throws -> LambdaSweep {
        var runs: [Run] = []
        for row in try NumberTable.load(path: path, columns: columns).rows {
            let low = try row.number(0), high = try row.number(1), seed = try row.number(2)
            guard (0...high).contains(low), high <= 1, let seed = UInt64(exactly: seed) else {
                throw InputError(
                    "row", problem: "has no range of Lambda and seed",
                    expected: "0 <= lambda_min <= lambda_max <= 1, seed >= 0",
                    source: path, line: row.line)
            }
            let point = LearningCurve.Point(
                agentSteps: Int(try row.number(3)), coreSeconds: try row.number(5), score: try row.number(4))
            if let at = runs.firstIndex(where: { $0.lambda == low...high && $0.seed == seed }) {
                runs[at].points.append(point)
            } else {
                runs.append(Run(lambda: low...high, seed: seed, points: [point]))
            }
        }
        return LambdaSweep(runs: runs)
    }

    public func save(path: String) throws {
        var text = Self.columns.joined(separator: ",") + "\n"
        for run in runs {
            for point in run.points {
                text +=
                    "\(run.lambda.lowerBound),\(run.lambda.upperBound),\(run.seed),\(point.agentSteps),"
                    + String(format: "%.6g,%.2f\n", point.score, point.coreSeconds)
            }
        }
        try AtomicFile.write(text, to: path)
    }
}
