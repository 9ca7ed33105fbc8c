import Foundation
import LinearAlgebra

/// The polynomial through the last solutions: prediction, values inside a step, local errors.
extension AdaptiveIntegrator {
    /// The solution at `at` inside the last accepted step, from the polynomial through the newest solutions (the order that the
    /// step used, at least linear); at `time` itself it is the solution.
    public func interpolate(at moment: Double, into u: Row) {
        let points = min(lastOrder + 1, times.count)
        let n = system.unknowns
        for j in 0..<points {
            var weight = 1.0
            for m in 0..<points where m != j { weight *= (moment - times[m]) / (times[j] - times[m]) }
            let row = past[j].row
            if j == 0 {
                for i in 0..<n { u[i] = weight * row[i] }
            } else {
                for i in 0..<n { u[i] += weight * row[i] }
            }
        }
    }

    func predict(points: Int, into u: Row) {
        BDFCoefficients.extrapolation(count: points, ages: ages, into: &weights)
        let n = system.unknowns
        for i in 0..<n { u[i] = weights[0] * past[0].row[i] }
        for j in 1..<max(points, 1) {
            let (w, row) = (weights[j], past[j].row)
            for i in 0..<n { u[i] += w * row[i] }
        }
    }

    func localError(order q: Int, _ u: Row) -> Double {
        BDFCoefficients.dividedDifference(q + 1, ages: ages, into: &weights)
        var product = 1.0
        var shift = 0.0
        for j in 0..<q {
            product *= ages[j]
            shift += 1 / ages[j]
        }
        let scale = product / shift
        let n = system.unknowns
        let e = errorVector.row
        let w0 = weights[0] * scale
        for i in 0..<n { e[i] = w0 * u[i] }
        for j in 1...(q + 1) {
            let (w, row) = (weights[j] * scale, past[j - 1].row)
            for i in 0..<n { e[i] += w * row[i] }
        }
        return system.errorNorm(e, at: u)
    }

    func stepRatio(_ error: Double, _ order: Int) -> Double {
        pow(0.5 / max(error, 1e-12), 1 / Double(order + 1))
    }
}
