import Essentials
import Testing

@testable import NeuralNetwork

/// The account of a game: how updates are rounded.
@Suite struct RecorderTests {
    /// Halves of a step go to the even level, in the cell and in the recorder's own history of a synapse.
    ///
    /// All features are exactly 1 (no weights, bias 1) and every h too (bias 20), so dF = Gamma before rounding: 0.25, 0.75 and
    /// 1.25 are half a step of 0.5 above 0, 1 and 2 steps. To even: 0, 2 and 2 steps; away from zero it would be 1, 2 and 3.
    @Test func halvesGoToTheEvenLevel() throws {
        var shape = NetworkShape()
        (shape.observationSide, shape.filters1, shape.kernel1, shape.stride1) = (6, 1, 2, 2)
        (shape.filters2, shape.kernel2, shape.stride2, shape.units, shape.actions) = (2, 2, 1, 2, 2)
        var parameters = ActorCriticParameters(shape: shape)
        parameters[.conv1Bias] = [1]
        parameters[.conv2Bias] = [1, 1]
        parameters[.bias] = [20, 20]
        parameters[.weight] = parameters[.weight].map { _ in 0.5 }
        var gamma = parameters[.gamma].map { _ in Float(0.25) }
        (gamma[1], gamma[2], gamma[3]) = (1.25, -1.25, 0.75)
        parameters[.gamma] = gamma
        let constraints = CellConstraints(lambdaRange: 0...1, deltaFStep: 0.5, deltaFMaximum: 20)
        let agent = try ActorCritic(parameters: parameters, constraints: constraints)
        let state = agent.makeState(environments: 1)
        let recorder = try SynapseRecorder(agent)
        for _ in 0..<3 {
            _ = agent.step(observations: [Float](repeating: 0.5, count: shape.observations), state: state, recorder: recorder)
        }
        #expect(state.hidden(environment: 0) == [1, 1])
        #expect(Array(state.plastic(environment: 0)[0..<4]) == [0, 1, -1, 1])
        let summary = recorder.summary()
        #expect(summary.updateSynapse == [1, 2, 3] && summary.updateLevel == [2, 2, 2] && summary.updateCount == [3, 3, 3])
        #expect(summary.largestSynapse == 1 && summary.largestDeltaF == [1, 1, 1])
    }

    /// A synapse from the network's own last output: what the recorder says of it afterwards is what the cell did at every step.
    ///
    /// Lambda is 0, so that F after a step is the step's dF; only that synapse learns.
    @Test func theHistoryOfARecurrentSynapseIsWhatTheCellDid() throws {
        var shape = NetworkShape()
        (shape.observationSide, shape.filters1, shape.kernel1, shape.stride1) = (6, 1, 2, 2)
        (shape.filters2, shape.kernel2, shape.stride2, shape.units, shape.actions) = (2, 2, 1, 2, 2)
        var parameters = ActorCriticParameters(shape: shape)
        parameters[.conv1Bias] = [0.2]
        parameters[.conv1Weight] = parameters[.conv1Weight].indices.map { Float($0 % 3) - 0.6 }
        parameters[.conv2Weight] = parameters[.conv2Weight].indices.map { Float($0 % 2) - 0.4 }
        parameters[.weight] = parameters[.weight].indices.map { $0 % 2 == 0 ? 0.7 : -0.4 }
        var gamma = parameters[.gamma].map { _ in Float(0) }
        // Unit 0 from the last h of unit 1.
        let synapse = shape.features + 1
        gamma[synapse] = 15
        parameters[.gamma] = gamma
        parameters[.lambda] = parameters[.lambda].map { _ in 0 }
        let agent = try ActorCritic(
            parameters: parameters, constraints: CellConstraints(lambdaRange: 0...0, deltaFStep: 0.5, deltaFMaximum: 20))
        let state = agent.makeState(environments: 1)
        let recorder = try SynapseRecorder(agent)
        var (done, weights) = ([Float](), [Float]())
        for step in 0..<12 {
            weights.append(parameters[.weight][synapse] + state.plastic(environment: 0)[synapse])
            let pixels = (0..<shape.observations).map { Float(($0 * 7 + step * 5) % 11) / 5 - 1 }
            _ = agent.step(observations: pixels, state: state, recorder: recorder)
            done.append(state.plastic(environment: 0)[synapse])
        }
        let summary = recorder.summary()
        #expect(Set(done).count > 3, "the updates hardly differ: \(done)")
        #expect(summary.largestSynapse == synapse && summary.largestDeltaF == done && summary.largestWeight == weights)
    }
}
