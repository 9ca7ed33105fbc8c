import Essentials
import NeuralNetwork

/// One helper process with its games and the learner's lane for them: plays rollouts on any thread while others do.
final class GameLane: @unchecked Sendable {
    let games: PongEnvironments
    let teacher: Teacher?
    private let lane: RolloutLane
    private let clipsRewards: Bool

    /// A game that ended, and after which step of the rollout.
    struct Ending: Sendable {
        var step: Int
        var game: PongEnvironments.FinishedGame
    }

    /// Starts the helper process. Throws `InputError` as `PongEnvironments` and `Teacher` do.
    init(_ lane: RolloutLane, _ configuration: TrainingConfiguration) throws {
        self.lane = lane
        clipsRewards = configuration.clipRewards
        let own = lane.environments
        teacher = configuration.teacher.isEmpty ? nil : try Teacher(configuration, environments: own.count)
        games = try PongEnvironments(
            .init(
                count: own.count, frameSkip: configuration.frameSkip, actions: configuration.actions,
                noopMaximum: configuration.noopMaximum, seed: configuration.seed, first: own.lowerBound))
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
            let rewards = games.rewards.map { Float(clipsRewards ? $0.signum() : $0) }
            lane.record(actions: actions, rewards: rewards, ends: games.ends)
            teacher?.forget(games.ends)
            endings += games.finished.map { Ending(step: step, game: $0) }
        }
        return endings
    }
}
