import Dispatch
import Essentials
import NeuralNetwork
import Synchronization

extension Trainer {
    /// One rollout and the update from it.
    func update() throws -> UpdateStatistics {
        try play()
        learner.adviceCoefficient = configuration.teacherCoefficient(at: counters.agentSteps)
        let statistics = try learner.update(
            nextObservations: lanes.flatMap(\.games.observations),
            learningRate: configuration.learningRate(at: counters.agentSteps), generator: &orderGenerator)
        counters.updates += 1
        return statistics
    }

    /// One rollout, every lane on a thread of its own. Lanes wait for one another at its end only: the draws that choose the
    /// actions are made beforehand, in the order of steps and environments, and the games that end are counted in it.
    private func play() throws {
        let count = configuration.environments
        let draws = (0..<configuration.rollout * count).map { _ in actionGenerator.uniform() }
        let played = Mutex([Result<[GameLane.Ending], any Error>?](repeating: nil, count: lanes.count))
        let before = counters.agentSteps
        DispatchQueue.concurrentPerform(iterations: lanes.count) { [lanes] index in
            let result = Result { try lanes[index].play(draws: draws, environments: count, agentSteps: before) }
            played.withLock { $0[index] = result }
        }
        let endings = try played.withLock { try $0.flatMap { try $0!.get() } }
        counters.agentSteps += draws.count
        for game in endings.sorted(by: { ($0.step, $0.game.environment) < ($1.step, $1.game.environment) }).map(\.game) {
            counters.games += 1
            counters.scores.append(game.score)
            counters.lengths.append(game.steps)
        }
        counters.scores.removeFirst(max(0, counters.scores.count - 100))
        counters.lengths.removeFirst(max(0, counters.lengths.count - 100))
    }
}
