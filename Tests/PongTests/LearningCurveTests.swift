import Essentials
import Foundation
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

@testable import Pong

@Suite struct LearningCurveTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("curve-\(UUID().uuidString)").path

    private func write(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try AtomicFile.write(text, to: path)
        return path
    }

    private static let header = "agent_steps,updates,games,mean_score_100,wall_s,core_s\n"

    /// Stages follow one another in steps and core-seconds; points need 50 games behind them; a row that was cut in the
    /// middle of writing is left out.
    @Test func stagesAreChained() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let a = try write("a.csv", Self.header + "100,1,0,,9,1\n200,2,49,-21,9,2\n300,3,50,-20,9,3\n400,4,60,1,9,4\n")
        let b = try write("b.csv", Self.header + "50,1,50,0.5,9,0.25\n100,2,70,12,9,0.5\n150,3,5")
        let curve = try LearningCurve(name: "x", logs: [a, b])
        #expect(curve.agentSteps == 500 && curve.coreSeconds == 4.5 && curve.stages == 2)
        #expect(curve.points.map(\.agentSteps) == [300, 400, 450, 500])
        #expect(curve.points.map(\.coreSeconds) == [3, 4, 4.25, 4.5])
        #expect(curve.points.map(\.score) == [-20, 1, 0.5, 12] && curve.points.map(\.stage) == [0, 0, 1, 1])
        #expect(curve.first(reaching: 0)?.agentSteps == 400 && curve.first(reaching: 10)?.agentSteps == 500)
        #expect(curve.first(reaching: 18) == nil)

        let list = try write("list.yaml", "curves:\n  - name: y\n    logs: [{log: a.csv, until: 350}, b.csv]\n")
        let listed = try LearningCurve.load(list: list)
        #expect(listed.count == 1 && listed[0].name == "y" && listed[0].points.map(\.agentSteps) == [300, 400, 450])
        // 3 core-seconds up to the last row before 350, 0.5 of the second stage.
        #expect(listed[0].agentSteps == 450 && listed[0].coreSeconds == 3.5)
    }

    @Test func mistakesAreNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cases = [
            ("agent_steps,games,core_s\n", "mean_score_100"), (Self.header + "100,1,x,,9,1\n", "bad.csv:2: games"),
            (Self.header + "100,1\n", "fields"), (Self.header + ",1,3,,9,1\n", "agent_steps"),
            (Self.header + "nan,1,3,,9,1\n", "agent_steps"),
        ]
        for (text, words) in cases {
            let path = try write("bad.csv", text)
            let error = try #require(throws: InputError.self) { _ = try LearningCurve(name: "x", logs: [path]) }
            #expect(error.description.contains(words), "\(error)")
        }
        for (text, words) in [
            ("curves: [{name: a}]", "logs"), ("curve: []", "curves"), ("curves: [{name: a, logs: [{log: b, to: 3}]}]", "to"),
        ] {
            let path = try write("bad.yaml", text)
            let error = try #require(throws: InputError.self) { _ = try LearningCurve.load(list: path) }
            #expect(error.description.contains(words), "\(error)")
        }
    }

    /// The shipped list names logs that are there, and its figures are those of Validation/pong/README.md.
    @Test func shippedCurvesAreRead() throws {
        let path = Repository.path("Validation/pong/curves.yaml")
        let curves = try LearningCurve.load(list: path)
        #expect(!curves.isEmpty)
        for curve in curves {
            #expect(!curve.points.isEmpty && curve.points.allSatisfy { (-21...21).contains($0.score) }, "\(curve.name)")
            #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.agentSteps < $1.agentSteps })
        }
        #expect(curves[0].first(reaching: 0)?.agentSteps == 1_331_200)
    }

    @Test func sweepsAreSummarised() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ lambda: ClosedRange<Double>, _ seed: UInt64, _ scores: [(Int, Double)]) -> LambdaSweep.Run {
            .init(
                lambda: lambda, seed: seed,
                points: scores.map { .init(agentSteps: $0.0, coreSeconds: Double($0.0) / 8, score: $0.1) })
        }
        let sweep = LambdaSweep(runs: [
            run(0.08...0.92, 1, [(10, -20), (20, -10), (30, 0)]), run(0.08...0.92, 2, [(10, -21), (20, -4)]),
            run(0...0, 1, [(20, -21)]),
        ])
        let path = folder + "/sweep.csv"
        try sweep.save(path: path)
        #expect(try LambdaSweep.load(path: path) == sweep)
        let summaries = sweep.summaries
        #expect(summaries.map(\.label) == ["0", "0.08 ... 0.92"] && summaries.map(\.runs) == [1, 2])
        // Only where both seeds have a score.
        #expect(summaries[1].points.map(\.agentSteps) == [10, 20])
        #expect(summaries[1].points[1] == .init(agentSteps: 20, mean: -7, least: -10, greatest: -4))
        let bad = try write("bad.csv", "lambda_min,lambda_max,seed,agent_steps,mean_score_100,core_s\n0.9,0.1,1,5,0,1\n")
        #expect(throws: InputError.self) { try LambdaSweep.load(path: bad) }
    }
}

