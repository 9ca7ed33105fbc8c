import Dispatch
import Essentials
import Foundation
import NeuralNetwork
import Synchronization

extension LambdaSweep {
    /// Which runs to train, how far, and how many side by side.
    package struct Plan: Sendable {
        /// What all runs share; Lambda's range, seed and name are the run's own.
        package var base: TrainingConfiguration
        package var ranges: [ClosedRange<Double>]
        package var seeds: [UInt64]
        /// Agent steps of each run.
        package var steps: Int
        /// Agent steps that a run gets before another has its turn, so that all are about as far at any moment.
        package var slice = 51_200
        /// Runs trained side by side, one core each.
        package var jobs = 1
        /// Places of the runs, by range and seed, that this process trains; nil: all. Runs that another process is at are left to it.
        package var share: (@Sendable (_ place: Int) -> Bool)?

        package init(base: TrainingConfiguration, ranges: [ClosedRange<Double>], seeds: [UInt64], steps: Int) {
            self.base = base
            self.ranges = ranges
            self.seeds = seeds
            self.steps = steps
        }

        /// The configuration of one run. Throws `InputError` when range and seed do not fit the rest.
        package func configuration(_ range: ClosedRange<Double>, seed: UInt64) throws -> TrainingConfiguration {
            var copy = base
            copy.lambdaMinimum = range.lowerBound
            copy.lambdaMaximum = range.upperBound
            copy.seed = seed
            copy.name = "\(base.name) Lambda \(LambdaSweep.label(range))"
            try copy.validate()
            return copy
        }

        func validate() throws {
            func check(_ holds: Bool, _ key: String, _ value: String, _ problem: String, _ expected: String) throws {
                if !holds { throw InputError(key, value: value, problem: problem, expected: expected) }
            }
            try check(
                !ranges.isEmpty && Set(ranges).count == ranges.count, "ranges", "\(ranges.map(LambdaSweep.label))",
                "are none or doubled", "0,0.08:0.92")
            try check(!seeds.isEmpty && Set(seeds).count == seeds.count, "seeds", "\(seeds)", "are none or doubled", "1,2")
            try check(
                (1...base.totalSteps).contains(steps), "steps", "\(steps)", "do not fit the configuration's total_steps",
                "1 ... \(base.totalSteps)")
            try check((1...256).contains(jobs), "jobs", "\(jobs)", "is out of range", "1 ... 256")
            try check(slice > 0, "slice", "\(slice)", "is out of range", "1 or more")
            // The core-seconds of a run are those of its own thread and helper.
            try check(base.workers == 1, "workers", "\(base.workers)", "would share cores between runs", "1, and more jobs")
        }
    }

    /// Trains all runs of a plan in `folder` and returns their curves; also writes them to `folder/lambda-sweep.csv`.
    ///
    /// The run that is least far goes on first, a slice at a time. Runs that are done are left alone, those that were cut go
    /// on exactly from their last checkpoint, whatever jobs and slice were then. Throws `InputError` of the first run that
    /// fails; the others end with a checkpoint.
    package static func train(
        _ plan: Plan, folder: String, progress: ProgressHandler? = nil, stop: @escaping @Sendable () -> Bool = { false }
    ) throws -> LambdaSweep {
        try plan.validate()
        let all = try plan.ranges.flatMap { range in
            let name = "lambda-" + label(range).replacingOccurrences(of: " ... ", with: "-")
            return try plan.seeds.map { seed in
                try Task(
                    configuration: plan.configuration(range, seed: seed), lambda: range, seed: seed,
                    folder: "\(folder)/\(name)/seed-\(seed)")
            }
        }
        let tasks = all.enumerated().filter { plan.share?($0.offset) ?? true }.map(\.element)
        let board = Board(tasks, target: plan.steps)
        DispatchQueue.concurrentPerform(iterations: max(1, min(plan.jobs, tasks.count))) { _ in
            while !stop(), let index = board.take() {
                do {
                    guard let lock = try FolderLock(tasks[index].folder) else {
                        // Another process trains it: looked at again when nothing else is left to do.
                        board.giveBack(index, steps: tasks[index].stepsDone, failure: nil, isElsewhere: true)
                        if !board.hasOthers { usleep(500_000) }
                        continue
                    }
                    let steps = max(board.steps(index), tasks[index].stepsDone)
                    try tasks[index].train(
                        to: min(plan.steps, steps + plan.slice), lock, stop: { stop() || board.hasFailed },
                        status: { progress?(board.progress(index, tasks[index], $0)) })
                    board.giveBack(index, steps: tasks[index].stepsDone, failure: nil)
                    try finished(all).save(path: "\(folder)/lambda-sweep.csv")
                } catch {
                    board.giveBack(index, steps: board.steps(index), failure: error)
                }
            }
        }
        if let failure = board.failure { throw failure }
        let sweep = try finished(all)
        try sweep.save(path: "\(folder)/lambda-sweep.csv")
        return sweep
    }

