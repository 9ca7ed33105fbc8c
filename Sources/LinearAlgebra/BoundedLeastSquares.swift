/// Levenberg-Marquardt within bounds, one iteration at a time, for residuals that are dear, noisy and may not exist.
///
/// Minimises sum r_i(p)^2 over lower <= p <= upper. An iteration asks for two batches of evaluations, which the caller may
/// spread over cores: the columns of the Jacobian (one-sided differences of a stated size, large enough to stand above
/// the noise of an adaptive solver), then one trial for each of four dampings, of which the lowest cost is taken. A
/// parameter at a bound that the descent pushes outwards is held for the iteration; trials are projected onto the
/// bounds. An evaluation that fails is `nil`: a column is then tried backwards and with a quarter of the step, a trial
/// is refused. The state is `Codable`: an iteration is a function of the state alone, so a run continued from a saved
/// state equals one that was never stopped.
/// Source: J. J. More, Lecture Notes in Mathematics 630 (1978); projection: C. Kanzow, N. Yamashita, M. Fukushima,
/// J. Comput. Appl. Math. 172, 375 (2004).
public struct BoundedLeastSquares: Sendable, Codable, Equatable {
    public private(set) var parameters: [Double]
    public private(set) var residuals: [Double]
    public private(set) var cost: Double
    public private(set) var damping = 1e-2
    public private(set) var iterations = 0
    public private(set) var evaluations = 1
    /// Cost at the start and after every iteration.
    public private(set) var history: [Double]
    /// Iterations in a row that gained less than `tolerance` of the cost; two end the fit.
    private var idle = 0
    public let lower, upper, steps: [Double]
    /// Longest component of a step.
    public let largestMove: Double
    /// Relative gain below which an iteration counts as idle.
    public let tolerance: Double

    /// Evaluates a batch of points; `nil` where the residuals do not exist.
    public typealias Batch = (_ points: [[Double]]) throws -> [[Double]?]

    public var isConverged: Bool { idle >= 2 }

    /// Dampings tried at once, relative to the present one.
    static let ladder = [0.04, 0.4, 4, 40]

    /// Starts at `start`, moved into the bounds, where the residuals are `residuals`.
    public init(
        start: [Double], residuals: [Double], lower: [Double], upper: [Double], steps: [Double], tolerance: Double = 1e-3,
        largestMove: Double = .greatestFiniteMagnitude
    ) {
        precondition(start.count == lower.count && start.count == upper.count && start.count == steps.count)
        parameters = start
        self.residuals = residuals
        self.lower = lower
        self.upper = upper
        self.steps = steps
        self.tolerance = tolerance
        self.largestMove = largestMove
        cost = Self.sum(residuals)
        history = [cost]
    }

    /// One iteration. Cost: parameters + 4 evaluations, more where evaluations fail.
    public mutating func iterate(_ batch: Batch) throws {
        let jacobian = try columns(at: parameters, residuals, batch)
        let gradient = parameters.indices.map { j in zip(jacobian[j], residuals).reduce(0) { $0 + $1.0 * $1.1 } }
        let norms = jacobian.map { Self.sum($0).squareRoot() }
        let largest = norms.max() ?? 0
        let free = parameters.indices.filter { j in
            if norms[j] <= 1e-9 * largest { return false }
            if parameters[j] <= lower[j] { return gradient[j] < 0 }
            if parameters[j] >= upper[j] { return gradient[j] > 0 }
            return true
        }
        iterations += 1
        let before = cost
        if !free.isEmpty {
            for _ in 0..<3 {
                let dampings = Self.ladder.map { damping * $0 }
                let trials = dampings.map { step(jacobian, norms, free, damping: $0) }
                let outcomes = try batch(trials)
                evaluations += trials.count
                let scored = zip(trials.indices, outcomes).compactMap { index, outcome -> (Int, [Double], Double)? in
                    guard let outcome else { return nil }
                    let value = Self.sum(outcome)
                    return value.isFinite ? (index, outcome, value) : nil
                }
                if let best = scored.min(by: { $0.2 < $1.2 }), best.2 < cost {
                    parameters = trials[best.0]
                    residuals = best.1
                    cost = best.2
                    damping = min(max(dampings[best.0], 1e-9), 1e9)
                    break
                }
                damping = min(damping * 1000, 1e12)
            }
        }
        if damping > 1e9 { damping = 1 }
        idle = before - cost < tolerance * before ? idle + 1 : 0
        history.append(cost)
    }

    /// Central differences at the present point, one column per parameter (one-sided at a bound or where an evaluation
    /// fails; zeros where neither side exists). Cost: twice the parameters in evaluations.
    public func centralJacobian(_ batch: Batch) throws -> [[Double]] {
        let points = parameters.indices.flatMap { j in [1.0, -1].map { moved(parameters, j, $0 * steps[j]) } }
        let values = try batch(points)
        return parameters.indices.map { j in
            let (up, down) = (values[2 * j], values[2 * j + 1])
            let (a, b) = (points[2 * j][j], points[2 * j + 1][j])
            switch (up, down) {
            case (let up?, let down?) where a > b: return zip(up, down).map { ($0 - $1) / (a - b) }
            case (let up?, nil) where a > parameters[j]: return zip(up, residuals).map { ($0 - $1) / (a - parameters[j]) }
            case (nil, let down?) where b < parameters[j]: return zip(residuals, down).map { ($0 - $1) / (parameters[j] - b) }
            default: return [Double](repeating: 0, count: residuals.count)
            }
        }
    }

    /// Columns by one-sided differences: towards the inside of the bounds, backwards where that fails, then with a quarter.
    private mutating func columns(at point: [Double], _ origin: [Double], _ batch: Batch) throws -> [[Double]] {
        var result = [[Double]](repeating: [Double](repeating: 0, count: origin.count), count: point.count)
        var open = Array(point.indices)
        for share in [1, -1, 0.25, -0.25] where !open.isEmpty {
            let asked = open.map { j -> [Double] in
                let forward = point[j] + steps[j] <= upper[j] ? 1.0 : -1
                return moved(point, j, share * forward * steps[j])
            }
            let values = try batch(asked)
            evaluations += asked.count
            var left: [Int] = []
            for (k, j) in open.enumerated() {
                let change = asked[k][j] - point[j]
                if let value = values[k], change != 0 {
                    result[j] = zip(value, origin).map { ($0 - $1) / change }
                } else {
                    left.append(j)
                }
            }
            open = left
        }
        return result
    }

    private func moved(_ point: [Double], _ j: Int, _ step: Double) -> [Double] {
        var copy = point
        copy[j] = min(max(copy[j] + step, lower[j]), upper[j])
        return copy
    }

    /// The projected Levenberg-Marquardt point for one damping.
    private func step(_ jacobian: [[Double]], _ norms: [Double], _ free: [Int], damping: Double) -> [Double] {
        var rows = residuals.indices.map { i in free.map { jacobian[$0][i] } }
        for (k, j) in free.enumerated() {
            var row = [Double](repeating: 0, count: free.count)
            row[k] = damping.squareRoot() * max(norms[j], 1e-12)
            rows.append(row)
        }
        let target = residuals.map { -$0 } + [Double](repeating: 0, count: free.count)
        var point = parameters
        guard var step = LeastSquares.linear(rows: rows, target) else { return point }
        let longest = step.reduce(0) { max($0, abs($1)) }
        if longest > largestMove { step = step.map { $0 * largestMove / longest } }
        for (k, j) in free.enumerated() { point[j] = min(max(point[j] + step[k], lower[j]), upper[j]) }
        return point
    }

    static func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
