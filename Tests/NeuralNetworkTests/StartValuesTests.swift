import NeuralNetwork
import Testing

@Suite struct StartValuesTests {
    /// The public code's ranges: W and bias +-1/8, Gamma +-1.25e-4, Lambda in its range, the rest +-1/sqrt(fan in).
    @Test func agentsStartInTheirRanges() {
        let agent = ActorCriticParameters(shape: .pong(), seed: 5)
        #expect(agent.shape.parameters == 519_735)
        func span(_ name: ParameterName) -> (Float, Float) { (agent[name].min()!, agent[name].max()!) }
        for (name, bound) in [
            (ParameterName.weight, 0.125), (.bias, 0.125), (.gamma, 1.25e-4), (.conv1Weight, 0.125),
            (.conv2Weight, 0.0625), (.actorWeight, 0.125), (.criticWeight, 0.125),
        ] as [(ParameterName, Float)] {
            let (low, high) = span(name)
            #expect(low >= -bound && high <= bound && high - low > 1.7 * bound, "\(name)")
        }
        let (low, high) = span(.lambda)
        #expect(low >= 0.08 && high <= 0.92 && high - low > 0.83)
        #expect(agent == ActorCriticParameters(shape: .pong(), seed: 5))
        #expect(agent != ActorCriticParameters(shape: .pong(), seed: 6))
    }
}