    /// The curves so far; a run whose log is being written now is read up to its last whole row.
    private static func finished(_ tasks: [Task]) throws -> LambdaSweep {
        LambdaSweep(
            runs: try tasks.filter(\.exists).map {
                let curve = try LearningCurve(name: "", logs: [$0.folder + "/log.csv"])
                return Run(lambda: $0.lambda, seed: $0.seed, points: curve.points)
            })
    }

    /// One run of the sweep, on disk.
    private struct Task: Sendable {
        let configuration: TrainingConfiguration
        let lambda: ClosedRange<Double>
        let seed: UInt64
        let folder: String

        var exists: Bool { FileManager.default.fileExists(atPath: folder + "/config.yaml") }

        /// Agent steps in the run's checkpoint; 0 when there is none that can be read.
        var stepsDone: Int {
            guard exists else { return 0 }
            for name in ["checkpoint", "checkpoint-previous"] {
                if let file = try? Safetensors.load(path: "\(folder)/\(name).safetensors"),
                    let steps = file.metadata["agent_steps"].flatMap({ Int($0) })
                {
                    return steps
                }
            }
            return 0
        }

        func train(to steps: Int, _ lock: FolderLock, stop: () -> Bool, status: (TrainingStatus) -> Void) throws {
            let trainer = try Trainer(configuration: configuration, folder: folder, resume: exists, kernels: nil, lock: lock)
            var reached = trainer.counters.agentSteps
            guard reached < steps else { return }
            try trainer.run(
                status: {
                    reached = $0.agentSteps
                    status($0)
                }, stop: { reached >= steps || stop() })
        }
    }

    /// Who works on what, shared by the jobs.
    private final class Board: Sendable {
        private struct State {
            var steps: [Int]
            var taken: Set<Int> = []
            /// Trained by other processes when they were last looked at.
            var elsewhere: Set<Int> = []
            var failure: (any Error)?
        }

        private let state: Mutex<State>
        private let target, start: Int

        init(_ tasks: [Task], target: Int) {
            self.target = target
            let steps = tasks.map(\.stepsDone)
            start = steps.reduce(0) { $0 + min($1, target) }
            state = Mutex(State(steps: steps))
        }

        var failure: (any Error)? { state.withLock { $0.failure } }
        var hasFailed: Bool { failure != nil }
        func steps(_ index: Int) -> Int { state.withLock { $0.steps[index] } }

        /// The run that is least far among those nobody works on; nil when none needs more, or after a failure.
        func take() -> Int? {
            state.withLock { state in
                guard state.failure == nil else { return nil }
                let open = state.steps.indices.filter { state.steps[$0] < target && !state.taken.contains($0) }
                let free = open.filter { !state.elsewhere.contains($0) }
                let choice = free.isEmpty ? open : free
                guard let index = choice.min(by: { (state.steps[$0], $0) < (state.steps[$1], $1) }) else { return nil }
                state.taken.insert(index)
                return index
            }
        }

        /// Whether a run is left that nobody is at.
        var hasOthers: Bool {
            state.withLock { state in
                state.steps.indices.contains {
                    state.steps[$0] < target && !state.taken.contains($0) && !state.elsewhere.contains($0)
                }
            }
        }

        func giveBack(_ index: Int, steps: Int, failure: (any Error)?, isElsewhere: Bool = false) {
            state.withLock { state in
                state.taken.remove(index)
                if isElsewhere { state.elsewhere.insert(index) } else { state.elsewhere.remove(index) }
                state.steps[index] = steps
                if state.failure == nil { state.failure = failure }
            }
        }

        /// Share of this sitting's work that is done, so that the time left follows from it.
        func progress(_ index: Int, _ task: Task, _ status: TrainingStatus) -> Essentials.Progress {
            let (done, all) = state.withLock { state in
                state.steps[index] = status.agentSteps
                return (state.steps.reduce(0) { $0 + min($1, target) }, state.steps.count * target)
            }
            let score = status.meanScore.map { String(format: ", score %.1f", $0) } ?? ""
            return Progress(
                "sweep", fraction: Double(done - start) / Double(max(all - start, 1)),
                detail: "Lambda \(LambdaSweep.label(task.lambda)), seed \(task.seed): \(status.agentSteps) steps\(score)")
        }
    }
}
