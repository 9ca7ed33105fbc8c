import Dispatch
import Synchronization

/// Spreads groups of environments over threads, each with tapes of its own; sums of gradients run in group order, so
/// that the result does not depend on the number of threads.
final class Workers: @unchecked Sendable {
    private let network: Network
    private let configuration: LearnerConfiguration
    /// A2C: one tape per group, filled by the rollout. PPO: one tape per thread, filled by replay.
    private let tapes: [Tape]
    private let gradients: [FloatBuffer]
    /// The gradient of the last call, summed over groups.
    let total: FloatBuffer
    private let threads: Int

    private var environments: Int { configuration.environments }
    private var steps: Int { configuration.rolloutLength }
    private var shape: NetworkShape { network.shape }
    private var isA2C: Bool { configuration.algorithm == .a2c }

    init(network: Network, configuration: LearnerConfiguration) {
        self.network = network
        self.configuration = configuration
        let size = configuration.groupSize
        let groups = (configuration.environments + size - 1) / size
        threads = min(configuration.threads, groups)
        tapes = (0..<(configuration.algorithm == .a2c ? groups : threads)).map { _ in
            Tape(network: network, groupSize: min(size, configuration.environments), steps: configuration.rolloutLength,
                segment: configuration.segmentLength)
        }
        gradients = (0..<groups).map { _ in FloatBuffer(network.layout.count) }
        total = FloatBuffer(network.layout.count)
    }

    /// Contiguous groups of all environments.
    private var groups: [Range<Int>] {
        stride(from: 0, to: environments, by: configuration.groupSize).map {
            $0..<min($0 + configuration.groupSize, environments)
        }
    }

    /// Runs `work(thread, item)` for every item; each thread takes every `threads`-th item.
    private func spread(_ items: Int, _ work: @Sendable (_ thread: Int, _ item: Int) -> Void) {
        let used = min(threads, items)
        if used <= 1 {
            for item in 0..<items { work(0, item) }
        } else {
            DispatchQueue.concurrentPerform(iterations: used) { thread in
                for item in stride(from: thread, to: items, by: used) { work(thread, item) }
            }
        }
    }

    /// Runs `work` on the parts of 0 ..< count that the threads share, bounds multiples of 16: for sweeps over the flat
    /// vector whose elements do not depend on one another, so that the result does not depend on the number of threads.
    func sweep(_ count: Int, _ work: @Sendable (Range<Int>) -> Void) {
        let piece = (count / threads + 16) / 16 * 16
        spread(threads) { _, part in
            let start = min(part * piece, count)
            let end = min(start + piece, count)
            if start < end { work(start..<end) }
        }
    }

    /// Runs `work` on the rows of the plastic layer that the threads share.
    func sweepRows(_ work: @Sendable (Range<Int>) -> Void) {
        spread(threads) { [threads, units = shape.units] _, part in
            work(part * units / threads..<(part + 1) * units / threads)
        }
    }

    /// The environments in the configuration's number of lanes: whole groups for A2C, whose tapes they fill.
    func lanes(rollout: Rollout, state: RecurrentState) -> [RolloutLane] {
        let groups = groups
        let units = isA2C ? groups.count : environments
        let count = min(configuration.lanes ?? threads, units)
        return (0..<count).map { lane in
            let share = lane * units / count..<(lane + 1) * units / count
            return RolloutLane(
                environments: isA2C ? groups[share.lowerBound].lowerBound..<groups[share.upperBound - 1].upperBound : share,
                network: network, rollout: rollout, state: state, tapes: isA2C ? share.map { (groups[$0], tapes[$0]) } : nil)
        }
    }

    /// `work` for every lane, on the learner's threads; the results in order.
    func spread<Result: Sendable>(over lanes: [RolloutLane], _ work: (RolloutLane) -> Result) -> [Result] {
        let results = Collected<Result>(lanes.count)
        withoutActuallyEscaping(work) { work in
            let shared = Shared(work)
            spread(lanes.count) { _, lane in results[lane] = shared.value(lanes[lane]) }
        }
        return results.all
    }

