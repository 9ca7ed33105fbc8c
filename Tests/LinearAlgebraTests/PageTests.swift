import LinearAlgebra
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        let line = LeastSquares.linear(rows: [[1, 0], [1, 1], [1, 2]], [1, 3, 5])
        var matrix = BandMatrix(order: 3, lowerBandwidth: 1, upperBandwidth: 1)
        for i in 0..<3 { matrix[i, i] = 2 }
        for i in 0..<2 { (matrix[i, i + 1], matrix[i + 1, i]) = (-1, -1) }
        let solution = matrix.solve([1, 0, 1])
        let found = try #require(line)
        #expect(abs(found[0] - 1) < 1e-12 && abs(found[1] - 2) < 1e-12)
        #expect(try #require(solution).allSatisfy { abs($0 - 1) < 1e-12 })
    }
}
