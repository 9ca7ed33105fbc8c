import Essentials
import Foundation
import Testing

@testable import NeuralNetwork

/// One result on every processor: each level of instructions gives the same bits, and they are those written here.
@Suite struct KernelLevelTests {
    /// The levels that this processor has.
    static let levels = KernelLevel.allCases.filter { level in (try? KernelLevel.best()).map { level <= $0 } ?? false }

    static func digest(_ parameters: ActorCriticParameters) -> String {
        var data = Data()
        for name in ParameterName.allCases { parameters[name].withUnsafeBytes { data.append(contentsOf: $0) } }
        return String(Digest.sha256(data).prefix(16))
    }

    /// 2,000 agent steps of the paper's network on a task of lights, from a fresh agent; the digest of what it became.
    private func train(_ algorithm: LearnerConfiguration.Algorithm, _ constraints: CellConstraints, _ level: KernelLevel) throws
        -> String
    {
        var settings: LearnerConfiguration = algorithm == .a2c ? .a2c : .ppo
        settings.algorithm = algorithm
        (settings.environments, settings.rolloutLength, settings.kernels) = (5, 40, level)
        let start = ActorCriticParameters(shape: .pong(), seed: 7, initialisation: .init(gamma: 0.05))
        let learner = try Learner(parameters: start, constraints: constraints, configuration: settings)
        var task = LearnerTests.LightTask(side: 84, environments: 5, seed: 1)
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<10 {
            while !learner.isRolloutFull {
                let output = learner.act(observations: task.show())
                let actions = (0..<5).map { Policy.sample(output.logits(environment: $0), using: &generator).action }
                learner.record(
                    actions: actions, rewards: actions.indices.map { (actions[$0] == 0) == task.bright[$0] ? 1 : 0 },
                    ends: actions.map { _ in generator.integer(below: 30) == 0 })
            }
            var look = task
            _ = try learner.update(nextObservations: look.show(), learningRate: 1e-3, generator: &generator)
        }
        let after = learner.parameters
        #expect(after[.gamma] != start[.gamma] && after[.conv1Weight] != start[.conv1Weight])
        return Self.digest(after)
    }

    /// The digests were written down from an AMD EPYC (Zen 4) at both levels; any x86-64 processor with AVX2 must give them.
    @Test(arguments: levels) func trainingsAreTheSameBitsEverywhere(_ level: KernelLevel) throws {
        let a2c = try train(.a2c, .continuous, level)
        let ppo = try train(.ppo(epochs: 2, environmentsPerMinibatch: 3, clip: 0.1), .device, level)
        #expect(a2c == "05f385ea928f8519")
        #expect(ppo == "938a62abdda049d4")
    }

    /// The paper's sizes have convolutions of their own: forward to 1e-5, and every gradient to 1e-4 of its largest entry,
    /// against the double-precision twin, at every level and with all levels' bits equal.
    @Test func thePapersSizesMatchTheTwin() throws {
        let small = SmallCase("mstpn", environments: 2, steps: 3, shape: .pong(actions: 3))
        let network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        let golden = network.gradient(small.samples, .a2c)
        let records = network.forward(small.samples)
        var found: [ActorCriticParameters] = []
        for level in Self.levels {
            let learner = try small.learner(.a2c, groupSize: 4, kernels: level)
            learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
            let statistics = try learner.learn(members: [0, 1], learningRate: 0)
            #expect(abs(statistics.loss - network.loss(small.samples, .a2c)) < 1e-3)
            for (at, record) in records.enumerated() { #expect(abs(Double(learner.rollout.values[at]) - record.value) < 1e-5) }
            found.append(learner.network.layout.unpack(learner.backPropagation.total))
        }
        for name in ParameterName.allCases {
            let largest = golden[name]!.map(abs).max()!
            #expect(largest > 0)
            for one in found { #expect(distance(one[name], golden[name]!) < 1e-4 * largest, "\(name)") }
        }
        #expect(Set(found.map(Self.digest)).count == 1)
    }

    /// exp to 4e-16 of itself, log to 4e-16 of the larger of 1 and itself, tanh to 0.51 units of its float's last place.
    @Test func elementaryFunctionsAreRight() {
        var generator = SeededGenerator(seed: 4)
        for i in 0..<100_000 {
            let x = generator.uniform(-1, 1) * [0.01, 1, 20, 700][i % 4]
            #expect(abs(Elementary.exp(x) / Foundation.exp(x) - 1) < 4e-16)
            let y = Foundation.exp(x)
            #expect(abs(Elementary.log(y) - Foundation.log(y)) < 4e-16 * max(1, abs(x)))
            let z = Float(generator.uniform(-1, 1) * [0.05, 1, 12][i % 3])
            let tanh = Foundation.tanh(Double(z))
            #expect(abs(Double(Elementary.tanh(z)) - tanh) <= 0.51 * Double(Float(tanh).ulp))
        }
        #expect(Elementary.exp(1000) == .infinity && Elementary.exp(-1000) == 0 && Elementary.exp(.nan).isNaN)
        #expect(Elementary.log(0) == -.infinity && Elementary.log(-1).isNaN && Elementary.log(.infinity) == .infinity)
        #expect(Elementary.tanh(.nan).isNaN && Elementary.tanh(.infinity) == 1 && Elementary.tanh(-30) == -1)
        #expect(Elementary.power(0.999, 0) == 1 && Elementary.power(0.5, 10) == 1 / 1024)
        #expect(abs(Elementary.power(0.999, 12345) / pow(0.999, 12345) - 1) < 1e-12)
    }

    @Test func aLevelBeyondTheProcessorIsRefused() throws {
        let best = try KernelLevel.best()
        #expect(try KernelLevel.resolve(nil) == best && KernelLevel.resolve(.avx2) == .avx2)
        if best < .avx512 { #expect(throws: InputError.self) { try KernelLevel.resolve(.avx512) } }
    }
}
