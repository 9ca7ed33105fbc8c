import Essentials
import Foundation
import NeuralNetwork

extension Trainer {
    var checkpointPath: String { folder + "/checkpoint.safetensors" }
    var previousPath: String { folder + "/checkpoint-previous.safetensors" }

    /// Writes everything that the next rollout depends on, the last two kept, and the agent files beside it.
    ///
    /// The new file is written aside and renamed; the old one gets its second name before that, so that at every
    /// moment one whole checkpoint is there. About 19 MB for 16 environments.
    func saveCheckpoint() throws {
        // What the checkpoint counts of the logs is on the disk before it is.
        try log.synchronise()
        if configuration.evaluationSteps != nil { try evaluationLog.synchronise() }
        try saveAgents()
        let games = PongEnvironments.Snapshot.joined(try lanes.map { try $0.games.snapshot() })
        let count = configuration.environments
        let words = games.generators + [actionGenerator, orderGenerator]
        var tensors = learner.checkpoint()
        tensors += [
            Tensor("games.emulator", shape: [games.emulators.reduce(0) { $0 + $1.count }], Array(games.emulators.joined())),
            Tensor("games.emulator_length", shape: [count], games.emulators.map { Int32($0.count) }),
            Tensor("games.observation", shape: [count, PongEnvironments.observationSize], games.observations),
            Tensor("games.next_noops", shape: [count], games.nextNoops.map(Int32.init)),
            Tensor("games.score", shape: [count], games.scores.map(Int32.init)),
            Tensor("games.steps", shape: [count], games.steps.map(Int32.init)),
            Tensor("games.held_action", shape: [count], games.held),
            Tensor("generators", shape: [words.count, 4], words.flatMap(\.state)),
            Tensor("history.score", shape: [counters.scores.count], counters.scores.map(Int32.init)),
            Tensor("history.length", shape: [counters.lengths.count], counters.lengths.map(Int32.init)),
        ]
        for (index, lane) in lanes.enumerated() { tensors += lane.teacher?.tensors(prefix: teacherPrefix(index)) ?? [] }
        let file = Safetensors(
            tensors,
            metadata: [
                "content": "training checkpoint", "format": "1", "configuration": Digest.sha256(configurationText),
                "agent_steps": "\(counters.agentSteps)", "updates": "\(counters.updates)", "games": "\(counters.games)",
                "best_mean": "\(counters.bestMean)", "wall_seconds": "\(counters.wallSeconds)",
                "core_seconds": "\(counters.coreSeconds)", "log_bytes": "\(counters.logBytes)",
                "evaluations": "\(counters.evaluations)", "evaluation_bytes": "\(counters.evaluationBytes)",
                "steps_before": "\(counters.stepsBefore)", "training_before": counters.trainingBefore,
            ])
        try keepPrevious()
        try file.save(path: checkpointPath)
    }

    /// Every lane's teacher has its own tensors; those of a single one have the names of older checkpoints.
    private func teacherPrefix(_ lane: Int) -> String { lanes.count == 1 ? "teacher." : "teacher.\(lane)." }

    private func keepPrevious() throws {
        let manager = FileManager.default
        guard manager.fileExists(atPath: checkpointPath) else { return }
        let aside = folder + "/.checkpoint-previous.tmp"
        try? manager.removeItem(atPath: aside)
        guard link(checkpointPath, aside) == 0, rename(aside, previousPath) == 0 else {
            throw InputError(previousPath, problem: "cannot be written", expected: "a folder that allows links and renames")
        }
        // Where both names are one file already (the last save failed), the rename leaves the third name behind.
        try? manager.removeItem(atPath: aside)
    }

    private func saveAgents() throws {
        let agent = agent
        try agent.save(path: folder + "/agent.safetensors")
        guard configuration.evaluationSteps == nil else { return }
        let mean = Double(counters.scores.reduce(0, +)) / Double(max(counters.scores.count, 1))
        if counters.scores.count == 100, mean > counters.bestMean {
            counters.bestMean = mean
            try agent.save(path: folder + "/agent-best.safetensors")
        }
    }

