import FiniteVolume
import Protocols

/// The steps of stretches that come back within a run: the edges, tops and gaps of a train, the ramps of a loop.
///
/// Which stretch resembles which is told by its voltages and its duration. One that comes for the first time leaves only its shape, so that
/// a protocol without repetition pays nothing. A run forgets them all when it begins, so that what a run gives hangs on its state alone.
struct StretchMemories {
    /// Shapes kept at most; the one seen longest ago goes first.
    private static let most = 12

    /// What two stretches must share.
    struct Shape: Equatable, Sendable, Codable {
        var from, to: [Double]
        var duration: Double
    }

    /// A shape with its steps, as a value.
    struct Kept: Sendable, Codable, Equatable {
        var shape: Shape
        var steps: StepMemory.Kept?
    }

    private struct Known {
        var shape: Shape
        var memory: StepMemory?
        /// As it was kept last; nil where it has changed since.
        var kept: StepMemory.Kept?
    }

    private var known: [Known] = []

    /// The memory of a shape that was seen before; nil the first time.
    mutating func memory(of shape: Shape, unknowns: Int) -> StepMemory? {
        guard let place = known.firstIndex(where: { $0.shape == shape }) else {
            if known.count >= Self.most { known.removeFirst() }
            known.append(Known(shape: shape))
            return nil
        }
        var found = known.remove(at: place)
        found.memory = found.memory ?? StepMemory(unknowns: unknowns)
        found.kept = nil
        known.append(found)
        return found.memory
    }

    mutating func forget() { known = [] }

    /// All of it, in the order of last use. Cost: a copy of what has changed since the last time.
    mutating func keep() -> [Kept] {
        for k in known.indices where known[k].kept == nil { known[k].kept = known[k].memory?.kept }
        return known.map { Kept(shape: $0.shape, steps: $0.kept) }
    }

    /// Takes back what `keep` gave.
    mutating func remember(_ kept: [Kept], unknowns: Int) {
        known = kept.suffix(Self.most).map { one in
            Known(shape: one.shape, memory: one.steps.map { StepMemory(unknowns: unknowns, $0) }, kept: one.steps)
        }
    }
}

extension StretchMemories.Shape {
    /// Of one segment, or of those of several devices side by side.
    init(_ segments: [Segment]) {
        (from, to) = (segments.map(\.from), segments.map(\.to))
        duration = segments.first?.duration ?? 0
    }
}
