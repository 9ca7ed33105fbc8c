import Foundation
import LinearAlgebra
import Testing

struct BoundedLeastSquaresTests {
    /// r = (a x + y - 3, x - y + 1, 10 (y - x^2)): no exact zero, minimum found by hand-made scan below.
    static func residuals(_ p: [Double]) -> [Double] { [2 * p[0] + p[1] - 3, p[0] - p[1] + 1, 10 * (p[1] - p[0] * p[0])] }

    static func fit(start: [Double], lower: [Double] = [-10, -10], upper: [Double] = [10, 10]) -> BoundedLeastSquares {
        BoundedLeastSquares(
            start: start, residuals: residuals(start), lower: lower, upper: upper, steps: [1e-6, 1e-6], tolerance: 1e-10)
    }

    static func run(_ fit: inout BoundedLeastSquares, iterations: Int = 100) throws {
        while !fit.isConverged, fit.iterations < iterations { try fit.iterate { $0.map { Self.residuals($0) } } }
    }

    @Test("At the minimum inside the bounds the gradient J^T r vanishes (1e-4 of the column norms)")
    func interior() throws {
        var fit = Self.fit(start: [-1.2, 1])
        try Self.run(&fit)
        let columns = try fit.centralJacobian { $0.map { Self.residuals($0) } }
        for column in columns {
            let slope = zip(column, fit.residuals).reduce(0) { $0 + $1.0 * $1.1 }
            let norm = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(slope) < 1e-4 * norm)
        }
        #expect(fit.history.first! > 10 * fit.cost)
    }

    @Test("With a bound in the way the fit ends on it, where the descent points outwards")
    func bound() throws {
        var fit = Self.fit(start: [-1, 0], upper: [0.5, 10])
        try Self.run(&fit)
        #expect(fit.parameters[0] == 0.5)
        // Along the bound the minimum over y is that of a straight line: y = (1 (3 - 1) + 1 (1 + 0.5) + 100 * 0.25) / 102.
        #expect(abs(fit.parameters[1] - (2.0 + 1.5 + 25) / 102) < 1e-5)
    }

    @Test("Points without residuals are stepped around: the fit reaches a minimum that lies beside them")
    func holes() throws {
        var fit = Self.fit(start: [-1.2, 1])
        while !fit.isConverged, fit.iterations < 100 {
            try fit.iterate { points in points.map { $0[0] > 1.2 ? nil : Self.residuals($0) } }
        }
        var free = Self.fit(start: [-1.2, 1])
        try Self.run(&free)
        #expect(abs(fit.parameters[0] - free.parameters[0]) < 1e-3)
    }

    @Test("A fit continued from its JSON equals the one never stopped, bit for bit")
    func resume() throws {
        var whole = Self.fit(start: [-1.2, 1])
        for _ in 0..<6 { try whole.iterate { $0.map { Self.residuals($0) } } }
        var part = Self.fit(start: [-1.2, 1])
        for _ in 0..<3 { try part.iterate { $0.map { Self.residuals($0) } } }
        var continued = try JSONDecoder().decode(BoundedLeastSquares.self, from: JSONEncoder().encode(part))
        for _ in 0..<3 { try continued.iterate { $0.map { Self.residuals($0) } } }
        #expect(continued == whole)
    }

    @Test("Singular values of [[3, 0], [4, 5]] are sqrt(45) and sqrt(5); a missing row is a zero")
    func singularValues() throws {
        let s = try #require(SingularValues(rows: [[3, 0], [4, 5]]))
        #expect(abs(s.values[0] - 45.0.squareRoot()) < 1e-12 && abs(s.values[1] - 5.0.squareRoot()) < 1e-12)
        for v in s.directions { #expect(abs(v.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12) }
        let flat = try #require(SingularValues(rows: [[1, 2, 2]]))
        #expect(abs(flat.values[0] - 3) < 1e-12 && flat.values[1] == 0 && flat.values[2] == 0)
        #expect(SingularValues(rows: []) == nil && SingularValues(rows: [[.nan]]) == nil)
    }
}
