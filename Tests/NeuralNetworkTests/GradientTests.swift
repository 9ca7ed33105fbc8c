import Foundation
import Testing

@testable import NeuralNetwork

/// Back-propagation held to its definition: finite differences of the double-precision twin, and the twin against the
/// product's float32 kernels for every size of group.
@Suite struct GradientTests {
    /// (L(p + d) - L(p - d)) / 2 d with d = 1e-5: error of order d^2 = 1e-10 and of rounding 1e-16 L / d = 1e-10;
    /// required: 1e-6 of the largest entry of the group. Where dF is rounded, the rounding offsets are frozen, which is
    /// what the straight-through gradient means.
    @Test(arguments: SmallCase.kinds, ParameterName.allCases)
    func everyGroupMatchesFiniteDifferences(kind: String, group: ParameterName) {
        let small = SmallCase(kind, environments: 2)
        var network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        for loss in [ReferenceNetwork.Loss.a2c, .ppo(clip: 0.1)] {
            let frozen = small.constraints.isRounded ? network.forward(small.samples).map(\.offset) : nil
            let gradient = network.gradient(small.samples, loss)[group]!
            let largest = gradient.map(abs).max()!
            #expect(largest > 0)
            let every = max(1, gradient.count / 24)
            for i in stride(from: 0, to: gradient.count, by: every) {
                let value = network.parameters[group]![i]
                let d = 1e-5
                network.parameters[group]![i] = value + d
                let up = network.loss(small.samples, loss, frozen: frozen)
                network.parameters[group]![i] = value - d
                let down = network.loss(small.samples, loss, frozen: frozen)
                network.parameters[group]![i] = value
                let error = abs((up - down) / (2 * d) - gradient[i])
                #expect(error < 1e-6 * largest + 1e-9, "\(group)[\(i)]: \(error) of \(largest)")
            }
        }
    }

    /// The kernels' sums of 32 inputs in float32: 1e-4 of the largest entry, as for the golden fixtures, for groups that
    /// use the kernels' blocks of 4, 2 and 1 environments.
    @Test(arguments: SmallCase.kinds, [(1, 1), (2, 4), (3, 2), (7, 7), (9, 4)])
    func kernelsMatchTheirTwin(kind: String, sizes: (environments: Int, groupSize: Int)) throws {
        let small = SmallCase(kind, environments: sizes.environments, seed: 3)
        let network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        for ppo in [false, true] {
            let learner = try small.learner(
                ppo ? .ppo(epochs: 1, environmentsPerMinibatch: sizes.environments, clip: 0.1) : .a2c,
                groupSize: sizes.groupSize)
            learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
            learner.rollout.logProbabilities.write(small.samples.oldLogProbabilities, at: 0)
            let statistics = try learner.learn(members: Array(0..<sizes.environments), learningRate: 0)
            let loss: ReferenceNetwork.Loss = ppo ? .ppo(clip: 0.1) : .a2c
            #expect(abs(statistics.loss - network.loss(small.samples, loss)) < 1e-4)
            let golden = network.gradient(small.samples, loss)
            let found = learner.network.layout.unpack(learner.backPropagation.total)
            for name in ParameterName.allCases {
                let largest = golden[name]!.map(abs).max()!
                let error = distance(found[name], golden[name]!)
                #expect(error < 1e-4 * largest, "\(name): \(error) of \(largest)")
            }
        }
    }

    /// Keeping every n-th F and computing the others anew gives the same bits, also across resets inside a segment.
    @Test(arguments: SmallCase.kinds, [2, 3, 4, 6, 50]) func segmentsDoNotChangeAnyBit(kind: String, length: Int) throws {
        let small = SmallCase(kind, environments: 3)
        func gradient(_ segmentLength: Int) throws -> ActorCriticParameters {
            let learner = try small.learner(.a2c, groupSize: 4, segmentLength: segmentLength)
            learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
            _ = try learner.learn(members: [0, 1, 2], learningRate: 0)
            return learner.network.layout.unpack(learner.backPropagation.total)
        }
        #expect(try gradient(length) == gradient(1))
    }

    /// A minibatch that leaves environments out has the gradient of a rollout that never had them.
    @Test func minibatchesAreWholeEnvironments() throws {
        let small = SmallCase("mstpn", environments: 5)
        let network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        let learner = try small.learner(.ppo(epochs: 1, environmentsPerMinibatch: 2, clip: 0.1), groupSize: 2)
        learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
        learner.rollout.logProbabilities.write(small.samples.oldLogProbabilities, at: 0)
        _ = try learner.learn(members: [1, 4], learningRate: 0)
        var part = small.samples
        part.environments = 2
        func pick<T>(_ all: [T], _ each: Int = 1) -> [T] {
            var picked: [T] = []
            for t in 0..<part.steps {
                for e in [1, 4] {
                    let at = t * 5 + e
                    picked += all[at * each..<(at + 1) * each]
                }
            }
            return picked
        }
        part.observations = pick(small.samples.observations, network.shape.observations)
        part.resets = pick(small.samples.resets)
        part.actions = pick(small.samples.actions)
        part.advantages = pick(small.samples.advantages)
        part.targets = pick(small.samples.targets)
        part.oldLogProbabilities = pick(small.samples.oldLogProbabilities)
        part.hidden = [1, 4].map { small.samples.hidden[$0] }
        part.plastic = [1, 4].map { small.samples.plastic[$0] }
        let golden = network.gradient(part, .ppo(clip: 0.1))
        let found = learner.network.layout.unpack(learner.backPropagation.total)
        for name in ParameterName.allCases {
            #expect(distance(found[name], golden[name]!) < 1e-4 * golden[name]!.map(abs).max()!)
        }
    }

    /// Truncation after k steps cuts the gradient exactly as independent rollouts of k steps do, each started from the
    /// state that the whole rollout had reached.
    @Test(arguments: [false, true]) func truncationCutsTheRollout(ppo: Bool) throws {
        let small = SmallCase("mstpn", environments: 2)
        let network = ReferenceNetwork(small.parameters, constraints: small.constraints)
        let whole = network.forward(small.samples)
        let loss: ReferenceNetwork.Loss = ppo ? .ppo(clip: 0.1) : .a2c
        var golden = network.gradient(small.samples.steps(0..<3, of: network, after: whole), loss)
        let second = network.gradient(small.samples.steps(3..<6, of: network, after: whole), loss)
        // A2C sums over the samples; PPO takes the mean, here of two halves.
        for name in ParameterName.allCases {
            golden[name] = zip(golden[name]!, second[name]!).map { ($0 + $1) / (ppo ? 2 : 1) }
        }
        let learner = try small.learner(
            ppo ? .ppo(epochs: 1, environmentsPerMinibatch: 2, clip: 0.1) : .a2c, groupSize: 2, truncation: 3)
        learner.rollout.set(advantages: small.samples.advantages, targets: small.samples.targets)
        learner.rollout.logProbabilities.write(small.samples.oldLogProbabilities, at: 0)
        _ = try learner.learn(members: [0, 1], learningRate: 0)
        let found = learner.network.layout.unpack(learner.backPropagation.total)
        for name in ParameterName.allCases {
            #expect(distance(found[name], golden[name]!) < 1e-4 * golden[name]!.map(abs).max()!, "\(name)")
        }
    }
}
