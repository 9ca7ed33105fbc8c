import Essentials
import Foundation
import Testing

@testable import NeuralNetwork

/// A network on devices that differ, against what each synapse is asked for.
@Suite struct CrossbarTests {
    private let parameters = ActorCriticParameters(
        shape: NetworkShape(), seed: 4, initialisation: .init(weight: 0.5, gamma: 60, lambda: 0.3...0.9))

    private func agent(_ change: (inout CellVariability) -> Void, seed: UInt64 = 1) throws -> ActorCritic {
        var variability = CellVariability.none
        change(&variability)
        return try ActorCritic(
            parameters: parameters, constraints: .device, variability: variability, seed: seed, stream: 10)
    }

    private func pixels(_ seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<84 * 84).map { _ in Float(generator.uniform(-1, 1)) }
    }

    /// F after one step from nothing: what the devices made of the first dF.
    private func first(_ agent: ActorCritic) -> [Double] {
        let state = agent.makeState(environments: 1)
        _ = agent.step(observations: pixels(1), state: state)
        return state.plastic(environment: 0).map(Double.init)
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot())
    }

    @Test func withoutVariabilityEveryBitStays() throws {
        let (plain, crossbar) = (try ActorCritic(parameters: parameters, constraints: .device), try agent { _ in })
        let (a, b) = (plain.makeState(environments: 1), crossbar.makeState(environments: 1))
        for step in 0..<30 {
            let observations = pixels(UInt64(step))
            #expect(plain.step(observations: observations, state: a) == crossbar.step(observations: observations, state: b))
        }
        #expect(a.plastic(environment: 0) == b.plastic(environment: 0) && a.hidden(environment: 0) == b.hidden(environment: 0))
        #expect(a.largestPlastic > 1)
    }

    /// From F = 0 the first dF is that of the plain agent, so F/dF is each synapse's factor: lognormal, mean 1, standard deviation 0.3, to
    /// five standard errors (of the deviation of a lognormal that wide: below 1.2 times that of a normal), the same at every step and with any
    /// other option.
    @Test func stepsHaveFactorsOfTheirOwn() throws {
        let asked = first(try ActorCritic(parameters: parameters, constraints: .device))
        let made = first(try agent { $0.stepSpread = 0.3 })
        let factors = zip(made, asked).filter { $0.1 != 0 }.map { $0 / $1 }
        let (mean, deviation) = moments(factors)
        let error = 0.3 / Double(factors.count).squareRoot()
        #expect(factors.count > 5000 && factors.allSatisfy { $0 > 0 })
        #expect(abs(mean - 1) < 5 * error && abs(deviation - 0.3) < 6 * error, "\(mean) \(deviation)")
        #expect(zip(made, asked).allSatisfy { ($0 == 0) == ($1 == 0) })
        let again = first(
            try agent {
                ($0.stepSpread, $0.decaySpread, $0.readNoise) = (0.3, 0.2, 0)
            })
        #expect(again == made)
        #expect(first(try agent({ $0.stepSpread = 0.3 }, seed: 2)) != made)
    }

    /// Without updates F' = Lambda^(1/b) F: b = ln Lambda / ln(F'/F) is lognormal with mean 1 and standard deviation 0.2.
    @Test func decayTimesHaveFactorsOfTheirOwn() throws {
        var still = parameters
        still[.gamma] = still[.gamma].map { _ in 0 }
        var variability = CellVariability.none
        variability.decaySpread = 0.2
        let agent = try ActorCritic(
            parameters: still, constraints: .device, variability: variability, seed: 1, stream: 10)
        let state = agent.makeState(environments: 1)
        let ones = [Float](repeating: 1, count: agent.shape.synapses)
        state.set(environment: 0, hidden: [Float](repeating: 0, count: agent.shape.units), plastic: ones)
        _ = agent.step(observations: pixels(1), state: state)
        let factors = zip(still[.lambda], state.plastic(environment: 0)).map {
            log(Double(min(max($0, 0.08), 0.92))) / log(Double($1))
        }
        let (mean, deviation) = moments(factors)
        let error = 0.2 / Double(factors.count).squareRoot()
        #expect(abs(mean - 1) < 5 * error && abs(deviation - 0.2) < 6 * error, "\(mean) \(deviation)")
    }

    @Test func stuckSynapsesKeepTheirF() throws {
        let agent = try agent { ($0.stuckFraction, $0.stuckValue) = (0.1, 0.75) }
        let state = agent.makeState(environments: 1)
        var places: Set<Int>?
        for step in 0..<4 {
            _ = agent.step(observations: pixels(UInt64(step)), state: state)
            let now = Set(state.plastic(environment: 0).enumerated().filter { $0.element == 0.75 }.map(\.offset))
            places = places.map { $0.intersection(now) } ?? now
        }
        let (count, all) = (Double(places?.count ?? 0), Double(agent.shape.synapses))
        #expect(abs(count / all - 0.1) < 5 * (0.1 * 0.9 / all).squareRoot())
        // With F = 0 throughout, the agent does what one without those updates does: its F is 0 there and as asked elsewhere.
        let asked = first(try ActorCritic(parameters: parameters, constraints: .device))
        let stuck = first(try self.agent { $0.stuckFraction = 0.1 })
        #expect(zip(stuck, asked).allSatisfy { $0 == $1 || $0 == 0 })
        #expect(zip(stuck, asked).contains { $0 != $1 })
    }

    /// F - dF after one step is the pulses' noise: normal with 0.25 where dF is not 0, nothing elsewhere; anew at every step.
    @Test func pulsesAreNoisy() throws {
        let asked = first(try ActorCritic(parameters: parameters, constraints: .device))
        let made = first(try agent { $0.stepNoise = 0.25 })
        let noise = zip(made, asked).filter { $0.1 != 0 }.map { $0 - $1 }
        let (mean, deviation) = moments(noise)
        let error = 0.25 / Double(noise.count).squareRoot()
        #expect(abs(mean) < 5 * error && abs(deviation - 0.25) < 5 * error, "\(mean) \(deviation)")
        #expect(zip(made, asked).allSatisfy { $1 != 0 || $0 == 0 })
        #expect(first(try agent { $0.stepNoise = 0.25 }) == made)
    }

    /// atanh(h) - b = (G . u) / |G| with noise on every read of G: mean and standard deviation over 3,000 reads against noise that is drawn
    /// synapse by synapse, to five standard errors of the difference.
    @Test func readsAreAsNoisyAsSynapseBySynapse() throws {
        let small = SmallCase("rounded", environments: 1)
        let sigma = 0.4
        var variability = CellVariability.none
        variability.readNoise = sigma
        let agent = try ActorCritic(
            parameters: small.parameters, constraints: small.constraints, variability: variability, seed: 3, stream: 0)
        let plain = try ActorCritic(parameters: small.parameters, constraints: small.constraints)
        let shape = agent.shape
        let observations = Array(small.pixels.prefix(shape.observations))
        let state = agent.makeState(environments: 1)
        let bias = Double(small.parameters[.bias][0])
        let reads = (0..<3000).map { _ -> Double in
            state.reset(environment: 0)
            _ = agent.step(observations: observations, state: state)
            return atanh(Double(state.hidden(environment: 0)[0])) - bias
        }
        let quiet = plain.makeState(environments: 1)
        _ = plain.step(observations: observations, state: quiet)
        let u = plain.u.read(0..<shape.inputs).map(Double.init)
        let weights = small.parameters[.weight].prefix(shape.inputs).map(Double.init)
        var generator = SeededGenerator(seed: 8)
        let drawn = (0..<3000).map { _ -> Double in
            let g = weights.map { $0 + sigma * generator.normal() }
            return zip(g, u).reduce(0) { $0 + $1.0 * $1.1 } / g.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        let ((a, da), (b, db)) = (moments(reads), moments(drawn))
        let error = db * (2.0 / 3000).squareRoot()
        #expect(abs(a - b) < 5 * error && abs(da - db) < 5 * error, "\(a) +- \(da), synapse by synapse \(b) +- \(db)")
        #expect(abs(a - (zip(weights, u).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0) { $0 + $1 * $1 }.squareRoot())) > 0)
    }

    @Test func whatCannotBeIsNamed() {
        for (change, name) in [
            ({ $0.stepSpread = -0.1 }, "stepSpread"), ({ $0.decaySpread = .nan }, "decaySpread"),
            ({ $0.stuckFraction = 1.5 }, "stuckFraction"), ({ $0.stepNoise = -1 }, "stepNoise"),
        ] as [((inout CellVariability) -> Void, String)] {
            let error = #expect(throws: InputError.self) { try agent(change) }
            #expect(error?.key == name)
        }
        var variability = CellVariability.none
        variability.stepSpread = 0.1
        let error = #expect(throws: InputError.self) {
            try ActorCritic(
                parameters: parameters, constraints: .continuous, variability: variability, seed: 1, stream: 0)
        }
        #expect(error?.key == "deltaFStep")
    }
}
