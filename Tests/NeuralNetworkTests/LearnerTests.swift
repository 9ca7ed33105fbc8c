import Essentials
import Foundation
import Testing

@testable import NeuralNetwork

/// What a trainer relies on: the same numbers for any number of threads and after a resume, faults that are told, and
/// learning itself.
@Suite struct LearnerTests {
    /// A two-armed task: a bright screen pays action 0, a dark one action 1. Needs no emulator.
    struct LightTask {
        var generator: SeededGenerator
        let side, environments: Int
        var bright: [Bool]

        init(side: Int, environments: Int, seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            self.side = side
            self.environments = environments
            bright = [Bool](repeating: true, count: environments)
        }

        mutating func show() -> [Float] {
            bright = bright.map { _ in generator.integer(below: 2) == 0 }
            return bright.flatMap { [Float](repeating: $0 ? 0.9 : -0.9, count: side * side) }
        }
    }

    private func configuration(_ algorithm: LearnerConfiguration.Algorithm, threads: Int = 1) -> LearnerConfiguration {
        var configuration: LearnerConfiguration = algorithm == .a2c ? .a2c : .ppo
        configuration.algorithm = algorithm
        configuration.environments = 6
        configuration.rolloutLength = 8
        configuration.threads = threads
        configuration.groupSize = 2
        configuration.discount = 0  // each choice pays at once
        return configuration
    }

    /// Plays and learns `updates` rollouts; returns the mean reward of each.
    private func train(
        _ learner: Learner, _ task: inout LightTask, _ generator: inout SeededGenerator, updates: Int, rate: Double = 2e-3
    ) throws -> [Double] {
        var means: [Double] = []
        for _ in 0..<updates {
            var paid = 0.0
            while !learner.isRolloutFull {
                let output = learner.act(observations: task.show())
                let actions = (0..<task.environments).map {
                    Policy.sample(output.logits(environment: $0), using: &generator).action
                }
                let rewards = actions.indices.map { (actions[$0] == 0) == task.bright[$0] ? Float(1) : 0 }
                paid += rewards.reduce(0) { $0 + Double($1) }
                learner.record(
                    actions: actions, rewards: rewards,
                    ends: actions.map { _ in generator.integer(below: 10) == 0 })
            }
            var look = task
            _ = try learner.update(nextObservations: look.show(), learningRate: rate, generator: &generator)
            means.append(paid / Double(task.environments * learner.configuration.rolloutLength))
        }
        return means
    }

    private static let algorithms: [LearnerConfiguration.Algorithm] = [
        .a2c, .ppo(epochs: 2, environmentsPerMinibatch: 3, clip: 0.1),
    ]

    private func fresh(_ algorithm: LearnerConfiguration.Algorithm, threads: Int = 1) throws -> Learner {
        try Learner(
            parameters: SmallCase("mstpn", environments: 1).parameters, constraints: CellConstraints(lambdaRange: 0.2...0.8),
            configuration: configuration(algorithm, threads: threads))
    }

    @Test(arguments: algorithms) func learnsATask(algorithm: LearnerConfiguration.Algorithm) throws {
        let learner = try fresh(algorithm)
        var task = LightTask(side: 10, environments: 6, seed: 1)
        var generator = SeededGenerator(seed: 2)
        let means = try train(learner, &task, &generator, updates: 250, rate: 3e-3)
        // Chance pays 1/3 (three actions); the last 20 rollouts hold 960 draws, standard error below 0.016.
        #expect(means[0..<3].reduce(0, +) / 3 < 0.6)
        #expect(means.suffix(20).reduce(0, +) / 20 > 0.9)
        // Projection keeps Lambda in its range, and its gradient moved it.
        let lambda = learner.parameters[.lambda]
        #expect(lambda.allSatisfy { (0.2...0.8).contains($0) })
    }

