import CKernels
import LinearAlgebra

/// A borrowed stretch of lanes: the one type of this module that touches memory by pointer.
///
/// Reading and writing cost one load or store; the index is checked in debug builds only. A stretch must not outlive the storage
/// (`LaneStorage` or `RealStorage`) that lent it.
struct Stretch<L: Lane> {
    private let base: UnsafeMutablePointer<L>
    let count: Int

    fileprivate init(base: UnsafeMutablePointer<L>, count: Int) {
        self.base = base
        self.count = count
    }

    /// The numbers of a row as lanes: device k's value i is number `width` i + k.
    @inline(__always)
    init(_ row: Row) {
        count = row.count / L.width
        base = row.withPointer { UnsafeMutableRawPointer($0).assumingMemoryBound(to: L.self) }
    }

    @inline(__always)
    subscript(_ index: Int) -> L {
        get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }

    /// The part from `start` of length `length`.
    @inline(__always)
    func part(_ start: Int, _ length: Int) -> Stretch {
        assert(start >= 0 && length >= 0 && start + length <= count)
        return Stretch(base: base + start, count: length)
    }

    func fill(_ value: L) { base.update(repeating: value, count: count) }

    /// Copies `other` (same length).
    @inline(__always)
    func assign(_ other: Stretch) {
        assert(other.count == count)
        base.update(from: other.base, count: count)
    }

    /// Replaces the first `count` lanes by their exponentials; arguments are taken within +-708.
    @inline(__always)
    func exponentials(_ count: Int) {
        assert(count <= self.count)
        // A lane that holds more than its numbers (a derivative, say) is taken one by one.
        guard MemoryLayout<L>.stride == L.width * MemoryLayout<Double>.stride else {
            for i in 0..<count { self[i] = L.exponential(self[i]) }
            return
        }
        tausonite_exp(UnsafeMutableRawPointer(base).assumingMemoryBound(to: Double.self), count * L.width)
    }

    /// Every lane as device 0 sees it.
    var values: [Double] { (0..<count).map { self[$0][lane: 0] } }
}

/// Memory that lends stretches; freed when the last reference goes.
final class LaneStorage<L: Lane> {
    let all: Stretch<L>
    private let raw: UnsafeMutableRawPointer
    private var used = 0

    init(_ count: Int) {
        raw = .allocate(byteCount: max(count, 1) * MemoryLayout<L>.stride, alignment: 64)
        let base = raw.bindMemory(to: L.self, capacity: max(count, 1))
        base.initialize(repeating: L(0), count: max(count, 1))
        all = Stretch(base: base, count: count)
    }

    /// The next `count` lanes that were not lent yet.
    func take(_ count: Int) -> Stretch<L> {
        precondition(used + count <= all.count, "the storage is used up")
        defer { used += count }
        return all.part(used, count)
    }

    deinit { raw.deallocate() }
}
