/// A borrowed stretch of doubles: the one type of this module that touches memory by pointer.
///
/// Reading and writing cost one load or store; the index is checked in debug builds only, because a checked subscript keeps
/// the compiler from vectorising. A `Row` must not outlive the `RealStorage` that lent it.
@frozen
public struct Row {
    /// Number of doubles.
    @usableFromInline let base: UnsafeMutablePointer<Double>
    public let count: Int

    @inlinable
    init(base: UnsafeMutablePointer<Double>, count: Int) {
        self.base = base
        self.count = count
    }

    /// The double at an index from 0.
    @inlinable
    public subscript(_ index: Int) -> Double {
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
    @inlinable
    public func part(_ start: Int, _ length: Int) -> Row {
        assert(start >= 0 && length >= 0 && start + length <= count)
        return Row(base: base + start, count: length)
    }

    /// Copies `other` (same length) into this row.
    @inlinable
    public func assign(_ other: Row) {
        assert(other.count == count)
        base.update(from: other.base, count: count)
    }

    /// Sets all of them.
    @inlinable
    public func fill(_ value: Double) {
        base.update(repeating: value, count: count)
    }

    /// The values as an array of their own.
    public var values: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// Copies an array (same length) into this row.
    public func assign(_ values: [Double]) {
        precondition(values.count == count, "a row of \(count) values cannot take \(values.count)")
        for index in 0..<count { base[index] = values[index] }
    }

    /// Hands the pointer to a C routine for the length of `body`.
    @inlinable
    public func withPointer<Result>(_ body: (UnsafeMutablePointer<Double>) throws -> Result) rethrows -> Result {
        try body(base)
    }
}

/// Memory that lends `Row`s; freed when the last reference goes.
public final class RealStorage {
    /// All of the memory; valid as long as this object.
    public let row: Row

    /// Aligned to 64 bytes, so that the numbers may be read eight at a time.
    public init(count: Int, value: Double = 0) {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Double>.stride, alignment: 64)
        let base = raw.bindMemory(to: Double.self, capacity: max(count, 1))
        base.initialize(repeating: value, count: max(count, 1))
        row = Row(base: base, count: count)
    }

    /// Memory that holds a copy of these numbers.
    public convenience init(_ values: [Double]) {
        self.init(count: values.count)
        row.assign(values)
    }

    /// The numbers as an array of their own. Of a temporary, `row.values` would read memory that is already given back.
    public var values: [Double] { withExtendedLifetime(self) { row.values } }

    deinit {
        UnsafeMutableRawPointer(row.base).deallocate()
    }
}
