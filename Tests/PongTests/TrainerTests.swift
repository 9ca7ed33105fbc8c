import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import Pong

/// Training runs of some hundred steps through the real emulator. Needs .venv (made by `make setup`).
@Suite(.serialized) struct TrainerTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)").path

    private func configuration(_ algorithm: TrainingConfiguration.Algorithm) -> TrainingConfiguration {
        var configuration = SmallRun.configuration
        configuration.algorithm = algorithm
        return configuration
    }

    @Test(arguments: [TrainingConfiguration.Algorithm.ppo, .a2c])
    func resumedRunEqualsTheUninterruptedOne(_ algorithm: TrainingConfiguration.Algorithm) throws {
        defer { for run in ["/a", "/b"] { try? FileManager.default.removeItem(atPath: folder + run) } }
        let (whole, names) = try SmallRun.compareWithCutRun(configuration(algorithm), folder: folder)
        #expect(whole.counters.agentSteps == 160 && whole.counters.updates == 10)
        #expect(names.contains("stpn.W"))
        func logged(_ run: String) throws -> [[Substring]] {
            // All but the clock's three columns.
            try String(contentsOfFile: folder + run + "/log.csv", encoding: .utf8).split(separator: "\n")
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(3) }.map(Array.init)
        }
        #expect(try logged("/a") == logged("/b"))
        #expect(try logged("/a").count == 11)
        let agent = try Agent.load(path: folder + "/a/agent.safetensors")
        #expect(agent.agentSteps == 160 && agent.frameSkip == 4 && agent.parameters == whole.agent.parameters)
        #expect(agent.parameters != Agent.untrained(seed: 1, actions: Action.pongWithoutFire, frameSkip: 4).parameters)
    }

    /// Threads and helper processes share the work and change nothing: the same agent, the same games in the same order.
    @Test(arguments: [TrainingConfiguration.Algorithm.ppo, .a2c])
    func lanesAndThreadsChangeNothing(_ algorithm: TrainingConfiguration.Algorithm) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = configuration(algorithm)
        settings.environments = 4
        settings.group = 1
        settings.frameSkip = 16
        settings.totalSteps = 2 * 4 * 150
        settings.rollout = 150
        settings.epochs = 1
        let runs = try [(1, 1), (2, 2), (3, 1)].map { helpers, workers in
            settings.helpers = helpers
            settings.workers = workers
            let trainer = try Trainer(configuration: settings, folder: folder + "/\(helpers)-\(workers)", resume: false)
            try trainer.run()
            return (trainer.agent.parameters, trainer.counters.scores, trainer.counters.lengths)
        }
        #expect(runs[0].1.count >= 2, "games end within the run")
        for run in runs.dropFirst() { #expect(run == runs[0]) }
    }

    /// A run shorter than the rows of its log still says what it cost.
    @Test func everyUpdateKnowsItsTime() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = configuration(.ppo)
        settings.logUpdates = 1000
        var seconds: [(wall: Double, core: Double)] = []
        try Trainer(configuration: settings, folder: folder, resume: false)
            .run(status: { seconds.append(($0.wallSeconds, $0.coreSeconds)) })
        #expect(seconds.count == 10 && seconds[0].wall > 0 && seconds[0].core > 0)
        #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $0.wall < $1.wall && $0.core <= $1.core })
    }

    @Test func oneProcessAFolder() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let trainer = try Trainer(configuration: configuration(.ppo), folder: folder, resume: false)
        withExtendedLifetime(trainer) {
            let busy = #expect(throws: InputError.self) {
                _ = try Trainer(configuration: nil, folder: folder, resume: true)
            }
            #expect(busy?.description.contains("in use") == true)
        }
    }

    @Test func truncatedCheckpointFallsBack() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let trainer = try Trainer(configuration: configuration(.ppo), folder: folder, resume: false)
            var updates = 0
            try trainer.run(status: { _ in updates += 1 }, stop: { updates == 4 })
        }
        let path = folder + "/checkpoint.safetensors"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        // A new file, because the old one shares its data with nothing but its own second name.
        try FileManager.default.removeItem(atPath: path)
        try whole.prefix(whole.count / 3).write(to: URL(fileURLWithPath: path))
        do {
            let resumed = try Trainer(configuration: nil, folder: folder, resume: true)
            #expect(resumed.counters.agentSteps == 3 * 16)
        }
        try FileManager.default.removeItem(atPath: folder + "/checkpoint-previous.safetensors")
        let error = try #require(throws: InputError.self) {
            _ = try Trainer(configuration: nil, folder: folder, resume: true)
        }
        #expect(error.description.contains("cut short"), "\(error)")
    }

    @Test func foldersThatDoNotFitAreRefused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nothing = try #require(throws: InputError.self) {
            _ = try Trainer(configuration: nil, folder: folder, resume: true)
        }
        #expect(nothing.description.contains("no run to resume"))
        var short = configuration(.ppo)
        short.totalSteps = 16
        do { try Trainer(configuration: short, folder: folder, resume: false).run() }
        let taken = try #require(throws: InputError.self) {
            _ = try Trainer(configuration: short, folder: folder, resume: false)
        }
        #expect(taken.description.contains("--resume"))
        short.discount = 0.9
        let other = try #require(throws: InputError.self) {
            _ = try Trainer(configuration: short, folder: folder, resume: true)
        }
        #expect(other.description.contains("configuration"))
    }

    @Test func secondStageGoesOnFromAnAgentFile() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "-start.safetensors"
        var first = Agent.untrained(seed: 8, actions: Action.pongWithoutFire, frameSkip: 4)
        first.agentSteps = 1000
        first.trainedBy = "stage one"
        try first.save(path: path)
        var second = configuration(.ppo)
        second.start = path
        second.totalSteps = 32
        do {
            let trainer = try Trainer(configuration: second, folder: folder, resume: false)
            #expect(trainer.agent.parameters == first.parameters)
            var updates = 0
            try trainer.run(status: { _ in updates += 1 }, stop: { updates == 1 })
        }
        // The file that it started from is not needed any more.
        try FileManager.default.removeItem(atPath: path)
        let resumed = try Trainer(configuration: nil, folder: folder, resume: true)
        try resumed.run()
        #expect(resumed.agent.agentSteps == 1032)
        #expect(resumed.agent.trainedBy.hasPrefix("stage one; then ppo test"))
        second.actions = Action.pong
        second.start = folder + "/agent.safetensors"
        #expect(throws: InputError.self) {
            _ = try Trainer(configuration: second, folder: folder + "/other", resume: false)
        }
    }

    /// A helper that is killed in the middle of a rollout ends the run with the signal's name; the checkpoint is untouched,
    /// and going on from it gives the agent of a run that nothing happened to.
    @Test func killedHelperEndsTheRunAndLosesNothing() throws {
        defer { for run in ["/a", "/b"] { try? FileManager.default.removeItem(atPath: folder + run) } }
        var settings = configuration(.ppo)
        settings.checkpointSeconds = 1000
        settings.helpers = 2
        try Trainer(configuration: settings, folder: folder + "/a", resume: false).run()
        do {
            let trainer = try Trainer(configuration: settings, folder: folder + "/b", resume: false)
            let checkpoint = folder + "/b/checkpoint.safetensors"
            let before = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
            let error = try #require(throws: InputError.self) {
                try trainer.run(status: { status in
                    if status.updates == 3 { _ = kill(trainer.lanes[1].games.emulators.processIdentifier, SIGKILL) }
                })
            }
            #expect(error.description.contains("killed by signal 9"), "\(error)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == before)
        }
        try Trainer(configuration: nil, folder: folder + "/b", resume: true).run()
        #expect(try SmallRun.tensors(folder + "/a") == SmallRun.tensors(folder + "/b"))
    }

    /// What does not fit is said before the game starts, and no run is left in the folder.
    @Test func agentsAndActionsThatDoNotFitAreNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func refuses(_ settings: TrainingConfiguration, _ words: [String]) throws {
            let error = try #require(throws: InputError.self) {
                _ = try Trainer(configuration: settings, folder: folder + "/run", resume: false)
            }
            for word in words { #expect(error.description.contains(word), "\(error)") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/run/config.yaml"))
        }
        var settings = configuration(.ppo)
        settings.actions = [.noop, .up]
        try refuses(settings, ["UP", "is not an action of Pong", "RIGHT"])
        settings = configuration(.ppo)
        let six = folder + "/six.safetensors"
        settings.start = six
        try Agent.untrained(seed: 1, actions: Action.pong, frameSkip: 4).save(path: six)
        try refuses(settings, ["actions", "six.safetensors", "FIRE"])
        // One tensor of another shape.
        var file = try Safetensors.load(path: six)
        let others = file.tensors.filter { $0.name != "stpn.Gamma" }
        file = Safetensors(
            others + [Tensor("stpn.Gamma", shape: [64, 8], [Float](repeating: 0, count: 512))], metadata: file.metadata)
        try file.save(path: six)
        try refuses(settings, ["stpn.Gamma", "64", "six.safetensors"])
    }

    @Test func notANumberStopsTheRunAndKeepsTheCheckpoint() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "-agent.safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var agent = Agent.untrained(seed: 1, actions: Action.pongWithoutFire, frameSkip: 4)
        agent.parameters[.criticBias] = [3e38]
        agent.parameters[.criticWeight] = agent.parameters[.criticWeight].map { _ in 3e38 }
        try agent.save(path: path)
        var bad = configuration(.ppo)
        bad.start = path
        let trainer = try Trainer(configuration: bad, folder: folder, resume: false)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/checkpoint.safetensors"))
        let error = try #require(throws: InputError.self) { try trainer.run() }
        #expect(error.description.contains("not finite"), "\(error)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/checkpoint.safetensors")) == before)
    }
}