    /// Goes on from the last checkpoint, or from the one before when the last is damaged.
    func restoreCheckpoint() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".tmp") {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        do {
            try restore(checkpointPath)
        } catch let error as InputError {
            guard FileManager.default.fileExists(atPath: previousPath) else { throw error }
            try restore(previousPath)
        }
    }

    private func restore(_ path: String) throws {
        let file = try Safetensors.load(path: path)
        guard file.metadata["configuration"] == Digest.sha256(configurationText) else {
            throw InputError(
                "configuration", problem: "of the checkpoint is not that of config.yaml", expected: "the files of one run",
                source: path)
        }
        let count = configuration.environments
        func integers(_ name: String, _ length: Int?, in range: ClosedRange<Int>) throws -> [Int] {
            let found = try file.elements(name, shape: [length], as: Int32.self).map { Int($0) }
            if let bad = found.first(where: { !range.contains($0) }) {
                throw InputError(
                    "tensor \(name)", value: "\(bad)", problem: "is out of range",
                    expected: "\(range.lowerBound) ... \(range.upperBound)", source: path)
            }
            return found
        }
        let bytes = try file.elements("games.emulator", shape: [nil], as: UInt8.self)
        let lengths = try integers("games.emulator_length", count, in: 1...HelperMemory.stateCapacity)
        guard lengths.reduce(0, +) == bytes.count else {
            throw InputError("games.emulator_length", problem: "does not fit games.emulator", source: path)
        }
        var states: [[UInt8]] = []
        var at = 0
        for length in lengths {
            states.append(Array(bytes[at..<at + length]))
            at += length
        }
        let words = try file.elements("generators", shape: [count + 2, 4], as: UInt64.self)
        let generators = try (0..<count + 2).map { i in
            guard let generator = SeededGenerator(state: Array(words[4 * i..<4 * i + 4])) else {
                throw InputError("generators", problem: "hold no state that can be", source: path)
            }
            return generator
        }
        let snapshot = PongEnvironments.Snapshot(
            emulators: states,
            observations: try file.elements("games.observation", shape: [count, PongEnvironments.observationSize]),
            generators: Array(generators.prefix(count)), nextNoops: try integers("games.next_noops", count, in: 0...1000),
            scores: try integers("games.score", count, in: -1000...1000),
            steps: try integers("games.steps", count, in: 0...1_000_000),
            // Checkpoints from before sticky actions have none, and need none.
            held: configuration.sticky == 0 && !file.tensors.contains { $0.name == "games.held_action" }
                ? [Int32](repeating: Action.noop.rawValue, count: count)
                : try file.elements("games.held_action", shape: [count]))
        func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
            guard let text = file.metadata[key], let value = Double(text), range.contains(value) else {
                throw InputError(
                    "metadata \(key)", value: file.metadata[key], problem: "is missing or out of range",
                    expected: "\(range.lowerBound) ... \(range.upperBound)", source: path)
            }
            return value
        }
        var restored = Counters()
        restored.agentSteps = try file.integer("agent_steps", in: 0...Agent.mostSteps)
        restored.updates = try file.integer("updates", in: 0...Agent.mostSteps)
        restored.games = try file.integer("games", in: 0...Agent.mostSteps)
        restored.logBytes = try file.integer("log_bytes", in: 0...Agent.mostSteps)
        if configuration.evaluationSteps != nil {
            restored.evaluations = try file.integer("evaluations", in: 0...Agent.mostSteps)
            restored.evaluationBytes = try file.integer("evaluation_bytes", in: 0...Agent.mostSteps)
        }
        restored.stepsBefore = try file.integer("steps_before", in: 0...Agent.mostSteps)
        restored.trainingBefore = file.metadata["training_before"] ?? ""
        restored.bestMean = try number("best_mean", in: -.infinity...1000)
        restored.wallSeconds = try number("wall_seconds", in: 0...1e12)
        restored.coreSeconds = try number("core_seconds", in: 0...1e12)
        restored.scores = try integers("history.score", nil, in: -1000...1000)
        restored.lengths = try integers("history.length", restored.scores.count, in: 0...1_000_000)
        guard restored.scores.count <= 100 else {
            throw InputError(
                "tensor history.score", value: "[\(restored.scores.count)]", problem: "has the wrong shape",
                expected: "at most 100 games", source: path)
        }
        try learner.restore(file)
        for (index, lane) in lanes.enumerated() {
            try lane.teacher?.restore(file, prefix: teacherPrefix(index))
            try lane.games.restore(snapshot[lane.environments])
        }
        actionGenerator = generators[count]
        orderGenerator = generators[count + 1]
        counters = restored
    }
}
