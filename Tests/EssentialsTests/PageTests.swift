import Essentials
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        let width = try Quantity(parsing: "500 us", key: "width").si(as: .time, key: "width")
        let squares = concurrentMap(4) { $0 * $0 }
        var numbers = SeededGenerator(seed: 1)
        let first = numbers.uniform()
        let table = Table([1.0, 2], columns: [("time_s", { $0 }), ("twice", { 2 * $0 })])
        #expect(width == 500e-6 && squares == [0, 1, 4, 9] && (0..<1).contains(first) && table.columns == ["time_s", "twice"])
    }
}
