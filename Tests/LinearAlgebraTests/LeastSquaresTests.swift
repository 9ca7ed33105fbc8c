import Foundation
import LinearAlgebra
import TestSupport
import Testing

struct LeastSquaresTests {
    @Test("A cubic through exact data is recovered to 1e-12")
    func polynomial() throws {
        let truth = [0.3, -1.2, 2.5, 0.7]
        let xs = (0..<20).map { Double($0) / 10 - 1 }
        let rows = xs.map { x in [1, x, x * x, x * x * x] }
        let y = rows.map { zip($0, truth).reduce(0) { $0 + $1.0 * $1.1 } }
        let found = try #require(LeastSquares.linear(rows: rows, y))
        for (a, b) in zip(found, truth) { #expect(abs(a - b) < 1e-12) }
    }

    @Test("At the minimum the residual is orthogonal to every column: |A^T r| < 1e-12")
    func normalEquations() throws {
        var numbers = SeededNumbers(seed: 3)
        let rows = (0..<30).map { _ in (0..<4).map { _ in numbers.uniform() } }
        let y = (0..<30).map { _ in numbers.uniform() }
        let x = try #require(LeastSquares.linear(rows: rows, y))
        let residual = zip(rows, y).map { row, b in b - zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
        for j in 0..<4 {
            #expect(abs(zip(rows, residual).reduce(0) { $0 + $1.0[j] * $1.1 }) < 1e-12)
        }
    }

    @Test("Too few rows and a column of zeros have no unique answer")
    func deficient() {
        #expect(LeastSquares.linear(rows: [[1, 2]], [1]) == nil)
        #expect(LeastSquares.linear(rows: [[1, 0], [2, 0], [3, 0]], [1, 2, 3]) == nil)
    }

    @Test("Levenberg-Marquardt finds the sigmoid a / (1 + exp(-(v - v0) / s)) + b to 1e-8")
    func sigmoid() {
        let truth = [0.9, -0.12, 0.21, 0.05]
        func value(_ p: [Double], _ v: Double) -> Double { p[0] / (1 + exp(-(v - p[1]) / p[2])) + p[3] }
        let v = (0..<13).map { -0.6 + 0.1 * Double($0) }
        let data = v.map { value(truth, $0) }
        let fit = LeastSquares.levenbergMarquardt(start: [0.7, 0.1, 0.4, 0]) { p in
            zip(v, data).map { value(p, $0) - $1 }
        }
        #expect(fit.converged)
        #expect(fit.cost < 1e-18)
        for (a, b) in zip(fit.parameters, truth) { #expect(abs(a - b) < 1e-8) }
    }

    @Test("Rosenbrock's valley, residuals (10 (y - x^2), 1 - x), ends at (1, 1)")
    func rosenbrock() {
        let fit = LeastSquares.levenbergMarquardt(start: [-1.2, 1]) { p in [10 * (p[1] - p[0] * p[0]), 1 - p[0]] }
        #expect(fit.converged)
        #expect(abs(fit.parameters[0] - 1) < 1e-8 && abs(fit.parameters[1] - 1) < 1e-8)
    }

    @Test("A trial with residuals that are not finite is refused, and the fit goes on: ln p = 1 from p = 30")
    func refusesNaN() {
        let fit = LeastSquares.levenbergMarquardt(start: [30]) { p in [log(p[0]) - 1] }
        #expect(fit.converged)
        #expect(abs(fit.parameters[0] - exp(1)) < 1e-8)
    }
}
