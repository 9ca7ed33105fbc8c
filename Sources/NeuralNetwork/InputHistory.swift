import Essentials

/// The inputs u of every step of a game, kept so that one synapse's history can be recomputed afterwards.
///
/// Which synapse matters is known only when the game is over. Most of the screen stands still, so features are kept as a
/// log of changes; h and the row norms are kept whole. Memory: about 3 kB a step at the paper's sizes.
struct InputHistory {
    private struct Change {
        var input: Int32
        var value: Float
    }

    private let features, units: Int
    private var changes: [Change] = []
    /// Where the changes of each step end.
    private var ends: [Int] = []
    private var last: [Float]
    private var hiddenStates: [Float] = []
    private var norms: [Float] = []
    /// h before the first step.
    var previousHidden: [Float] = []

    init(features: Int, units: Int) {
        self.features = features
        self.units = units
        last = [Float](repeating: 0, count: features)
    }

    var steps: Int { ends.count }

    /// Notes the features of a step, and the h and norms that came out of it.
    mutating func append(features u: UnsafePointer<Float>, hidden: FloatBuffer, norms n: FloatBuffer) {
        for k in 0..<features where u[k] != last[k] {
            changes.append(Change(input: Int32(k), value: u[k]))
            last[k] = u[k]
        }
        ends.append(changes.count)
        hiddenStates += hidden.read(0..<units)
        norms += n.read(0..<units)
    }

    func hidden(step: Int, unit: Int) -> Float { hiddenStates[step * units + unit] }
    func norm(step: Int, unit: Int) -> Float { norms[step * units + unit] }

    /// u of one input at every step: a feature, or the h of the step before.
    func values(input: Int) -> [Float] {
        guard input < features else {
            let unit = input - features
            return (0..<steps).map { $0 == 0 ? previousHidden[unit] : hidden(step: $0 - 1, unit: unit) }
        }
        var values: [Float] = []
        values.reserveCapacity(steps)
        var (now, next) = (Float(0), 0)
        for end in ends {
            while next < end {
                if changes[next].input == Int32(input) { now = changes[next].value }
                next += 1
            }
            values.append(now)
        }
        return values
    }
}