    /// Loss over the members' samples and its gradient, left in `total`.
    func gradient(members: [Int], rollout: Rollout, adviceCoefficient: Double = 0) -> UpdateStatistics {
        let size = configuration.groupSize
        let groups = stride(from: 0, to: members.count, by: size).map { Array(members[$0..<min($0 + size, members.count)]) }
        let samples = members.count * steps
        let sums = isA2C
        let clip: Double? = if case .ppo(_, _, let clip) = configuration.algorithm { clip } else { nil }
        let width = adviceCoefficient > 0 ? shape.actions : 0
        let loss = SampleLoss(
            valueCoefficient: configuration.valueCoefficient, entropyCoefficient: configuration.entropyCoefficient,
            scale: sums ? 1 : 1 / Double(samples), clip: clip, adviceCoefficient: adviceCoefficient)
        let (shift, factor) = advantageScaling(members: members, rollout: rollout)
        let collected = Collected<UpdateStatistics>(groups.count)
        spread(groups.count) { thread, g in
            let group = groups[g]
            let tape = isA2C ? tapes[g] : tapes[thread]
            if !isA2C { replay(tape, group, rollout) }
            var statistics = UpdateStatistics()
            for t in 0..<steps {
                for (e, member) in group.enumerated() {
                    let sample = t * environments + member
                    let at = t * group.count + e
                    loss.add(
                        logits: tape.logits[at * shape.actions..<(at + 1) * shape.actions], value: tape.values[at],
                        action: rollout.actions[sample], advantage: (rollout.advantages[sample] - shift) * factor,
                        target: rollout.targets[sample], oldLogProbability: rollout.logProbabilities[sample],
                        advice: width > 0 ? rollout.advice.read(sample * width..<(sample + 1) * width)[...] : nil,
                        to: &statistics, dLogits: tape.dLogits.at(at * shape.actions, room: shape.actions),
                        dValue: tape.dValues.at(at))
                }
            }
            gradients[g].fill(0, 0..<gradients[g].count)
            tape.backward(
                observations: rollout.observations, gradient: gradients[g], truncation: configuration.truncation)
            collected[g] = statistics
        }
        sumGradients(groups.count)
        var statistics = collected.all.reduce(into: UpdateStatistics()) { sum, part in
            sum.policyLoss += part.policyLoss
            sum.valueLoss += part.valueLoss
            sum.entropy += part.entropy
            sum.clipFraction += part.clipFraction
            sum.divergence += part.divergence
            sum.adviceLoss += part.adviceLoss
        }
        statistics.loss =
            statistics.policyLoss + configuration.valueCoefficient * statistics.valueLoss
            - configuration.entropyCoefficient * loss.scale * statistics.entropy + adviceCoefficient * statistics.adviceLoss
        statistics.entropy /= Double(samples)
        statistics.clipFraction /= Double(samples)
        statistics.divergence /= Double(samples)
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

    private func advantageScaling(members: [Int], rollout: Rollout) -> (shift: Double, factor: Double) {
        guard configuration.normalisesAdvantages else { return (0, 1) }
        var all: [Double] = []
        for t in 0..<steps { for member in members { all.append(rollout.advantages[t * environments + member]) } }
        guard all.count > 1 else { return (all.first ?? 0, 1) }
        let mean = all.reduce(0, +) / Double(all.count)
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count - 1)
        return (mean, 1 / (variance.squareRoot() + 1e-8))
    }

    private func sumGradients(_ count: Int) {
        sweep(total.count) { [total, gradients] part in
            total.copy(part, from: gradients[0], at: part.lowerBound)
            for g in 1..<max(count, 1) {
                let (to, from) = (total.pointer, gradients[g].pointer)
                for i in part { to[i] += from[i] }
            }
        }
    }
}

/// A reference that several workers use on disjoint parts.
private struct Shared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// One result per item, written by different threads.
private final class Collected<Value: Sendable>: Sendable {
    private let slots: Mutex<[Value?]>

    init(_ count: Int) { slots = Mutex([Value?](repeating: nil, count: count)) }

    subscript(i: Int) -> Value {
        get { slots.withLock { $0[i]! } }
        set { slots.withLock { $0[i] = newValue } }
    }

    var all: [Value] { slots.withLock { $0.map { $0! } } }
}
