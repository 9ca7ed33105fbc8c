import Dispatch
import Synchronization

/// `body` of 0 ..< count on all cores; the results in order, or the error of the lowest index that failed.
///
/// How devices, biases, seeds and the columns of a Jacobian are spread: each core takes the next index when it is free, so that
/// the loss at the end is at most one piece a core. After a failure the indices above it are not begun any more; those below it
/// are, so that the error is the same for any number of cores. Cost beside `body`: some microseconds an index.
public func concurrentMap<Element: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Element
) throws(Failure) -> [Element] {
    guard count > 0 else { return [] }
    let outcomes = Mutex(Outcomes<Element, Failure>(count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        guard outcomes.withLock({ index < $0.firstFailure }) else { return }
        let outcome: Result<Element, Failure>
        do throws(Failure) { outcome = .success(try body(index)) } catch { outcome = .failure(error) }
        outcomes.withLock { $0.set(index, outcome) }
    }
    // Up to the first failure every index has its outcome.
    let results = outcomes.withLock { $0.results }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for case let outcome? in results { elements.append(try outcome.get()) }
    return elements
}

private struct Outcomes<Element: Sendable, Failure: Error>: Sendable {
    var results: [Result<Element, Failure>?]
    var firstFailure = Int.max

    init(count: Int) { results = Array(repeating: nil, count: count) }

    mutating func set(_ index: Int, _ outcome: Result<Element, Failure>) {
        results[index] = outcome
        if case .failure = outcome { firstFailure = min(firstFailure, index) }
    }
}

/// How much of some work is done, counted from any thread.
public final class Tally: Sendable {
    private let done = Mutex(0.0)
    private let total: Double

    /// - total: the sum of all weights; any unit.
    public init(total: Double) { self.total = total }

    /// Adds `weight` and returns the share done so far, 0 ... 1.
    @discardableResult
    public func add(_ weight: Double) -> Double {
        done.withLock { done in
            done += weight
            return total > 0 ? min(done / total, 1) : 1
        }
    }
}
