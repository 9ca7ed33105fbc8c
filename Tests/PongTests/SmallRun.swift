import Testing

@testable import NeuralNetwork
@testable import Pong

/// A training run of some hundred steps through the real emulator, as several tests take it.
enum SmallRun {
    static var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.name = "test"
        configuration.environments = 2
        configuration.rollout = 8
        configuration.minibatches = 2
        configuration.epochs = 2
        configuration.totalSteps = 160
        configuration.checkpointSeconds = 0
        configuration.logUpdates = 1
        configuration.noopMaximum = 5
        configuration.learningRate = 1e-3
        return configuration
    }

    /// The tensors of a run's checkpoint: everything but the clock.
    static func tensors(_ folder: String) throws -> [Tensor] {
        try Safetensors.load(path: folder + "/checkpoint.safetensors").tensors.sorted { $0.name < $1.name }
    }

    /// Runs in `folder`/a without a break and in `folder`/b in three sittings, and expects the same checkpoint, bit for bit.
    ///
    /// Returns the trainer of the whole run and the names of the checkpoint's tensors.
    @discardableResult
    static func compareWithCutRun(
        _ configuration: TrainingConfiguration, folder: String
    ) throws -> (whole: Trainer, names: [String]) {
        let whole = try Trainer(configuration: configuration, folder: folder + "/a", resume: false)
        try whole.run()
        for sitting in 0..<3 {
            let part = try Trainer(
                configuration: sitting == 0 ? configuration : nil, folder: folder + "/b", resume: sitting > 0)
            var updates = 0
            try part.run(status: { _ in updates += 1 }, stop: { sitting < 2 && updates == 3 })
        }
        let (a, b) = (try tensors(folder + "/a"), try tensors(folder + "/b"))
        #expect(a.map(\.name) == b.map(\.name))
        for (x, y) in zip(a, b) { #expect(x == y, "\(x.name)") }
        return (whole, a.map(\.name))
    }
}

extension Learner {
    /// Reward and value of environment 0 at a step of the present rollout.
    func rolloutReward(step: Int) -> Float { rollout.rewards[rollout.sample(step: step, environment: 0)] }
    func rolloutValue(step: Int) -> Float { rollout.values[rollout.sample(step: step, environment: 0)] }
}
