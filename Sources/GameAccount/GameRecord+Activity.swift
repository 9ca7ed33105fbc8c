import CompactModel
import Essentials

extension GameRecord {
    /// How the network wrote to one synapse, drawn in proportion to how often each was written; nil where none was.
    ///
    /// - Parameters:
    ///   - unit: conductance of one unit of weight, S.
    ///   - frame: duration of a frame, s (the paper's game: 50 s for 6,826).
    package func activity(unit: Double, seed: UInt64, frame: Double = 50.0 / 6826) -> NetworkActivity? {
        let total = updateCount.reduce(0) { $0 + UInt64($1) }
        guard total > 0 else { return nil }
        var random = SeededGenerator(seed: seed, stream: 0x73_796e)
        var left = UInt64(clamped: random.uniform() * Double(total), rounded: .down)
        var chosen = updateSynapse[0]
        for (synapse, count) in zip(updateSynapse, updateCount) {
            if left < UInt64(count) {
                chosen = synapse
                break
            }
            left -= UInt64(count)
        }
        var sizes: [(step: Double, weight: Double)] = []
        var writes = 0.0
        for k in updateSynapse.indices where updateSynapse[k] == chosen {
            sizes.append((Double(updateLevel[k]) * deltaFStep * unit, Double(updateCount[k])))
            writes += Double(updateCount[k])
        }
        let step = frame * Double(frameSkip)
        return NetworkActivity(sizes: sizes, meanGap: Double(steps) * step / writes, shortestGap: step)
    }
}
