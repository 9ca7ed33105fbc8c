import Essentials
import Foundation
import NeuralNetwork

// Agent steps per core-second of the network; see Options.help. Side by side with PyTorch: compare_with_torch.py.

let options = Options(Array(CommandLine.arguments.dropFirst()))
let parameters = ActorCriticParameters(shape: .pong(), seed: 1)
let constraints: CellConstraints = options.rounded ? .device : .continuous

/// Eight frames like the game's, for the recorder: a still picture with a small moving square.
func stillFrames() -> [[Float]] {
    let side = NetworkShape.pong().observationSide
    return (0..<8).map { t in
        (0..<side * side).map { i in abs(i % side - 10 - 3 * t) < 3 && abs(i / side - 20 - 4 * t) < 3 ? 0.8 : -0.3 }
    }
}

/// Eight frames of noise for each environment, shown in turn.
func frames(_ environments: Int) -> [[Float]] {
    var generator = SeededGenerator(seed: 2)
    return (0..<8).map { _ in
        (0..<environments * NetworkShape.pong().observations).map { _ in Float(Int(generator.next() >> 56) - 128) / 128 }
    }
}

func infer(_ name: String, _ environments: Int, _ constraints: CellConstraints, records: Bool) throws {
    let agent = try ActorCritic(parameters: parameters, constraints: constraints)
    let state = agent.makeState(environments: environments)
    let recorder = records ? try SynapseRecorder(agent) : nil
    let shown = records ? stillFrames() : frames(environments)
    var at = 0
    Measurement(seconds: options.seconds) {
        for _ in 0..<100 {
            _ = agent.step(observations: shown[at % 8], state: state, recorder: recorder)
            at += 1
        }
        return 100 * environments
    }.report(name, environments: environments, threads: 1)
}

func train(_ name: String, _ environments: Int, _ base: LearnerConfiguration) throws -> Measurement {
    var configuration = base
    configuration.environments = environments
    configuration.threads = options.threads
    configuration.groupSize = options.groupSize
    configuration.segmentLength = options.segment
    let learner = try Learner(parameters: parameters, constraints: constraints, configuration: configuration)
    let shown = frames(environments)
    var generator = SeededGenerator(seed: 3)
    var at = 0
    var (acting, learning) = (0.0, 0.0)
    let measurement = try Measurement(seconds: options.seconds) {
        let start = Date()
        while !learner.isRolloutFull {
            let output = learner.act(observations: shown[at % 8])
            let actions = (0..<environments).map {
                Policy.sample(output.logits(environment: $0), using: &generator).action
            }
            learner.record(
                actions: actions, rewards: (0..<environments).map { _ in Float(generator.uniform(-0.01, 0.01)) },
                ends: [Bool](repeating: false, count: environments))
            at += 1
        }
        let full = Date()
        _ = try learner.update(nextObservations: shown[at % 8], learningRate: 1e-4, generator: &generator)
        acting += full.timeIntervalSince(start)
        learning += Date().timeIntervalSince(full)
        return environments * configuration.rolloutLength
    }
    let share = String(format: ", \"acting_share\": %.2f", acting / (acting + learning))
    measurement.report(name, environments: environments, threads: options.threads, extra: share)
    return measurement
}

if options.runs("infer") {
    for n in options.environments.map({ [$0] }) ?? [1, 4, 16] {
        try infer("infer", n, constraints, records: false)
    }
}
if options.runs("game") { try infer("game", 1, .device, records: true) }
if options.runs("a2c") || options.mode == "limits" {
    for n in options.environments.map({ [$0] }) ?? [4, 16] {
        let measured = try train("a2c", n, .a2c)
        guard options.runs("limits") else { continue }
        let limits = Limits()
        let rate = measured.bestPerCoreSecond / Double(options.threads)
        let (operations, bytes) = (Limits.operationsPerStep(parameters.shape), Limits.bytesPerStep(parameters.shape))
        print(
            String(
                format: "{\"benchmark\": \"limits\", \"environments\": %d, \"mflop_per_step\": %.1f, \"mb_per_step\": %.2f, "
                    + "\"peak_gflop_per_s\": %.0f, \"copy_gb_per_s\": %.1f, \"read_gb_per_s\": %.1f, "
                    + "\"arithmetic_share\": %.2f, \"bandwidth_share\": %.2f}",
                n, operations * 1e-6, bytes * 1e-6, limits.operations * 1e-9, limits.copy * 1e-9, limits.read * 1e-9,
                rate * operations / limits.operations, rate * bytes / limits.copy))
    }
}
if options.runs("ppo") {
    var recipe = LearnerConfiguration.ppo
    recipe.rolloutLength = 64
    recipe.algorithm = .ppo(epochs: 3, environmentsPerMinibatch: 4, clip: 0.1)
    _ = try train("ppo", options.environments ?? 16, recipe)
}
