import Essentials

/// Learns by A2C or PPO with exact back-propagation through the plastic layer.
///
///     let learner = try Learner(parameters: agent, constraints: .continuous, configuration: .ppo)
///     while training {
///         while !learner.isRolloutFull {
///             let output = learner.act(observations: pixels)
///             // choose actions from output.logits, step the environments
///             learner.record(actions: actions, rewards: rewards, ends: ends)
///         }
///         let statistics = try learner.update(nextObservations: pixels, learningRate: rate, generator: &generator)
///     }
///
/// The same calls give the same numbers, bit for bit, for any number of threads and lanes. One thread calls; the learner
/// spreads its work over its own. Who has threads of their own for the environments gives each one of `lanes` instead of
/// calling `act` and `record` for all.
public final class Learner {
    /// Sizes of the network.
    public let shape: NetworkShape
    /// What the cell is held to.
    public let constraints: CellConstraints
    /// How it learns.
    public let configuration: LearnerConfiguration

    let network: Network
    let optimiser: AdamOptimiser
    let state: RecurrentState
    let rollout: Rollout
    let backPropagation: BackPropagation
    private let threads: Threads
    /// Shares of the environments, in order, that may play at the same time.
    public let lanes: [RolloutLane]
    /// Parts of the flat vector with their learning rates.
    private let parts: [AdamOptimiser.Part]
    /// Weight of the advice in the loss; may be changed between updates. Above 0 it needs `RolloutLane.advise` at every step.
    public var adviceCoefficient = 0.0

    /// Throws `InputError` when a setting or a size cannot be, and on a processor without the kernels' instructions.
    public init(
        parameters: ActorCriticParameters, constraints: CellConstraints, configuration: LearnerConfiguration
    ) throws(InputError) {
        try configuration.validate()
        try constraints.validate()
        try configuration.updatePrice?.validate(constraints)
        try parameters.shape.validate()
        try configuration.validateMemory(for: parameters.shape)
        shape = parameters.shape
        self.constraints = constraints
        self.configuration = configuration
        network = Network(parameters, constraints: constraints, level: try .resolve(configuration.kernels))
        parts = Self.parts(network.layout, configuration)
        optimiser = AdamOptimiser(count: network.layout.count, settings: configuration.adam)
        state = RecurrentState(shape: shape, environments: configuration.environments)
        rollout = Rollout(shape: shape, configuration: configuration)
        threads = Threads(count: configuration.threads)
        backPropagation = BackPropagation(network: network, configuration: configuration, threads: threads)
        lanes = backPropagation.lanes(rollout: rollout, state: state)
    }

    /// Present parameters, as trained (Lambda unclamped unless projected).
    public var parameters: ActorCriticParameters { network.layout.unpack(network.flat) }
    /// Optimiser steps so far.
    public var updates: Int { optimiser.steps }
    /// h and F of every environment, where the next rollout goes on.
    public var recurrentState: RecurrentState { state }
    /// True between the first `act` of a rollout and its `update`.
    public var isMidRollout: Bool { lanes.contains { $0.step > 0 } }
    /// True when `update` is due.
    public var isRolloutFull: Bool { lanes.allSatisfy(\.isFull) }

    /// The network's answer to the next observation of every environment, [environments][side][side].
    ///
    /// Cost at the paper's sizes: 3.5 MFLOP an environment.
    public func act(observations: [Float]) -> ActorCritic.Output {
        let outputs = spread { $0.act(observations: Array(observations[$0.range(each: self.shape.observations)])) }
        return ActorCritic.Output(
            logits: outputs.flatMap(\.logits), values: outputs.flatMap(\.values), actions: shape.actions)
    }

    /// `work` for every lane, on the learner's threads; the results in order.
    private func spread<Result: Sendable>(_ work: (RolloutLane) -> Result) -> [Result] {
        threads.map(lanes.count) { _, lane in work(lanes[lane]) }
    }

    /// What came of the actions chosen on the last `act`. An ended environment starts anew: its h and F become zero.
    public func record(actions: [Int], rewards: [Float], ends: [Bool]) {
        for lane in lanes {
            let own = lane.environments
            lane.record(actions: Array(actions[own]), rewards: Array(rewards[own]), ends: Array(ends[own]))
        }
    }

    /// Learns from the full rollout and starts the next one.
    ///
    /// - nextObservations: what the environments show now; their values close the rollout (bootstrap).
    /// - generator: order of PPO's minibatches; A2C does not draw from it.
    /// - Throws: `InputError` naming the quantity and the update when a loss or the gradient is not finite; the
    ///   parameters are then as before the failing step.
    public func update(
        nextObservations: [Float], learningRate: Double, generator: inout SeededGenerator
    ) throws(InputError) -> UpdateStatistics {
        precondition(isRolloutFull, "the rollout is not full yet")
        let bootstrap = spread { $0.values(of: nextObservations[$0.range(each: self.shape.observations)]) }
        rollout.estimateAdvantages(bootstrap: bootstrap.flatMap { $0 }, configuration: configuration)
        lanes.forEach { $0.restart() }
        var statistics = try learn(learningRate: learningRate, generator: &generator)
        statistics.explainedVariance = rollout.explainedVariance
        return statistics
    }

