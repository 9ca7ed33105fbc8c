import Essentials
import NeuralNetwork

extension Trainer {
    static let evaluationColumns = [
        "agent_steps", "games", "mean_score", "sd_score", "least_score", "greatest_score", "mean_frames", "core_s",
    ]

    /// True when the run has passed a multiple of `evaluationSteps` since its last evaluation.
    var isEvaluationDue: Bool {
        configuration.evaluationSteps.map { counters.agentSteps / $0 > counters.evaluations } ?? false
    }

    /// Plays greedy games with the present agent, adds a row to `evaluations.csv`, and keeps the agent as `agent-best.safetensors`
    /// when its mean score is above all before. The starts and sticky draws have a seed that training does not use, and are the
    /// same at every evaluation, so that agents are compared on the same games. A checkpoint must follow.
    func evaluate() throws {
        guard let steps = configuration.evaluationSteps else { return }
        let agent = agent
        let result = try Evaluation(
            games: configuration.evaluationGames, starts: .upTo(configuration.noopMaximum), sticky: configuration.sticky,
            policy: .greedy, seed: configuration.seed ^ 0x5EED_0FE7_A1A7_E000, frameLimit: configuration.frameLimit
        ).run(agent: agent, constraints: configuration.constraints)
        counters.evaluations = counters.agentSteps / steps
        counters.coreSeconds += result.helperSeconds
        let (scores, frames) = (result.scores, Evaluation.Summary(result.games.map { Double($0.frames) }))
        try evaluationLog.append(
            [
                Double(counters.agentSteps), Double(result.games.count), scores.mean, scores.deviation, scores.minimum,
                scores.maximum, frames.mean, counters.coreSeconds,
            ].map { $0.rounded() == $0 ? "\(Int(clamped: $0))" : "\($0)" })
        counters.evaluationBytes = evaluationLog.bytes
        if scores.mean > counters.bestMean {
            counters.bestMean = scores.mean
            try agent.save(path: folder + "/agent-best.safetensors")
        }
    }
}
