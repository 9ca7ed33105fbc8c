import Essentials
import Foundation
import TestSupport
import Testing

@testable import NeuralNetwork
@testable import Pong

/// The kernels' level changes no bit of a training or a game. Needs .venv (made by `make setup`).
@Suite(.serialized) struct LevelTests {
    private static let levels = KernelLevel.allCases.filter { level in (try? KernelLevel.best()).map { level <= $0 } ?? false }
    private static let agents = Repository.root.appendingPathComponent("Validation/pong")

    @Test(arguments: [TrainingConfiguration.Algorithm.ppo, .a2c])
    func trainingsOf2000StepsAreTheSame(_ algorithm: TrainingConfiguration.Algorithm) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("levels-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = SmallRun.configuration
        (settings.algorithm, settings.environments, settings.rollout, settings.totalSteps) = (algorithm, 4, 50, 2000)
        (settings.sticky, settings.checkpointSeconds, settings.deltaFStep) = (0.25, 1000, 0.0625)
        (settings.deltaFMaximum, settings.gammaInitial) = (2.5, 0.05)
        let agents = try Self.levels.map { level in
            let trainer = try Trainer(configuration: settings, folder: folder + "/\(level)", resume: false, kernels: level)
            try trainer.run()
            return try SmallRun.tensors(folder + "/\(level)")
        }
        for other in agents.dropFirst() { #expect(other == agents[0]) }
    }

    @Test func gamesAreTheSame() throws {
        let agent = try Agent.load(path: Self.agents.appendingPathComponent("agent-skip4.safetensors").path)
        let results = try Self.levels.map { level in
            var evaluation = Evaluation()
            evaluation.kernels = level
            return try evaluation.run(agent: agent, constraints: .device)
        }
        #expect(results[0].games[0].steps > 1000)
        for other in results.dropFirst() { #expect(other.games == results[0].games && other.record == results[0].record) }
    }
}
