import Essentials
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Pong

struct TrainingConfigurationTests {
    private static let folder = Repository.root.appendingPathComponent("Validation/pong")

    @Test(arguments: ["ppo.yaml", "paper.yaml", "device.yaml", "ranges.yaml", "time-consistent.yaml", "sticky.yaml"])
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

    /// With a warm-up of 100 steps and a fall over 1000, the rate is (1 - s / 1000) s / 100 up to step 100.
    @Test func warmUpRisesFromZero() throws {
        let plain = try TrainingConfiguration(
            parsing: "learning_rate: 4e-4\ntotal_steps: 1000\nlearning_rate_end: 0", source: "a")
        var warm = try plain.setting(["warm_up_steps=100"])
        #expect(warm.learningRate(at: 0) == 0 && abs(warm.learningRate(at: 25) - 4e-4 * 0.975 * 0.25) < 1e-15)
        for steps in [100, 101, 500, 1000, 2000] { #expect(warm.learningRate(at: steps) == plain.learningRate(at: steps)) }
        for steps in [0, 25, 99] { #expect(warm.learningRate(at: steps) < plain.learningRate(at: steps)) }
        #expect(warm.text.contains("warm_up_steps: 100\n") && plain.text.contains("warm_up_steps: 0\n"))
        #expect(try TrainingConfiguration(parsing: warm.text, source: "text") == warm)
        warm.warmUpSteps = 0
        #expect(warm.text == plain.text)
        let all = try plain.setting(["group=2", "lambda_rate=0.5", "gamma_rate=0.25", "gradient_skip=100"])
        #expect(try TrainingConfiguration(parsing: all.text, source: "text") == all)
        let learner = all.learnerConfiguration
        #expect(learner.groupSize == 2 && learner.lambdaRate == 0.5 && learner.gammaRate == 0.25)
        #expect(learner.gradientSkip == 100 && plain.learnerConfiguration.gradientSkip == nil)
    }

    /// What may be left out is "none"; files that say 0 or "" for it, as older ones do, mean the same.
    @Test func whatIsLeftOutIsNone() throws {
        let usual = TrainingConfiguration()
        #expect(
            usual.truncation == nil && usual.learningRateSteps == nil && usual.teacherSteps == nil && usual.gradientSkip == nil)
        #expect(usual.gammaInitial == nil && usual.start == nil && usual.teacher == nil && usual.evaluationSteps == nil)
        for nothing in ["0", "none", "0.0"] {
            let read = try TrainingConfiguration(
                parsing: [
                    "truncation", "learning_rate_steps", "teacher_steps", "gradient_skip", "gamma_initial", "evaluation_steps",
                ]
                .map { "\($0): \(nothing)\n" }.joined() + "start: \"\"\nteacher: none\n", source: "old.yaml")
            #expect(read == usual)
        }
        #expect(usual.text.contains("truncation: none\n") && usual.text.contains("start: \"none\"\n"))
        let set = try usual.setting([
            "truncation=16", "gradient_skip=20", "start=a.safetensors", "sticky=0.25", "evaluation_steps=1000",
        ])
        #expect(set.truncation == 16 && set.gradientSkip == 20 && set.start == "a.safetensors" && set.sticky == 0.25)
        #expect(try TrainingConfiguration(parsing: set.text, source: "text") == set)
        #expect(throws: InputError.self) { try usual.setting(["sticky=1.5"]) }
        #expect(throws: InputError.self) { try usual.setting(["truncation=-1"]) }
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