/// The sweep's runs through the real emulator. Needs .venv (made by `make setup`).
@Suite(.serialized) struct LambdaSweepTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sweep-\(UUID().uuidString)").path

    private var base: TrainingConfiguration {
        get throws {
            try TrainingConfiguration().setting([
                "name=small", "environments=2", "rollout=8", "minibatches=2", "epochs=1", "log_updates=1", "noops=5",
                "checkpoint_seconds=100", "learning_rate_end=5e-4",
            ])
        }
    }

    /// Cut after any update, gone on with, more jobs, more steps: the same runs as in one go, and done runs are left alone.
    @Test func resumedSweepEqualsTheUninterruptedOne() throws {
        defer { for part in ["-a", "-b"] { try? FileManager.default.removeItem(atPath: folder + part) } }
        var plan = LambdaSweep.Plan(base: try base, ranges: [0...0, 0.08...0.92], seeds: [1, 2], steps: 96)
        plan.slice = 96
        _ = try LambdaSweep.train(plan, folder: folder + "-a")
        var first = plan
        (first.steps, first.slice) = (48, 16)
        let count = Counter()
        _ = try LambdaSweep.train(
            first, folder: folder + "-b", progress: { _ in count.add() }, stop: { count.value >= 5 })
        #expect(count.value >= 5 && count.value < 12)
        _ = try LambdaSweep.train(first, folder: folder + "-b")
        plan.jobs = 2
        plan.slice = 32
        _ = try LambdaSweep.train(plan, folder: folder + "-b")
        for run in ["lambda-0/seed-1", "lambda-0/seed-2", "lambda-0.08-0.92/seed-1", "lambda-0.08-0.92/seed-2"] {
            let a = try Agent.load(path: "\(folder)-a/\(run)/agent.safetensors")
            let b = try Agent.load(path: "\(folder)-b/\(run)/agent.safetensors")
            #expect(a.agentSteps == 96 && a.parameters == b.parameters, "\(run)")
            #expect(run.hasPrefix("lambda-0/") == (a.parameters[.lambda].max() == 0))
        }
        #expect(FileManager.default.fileExists(atPath: folder + "-b/lambda-sweep.csv"))
        let again = Counter()
        _ = try LambdaSweep.train(plan, folder: folder + "-b", progress: { _ in again.add() })
        #expect(again.value == 0)
        plan.base.discount = 0.5
        plan.steps = 112
        let other = try #require(throws: InputError.self) { _ = try LambdaSweep.train(plan, folder: folder + "-b") }
        #expect(other.description.contains("configuration"), "\(other)")
    }

    @Test func plansThatCannotBeAreNamed() throws {
        let plan = LambdaSweep.Plan(base: try base, ranges: [0...0], seeds: [1], steps: 16)
        func refuses(_ change: (inout LambdaSweep.Plan) -> Void, _ word: String) throws {
            var bad = plan
            change(&bad)
            let error = try #require(throws: InputError.self) { _ = try LambdaSweep.train(bad, folder: folder) }
            #expect(error.description.contains(word), "\(error)")
        }
        try refuses({ $0.ranges = [] }, "ranges")
        try refuses({ $0.seeds = [1, 1] }, "seeds")
        try refuses({ $0.steps = 0 }, "steps")
        try refuses({ $0.steps = $0.base.totalSteps + 1 }, "total_steps")
        try refuses({ $0.jobs = 0 }, "jobs")
        try refuses({ $0.base.workers = 2 }, "workers")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}

/// Counts across threads.
private final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}
