import Foundation
import LinearAlgebra

/// The three laws that a compact synapse is made of, fitted by least squares.
public enum Fits {
    /// F(t) = F_0 exp(-t / tau) fitted to samples; amplitude free, residual relative to the first sample.
    ///
    /// `times` (s) and `values` (any unit, S here) should be spaced evenly in log t, so that each decade counts alike.
    /// Returns nil when there are fewer than three samples or the values do not decay.
    public static func exponential(times: [Double], values: [Double]) -> (tau: Double, residual: Double)? {
        guard times.count == values.count, times.count >= 3, let first = values.first, first != 0 else { return nil }
        let relative = values.map { $0 / first }
        // Start where the samples cross 1/e.
        let start = zip(times, relative).first { $1 < exp(-1) }?.0 ?? times[times.count - 1]
        let fit = LeastSquares.levenbergMarquardt(start: [log(start), 1]) { p in
            zip(times, relative).map { p[1] * exp(-$0 * exp(-p[0])) - $1 }
        }
        let tau = exp(fit.parameters[0])
        guard tau.isFinite, tau > 0 else { return nil }
        return (tau, (fit.cost / Double(times.count)).squareRoot())
    }

    /// y = c x^alpha, straight line in the logarithms; residual is the rms of ln(y_fit / y).
    public static func powerLaw(_ x: [Double], _ y: [Double]) -> (prefactor: Double, exponent: Double, residual: Double)? {
        guard x.count == y.count, x.count >= 2, x.allSatisfy({ $0 > 0 }), y.allSatisfy({ $0 > 0 }) else { return nil }
        let (lx, ly) = (x.map { log($0) }, y.map { log($0) })
        guard let line = LeastSquares.linear(rows: lx.map { [1, $0] }, ly) else { return nil }
        let squares = zip(lx, ly).reduce(0) { sum, pair in
            let miss = line[0] + line[1] * pair.0 - pair.1
            return sum + miss * miss
        }
        return (exp(line[0]), line[1], (squares / Double(x.count)).squareRoot())
    }

    /// Root mean square of the difference over the root mean square of `reference`.
    package static func relativeError(_ values: [Double], of reference: [Double]) -> Double {
        var (misses, squares) = (0.0, 0.0)
        for (a, b) in zip(values, reference) {
            misses += (a - b) * (a - b)
            squares += b * b
        }
        return (misses / squares).squareRoot()
    }

    /// Lambda(V) = height / (1 + exp(-slope (V - centre))) + offset, the paper's form (Fig. 3e).
    public static func sigmoid(_ voltages: [Double], _ lambdas: [Double]) -> SynapseModel.Sigmoid? {
        guard voltages.count == lambdas.count, voltages.count >= 4,
            let low = lambdas.min(), let high = lambdas.max(), high > low
        else { return nil }
        let fit = LeastSquares.levenbergMarquardt(start: [high - low, 4, 0, low]) { p in
            zip(voltages, lambdas).map { p[0] / (1 + exp(-p[1] * ($0 - p[2]))) + p[3] - $1 }
        }
        guard fit.parameters.allSatisfy(\.isFinite) else { return nil }
        return SynapseModel.Sigmoid(
            height: fit.parameters[0], slope: fit.parameters[1], centre: fit.parameters[2], offset: fit.parameters[3],
            residual: (fit.cost / Double(voltages.count)).squareRoot())
    }
}

extension SynapseModel.Sigmoid {
    /// Lambda at bias `voltage` (V).
    public func lambda(at voltage: Double) -> Double {
        height / (1 + exp(-slope * (voltage - centre))) + offset
    }
}
