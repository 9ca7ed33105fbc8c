import Dispatch
import Foundation

/// Runs `body` for 0 ..< count on all cores; results in order, the first error in index order is thrown.
///
/// How devices, biases, seeds and the columns of a Jacobian are spread: each core takes the next index when it is free, so that the
/// loss at the end is at most one piece a core. Cost beside `body`: some microseconds an index.
public func parallelMap<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
    let results = Results<Result>(count: count)
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let outcome = Swift.Result { try body(index) }
        results.set(index, outcome)
    }
    return try results.all().map { try $0.get() }
}

private final class Results<Value: Sendable>: @unchecked Sendable {
    // Guarded by `lock`: every access goes through it.
    private var values: [Swift.Result<Value, any Error>?]
    private let lock = NSLock()

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Swift.Result<Value, any Error>) {
        lock.withLock { values[index] = value }
    }

    func all() -> [Swift.Result<Value, any Error>] { lock.withLock { values.compactMap { $0 } } }
}

/// Counts finished pieces of work from any thread, as the share that a progress bar shows.
final class Tally: @unchecked Sendable {
    private var done = 0.0
    private let total: Double
    private let lock = NSLock()

    init(total: Double) { self.total = total }

    /// Adds `weight` and returns the share done so far.
    func add(_ weight: Double) -> Double {
        lock.withLock {
            done += weight
            return min(done / total, 1)
        }
    }
}
