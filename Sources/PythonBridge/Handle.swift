import Essentials
import Foundation

/// What a caller in another language holds: a value of the library behind a pointer, and text and columns of numbers to look at.
///
/// The one type of this room that touches memory. Text and columns are laid down once, stay where they are until the handle is
/// released, and are never written again, so that threads may read them side by side and numpy arrays lie on them without a copy.
final class Handle: @unchecked Sendable {
    /// The value that further calls work on; nil where there is only something to look at.
    let content: (any Sendable)?
    private let text, failure: UnsafeMutablePointer<CChar>?
    private let columns: [String: UnsafeMutableBufferPointer<Double>]

    init(
        _ content: (any Sendable)? = nil, text: String? = nil, columns: [(name: String, values: [Double])] = [],
        failure: String? = nil
    ) {
        self.content = content
        self.text = text.flatMap { strdup($0) }
        self.failure = failure.flatMap { strdup($0) }
        var memory: [String: UnsafeMutableBufferPointer<Double>] = [:]
        for (name, values) in columns where memory[name] == nil {
            let column = UnsafeMutableBufferPointer<Double>.allocate(capacity: values.count)
            _ = column.initialize(from: values)
            memory[name] = column
        }
        self.columns = memory
    }

    deinit {
        free(text)
        free(failure)
        for column in columns.values { column.deallocate() }
    }

    /// A pointer that owns the handle of what `work` makes; what it throws becomes a handle with a failure.
    static func answer(_ work: () throws -> Handle) -> UnsafeMutableRawPointer {
        let handle: Handle
        do { handle = try work() } catch { handle = Handle(failure: Failure(error).json) }
        return Unmanaged.passRetained(handle).toOpaque()
    }

    /// Gives up what `answer` made; nil does nothing.
    static func release(_ pointer: UnsafeMutableRawPointer?) {
        if let pointer { Unmanaged<Handle>.fromOpaque(pointer).release() }
    }

    static func at(_ pointer: UnsafeRawPointer?) -> Handle? {
        pointer.map { Unmanaged<Handle>.fromOpaque($0).takeUnretainedValue() }
    }

    static func text(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? { at(pointer)?.text.map { UnsafePointer($0) } }

    static func failure(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
        at(pointer)?.failure.map { UnsafePointer($0) }
    }

    /// Length and place of a column; -1 where there is none of this name.
    static func column(
        _ pointer: UnsafeRawPointer?, _ name: String, _ place: UnsafeMutablePointer<UnsafePointer<Double>?>?
    ) -> Int64 {
        guard let column = at(pointer)?.columns[name] else { return -1 }
        place?.pointee = column.baseAddress.map { UnsafePointer($0) }
        return Int64(column.count)
    }

    /// The text that a caller hands in; empty for none.
    static func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }

    /// A copy of the numbers that a caller hands in.
    static func numbers(_ place: UnsafePointer<Double>?, _ count: Int64) -> [Double] {
        Array(UnsafeBufferPointer(start: place, count: place == nil ? 0 : max(0, Int(truncatingIfNeeded: count))))
    }
}
