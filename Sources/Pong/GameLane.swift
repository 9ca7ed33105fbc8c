import Essentials
import NeuralNetwork

/// One helper process with its games and the learner's lane for them: plays rollouts on any thread while others do.
final class GameLane: @unchecked Sendable {
    let games: PongEnvironments
    let teacher: Teacher?
    private let lane: RolloutLane
    private let clipsRewards: Bool
    private let discount: Float

    /// A game that ended, and after which step of the rollout.
    struct Ending: Sendable {
        var step: Int
        var game: PongEnvironments.FinishedGame
    }

    /// Starts the helper process. Throws `InputError` as `PongEnvironments` and `Teacher` do.
    init(_ lane: RolloutLane, _ configuration: TrainingConfiguration) throws {
        self.lane = lane
        clipsRewards = configuration.clipRewards
        discount = Float(configuration.discount)
        let own = lane.environments
        teacher = try configuration.teacher.map { try Teacher($0, for: configuration, environments: own.count) }
        games = try PongEnvironments(
            .init(
                count: own.count, frameSkip: configuration.frameSkip, actions: configuration.actions,
                noopMaximum: configuration.noopMaximum, seed: configuration.seed, first: own.lowerBound,
                frameLimit: configuration.frameLimit, sticky: configuration.sticky))
    }

    var environments: Range<Int> { lane.environments }

    /// Plays the lane's share of a rollout.
    ///
    /// - draws: numbers 0 ..< 1 that choose the actions, [steps][all environments of the learner].
    /// - agentSteps: of the training before this rollout, for messages.
    /// - Throws: `InputError` when the network's answer is not finite or the helper dies.
    func play(draws: [Double], environments count: Int, agentSteps: Int) throws -> [Ending] {
        var endings: [Ending] = []
        for step in 0..<draws.count / count {
            let output = lane.act(observations: games.observations)
            if let teacher {
                teacher.watch(games.observations)
                lane.advise(teacher.advice)
            }
            guard output.logits.allSatisfy(\.isFinite), output.values.allSatisfy(\.isFinite) else {
                throw InputError(
                    "logits and values", value: "NaN or infinity",
                    problem: "are not finite at agent step \(agentSteps + step * count); training stopped",
                    expected: "a smaller learning_rate, from the last checkpoint")
            }
            let actions = environments.enumerated().map { own, environment in
                Policy.choose(output.logits(environment: own), at: draws[step * count + environment]).action
            }
            try games.step(actions)
            var rewards = games.rewards.map { Float(clipsRewards ? $0.signum() : $0) }
            if !games.truncated.isEmpty { addFuture(to: &rewards) }
            lane.record(actions: actions, rewards: rewards, ends: games.ends)
            teacher?.forget(games.ends)
            endings += games.finished.map { Ending(step: step, game: $0) }
        }
        return endings
    }

    /// Games that the frame limit ended would have gone on: the value of their last screens, which the network's state still
    /// belongs to, stands for the rewards to come (Pardo et al. 2018, arXiv:1712.00378).
    private func addFuture(to rewards: inout [Float]) {
        var pixels = games.observations
        let size = PongEnvironments.observationSize
        for (environment, last) in games.truncated {
            pixels.replaceSubrange(environment * size..<(environment + 1) * size, with: last)
        }
        let values = lane.values(of: pixels[...])
        for environment in games.truncated.keys { rewards[environment] += discount * values[environment] }
    }
}
