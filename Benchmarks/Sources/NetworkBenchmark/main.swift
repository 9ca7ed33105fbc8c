import Foundation
import NeuralNetwork

// Agent steps per core-second of the network on synthetic observations: inference, A2C and PPO training.
// Usage: network-benchmark [infer|a2c|ppo|all] [--envs N] [--seconds S] [--threads T] [--json]

struct Options {
    var mode = "all"
    var environments: Int?
    var seconds = 5.0
    var threads = 1
    var groupSize = 4
    var rounded = false

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--envs": environments = rest.popFirst().flatMap { Int($0) }
            case "--seconds": seconds = rest.popFirst().flatMap { Double($0) } ?? seconds
            case "--threads": threads = rest.popFirst().flatMap { Int($0) } ?? threads
            case "--group": groupSize = rest.popFirst().flatMap { Int($0) } ?? groupSize
            case "--rounded": rounded = true
            case "infer", "a2c", "ppo", "all": mode = word
            default:
                FileHandle.standardError.write(Data("unknown argument \(word)\n".utf8))
                exit(2)
            }
        }
    }
}

func processorSeconds() -> Double {
    var usage = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &usage)
    return Double(usage.tv_sec) + Double(usage.tv_nsec) * 1e-9
}

/// Runs `work` (which returns the agent steps it did) for a while; steps per wall second and per core-second.
func measure(_ name: String, seconds: Double, _ work: () throws -> Int) rethrows {
    for _ in 0..<2 { _ = try work() }
    let wall = Date()
    let cpu = processorSeconds()
    var steps = 0
    repeat { steps += try work() } while Date().timeIntervalSince(wall) < seconds
    let (w, c) = (Date().timeIntervalSince(wall), processorSeconds() - cpu)
    print("\(name): \(Int(Double(steps) / w)) agent steps/s, \(Int(Double(steps) / c)) per core-second")
}

let options = Options(Array(CommandLine.arguments.dropFirst()))
let parameters = ActorCriticParameters(shape: .pong(), seed: 1)
let constraints: CellConstraints = options.rounded ? .device : .continuous

func frames(_ environments: Int) -> [[Float]] {
    var pixelSource = SeededGenerator(seed: 2)
    return (0..<8).map { _ in
        (0..<environments * parameters.shape.observations).map { _ in
            Float(Int(pixelSource.next() >> 56) - 128) / 128
        }
    }
}

func infer(_ environments: Int) {
    let agent = ActorCritic(parameters: parameters, constraints: constraints)
    let state = agent.makeState(environments: environments)
    let shown = frames(environments)
    var at = 0
    measure("inference, \(environments) environments", seconds: options.seconds) {
        for _ in 0..<50 {
            _ = agent.step(observations: shown[at % 8], state: state)
            at += 1
        }
        return 50 * environments
    }
}

func train(_ name: String, _ environments: Int, _ base: LearnerConfiguration) throws {
    var configuration = base
    configuration.environments = environments
    configuration.threads = options.threads
    configuration.groupSize = options.groupSize
    let learner = try Learner(parameters: parameters, constraints: constraints, configuration: configuration)
    let shown = frames(environments)
    var generator = SeededGenerator(seed: 3)
    var at = 0
    var (acting, learning) = (0.0, 0.0)
    try measure("\(name), \(environments) environments, \(options.threads) threads", seconds: options.seconds) {
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
    print("  of the time acting \(Int(100 * acting / (acting + learning))) %, learning the rest")
}

if ["infer", "all"].contains(options.mode) {
    for n in options.environments.map({ [$0] }) ?? [1, 4, 16] { infer(n) }
}
if ["a2c", "all"].contains(options.mode) {
    for n in options.environments.map({ [$0] }) ?? [4, 16] { try train("A2C", n, .a2c) }
}
if ["ppo", "all"].contains(options.mode) { try train("PPO", options.environments ?? 16, .ppo) }
