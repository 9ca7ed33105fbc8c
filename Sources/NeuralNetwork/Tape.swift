/// A group of environments taken through time: the forward pass with everything the backward pass needs.
///
/// Order of arrays: [step][environment of the group][...]. F is kept at every `segment`-th step and computed anew from
/// there on the way back: more arithmetic for less memory. Memory at the paper's sizes: 0.72 MB per step and
/// environment with segment 1, nearly all of it F.
final class Tape: @unchecked Sendable {
    let network: Network
    let trunk: Trunk
    let steps: Int
    /// Environments of the present group, at most the group size given at the start.
    var environments: Int
    let u, y1, f, h, n, s: FloatBuffer
    /// State of a replay.
    private let own: RecurrentState
    /// F of the steps of one segment after its first.
    private let window: FloatBuffer
    private let segment: Int
    private let dF, du, dh: FloatBuffer
    let dLogits, dValues: FloatBuffer
    var logits, values: [Float]
    /// True where the environment's state was zeroed before the step.
    private var resets: [Bool]
    private var starts: [Int]

    private var shape: NetworkShape { network.shape }
    private var stride: Int { network.layout.stride }

    /// - recordsPlastic: false for a tape that only plays, which needs no history of F.
    init(network: Network, groupSize: Int, steps: Int, segment: Int = 1, recordsPlastic: Bool = true) {
        self.network = network
        self.steps = steps
        environments = groupSize
        trunk = Trunk(network)
        let shape = network.shape
        let samples = steps * groupSize
        u = FloatBuffer(samples * network.layout.stride)
        y1 = FloatBuffer(samples * trunk.activations1)
        self.segment = segment
        f = FloatBuffer(recordsPlastic ? (steps + segment - 1) / segment * groupSize * network.plane : 0)
        window = FloatBuffer(recordsPlastic ? (segment - 1) * groupSize * network.plane : 0)
        h = FloatBuffer(samples * shape.units)
        n = FloatBuffer(samples * shape.units)
        s = FloatBuffer(samples * shape.units)
        own = RecurrentState(shape: shape, environments: recordsPlastic ? groupSize : 0)
        dF = FloatBuffer(recordsPlastic ? groupSize * network.plane : 0)
        du = FloatBuffer(groupSize * network.layout.stride)
        dh = FloatBuffer(groupSize * shape.units)
        dLogits = FloatBuffer(samples * shape.actions)
        dValues = FloatBuffer(samples)
        logits = [Float](repeating: 0, count: samples * shape.actions)
        values = [Float](repeating: 0, count: samples)
        resets = [Bool](repeating: false, count: samples)
        starts = [Int](repeating: 0, count: samples)
    }

    /// Takes on these environments, whose h and F stand in `from`, as the tape's own state: the start of a replay.
    func begin(from: RecurrentState, members: [Int]) {
        environments = members.count
        for (e, member) in members.enumerated() {
            own.h.copy(e * shape.units..<(e + 1) * shape.units, from: from.h, at: member * shape.units)
            own.f.copy(e * network.plane..<(e + 1) * network.plane, from: from.f, at: member * network.plane)
        }
    }

    /// Features of steps `range`; `starts` are the observations' places, [step][environment].
    func features(_ range: Range<Int>, observations: FloatBuffer, starts places: [Int]) {
        let first = range.lowerBound * environments
        for (i, place) in places.enumerated() { starts[first + i] = place }
        trunk.forward(
            observations: observations, starts: places, y1: y1.from(first * trunk.activations1),
            features: u.from(first * stride), featureStride: stride)
    }

    /// What a step leaves behind.
    enum Mode {
        /// h and F move, and the tape keeps F as it was, for the backward pass.
        case records
        /// h and F move.
        case plays
        /// Only logits and values are wanted; h and F stay.
        case looks
    }

    /// The cell and the heads of step t, whose features are there already, for `environments` of `state` from `first`.
    ///
    /// - resets: where the environment begins an episode with this step; their state must be zero already.
    func cell(_ t: Int, state: RecurrentState, first: Int, resets now: [Bool] = [], mode: Mode) {
        let at = t * environments
        for e in 0..<environments {
            if mode == .records { resets[at + e] = now[e] }
            let place = (at + e) * stride + shape.features
            u.copy(place..<place + shape.units, from: state.h, at: (first + e) * shape.units)
        }
        network.forward(
            step(t), f: state.f.from(first * network.plane), moves: mode != .looks,
            before: mode == .records && t % segment == 0 ? f.from(t / segment * environments * network.plane) : nil)
        if mode != .looks {
            let range = first * shape.units..<(first + environments) * shape.units
            state.h.copy(range, from: h, at: at * shape.units)
        }
        network.heads(environments: environments, h: step(t).h, logits: &logits, values: &values, outAt: at)
    }

