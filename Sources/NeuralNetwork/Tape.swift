/// A group of environments taken through time: the forward pass with everything the backward pass needs.
///
/// Order of arrays: [step][environment of the group][...]; F has one slot more than steps, slot t being F before step t.
/// Memory at the paper's sizes: 0.72 MB per step and environment, nearly all of it F.
final class Tape: @unchecked Sendable {
    let network: Network
    let trunk: Trunk
    let steps: Int
    /// Environments of the present group, at most the group size given at the start.
    private(set) var environments: Int
    let u, y1, f, h, n, s: FloatBuffer
    private let firstH: FloatBuffer
    private let dF, du, dh: FloatBuffer
    let dLogits, dValues: FloatBuffer
    var logits, values: [Float]
    /// True where the environment's state was zeroed before the step.
    private var resets: [Bool]
    private var starts: [Int]

    private var shape: NetworkShape { network.shape }
    private var stride: Int { network.layout.stride }

    /// - recordsPlastic: false for a tape that only plays (`play`), which needs no history of F.
    init(network: Network, groupSize: Int, steps: Int, recordsPlastic: Bool = true) {
        self.network = network
        self.steps = steps
        environments = groupSize
        trunk = Trunk(network.layout, capacity: 8)
        let shape = network.shape
        let samples = steps * groupSize
        u = FloatBuffer(samples * network.layout.stride)
        y1 = FloatBuffer(samples * trunk.activations1)
        f = FloatBuffer(recordsPlastic ? (steps + 1) * groupSize * network.plane : 0)
        h = FloatBuffer(samples * shape.units)
        n = FloatBuffer(samples * shape.units)
        s = FloatBuffer(samples * shape.units)
        firstH = FloatBuffer(groupSize * shape.units)
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

    /// Starts at the h and F that `state` holds for these environments.
    func begin(state: RecurrentState, members: [Int]) {
        environments = members.count
        let plane = network.plane
        for (e, member) in members.enumerated() {
            firstH.copy(e * shape.units..<(e + 1) * shape.units, from: state.h, at: member * shape.units)
            f.copy(e * plane..<(e + 1) * plane, from: state.f, at: member * plane)
        }
    }

    /// Hands h and F after the last step back to `state`.
    func end(state: RecurrentState, members: [Int]) {
        let plane = network.plane
        for (e, member) in members.enumerated() {
            let last = (steps - 1) * environments + e
            state.h.copy(member * shape.units..<(member + 1) * shape.units, from: h, at: last * shape.units)
            state.f.copy(member * plane..<(member + 1) * plane, from: f, at: (steps * environments + e) * plane)
        }
    }

    /// Features of steps `range`; `starts` are the observations' places, [step][environment].
    func features(_ range: Range<Int>, observations: FloatBuffer, starts places: [Int]) {
        let first = range.lowerBound * environments
        for (i, place) in places.enumerated() { starts[first + i] = place }
        trunk.forward(
            parameters: network.flat, observations: observations, starts: places, y1: y1,
            y1At: first * trunk.activations1, features: u, featuresAt: first * stride, featureStride: stride)
    }

    /// The cell and the heads of step t, whose features are there already.
    func cell(_ t: Int, resets now: [Bool]) {
        let plane = network.plane
        let first = t * environments
        for e in 0..<environments {
            resets[first + e] = now[e]
            if now[e] { f.fill(0, (first + e) * plane..<(first + e + 1) * plane) }
        }
        gatherHidden(at: first, zeroed: now, previous: t == 0 ? firstH : h, previousAt: t == 0 ? 0 : (t - 1) * environments)
        network.cellForward(
            environments: environments, u: u, uAt: first * stride, f: f, fAt: first * plane, fNext: f,
            fNextAt: (t + 1) * environments * plane, h: h, n: n, s: s, unitsAt: first * shape.units)
        network.heads(
            environments: environments, h: h, at: first * shape.units, logits: &logits, values: &values, outAt: first)
    }

    /// One step without a record: F of `state` moves in place (or stays, when only the values are wanted).
    func play(state: RecurrentState, members: Range<Int>, observations: FloatBuffer, starts places: [Int], moves: Bool) {
        environments = members.count
        let plane = network.plane
        features(0..<1, observations: observations, starts: places)
        gatherHidden(
            at: 0, zeroed: [Bool](repeating: false, count: environments), previous: state.h, previousAt: members.lowerBound)
        network.cellForward(
            environments: environments, u: u, uAt: 0, f: state.f, fAt: members.lowerBound * plane,
            fNext: moves ? state.f : nil, fNextAt: members.lowerBound * plane, h: h, n: n, s: s, unitsAt: 0)
        network.heads(environments: environments, h: h, at: 0, logits: &logits, values: &values, outAt: 0)
        if moves {
            let range = members.lowerBound * shape.units..<members.upperBound * shape.units
            state.h.copy(range, from: h, at: 0)
        }
    }

    private func gatherHidden(at first: Int, zeroed: [Bool], previous: FloatBuffer, previousAt: Int) {
        for e in 0..<environments {
            let place = (first + e) * stride + shape.features
            if zeroed[e] {
                u.fill(0, place..<place + shape.units)
            } else {
                u.copy(place..<place + shape.units, from: previous, at: (previousAt + e) * shape.units)
            }
        }
    }

    /// Back-propagation through all steps; `dLogits` and `dValues` hold the loss's gradient. Adds to `gradient`.
    func backward(observations: FloatBuffer, gradient: FloatBuffer, truncation: Int?) {
        let plane = network.plane
        dF.fill(0, 0..<environments * plane)
        var carries = [Bool](repeating: false, count: environments)
        for t in Swift.stride(from: steps - 1, through: 0, by: -1) {
            let first = t * environments
            headsBackward(first, carries, gradient)
            network.cellBackward(
                environments: environments, u: u, uAt: first * stride, f: f, fAt: first * plane, h: h, n: n, s: s,
                unitsAt: first * shape.units, dh: dh, dF: dF, du: du, gradient: gradient)
            trunk.backward(
                parameters: network.flat, observations: observations, starts: Array(starts[first..<first + environments]),
                y1: y1, y1At: first * trunk.activations1, features: u, featuresAt: first * stride, dFeatures: du,
                dFeaturesAt: 0, featureStride: stride, gradient: gradient)
            let cut = truncation.map { t % $0 == 0 } ?? false
            for e in 0..<environments {
                carries[e] = !cut && !resets[first + e]
                if !carries[e] { dF.fill(0, e * plane..<(e + 1) * plane) }
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
