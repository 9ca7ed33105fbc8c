import LinearAlgebra
import TestSupport
import Testing

/// LAPACK's pivoting band solver.
struct BandMatrixTests {
    @Test("The band solver inverts a known product: A x = b with x given, to 1e-13; a singular matrix gives nil")
    func band() throws {
        var numbers = SeededNumbers(seed: 7)
        let order = 60
        var matrix = BandMatrix(order: order, lowerBandwidth: 2, upperBandwidth: 1)
        let x = (0..<order).map { _ in numbers.uniform() }
        var b = [Double](repeating: 0, count: order)
        for i in 0..<order {
            for j in max(0, i - 2)...min(order - 1, i + 1) {
                matrix[i, j] = numbers.uniform() + (i == j ? 5 : 0)
                b[i] += matrix[i, j] * x[j]
            }
        }
        let solved = try #require(matrix.solve(b))
        for (a, e) in zip(solved, x) { #expect(abs(a - e) < 1e-13) }
        #expect(BandMatrix(order: 4, lowerBandwidth: 1, upperBandwidth: 1).solve([1, 1, 1, 1]) == nil)
    }
}