    /// Replays all steps from the tape's own state.
    func replay(observations: FloatBuffer, starts places: [Int], isReset: (_ step: Int, _ environment: Int) -> Bool) {
        features(0..<steps, observations: observations, starts: places)
        for t in 0..<steps {
            let now = (0..<environments).map { isReset(t, $0) }
            for e in 0..<environments where now[e] { own.reset(environment: e) }
            cell(t, state: own, first: 0, resets: now, mode: .records)
        }
    }

    /// Back-propagation through all steps; `dLogits` and `dValues` hold the loss's gradient. Adds to `gradient`.
    ///
    /// Returns the sum of the updates' prices (0 without any).
    func backward(observations: FloatBuffer, gradient: FloatBuffer, truncation: Int?, prices: UpdatePriceTable?) -> Double {
        var paid = 0.0
        let plane = network.plane
        dF.fill(0, 0..<environments * plane)
        var carries = [Bool](repeating: false, count: environments)
        for t in Swift.stride(from: steps - 1, through: 0, by: -1) {
            let first = t * environments
            if t == steps - 1 || t % segment == segment - 1 { computeWindow(through: t) }
            headsBackward(first, carries, gradient)
            network.backward(step(t), f: place(of: t), dh: dh, dF: dF, du: du, gradient: gradient, prices: prices, paid: &paid)
            trunk.backward(
                observations: observations, starts: starts[first..<first + environments],
                y1: y1.from(first * trunk.activations1), features: u.from(first * stride), dFeatures: du.from(0),
                featureStride: stride, gradient: gradient)
            let cut = truncation.map { t % $0 == 0 } ?? false
            for e in 0..<environments {
                carries[e] = !cut && !resets[first + e]
                if !carries[e] { dF.fill(0, e * plane..<(e + 1) * plane) }
            }
        }
        return paid
    }

    /// The cell's part of the tape at step t.
    private func step(_ t: Int) -> CellStep {
        let at = t * environments
        let units = at * shape.units
        return CellStep(
            environments: environments, u: u.from(at * stride), h: h.from(units), n: n.from(units), s: s.from(units))
    }

    /// Where F before step t lies, once its segment's window is there.
    private func place(of t: Int) -> FloatSlice {
        let plane = environments * network.plane
        return t % segment == 0 ? f.from(t / segment * plane) : window.from((t % segment - 1) * plane)
    }

    /// F before each step of the segment up to step `last`, from the F kept at its start.
    private func computeWindow(through last: Int) {
        for t in last / segment * segment..<last {
            let next = place(of: t + 1)
            network.move(step(t), f: place(of: t), to: next)
            for e in 0..<environments where resets[(t + 1) * environments + e] {
                window.fill(0, next.start + e * network.plane..<next.start + (e + 1) * network.plane)
            }
        }
    }

    /// d loss / d h of the samples from `first`, from the heads and (where it carries) the next step's u.
    private func headsBackward(_ first: Int, _ carries: [Bool], _ gradient: FloatBuffer) {
        let units = shape.units
        let layout = network.layout
        let actor = network.flat.at(layout.start(.actorWeight), room: shape.actions * units)
        let critic = network.flat.at(layout.start(.criticWeight), room: units)
        let dActor = gradient.at(layout.start(.actorWeight), room: shape.actions * units)
        let dActorBias = gradient.at(layout.start(.actorBias), room: shape.actions)
        let dCritic = gradient.at(layout.start(.criticWeight), room: units)
        let dCriticBias = gradient.at(layout.start(.criticBias))
        for e in 0..<environments {
            let x = h.at((first + e) * units, room: units)
            let out = dh.at(e * units, room: units)
            let through = du.at(e * stride + shape.features, room: units)
            let dValue = dValues[first + e]
            for j in 0..<units {
                out[j] = (carries[e] ? through[j] : 0) + dValue * critic[j]
                dCritic[j] += dValue * x[j]
            }
            dCriticBias.pointee += dValue
            for a in 0..<shape.actions {
                let slope = dLogits[(first + e) * shape.actions + a]
                for j in 0..<units {
                    out[j] += slope * actor[a * units + j]
                    dActor[a * units + j] += slope * x[j]
                }
                dActorBias[a] += slope
            }
        }
    }
}
