#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Aligned memory of fixed size for the kernels: the one unsafe type of this module.
///
/// Starts at a cache line (a huge page for large sizes) and is zero at first. Every kernel takes its pointers from
/// here; ranges handed to kernels are checked against `count`. One owner writes at a time: the learner gives each
/// worker buffers of its own.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let count: Int
    let pointer: UnsafeMutablePointer<Element>

    init(_ count: Int) {
        self.count = count
        let bytes = max(64, (count * MemoryLayout<Element>.stride + 63) / 64 * 64)
        let large = bytes >= 1 << 22
        var raw: UnsafeMutableRawPointer?
        guard posix_memalign(&raw, large ? 1 << 21 : 64, bytes) == 0, let raw else {
            fatalError("out of memory: a buffer of \(bytes) bytes")
        }
        #if os(Linux)
            if large { _ = madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        memset(raw, 0, bytes)
        pointer = raw.bindMemory(to: Element.self, capacity: bytes / MemoryLayout<Element>.stride)
    }

    convenience init(_ values: [Element]) {
        self.init(values.count)
        write(values, at: 0)
    }

    deinit { free(pointer) }

    /// Address of an element from which at least `room` elements lie inside.
    func at(_ offset: Int, room: Int = 1) -> UnsafeMutablePointer<Element> {
        precondition(offset >= 0 && offset + room <= count, "range \(offset) ..< \(offset + room) of \(count) elements")
        return pointer + offset
    }

    subscript(i: Int) -> Element {
        get { at(i).pointee }
        set { at(i).pointee = newValue }
    }

    var all: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: pointer, count: count) }

    func fill(_ value: Element, _ range: Range<Int>) {
        at(range.lowerBound, room: range.count).update(repeating: value, count: range.count)
    }

    func write(_ values: [Element], at offset: Int) {
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { at(offset, room: values.count).update(from: base, count: values.count) }
        }
    }

    func read(_ range: Range<Int>) -> [Element] {
        Array(UnsafeBufferPointer(start: at(range.lowerBound, room: range.count), count: range.count))
    }

    func copy(_ range: Range<Int>, from source: AlignedBuffer, at offset: Int) {
        at(range.lowerBound, room: range.count).update(from: source.at(offset, room: range.count), count: range.count)
    }
}

typealias FloatBuffer = AlignedBuffer<Float>
