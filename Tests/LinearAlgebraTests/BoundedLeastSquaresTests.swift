import Foundation
import LinearAlgebra
import TestSupport
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
        #expect(fit.isConverged && fit.differences == .twoSided)
    }

    @Test("With a bound in the way the fit ends on it, where the descent points outwards")
    func bound() throws {
        var fit = Self.fit(start: [-1, 0], upper: [0.5, 10])
        try Self.run(&fit)
        #expect(fit.parameters[0] == 0.5)
        // Along the bound the minimum over y is that of a straight line: y = (1 (3 - 1) + 1 (1 + 0.5) + 100 * 0.25) / 102.
        #expect(abs(fit.parameters[1] - (2.0 + 1.5 + 25) / 102) < 1e-5)
    }

    /// r = (3 (y - x^2), 0.3 (x - 2), 2) with noise of 1e-3 in the first row: a long bent valley whose floor (cost 4) is at (2, 4).
    /// `number` makes the noise: the same point has the same.
    static func valley(_ p: [Double]) -> [Double] {
        var number = SeededNumbers(seed: p[0].bitPattern ^ p[1].bitPattern)
        return [3 * (p[1] - p[0] * p[0]) + 1e-3 * number.uniform(), 0.3 * (p[0] - 2), 2]
    }

    @Test("Through a bent valley with noise, differences of 2 %: from 40 % above its floor to 0.1 % above, in 200 evaluations")
    func valley() throws {
        var fit = BoundedLeastSquares(
            start: [-1.5, 2], residuals: Self.valley([-1.5, 2]), lower: [-10, -10], upper: [10, 10], steps: [0.02, 0.02],
            largestMove: 1)
        #expect(fit.cost > 4 * 1.4)
        while !fit.isConverged, fit.iterations < 40 { try fit.iterate { $0.map(Self.valley) } }
        #expect(fit.isConverged)
        #expect(fit.cost < 4 * 1.001)
        #expect(fit.evaluations <= 200)
    }

    @Test("Where two-sided slopes promise a gain that no step brings, the fit ends and says that it stands still")
    func stalled() throws {
        var fit = BoundedLeastSquares(start: [0], residuals: [1], lower: [-1], upper: [1], steps: [0.1], largestMove: 1)
        while !fit.isConverged, fit.iterations < 10 {
            try fit.iterate { $0.map { $0[0] == 0.1 ? [1.3] : $0[0] == -0.1 ? [1.1] : nil } }
        }
        #expect(fit.ending == .stalled && fit.differences == .twoSided && fit.iterations == 2)
        #expect(try fit.cost == 1 && #require(fit.foreseen) > 0.1)
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

    /// r = (p0 - 100, 3 (p1 - 100), p0 - p1), with evaluations that fail where a parameter exceeds `most`.
    static func straight(_ p: [Double], most: Double = .infinity) -> [Double]? {
        p.contains { $0 > most } ? nil : [p[0] - 100, 3 * (p[1] - 100), p[0] - p[1]]
    }

    @Test(
        "Broyden's update leaves the Jacobian of straight residuals as it is: five moves of the longest step on one Jacobian go straight"
    )
    func updateOfStraightResiduals() throws {
        var fit = BoundedLeastSquares(
            start: [0, 0], residuals: Self.straight([0, 0])!, lower: [-1e3, -1e3], upper: [1e3, 1e3], steps: [1e-3, 1e-3],
            largestMove: 10)
        try fit.iterate { $0.map { Self.straight($0) } }
        #expect(hypot(fit.parameters[0], fit.parameters[1]) > 49, "went to \(fit.parameters)")
        while !fit.isConverged, fit.iterations < 10 { try fit.iterate { $0.map { Self.straight($0) } } }
        // 141 / 50 Jacobians and one for what the differences err by; then nothing is left, which is an end as well.
        #expect(fit.history[4] < 1e-12 * fit.history[0], "\(fit.history)")
        #expect(fit.isConverged && fit.ending == .flat && fit.iterations <= 7)
    }

    @Test(
        "Where the evaluation on one side fails or a bound is in the way, the slope is that of the other side, over its own distance"
    )
    func oneSidedSlopes() throws {
        let exact = [[1.0, 0, 1], [0, 3, -1]]
        let open = BoundedLeastSquares(
            start: [5, 5], residuals: Self.straight([5, 5])!, lower: [-10, -10], upper: [10, 10], steps: [0.5, 0.25])
        let bound = BoundedLeastSquares(
            start: [5, 5], residuals: Self.straight([5, 5])!, lower: [5, -10], upper: [10, 5], steps: [0.5, 0.25])
        for columns in [
            try open.centralJacobian { $0.map { Self.straight($0, most: 5) } },
            try bound.centralJacobian { $0.map { Self.straight($0) } },
        ] {
            for (column, expected) in zip(columns, exact) { for (a, b) in zip(column, expected) { #expect(abs(a - b) < 1e-9) } }
        }
    }
}
