/// Loss and gradient over a full rollout: groups of environments, each taken through time on a tape by one thread; sums of
/// gradients run in group order, so that the result does not depend on the number of threads.
final class BackPropagation: @unchecked Sendable {
    private let network: Network
    private let configuration: LearnerConfiguration
    private let threads: Threads
    /// A2C: one tape per group, filled by the rollout. PPO: one tape per thread, filled by replay.
    private let tapes: [Tape]
    private let gradients: [FloatBuffer]
    /// The gradient of the last call, summed over groups.
    let total: FloatBuffer

    private var environments: Int { configuration.environments }
    private var steps: Int { configuration.rolloutLength }
    private var shape: NetworkShape { network.shape }
    private var isA2C: Bool { configuration.algorithm == .a2c }

    init(network: Network, configuration: LearnerConfiguration, threads: Threads) {
        self.network = network
        self.configuration = configuration
        self.threads = threads
        let groups = configuration.groups.count
        tapes = (0..<(configuration.algorithm == .a2c ? groups : min(threads.count, groups))).map { _ in
            Tape(
                network: network, groupSize: min(configuration.groupSize, configuration.environments),
                steps: configuration.rolloutLength, segment: configuration.segmentLength)
        }
        gradients = (0..<groups).map { _ in FloatBuffer(network.layout.count) }
        total = FloatBuffer(network.layout.count)
    }

    /// The environments in the configuration's number of lanes: whole groups for A2C, whose tapes they fill.
    func lanes(rollout: Rollout, state: RecurrentState) -> [RolloutLane] {
        let groups = configuration.groups
        let units = isA2C ? groups.count : environments
        let count = min(configuration.lanes ?? threads.count, units)
        return (0..<count).map { lane in
            let share = lane * units / count..<(lane + 1) * units / count
            return RolloutLane(
                environments: isA2C ? groups[share.lowerBound].lowerBound..<groups[share.upperBound - 1].upperBound : share,
                network: network, rollout: rollout, state: state, tapes: isA2C ? share.map { (groups[$0], tapes[$0]) } : nil)
        }
    }

    /// Loss over the members' samples and its gradient, left in `total`.
    func gradient(members: [Int], rollout: Rollout, adviceCoefficient: Double = 0) -> UpdateStatistics {
        let size = configuration.groupSize
        let starts = Array(stride(from: 0, to: members.count, by: size))
        let samples = members.count * steps
        let clip: Double? = if case .ppo(_, _, let clip) = configuration.algorithm { clip } else { nil }
        let loss = SampleLoss(
            valueCoefficient: configuration.valueCoefficient, entropyCoefficient: configuration.entropyCoefficient,
            scale: isA2C ? 1 : 1 / Double(samples), clip: clip, adviceCoefficient: adviceCoefficient)
        let prices = configuration.updatePrice.map { UpdatePriceTable($0, network.constraints, scale: loss.scale) }
        let advantages = advantages(members: members, rollout: rollout)
        let parts = threads.map(starts.count) { thread, g in
            let first = starts[g]
            let group = Array(members[first..<min(first + size, members.count)])
            let tape = isA2C ? tapes[g] : tapes[thread]
            if !isA2C { replay(tape, group, rollout) }
            var statistics = addLosses(loss, of: group, tape, rollout) { t, e in advantages[t * members.count + first + e] }
            gradients[g].fill(0, 0..<gradients[g].count)
            statistics.updateCost = tape.backward(
                observations: rollout.observations, gradient: gradients[g], truncation: configuration.truncation, prices: prices
            )
            return statistics
        }
        sumGradients(starts.count)
        return total(parts, loss, samples: samples)
    }

    /// The advantages of the members' samples, [steps][members], normalised where the configuration says so.
    private func advantages(members: [Int], rollout: Rollout) -> [Double] {
        let all = (0..<steps).flatMap { t in members.map { rollout.advantages[rollout.sample(step: t, environment: $0)] } }
        return configuration.normalisesAdvantages ? Advantages.normalised(all) : all
    }

    /// The losses of a group's samples; their slopes go to the tape.
    private func addLosses(
        _ loss: SampleLoss, of group: [Int], _ tape: Tape, _ rollout: Rollout,
        advantage: (_ step: Int, _ environment: Int) -> Double
    ) -> UpdateStatistics {
        var statistics = UpdateStatistics()
        let (actions, advised) = (shape.actions, loss.adviceCoefficient > 0)
        for t in 0..<steps {
            for (e, member) in group.enumerated() {
                let sample = rollout.sample(step: t, environment: member)
                let at = t * group.count + e
                loss.add(
                    logits: tape.logits[at * actions..<(at + 1) * actions], value: tape.values[at],
                    action: rollout.actions[sample],
                    advantage: advantage(t, e), target: rollout.targets[sample],
                    oldLogProbability: rollout.logProbabilities[sample],
                    advice: advised ? rollout.advice.read(sample * actions..<(sample + 1) * actions)[...] : nil,
                    to: &statistics,
                    dLogits: tape.dLogits.at(at * actions, room: actions), dValue: tape.dValues.at(at))
            }
        }
        return statistics
    }

    /// The statistics of all groups as those of one update.
    private func total(_ parts: [UpdateStatistics], _ loss: SampleLoss, samples: Int) -> UpdateStatistics {
        var statistics = UpdateStatistics.total(parts)
        statistics.loss =
            statistics.policyLoss + loss.valueCoefficient * statistics.valueLoss
            - loss.entropyCoefficient * loss.scale * statistics.entropy + loss.adviceCoefficient * statistics.adviceLoss
            + (configuration.updatePrice?.weight ?? 0) * loss.scale * statistics.updateCost
        statistics.entropy /= Double(samples)
        statistics.clipFraction /= Double(samples)
        statistics.divergence /= Double(samples)
        statistics.updateCost /= Double(samples)
        return statistics
    }

    /// The forward pass of a group from the state that the rollout began with.
    private func replay(_ tape: Tape, _ group: [Int], _ rollout: Rollout) {
        tape.begin(from: rollout.first, members: group)
        let places = (0..<steps).flatMap { t in group.map { rollout.place(step: t, environment: $0) } }
        tape.replay(observations: rollout.observations, starts: places) {
            rollout.isReset(step: $0, environment: group[$1])
        }
    }

    private func sumGradients(_ count: Int) {
        threads.sweep(total.count) { [total, gradients] part in
            total.copy(part, from: gradients[0], at: part.lowerBound)
            for g in 1..<max(count, 1) {
                let (to, from) = (total.pointer, gradients[g].pointer)
                for i in part { to[i] += from[i] }
            }
        }
    }
}

extension LearnerConfiguration {
    /// Contiguous groups of all environments.
    var groups: [Range<Int>] {
        stride(from: 0, to: environments, by: groupSize).map { $0..<min($0 + groupSize, environments) }
    }
}
