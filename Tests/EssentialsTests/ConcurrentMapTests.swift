import Essentials
import Foundation
import Synchronization
import Testing

@Suite struct ConcurrentMapTests {
    @Test func resultsKeepTheirOrder() {
        // The later an index, the shorter its work: in order of completion the list would be another.
        let squares = concurrentMap(200) { index in
            if index < 8 { usleep(UInt32(8 - index) * 1000) }
            return index * index
        }
        #expect(squares == (0..<200).map { $0 * $0 })
        #expect(concurrentMap(0) { $0 }.isEmpty && concurrentMap(-1) { $0 }.isEmpty)
    }

    @Test func everyIndexRunsOnce() {
        let counts = Mutex([Int](repeating: 0, count: 1000))
        _ = concurrentMap(1000) { index in counts.withLock { $0[index] += 1 } }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 1000))
    }

    /// Whichever core is first, the error is that of the lowest index, with its own type.
    @Test func theLowestErrorIsThrown() {
        struct Failure: Error, Equatable { var index: Int }
        for _ in 0..<20 {
            let error = #expect(throws: Failure.self) {
                try concurrentMap(64) { (index) throws(Failure) -> Int in
                    if index == 5 { usleep(2000) }
                    if index >= 5 { throw Failure(index: index) }
                    return index
                }
            }
            #expect(error == Failure(index: 5))
        }
    }

    @Test func workAboveAFailureIsNotBegun() {
        struct Failure: Error {}
        let begun = Mutex(0)
        #expect(throws: Failure.self) {
            try concurrentMap(100_000) { (_) throws(Failure) -> Int in
                begun.withLock { $0 += 1 }
                throw Failure()
            }
        }
        #expect(begun.withLock { $0 } <= 64)
    }

    @Test func aTallyCountsFromAllThreads() {
        let tally = Tally(total: 400)
        _ = concurrentMap(399) { _ in tally.add(1) }
        #expect(tally.add(0.5) == 399.5 / 400)
        #expect(tally.add(100) == 1)
        #expect(Tally(total: 0).add(0) == 1)
    }
}
