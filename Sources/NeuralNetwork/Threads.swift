import Dispatch
import Synchronization

/// A number of threads that share work whose items do not depend on one another, so that results do not depend on it.
struct Threads: Sendable {
    let count: Int

    /// Runs `work(thread, item)` for every item; each thread takes every `count`-th item.
    func spread(_ items: Int, _ work: @Sendable (_ thread: Int, _ item: Int) -> Void) {
        let used = min(count, items)
        if used <= 1 {
            for item in 0..<items { work(0, item) }
        } else {
            DispatchQueue.concurrentPerform(iterations: used) { thread in
                for item in stride(from: thread, to: items, by: used) { work(thread, item) }
            }
        }
    }

    /// The results of `work(thread, item)` for every item, in the order of items.
    func map<Result: Sendable>(_ items: Int, _ work: (_ thread: Int, _ item: Int) -> Result) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: items))
        withoutActuallyEscaping(work) { work in
            let shared = Shared(work)
            spread(items) { thread, item in
                let result = shared.value(thread, item)
                results.withLock { $0[item] = result }
            }
        }
        return results.withLock { $0.map { $0! } }
    }

    /// Runs `work` on parts of 0 ..< count, bounds multiples of 16: for sweeps over the flat vector.
    func sweep(_ elements: Int, _ work: @Sendable (Range<Int>) -> Void) {
        let piece = (elements / count + 16) / 16 * 16
        spread(count) { _, part in
            let start = min(part * piece, elements)
            let end = min(start + piece, elements)
            if start < end { work(start..<end) }
        }
    }

    /// Runs `work` on parts of 0 ..< rows, for sweeps over the rows of the plastic layer.
    func sweep(rows: Int, _ work: @Sendable (Range<Int>) -> Void) {
        spread(count) { _, part in work(part * rows / count..<(part + 1) * rows / count) }
    }
}

/// A closure that threads call on disjoint parts.
private struct Shared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
