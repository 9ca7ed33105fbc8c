import Essentials
import Foundation
import Testing

@testable import NeuralNetwork

/// The price of rounded updates in the loss, held to the double-precision twin.
@Suite struct UpdatePriceTests {
    private let price = UpdatePrice(weight: 0.02, exponent: 1.4)

    /// sum over samples and synapses of k^exponent, k = |rounded dF| / step.
    private func cost(_ records: [ReferenceNetwork.Record], _ network: ReferenceNetwork, step: Double) -> Double {
        let (width, gamma) = (network.shape.inputs, network.parameters[.gamma]!)
        return records.reduce(0) { sum, record in
            sum
                + record.offset.indices.reduce(0) { part, at in
                    let dF = gamma[at] * record.hidden[at / width] * record.u[at % width] + record.offset[at]
                    return part + pow(abs(dF) / step, price.exponent)
                }
        }
    }

    /// What the price adds to the gradient of every group, against central differences of weight * cost with the rounding offsets
    /// frozen, which is what straight through means: 2e-3 of the group's largest, for float32 and differences of 1e-6.
    @Test(arguments: [false, true]) func gradientIsThatOfThePulseEnergy(ppo: Bool) throws {
        let small = SmallCase("rounded", environments: 3)
        let step = Double(small.constraints.deltaFStep)
        var network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        let records = network.forward(small.samples)
        let frozen = records.map(\.offset)
        func learn(_ price: UpdatePrice?) throws -> (ActorCriticParameters, UpdateStatistics) {
            let learner = try small.learner(
                ppo ? .ppo(epochs: 1, environmentsPerMinibatch: 3, clip: 0.1) : .a2c, groupSize: 2, price: price)
            learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
            learner.rollout.logProbabilities.write(small.samples.oldLogProbabilities, at: 0)
            let statistics = try learner.learn(members: [0, 1, 2], learningRate: 0)
            return (learner.network.layout.unpack(learner.backPropagation.total), statistics)
        }
        let (free, priced) = (try learn(nil), try learn(price))
        let samples = Double(records.count)
        let total = cost(records, network, step: step)
        #expect(total > 100 && abs(priced.1.updateCost - total / samples) < 1e-4 * total / samples && free.1.updateCost == 0)
        let scale = ppo ? price.weight / samples : price.weight
        #expect(abs(priced.1.loss - free.1.loss - scale * total) < 1e-4 * scale * total)
        for name in ParameterName.allCases {
            let found = zip(priced.0[name], free.0[name]).map { Double($0) - Double($1) }
            let every = max(1, found.count / 16)
            var golden: [Int: Double] = [:]
            for i in stride(from: 0, to: found.count, by: every) {
                let (value, d) = (network.parameters[name]![i], 1e-6)
                network.parameters[name]![i] = value + d
                let up = cost(network.forward(small.samples, frozen: frozen), network, step: step)
                network.parameters[name]![i] = value - d
                let down = cost(network.forward(small.samples, frozen: frozen), network, step: step)
                network.parameters[name]![i] = value
                golden[i] = scale * (up - down) / (2 * d)
            }
            let largest = max(found.map(abs).max()!, golden.values.map(abs).max()!)
            // The heads see no price.
            if [.actorWeight, .actorBias, .criticWeight, .criticBias].contains(name) {
                #expect(largest == 0, "\(name)")
                continue
            }
            #expect(largest > 0)
            for (i, value) in golden { #expect(abs(found[i] - value) < 2e-3 * largest, "\(name)[\(i)]: \(found[i]), \(value)") }
        }
    }

    @Test func impossiblePricesAreNamed() throws {
        func message(_ price: UpdatePrice, _ kind: String = "rounded") -> String {
            do {
                _ = try SmallCase(kind, environments: 1).learner(.a2c, groupSize: 1, price: price)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(message(price) == "")
        #expect(message(UpdatePrice(weight: -1, exponent: 1.4)).contains("energy weight = -1.0"))
        #expect(message(UpdatePrice(weight: 1, exponent: 0.5)).contains("energy exponent = 0.5"))
        #expect(message(price, "mstpn").contains("deltaFStep"))
    }
}
