import COpenBLAS

/// Linear and nonlinear least squares over LAPACK.
public enum LeastSquares {
    /// Minimises |A x - b| by QR (`dgels`); `rows` are the rows of A. Nil when A is rank deficient or under-determined.
    public static func linear(rows: [[Double]], _ rightHandSide: [Double]) -> [Double]? {
        guard let columns = rows.first?.count, rows.count >= columns, rows.count == rightHandSide.count else { return nil }
        var matrix = rows.flatMap { $0 }
        var solution = rightHandSide
        let status = LAPACKE_dgels(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), Int32(rows.count), Int32(columns), 1,
            &matrix, Int32(columns), &solution, 1)
        guard status == 0, solution.prefix(columns).allSatisfy(\.isFinite) else { return nil }
        return Array(solution.prefix(columns))
    }

    /// The outcome of a nonlinear fit.
    public struct Fit: Sendable {
        /// The parameters found.
        public var parameters: [Double]
        /// Sum of squared residuals.
        public var cost: Double
        /// Iterations taken.
        public var iterations: Int
        /// True when the relative change of the cost or of the step fell below the tolerance.
        public var converged: Bool
    }

    /// Levenberg-Marquardt with Marquardt's scaling; the Jacobian by central differences.
    ///
    /// Minimises sum r_i(p)^2. Each step solves the augmented system [J; sqrt(mu) diag(|J_j|)] d = [-r; 0] by QR.
    /// A trial whose residuals are not finite is refused. Cost: (2 p + 1) residual evaluations per iteration.
    /// Source: J. J. More, The Levenberg-Marquardt algorithm, Lecture Notes in Mathematics 630 (1978).
    public static func levenbergMarquardt(
        start: [Double], tolerance: Double = 1e-12, maximumIterations: Int = 200,
        residuals: ([Double]) -> [Double]
    ) -> Fit {
        var parameters = start
        var current = residuals(parameters)
        var cost = current.reduce(0) { $0 + $1 * $1 }
        var damping = 1e-3
        for iteration in 1...maximumIterations {
            let jacobian = centralDifferences(at: parameters, count: current.count, residuals)
            let scale = parameters.indices.map { j in
                max(jacobian.reduce(0) { $0 + $1[j] * $1[j] }.squareRoot(), 1e-300)
            }
            var improved = false
            for _ in 0..<30 {
                var rows = jacobian
                for j in parameters.indices {
                    var row = [Double](repeating: 0, count: parameters.count)
                    row[j] = damping.squareRoot() * scale[j]
                    rows.append(row)
                }
                let target = current.map { -$0 } + [Double](repeating: 0, count: parameters.count)
                guard let step = linear(rows: rows, target) else {
                    damping *= 10
                    continue
                }
                let trial = zip(parameters, step).map { $0 + $1 }
                let trialResiduals = residuals(trial)
                let trialCost = trialResiduals.reduce(0) { $0 + $1 * $1 }
                if trialCost.isFinite, trialCost <= cost {
                    let gain = cost - trialCost
                    let moved = zip(step, trial).allSatisfy { abs($0) <= tolerance * (abs($1) + tolerance) }
                    parameters = trial
                    current = trialResiduals
                    cost = trialCost
                    damping = max(damping / 5, 1e-15)
                    improved = true
                    if gain <= tolerance * cost || moved {
                        return Fit(parameters: parameters, cost: cost, iterations: iteration, converged: true)
                    }
                    break
                }
                damping *= 4
            }
            if !improved { return Fit(parameters: parameters, cost: cost, iterations: iteration, converged: true) }
        }
        return Fit(parameters: parameters, cost: cost, iterations: maximumIterations, converged: false)
    }

    private static func centralDifferences(
        at parameters: [Double], count: Int, _ residuals: ([Double]) -> [Double]
    ) -> [[Double]] {
        var rows = [[Double]](repeating: [Double](repeating: 0, count: parameters.count), count: count)
        for j in parameters.indices {
            let step = 6e-6 * max(abs(parameters[j]), 1e-6)
            var (up, down) = (parameters, parameters)
            up[j] += step
            down[j] -= step
            let (above, below) = (residuals(up), residuals(down))
            for i in 0..<count { rows[i][j] = (above[i] - below[i]) / (2 * step) }
        }
        return rows
    }
}
