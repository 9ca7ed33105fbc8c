import Essentials
import Foundation
import Testing

@testable import Pong

struct TrainingConfigurationTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Validation/pong")

    @Test(arguments: ["ppo.yaml", "paper.yaml", "device.yaml"])
    func shippedConfigurationsAreRead(_ name: String) throws {
        let configuration = try TrainingConfiguration.load(path: Self.folder.appendingPathComponent(name).path)
        #expect(configuration.name + ".yaml" == name)
        #expect(try TrainingConfiguration(parsing: configuration.text, source: "text") == configuration)
    }

    @Test func paperIsAsPublished() throws {
        let paper = try TrainingConfiguration.load(path: Self.folder.appendingPathComponent("paper.yaml").path)
        #expect(paper.algorithm == .a2c && paper.rollout == 50 && paper.environments == 4 && paper.frameSkip == 1)
        #expect(paper.discount == 0.99 && paper.gaeLambda == 1 && paper.gradientNorm == 40)
        #expect(paper.learningRate(at: 0) == 1e-4 && abs(paper.learningRate(at: 100_000_000) - 0.5e-4) < 1e-12)
        #expect(paper.learningRate(at: 300_000_000) == 0)
        #expect(paper.actions == Action.pong)
    }

    @Test(arguments: [
        ("rollouts: 5", "rollouts", "rollout"), ("rollout: 0", "rollout", "1 ... 4096"),
        ("algorithm: dqn", "dqn", "a2c or ppo"), ("actions: NOOP JUMP", "JUMP", "NOOP"),
        ("environments: 6\nminibatches: 4", "minibatches", "divisor"), ("discount: high", "discount", "number"),
        ("lambda_min: 0.95", "lambda_min", "lambda_max"), ("seed: -1", "seed", "0 or more"),
        ("clip_rewards: maybe", "clip_rewards", "true or false"),
    ])
    func mistakesAreNamed(_ text: String, _ key: String, _ help: String) throws {
        let error = try #require(throws: InputError.self) {
            try TrainingConfiguration(parsing: "name: x\n" + text, source: "my.yaml")
        }
        #expect(error.description.contains(key) && error.description.contains(help), "\(error)")
        #expect(error.description.contains("my.yaml"), "\(error)")
    }
}
