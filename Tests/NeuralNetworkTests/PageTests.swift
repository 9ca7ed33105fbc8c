import NeuralNetwork
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        let parameters = ActorCriticParameters(shape: .pong(), seed: 1)
        let agent = try ActorCritic(parameters: parameters, constraints: .device)
        let state = agent.makeState(environments: 1)
        let black = [Float](repeating: -1, count: agent.shape.observations)
        let output = agent.step(observations: black, state: state)
        let action = Policy.greedy(output.logits(environment: 0))
        #expect(output.values.count == 1 && (0..<6).contains(action))
    }
}