    /// The algorithm's optimiser steps on the full rollout.
    private func learn(learningRate: Double, generator: inout SeededGenerator) throws(InputError) -> UpdateStatistics {
        switch configuration.algorithm {
        case .a2c:
            return try learn(members: Array(0..<configuration.environments), learningRate: learningRate)
        case .ppo(let epochs, let size, _):
            var all: [UpdateStatistics] = []
            for _ in 0..<epochs {
                let order = generator.permutation(configuration.environments)
                for first in stride(from: 0, to: order.count, by: size) {
                    let members = order[first..<min(first + size, order.count)].sorted()
                    all.append(try learn(members: members, learningRate: learningRate))
                }
            }
            return UpdateStatistics.mean(all)
        }
    }

    /// One optimiser step on the environments given.
    func learn(members: [Int], learningRate: Double) throws(InputError) -> UpdateStatistics {
        var statistics = backPropagation.gradient(members: members, rollout: rollout, adviceCoefficient: adviceCoefficient)
        maskClampedGradient()
        statistics.gradientNorm = AdamOptimiser.norm(backPropagation.total)
        for (name, value) in [
            ("policy loss", statistics.policyLoss), ("value loss", statistics.valueLoss), ("entropy", statistics.entropy),
            ("gradient norm", statistics.gradientNorm),
        ] where !value.isFinite {
            throw InputError(
                name, value: "\(value)", problem: "is not finite at optimiser step \(optimiser.steps + 1); training stopped",
                expected: "a smaller learning rate or gradient norm, from the last checkpoint")
        }
        if let limit = configuration.gradientSkip, statistics.gradientNorm > limit {
            statistics.skipped = 1
            return statistics
        }
        optimiser.step(
            parameters: network.flat, gradient: backPropagation.total, norm: statistics.gradientNorm,
            clip: configuration.gradientNorm, rate: learningRate, parts: parts, threads: threads)
        if configuration.projectsLambda { projectLambda() }
        threads.sweep(rows: shape.units) { [network] in network.refresh(rows: $0) }
        network.transposeConvolution()
        return statistics
    }

    private static func parts(_ layout: ParameterLayout, _ configuration: LearnerConfiguration) -> [AdamOptimiser.Part] {
        let factors: [ParameterName: Double] = [.lambda: configuration.lambdaRate, .gamma: configuration.gammaRate]
        return ParameterName.allCases.map {
            (layout.start($0)..<layout.start($0) + layout.size($0), factors[$0] ?? 1)
        }
    }

    /// The clamp of the forward pass has gradient 0 outside its range.
    private func maskClampedGradient() {
        func mask(_ name: ParameterName, _ range: ClosedRange<Float>?) {
            guard let range else { return }
            let start = network.layout.start(name)
            threads.sweep(rows: shape.units) { [network, backPropagation] rows in
                let (values, slopes) = (network.flat.pointer + start, backPropagation.total.pointer + start)
                for i in rows.lowerBound * network.layout.stride..<rows.upperBound * network.layout.stride
                where values[i] < range.lowerBound || values[i] > range.upperBound { slopes[i] = 0 }
            }
        }
        mask(.lambda, constraints.lambdaRange)
        mask(.weight, constraints.weightRange)
    }

    private func projectLambda() {
        guard constraints.lambdaRange != nil else { return }
        let start = network.layout.start(.lambda)
        threads.sweep(rows: shape.units) { [network, shape, constraints] rows in
            for unit in rows {
                let row = network.flat.pointer + start + unit * network.layout.stride
                for i in 0..<shape.inputs { row[i] = constraints.effectiveLambda(row[i]) }
            }
        }
    }
}

extension UpdateStatistics {
    /// Every part added up; the explained variance is no sum.
    static func total(_ all: [UpdateStatistics]) -> UpdateStatistics {
        all.reduce(into: UpdateStatistics()) { sum, one in
            sum.loss += one.loss
            sum.policyLoss += one.policyLoss
            sum.valueLoss += one.valueLoss
            sum.entropy += one.entropy
            sum.gradientNorm += one.gradientNorm
            sum.clipFraction += one.clipFraction
            sum.divergence += one.divergence
            sum.skipped += one.skipped
            sum.adviceLoss += one.adviceLoss
            sum.updateCost += one.updateCost
        }
    }

    static func mean(_ all: [UpdateStatistics]) -> UpdateStatistics {
        let sum = total(all)
        let n = Double(max(all.count, 1))
        return UpdateStatistics(
            loss: sum.loss / n, policyLoss: sum.policyLoss / n, valueLoss: sum.valueLoss / n, entropy: sum.entropy / n,
            gradientNorm: sum.gradientNorm / n, clipFraction: sum.clipFraction / n, divergence: sum.divergence / n,
            skipped: sum.skipped / n, adviceLoss: sum.adviceLoss / n, updateCost: sum.updateCost / n)
    }
}
