import Foundation
import Testing

@testable import NeuralNetwork

/// Losses, gradients and one Adam step against float64 golden results. Tolerance 1e-4 of the largest entry of each
/// array: float32 sums over 12 steps, 2 environments and 36 positions.
@Suite struct GradientFixtureTests {
    private func learner(_ fixture: Fixture, _ algorithm: LearnerConfiguration.Algorithm, groupSize: Int) throws -> Learner {
        var configuration = LearnerConfiguration(
            algorithm: algorithm, environments: fixture.batch, rolloutLength: fixture.steps, gaeLambda: 1,
            valueCoefficient: try fixture.number("value_coef"), entropyCoefficient: try fixture.number("entropy_coef"),
            normalisesAdvantages: false, gradientNorm: try fixture.number("clip_norm"),
            adam: LearnerConfiguration.Adam(
                beta1: try fixture.number("beta1"), beta2: try fixture.number("beta2"),
                epsilon: try fixture.number("adam_eps")))
        configuration.projectsLambda = false
        configuration.groupSize = groupSize
        let learner = try Learner(
            parameters: try fixture.parameters(), constraints: fixture.constraints, configuration: configuration)
        let start = try fixture.initialState()
        learner.state.h.copy(0..<start.h.count, from: start.h, at: 0)
        learner.state.f.copy(0..<start.f.count, from: start.f, at: 0)
        learner.network.layout.pack(try fixture.parameters(prefix: "adam.m0."), into: learner.optimiser.m)
        learner.network.layout.pack(try fixture.parameters(prefix: "adam.v0."), into: learner.optimiser.v)
        learner.optimiser.steps = Int(try fixture.number("adam_step_before"))
        try play(learner, fixture)
        return learner
    }

    /// The fixture's rollout: its actions, and an episode end before each of its resets.
    private func play(_ learner: Learner, _ fixture: Fixture) throws {
        let pixels = try fixture.observations()
        let resets = try fixture.resets()
        let actions = try fixture.file.tensor("actions").elements(as: Int32.self).map(Int.init)
        let logits = try fixture.doubles("logits")
        let batch = fixture.batch
        let size = batch * fixture.shape.observations
        for t in 0..<fixture.steps {
            let output = learner.act(observations: Array(pixels[t * size..<(t + 1) * size]))
            let golden = logits[t * batch * fixture.shape.actions..<(t + 1) * batch * fixture.shape.actions]
            #expect(distance(output.logits, golden) < 1e-5)
            let ends = (0..<batch).map { t + 1 < fixture.steps && resets[(t + 1) * batch + $0] }
            learner.record(
                actions: Array(actions[t * batch..<(t + 1) * batch]), rewards: [Float](repeating: 0, count: batch),
                ends: ends)
        }
        learner.rollout.set(advantages: try fixture.doubles("advantages"), targets: try fixture.doubles("targets"))
        learner.rollout.logProbabilities.write(try fixture.doubles("old_logp"), at: 0)
    }

    private func compare(_ found: ActorCriticParameters, _ fixture: Fixture, _ prefix: String) throws {
        for name in ParameterName.allCases {
            let golden = try fixture.doubles(prefix + name.rawValue)
            let largest = golden.map(abs).max() ?? 0
            let error = distance(found[name], golden)
            #expect(error <= 1e-4 * largest, "\(prefix)\(name.rawValue): \(error) of \(largest)")
        }
    }

    private func gradient(_ learner: Learner) -> ActorCriticParameters {
        learner.network.layout.unpack(learner.backPropagation.total)
    }

