/// The inputs u of every step of a game, kept so that one synapse's history can be recomputed afterwards.
///
/// Which synapse matters is known only when the game is over. Most of the screen stands still, so each feature is kept
/// as a list of changes; h and the row norms are kept whole. Memory: about 3 kB a step at the paper's sizes.
struct InputHistory {
    private struct Change {
        var step: Int32
        var value: Float
    }

    private let features, units: Int
    private var changes: [[Change]]
    private var last: [Float]
    private var hiddenStates: [Float] = []
    private var norms: [Float] = []
    private(set) var steps = 0
    /// h before the first step.
    var previousHidden: [Float] = []

    init(features: Int, units: Int) {
        self.features = features
        self.units = units
        changes = [[Change]](repeating: [], count: features)
        last = [Float](repeating: 0, count: features)
    }

    /// Notes the features of a step, and the h and norms that came out of it.
    mutating func append(features u: UnsafePointer<Float>, hidden: FloatBuffer, norms n: FloatBuffer) {
        for k in 0..<features where u[k] != last[k] {
            changes[k].append(Change(step: Int32(steps), value: u[k]))
            last[k] = u[k]
        }
        hiddenStates += hidden.read(0..<units)
        norms += n.read(0..<units)
        steps += 1
    }

    func hidden(step: Int, unit: Int) -> Float { hiddenStates[step * units + unit] }
    func norm(step: Int, unit: Int) -> Float { norms[step * units + unit] }

    /// u of one input at every step: a feature, or the h of the step before.
    func values(input: Int) -> [Float] {
        guard input < features else {
            let unit = input - features
            return (0..<steps).map { $0 == 0 ? previousHidden[unit] : hidden(step: $0 - 1, unit: unit) }
        }
        var values = [Float](repeating: 0, count: steps)
        for (i, change) in changes[input].enumerated() {
            let end = i + 1 < changes[input].count ? Int(changes[input][i + 1].step) : steps
            for step in Int(change.step)..<end { values[step] = change.value }
        }
        return values
    }
}