    @Test(arguments: algorithms) func threadsDoNotChangeAnyBit(algorithm: LearnerConfiguration.Algorithm) throws {
        var results: [ActorCriticParameters] = []
        for threads in [1, 2, 3] {
            let learner = try fresh(algorithm, threads: threads)
            var task = LightTask(side: 10, environments: 6, seed: 1)
            var generator = SeededGenerator(seed: 2)
            _ = try train(learner, &task, &generator, updates: 4)
            results.append(learner.parameters)
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test(arguments: algorithms) func resumesBitForBit(algorithm: LearnerConfiguration.Algorithm) throws {
        let through = try fresh(algorithm)
        var task = LightTask(side: 10, environments: 6, seed: 1)
        var generator = SeededGenerator(seed: 2)
        _ = try train(through, &task, &generator, updates: 3)
        let file = try Safetensors(data: Safetensors(through.checkpoint()).data())
        var (laterTask, laterGenerator) = (task, generator)
        _ = try train(through, &task, &generator, updates: 3)

        let resumed = try Learner(
            parameters: ActorCriticParameters(shape: through.shape, seed: 99), constraints: through.constraints,
            configuration: through.configuration)
        try resumed.restore(file)
        _ = try train(resumed, &laterTask, &laterGenerator, updates: 3)
        #expect(resumed.checkpoint() == through.checkpoint())
        #expect(resumed.updates == through.updates)
    }

    /// Adam's first step is the rate in every parameter that has a gradient (m/sqrt(v) = sign): so the two factors show
    /// directly in how far Lambda and Gamma move, and everything else moves as ever.
    @Test func lambdaAndGammaHaveRatesOfTheirOwn() throws {
        func moved(_ lambdaRate: Double, _ gammaRate: Double) throws -> (ActorCriticParameters, ActorCriticParameters) {
            var settings = configuration(.a2c)
            (settings.lambdaRate, settings.gammaRate) = (lambdaRate, gammaRate)
            let learner = try Learner(
                parameters: SmallCase("mstpn", environments: 1).parameters,
                constraints: CellConstraints(lambdaRange: 0...1), configuration: settings)
            let before = learner.parameters
            var task = LightTask(side: 10, environments: 6, seed: 1)
            var generator = SeededGenerator(seed: 2)
            _ = try train(learner, &task, &generator, updates: 1, rate: 1e-3)
            return (before, learner.parameters)
        }
        let (before, plain) = try moved(1, 1), (_, slow) = try moved(0.25, 0.5)
        func largest(_ name: ParameterName, _ after: ActorCriticParameters) -> Float {
            zip(before[name], after[name]).map { abs($0 - $1) }.max()!
        }
        for name in ParameterName.allCases where name != .lambda && name != .gamma { #expect(plain[name] == slow[name]) }
        // float32 of numbers near 1: half an ulp is 6e-8.
        #expect(abs(largest(.lambda, plain) - 1e-3) < 2e-7 && abs(largest(.lambda, slow) - 0.25e-3) < 2e-7)
        #expect(abs(largest(.gamma, plain) - 1e-3) < 2e-7 && abs(largest(.gamma, slow) - 0.5e-3) < 2e-7)
    }

    /// A minibatch beyond the limit changes nothing, and is counted; one within it is learned from.
    @Test func explodedMinibatchesAreLeftOut() throws {
        func run(_ limit: Double?) throws -> (moved: Bool, UpdateStatistics) {
            var settings = configuration(.ppo(epochs: 1, environmentsPerMinibatch: 3, clip: 0.1))
            settings.gradientSkip = limit
            let learner = try Learner(
                parameters: SmallCase("mstpn", environments: 1).parameters,
                constraints: CellConstraints(lambdaRange: 0.2...0.8), configuration: settings)
            let before = learner.checkpoint().filter { !$0.name.hasPrefix("state.") }
            var task = LightTask(side: 10, environments: 6, seed: 1)
            while !learner.isRolloutFull {
                _ = learner.act(observations: task.show())
                learner.record(
                    actions: [0, 1, 2, 0, 1, 2], rewards: [0, 1, 0, 1, 1, 0], ends: [Bool](repeating: false, count: 6))
            }
            var generator = SeededGenerator(seed: 1)
            let statistics = try learner.update(
                nextObservations: task.show(), learningRate: 1e-3, generator: &generator)
            return (learner.checkpoint().filter { !$0.name.hasPrefix("state.") } != before, statistics)
        }
        let all = try run(nil)
        #expect(all.moved && all.1.skipped == 0)
        let none = try run(all.1.gradientNorm / 100)
        #expect(!none.moved && none.1.skipped == 1 && none.1.gradientNorm.isFinite && none.1.gradientNorm > 0)
        let some = try run(all.1.gradientNorm * 100)
        #expect(some.moved && some.1 == all.1)
    }

    @Test func aBrokenCheckpointChangesNothing() throws {
        let learner = try fresh(.a2c)
        let before = learner.checkpoint()
        var tensors = before
        let v = try #require(tensors.firstIndex { $0.name == "adam.v.stpn.W" })
        tensors.remove(at: v)
        #expect(throws: InputError.self) { try learner.restore(Safetensors(tensors)) }
        var other = before
        let state = try #require(other.firstIndex { $0.name == "state.h" })
        other[state] = Tensor("state.h", shape: [1, 1], [0] as [Float])
        #expect(throws: InputError.self) { try learner.restore(Safetensors(other)) }
        #expect(learner.checkpoint() == before)
    }

    @Test func aLossThatIsNotFiniteStopsBeforeTheStep() throws {
        let learner = try fresh(.a2c)
        let before = learner.parameters
        while !learner.isRolloutFull {
            _ = learner.act(observations: [Float](repeating: 0.1, count: 600))
            learner.record(
                actions: [0, 1, 2, 0, 1, 2], rewards: [0, 0, .infinity, 0, 0, 0], ends: [Bool](repeating: false, count: 6))
        }
        var generator = SeededGenerator(seed: 1)
        do throws(InputError) {
            _ = try learner.update(
                nextObservations: [Float](repeating: 0, count: 600), learningRate: 1e-3, generator: &generator)
            Issue.record("no error")
        } catch {
            #expect(error.description.contains("not finite at optimiser step 1"))
        }
        #expect(learner.parameters == before)
    }

    /// W outside the device's window acts as the window's edge, and has no gradient there; Lambda likewise.
    @Test func clampedParametersActClampedAndHaveNoGradient() throws {
        let small = SmallCase("mstpn", environments: 2)
        var constraints = small.constraints
        constraints.weightRange = -0.2...0.3
        var clamped = small.parameters
        clamped[.weight] = clamped[.weight].map { min(max($0, -0.2), 0.3) }
        clamped[.lambda] = clamped[.lambda].map { min(max($0, 0.2), 0.8) }
        let free = CellConstraints(lambdaRange: nil)
        var outputs: [ActorCritic.Output] = []
        for (parameters, constraints) in [(small.parameters, constraints), (clamped, free)] {
            let agent = try ActorCritic(parameters: parameters, constraints: constraints)
            let state = agent.makeState(environments: 2)
            for t in 0..<4 {
                outputs.append(agent.step(observations: Array(small.pixels[t * 200..<(t + 1) * 200]), state: state))
            }
        }
        #expect(Array(outputs[0..<4]) == Array(outputs[4..<8]))

        var configuration = configuration(.a2c)
        (configuration.environments, configuration.rolloutLength) = (2, 4)
        let learner = try Learner(parameters: small.parameters, constraints: constraints, configuration: configuration)
        for t in 0..<4 {
            _ = learner.act(observations: Array(small.pixels[t * 200..<(t + 1) * 200]))
            learner.record(actions: [0, 1], rewards: [1, -1], ends: [false, false])
        }
        var generator = SeededGenerator(seed: 1)
        _ = try learner.update(nextObservations: Array(small.pixels[0..<200]), learningRate: 1e-3, generator: &generator)
        let gradient = learner.network.layout.unpack(learner.backPropagation.total)
        for (name, range) in [(ParameterName.weight, constraints.weightRange!), (.lambda, constraints.lambdaRange!)] {
            let outside = small.parameters[name].map { !range.contains($0) }
            #expect(outside.contains(true) && outside.contains(false))
            for i in outside.indices { #expect((gradient[name][i] == 0) == outside[i], "\(name)[\(i)]") }
        }
    }

    @Test func impossibleSettingsAreNamed() {
        func message(_ change: (inout LearnerConfiguration) -> Void) -> String {
            var configuration = LearnerConfiguration.ppo
            change(&configuration)
            do {
                try configuration.validate()
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(message { _ in } == "")
        #expect(message { $0.environments = 0 }.contains("environments = 0.0"))
        #expect(message { $0.discount = 1.5 }.contains("discount = 1.5"))
        #expect(message { $0.adam.beta2 = 1 }.contains("beta2"))
        #expect(message { $0.gradientNorm = .nan }.contains("gradientNorm"))
        #expect(
            message { $0.algorithm = .ppo(epochs: 1, environmentsPerMinibatch: 17, clip: 0.1) }
                .contains("environmentsPerMinibatch = 17.0"))
        var huge = LearnerConfiguration.a2c
        (huge.environments, huge.rolloutLength) = (1024, 10_000)
        do {
            _ = try Learner(
                parameters: ActorCriticParameters(shape: .pong()), constraints: .continuous, configuration: huge)
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("rolloutLength x environments = 10000 x 1024: needs"))
        }
        // 16 environments of 50 steps: the 544 MB of F, and little more.
        var usual = LearnerConfiguration.a2c
        usual.environments = 16
        #expect((544_000_000...720_000_000).contains(usual.memory(for: .pong())))
        #expect(throws: InputError.self) {
            try CellConstraints(lambdaRange: nil, deltaFStep: 0.5, deltaFMaximum: 0.1).validate()
        }
        #expect(throws: InputError.self) { try CellConstraints(lambdaRange: nil, deltaFStep: .nan).validate() }
    }

    /// A minibatch's advantages are normalised by `Advantages.normalised`: the same gradient, bit for bit, as without the setting
    /// and with those advantages given.
    @Test func advantagesAreNormalisedWithinAMinibatch() throws {
        func gradient(_ normalises: Bool, _ advantages: [Double]) throws -> (ActorCriticParameters, UpdateStatistics) {
            var settings = configuration(.ppo(epochs: 1, environmentsPerMinibatch: 2, clip: 0.1))
            (settings.environments, settings.rolloutLength, settings.normalisesAdvantages) = (2, 2, normalises)
            let small = SmallCase("mstpn", environments: 2)
            let learner = try Learner(parameters: small.parameters, constraints: small.constraints, configuration: settings)
            for t in 0..<2 {
                _ = learner.act(observations: Array(small.pixels[t * 200..<(t + 1) * 200]))
                learner.record(actions: [0, 1], rewards: [0, 0], ends: [false, false])
            }
            learner.rollout.set(advantages: advantages, targets: [0, 0, 0, 0])
            let statistics = try learner.learn(members: [0, 1], learningRate: 0)
            return (learner.network.layout.unpack(learner.backPropagation.total), statistics)
        }
        // Mean 3, sum of the squared deviations 10, over n - 1 = 3.
        let raw = [1.0, 2, 4, 5]
        let normal = raw.map { ($0 - 3) / ((10.0 / 3).squareRoot() + 1e-8) }
        let (a, b) = (try gradient(true, raw), try gradient(false, normal))
        #expect(a.0 == b.0 && a.1 == b.1)
        #expect(try gradient(false, raw).0 != a.0)
    }

    /// 1 - variance(target - value) / variance(target), by hand: targets 1, 2, 3, 6 (mean 3, variance 3.5) and errors -1, 0, 0, 1
    /// (variance 0.5).
    @Test func explainedVarianceIsAShare() throws {
        let learner = try fresh(.a2c)
        learner.rollout.set(advantages: [-1, 0, 0, 1], targets: [1, 2, 3, 6])
        #expect(abs(learner.rollout.explainedVariance! - (1 - 0.5 / 3.5)) < 1e-12)
        learner.rollout.set(advantages: [-1, 0, 0, 1], targets: [2, 2, 2, 2])
        #expect(learner.rollout.explainedVariance == nil)
    }
}