    @Test(arguments: Fixture.cells, [1, 2, 4]) func a2cLossGradientAndAdamStep(name: String, groupSize: Int) throws {
        let fixture = try Fixture(name)
        let learner = try learner(fixture, .a2c, groupSize: groupSize)
        let statistics = try learner.learn(
            members: Array(0..<fixture.batch), learningRate: try fixture.number("lr"))
        let samples = Double(fixture.steps * fixture.batch)
        #expect(abs(statistics.loss - (try fixture.doubles("a2c.loss")[0])) < 1e-4)
        #expect(abs(statistics.policyLoss - (try fixture.doubles("a2c.policy")[0])) < 1e-4)
        #expect(abs(statistics.valueLoss - (try fixture.doubles("a2c.value")[0])) < 1e-4)
        #expect(abs(statistics.entropy * samples - (try fixture.doubles("a2c.entropy")[0])) < 1e-4)
        let norm = try fixture.doubles("a2c.grad_norm")[0]
        #expect(abs(statistics.gradientNorm - norm) < 1e-4 * norm)
        try compare(gradient(learner), fixture, "a2c.grad.")
        // Adam moves each parameter by about lr: 1e-4 of a parameter's largest entry would hide that, so the step
        // itself is compared, to 1e-4 of the learning rate plus float32 rounding of the parameter.
        let rate = try fixture.number("lr")
        for name in ParameterName.allCases {
            let golden = try fixture.doubles("adam.param." + name.rawValue)
            let rounding = 1.2e-7 * (golden.map(abs).max() ?? 0)
            let error = distance(learner.parameters[name], golden)
            #expect(error < 1e-3 * rate + rounding, "\(name.rawValue): \(error)")
        }
    }

    @Test(arguments: Fixture.cells, [1, 4]) func ppoLossAndGradient(name: String, groupSize: Int) throws {
        let fixture = try Fixture(name)
        let learner = try learner(
            fixture, .ppo(epochs: 1, environmentsPerMinibatch: fixture.batch, clip: try fixture.number("ppo_clip")),
            groupSize: groupSize)
        let statistics = try learner.learn(members: Array(0..<fixture.batch), learningRate: 0)
        #expect(abs(statistics.loss - (try fixture.doubles("ppo.loss")[0])) < 1e-5)
        #expect(abs(statistics.policyLoss - (try fixture.doubles("ppo.policy")[0])) < 1e-5)
        #expect(abs(statistics.valueLoss - (try fixture.doubles("ppo.value")[0])) < 1e-5)
        #expect(abs(statistics.entropy - (try fixture.doubles("ppo.entropy")[0])) < 1e-5)
        let ratios = try fixture.doubles("ppo.ratio")
        let clip = try fixture.number("ppo_clip")
        let clipped = Double(ratios.count { abs($0 - 1) > clip }) / Double(ratios.count)
        #expect(statistics.clipFraction == clipped)
        try compare(gradient(learner), fixture, "ppo.grad.")
        #expect(learner.parameters == (try fixture.parameters()))
    }

    /// delta and A by their definition: golden values for lambda 1 and 0.95, to 1e-6 (float32 inputs, double sums).
    @Test func advantagesAgree() throws {
        let file = try Safetensors.load(path: Fixture.url("gae.safetensors").path)
        let ends = try file.tensor("episode_end").elements(as: UInt8.self).map { $0 != 0 }
        for (name, lambda) in [("lambda100", 1.0), ("lambda095", 0.95)] {
            let (advantages, targets) = Advantages.estimate(
                rewards: try file.tensor("rewards").elements(), values: try file.tensor("values").elements(), ends: ends,
                bootstrap: try file.tensor("bootstrap").elements(), discount: 0.99, lambda: lambda)
            let golden = try file.tensor("\(name).advantages").doubles()
            #expect(zip(advantages, golden).allSatisfy { abs($0 - $1) < 1e-9 })
            #expect(zip(targets, try file.tensor("\(name).targets").doubles()).allSatisfy { abs($0 - $1) < 1e-9 })
            if lambda < 1 {
                let normal = try file.tensor("lambda095.normalised").doubles()
                #expect(zip(Advantages.normalised(advantages), normal).allSatisfy { abs($0 - $1) < 1e-9 })
            }
        }
    }
}
