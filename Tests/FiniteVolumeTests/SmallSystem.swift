import Foundation
import FiniteVolume
import LinearAlgebra

/// du/dt = rate(t, u) for a handful of unknowns, with a dense Jacobian by central differences and an absolute tolerance:
/// the smallest system that the integrator takes.
final class SmallSystem: ImplicitSystem {
    let unknowns: Int
    let tolerance: Double
    let rate: (Double, [Double]) -> [Double]
    /// Later than this there is no state.
    var lastTime = Double.infinity
    /// Reported instead of a correction when set.
    var failure: NewtonFailure?
    private var now = 0.0

    init(unknowns: Int, tolerance: Double, rate: @escaping (Double, [Double]) -> [Double]) {
        self.unknowns = unknowns
        self.tolerance = tolerance
        self.rate = rate
    }

    func prepare(time: Double) { now = time }

    func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        if now > lastTime { throw .noState("no state after \(lastTime) s") }
        if let failure { throw failure }
        let values = u.values
        let f = rate(now, values)
        var matrix = BandMatrix(order: unknowns, lowerBandwidth: unknowns - 1, upperBandwidth: unknowns - 1)
        for j in 0..<unknowns {
            let step = 1e-6 * max(1, abs(values[j]))
            var (up, down) = (values, values)
            up[j] += step
            down[j] -= step
            let (above, below) = (rate(now, up), rate(now, down))
            for i in 0..<unknowns {
                matrix[i, j] = (i == j ? shift : 0) - (above[i] - below[i]) / (2 * step)
            }
        }
        let residual = (0..<unknowns).map { -(shift * values[$0] + history[$0] - f[$0]) }
        guard let d = matrix.solve(residual) else { throw .singularMatrix }
        for i in 0..<unknowns { u[i] += d[i] }
        let norm = d.map(abs).max() ?? 0
        guard norm.isFinite else { throw .notFinite(unknown: "u") }
        return NewtonCorrection(norm: norm / tolerance, wasDamped: false)
    }

    func errorNorm(_ e: Row, at u: Row) -> Double { (e.values.map(abs).max() ?? 0) / tolerance }
    func isAdmissible(_ u: Row) -> Bool { true }
    func condition(predictor: Row, last: Row) {}
}

/// Slope of ln y against ln x between the first and the last point.
func logSlope(_ x: [Double], _ y: [Double]) -> Double {
    (log(y[y.count - 1]) - log(y[0])) / (log(x[x.count - 1]) - log(x[0]))
}
