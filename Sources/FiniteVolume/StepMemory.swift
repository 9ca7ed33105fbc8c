import LinearAlgebra

/// The steps of a stretch that was integrated before, with what their predictors missed, for a stretch that resembles it.
///
/// The pulses of a train differ from one to the next by a per cent. At the same times and orders the predictor of a step then misses the
/// solution by nearly what it missed the last time, which is added to it: Newton's method needs one correction where it needed two, and
/// no attempt is thrown away. Errors are controlled as ever: a step that errs too much, or does not converge, ends the following, and
/// what comes after is stepped and remembered anew. Memory: the unknowns once a step, of at most `longest` steps.
public final class StepMemory {
    /// Steps remembered at most.
    static let longest = 256
    /// So many times the same steps are taken; then they are sought anew, so that they follow a state that drifts.
    static let uses = 16

    /// One step.
    struct Entry {
        var end: Double
        var order: Int
        /// Whether it had no history: checked against two half steps, of which the first was kept.
        var isFirst: Bool
        /// Solution less predictor.
        let miss: RealStorage
    }

    private var entries: [Entry] = []
    private var next = 0
    private var used = 0
    private var isFollowing = false
    private var start = 0.0
    /// The predictor of the present attempt.
    let predicted: RealStorage

    /// A memory of solutions of so many unknowns.
    public init(unknowns: Int) { predicted = RealStorage(count: unknowns) }

    /// A memory as a value, to be kept beside a state.
    public struct Kept: Sendable, Codable, Equatable {
        fileprivate var ends: [Double] = []
        fileprivate var orders: [Int] = []
        fileprivate var firsts: [Bool] = []
        /// What the predictors missed, the steps that had one after another.
        fileprivate var misses: [Double] = []
        fileprivate var start = 0.0
        fileprivate var used = 0
    }

    /// Everything that a later stretch hangs on. Cost: a copy of the misses.
    public var kept: Kept {
        var kept = Kept()
        (kept.start, kept.used) = (start, used)
        for entry in entries {
            kept.ends.append(entry.end)
            kept.orders.append(entry.order)
            kept.firsts.append(entry.isFirst)
            kept.misses += entry.miss.values
        }
        return kept
    }

    /// The memory that was kept, of solutions of so many unknowns; empty where it was of others.
    public convenience init(unknowns: Int, _ kept: Kept) {
        self.init(unknowns: unknowns)
        let count = kept.ends.count
        let sizes = kept.firsts.map { $0 ? 0 : unknowns }
        guard kept.orders.count == count, sizes.count == count, sizes.reduce(0, +) == kept.misses.count, count <= Self.longest
        else { return }
        (start, used) = (kept.start, kept.used)
        var place = 0
        for k in 0..<count {
            let miss = RealStorage(count: sizes[k])
            if sizes[k] > 0 { miss.row.assign(Array(kept.misses[place..<place + unknowns])) }
            place += sizes[k]
            entries.append(Entry(end: kept.ends[k], order: kept.orders[k], isFirst: kept.firsts[k], miss: miss))
        }
    }

    /// Begins a stretch at `time`: one that began elsewhere is forgotten.
    func begin(at time: Double) {
        isFollowing = !entries.isEmpty && time == start && used < Self.uses
        if isFollowing { used += 1 } else { used = 0 }
        if !isFollowing { entries.removeAll(keepingCapacity: true) }
        (start, next) = (time, 0)
    }

    /// The step to take at `time`, where it was taken before; `isFirst`: whether there is no history.
    func plan(isFirst: Bool, from time: Double, to end: Double) -> Entry? {
        guard isFollowing else { return nil }
        guard next < entries.count, entries[next].isFirst == isFirst, entries[next].end > time, entries[next].end <= end else {
            lose()
            return nil
        }
        return entries[next]
    }

    /// Ends the following: what comes is remembered in place of the rest.
    func lose() {
        isFollowing = false
        if next < entries.count { entries.removeSubrange(next...) }
    }

    /// Remembers an accepted step with the solution `u`, predicted as `predicted` (first steps have no predictor).
    func keep(_ u: Row, end: Double, order: Int, isFirst: Bool) {
        if !isFollowing {
            guard next < Self.longest else { return }
            entries.append(Entry(end: end, order: order, isFirst: isFirst, miss: RealStorage(count: isFirst ? 0 : u.count)))
        }
        entries[next].order = order
        if !isFirst {
            let (miss, start) = (entries[next].miss.row, predicted.row)
            for i in 0..<u.count { miss[i] = u[i] - start[i] }
        }
        next += 1
    }
}
