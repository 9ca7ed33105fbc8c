/// A share of a learner's environments that plays its part of a rollout at its own pace.
///
///     let output = lane.act(observations: pixels)
///     // choose actions from output.logits, step the lane's environments
///     lane.record(actions: actions, rewards: rewards, ends: ends)
///
/// Different threads may use different lanes at the same time; nothing that a lane does depends on the others, and the
/// learner asks for all of them to be full before it updates.
public final class RolloutLane: @unchecked Sendable {
    /// The learner's environments that this lane plays; its arrays count from the first of them.
    public let environments: Range<Int>
    /// True when the lane's share of the rollout is complete.
    public var isFull: Bool { step == rollout.steps }

    private let rollout: Rollout
    private let state: RecurrentState
    /// The tapes that see a step: A2C learns from what they keep, PPO's keeps nothing.
    private let parts: [(members: Range<Int>, tape: Tape)]
    private let records: Bool
    private let player: Tape
    private let current: FloatBuffer
    private(set) var step = 0
    private var logits: [Float] = []
    private var ended: [Bool]

    private var shape: NetworkShape { rollout.shape }

    /// - tapes: A2C's, with their environments; nil for PPO, which replays.
    init(
        environments: Range<Int>, network: Network, rollout: Rollout, state: RecurrentState,
        tapes: [(members: Range<Int>, tape: Tape)]?
    ) {
        self.environments = environments
        self.rollout = rollout
        self.state = state
        player = Tape(network: network, groupSize: environments.count, steps: 1, recordsPlastic: false)
        records = tapes != nil
        parts = tapes ?? [(environments, player)]
        current = FloatBuffer(environments.count * rollout.shape.observations)
        ended = [Bool](repeating: false, count: environments.count)
    }

    /// The network's answer to the next observation of the lane's environments, [environments][side][side].
    ///
    /// Cost at the paper's sizes: 3.5 MFLOP an environment.
    public func act(observations: [Float]) -> ActorCritic.Output {
        precondition(!isFull, "the rollout is full: update before acting on")
        precondition(observations.count == environments.count * shape.observations, "observations of another size")
        if step == 0 { rollout.begin(state: state, environments: environments) }
        rollout.observations.write(observations, at: rollout.place(step: step, environment: environments.lowerBound))
        logits.removeAll(keepingCapacity: true)
        var values: [Float] = []
        for (members, tape) in parts {
            tape.environments = members.count
            let slot = records ? step : 0
            let first = slot * members.count
            tape.features(
                slot..<slot + 1, observations: rollout.observations,
                starts: members.map { rollout.place(step: step, environment: $0) })
            tape.cell(
                slot, state: state, first: members.lowerBound,
                resets: members.map { ended[$0 - environments.lowerBound] }, mode: records ? .records : .plays)
            logits += tape.logits[first * shape.actions..<(first + members.count) * shape.actions]
            values += tape.values[first..<first + members.count]
        }
        rollout.values.write(values, at: rollout.sample(step: step, environment: environments.lowerBound))
        return ActorCritic.Output(logits: logits, values: values, actions: shape.actions)
    }

    /// A teacher's policy for the observations of the last `act`, [environments][actions]; call before `record`.
    public func advise(_ probabilities: [Float]) {
        precondition(probabilities.count == environments.count * shape.actions, "advice of another size")
        rollout.advice.write(
            probabilities, at: rollout.sample(step: step, environment: environments.lowerBound) * shape.actions)
    }

    /// What came of the actions chosen on the last `act`. An ended environment starts anew: its h and F become zero.
    public func record(actions: [Int], rewards: [Float], ends: [Bool]) {
        let count = environments.count
        precondition(actions.count == count && rewards.count == count && ends.count == count)
        let at = rollout.sample(step: step, environment: environments.lowerBound)
        rollout.actions.write(actions, at: at)
        rollout.rewards.write(rewards, at: at)
        rollout.ends.write(ends, at: at)
        for e in 0..<count {
            rollout.logProbabilities[at + e] =
                Policy.logProbabilities(logits[e * shape.actions..<(e + 1) * shape.actions])[actions[e]]
            if ends[e] { state.reset(environment: environments.lowerBound + e) }
        }
        ended = ends
        step += 1
    }

    /// The lane's part of an array that holds `each` elements for every environment of the learner.
    func range(each: Int) -> Range<Int> { environments.lowerBound * each..<environments.upperBound * each }

    /// Values of observations of the lane's environments in their present state, which stays as it is.
    public func values(of observations: ArraySlice<Float>) -> [Float] {
        current.write(Array(observations), at: 0)
        player.environments = environments.count
        player.features(
            0..<1, observations: current, starts: (0..<environments.count).map { $0 * shape.observations })
        player.cell(0, state: state, first: environments.lowerBound, mode: .looks)
        return Array(player.values[0..<environments.count])
    }

    /// Ready for the next rollout. Episodes that ended with the last step are zeros of the state it begins with.
    func restart() {
        step = 0
        for e in ended.indices { ended[e] = false }
    }
}
