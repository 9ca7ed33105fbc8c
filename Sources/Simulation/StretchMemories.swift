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
    struct Shape: Equatable {
        var from, to: [Double]
        var duration: Double
    }

    private var shapes: [(shape: Shape, memory: StepMemory?)] = []

    /// The memory of a shape that was seen before; nil the first time.
    mutating func memory(of shape: Shape, unknowns: Int) -> StepMemory? {
        guard let place = shapes.firstIndex(where: { $0.shape == shape }) else {
            if shapes.count >= Self.most { shapes.removeFirst() }
            shapes.append((shape, nil))
            return nil
        }
        var found = shapes.remove(at: place)
        found.memory = found.memory ?? StepMemory(unknowns: unknowns)
        shapes.append(found)
        return found.memory
    }

    mutating func forget() { shapes = [] }
}

extension StretchMemories.Shape {
    /// Of one segment, or of those of several devices side by side.
    init(_ segments: [Segment]) {
        (from, to) = (segments.map(\.from), segments.map(\.to))
        duration = segments.first?.duration ?? 0
    }
}
