/// Least squares within bounds for residuals that are dear, noisy and may not exist: Levenberg-Marquardt as a trust region.
///
/// Minimises sum r_i(p)^2 over lower <= p <= upper; the axes of p are taken to be scaled alike (logarithms, say). An iteration:
/// 1. The Jacobian J by differences of a stated size, large enough to stand above the noise of an adaptive solver: one-sided
///    at first, two-sided from the iteration on after which one-sided ones gain too little, because in a flat valley
///    their error of first order in the step outweighs the slope.
/// 2. Four steps s that minimise |r + J s| within |s| <= radius, for four radii around the present one, tried at once. A
///    parameter that a step would carry through its bound is set on it and the others are solved for again.
/// 3. From the best of them on with Broyden's update, J + (r(p + s) - r(p) - J s) s^T / s^T s, as long as that gains:
///    in a curved valley this corrects the step for the curvature met, for four evaluations instead of a new Jacobian.
///
/// An evaluation that fails is `nil`: a column is then tried backwards and with a quarter of the step, a trial is refused.
/// No evaluated point is wasted: if a point of the differences lies lower than all trials, it is the next point.
/// It ends when a two-sided Jacobian foresees no gain of `tolerance` of the cost within the largest radius, or brings none.
/// The state is `Codable`: an iteration is a function of the state alone, so a run continued from a saved state equals one
/// that was never stopped.
/// Source: J. J. More, Lecture Notes in Mathematics 630 (1978); C. G. Broyden, Math. Comp. 19, 577 (1965).
public struct BoundedLeastSquares: Sendable, Codable, Equatable {
    /// Where the slopes of an iteration come from.
    public enum Differences: String, Sendable, Codable {
        /// From one evaluation a parameter, or from one on each side.
        case oneSided, twoSided
    }

    /// Why the fit ended.
    public enum Ending: String, Sendable, Codable {
        /// The two-sided slopes foresee less than `tolerance` of the cost within the largest radius.
        case flat
        /// Two-sided slopes foresee more, but no step brought `tolerance` of the cost.
        case stalled
    }

    /// The best point so far.
    public private(set) var parameters: [Double]
    /// Residuals there.
    public private(set) var residuals: [Double]
    /// Sum of their squares.
    public private(set) var cost: Double
    /// Length of the step that was best last.
    public private(set) var radius: Double
    /// How the next Jacobian is taken.
    public private(set) var differences = Differences.oneSided
    /// Why the descent ended; nil while it has not.
    public private(set) var ending: Ending?
    /// Gain that the last Jacobian foresaw within the largest radius; nil before the first.
    public private(set) var foreseen: Double?
    /// Iterations done.
    public private(set) var iterations = 0
    /// Points evaluated.
    public private(set) var evaluations = 1
    /// Cost at the start and after every iteration.
    public private(set) var history: [Double]
    /// Bounds of the parameters, and the steps of their differences.
    public let lower, upper, steps: [Double]
    /// Longest step, and the length at which the search begins.
    public let largestMove: Double
    /// Relative gain that is worth a further iteration.
    public let tolerance: Double

    /// Evaluates a batch of points; `nil` where the residuals do not exist.
    public typealias Batch = (_ points: [[Double]]) throws -> [[Double]?]

    /// Whether the descent has ended.
    public var isConverged: Bool { ending != nil }

    /// Radii tried at once, relative to the present one.
    static let ladder = [0.15, 0.6, 1.5, 4]
    /// Further fans of steps on one Jacobian at most.
    static let cycles = 4

    /// Starts at `start`, moved into the bounds, where the residuals are `residuals`.
    public init(
        start: [Double], residuals: [Double], lower: [Double], upper: [Double], steps: [Double], tolerance: Double = 1e-3,
        largestMove: Double = 1e3
    ) {
        precondition(start.count == lower.count && start.count == upper.count && start.count == steps.count)
        parameters = start
        self.residuals = residuals
        self.lower = lower
        self.upper = upper
        self.steps = steps
        self.tolerance = tolerance
        self.largestMove = largestMove
        radius = 0.3 * largestMove
        cost = Self.sum(residuals)
        history = [cost]
    }

    /// What is wrong with a state that was read from a file, in a few words; nil where it is one of these bounds and steps and of
    /// `count` residuals.
    public func fault(
        lower: [Double], upper: [Double], steps: [Double], residuals count: Int, largestMove: Double
    ) -> String? {
        if (self.lower, self.upper, self.steps) != (lower, upper, steps) || self.largestMove != largestMove {
            return "has other bounds or steps"
        }
        if parameters.count != lower.count { return "has \(parameters.count) parameters, not \(lower.count)" }
        if residuals.count != count { return "has \(residuals.count) residuals, not \(count)" }
        if !zip(parameters, zip(lower, upper)).allSatisfy({ $1.0 <= $0 && $0 <= $1.1 }) {
            return "has a parameter out of bounds"
        }
        if !residuals.allSatisfy(\.isFinite) || !(abs(cost - Self.sum(residuals)) <= 1e-9 * cost) {
            return "has a cost that is not that of its residuals"
        }
        if !(radius > 0 && radius <= largestMove && tolerance > 0 && tolerance < 1) || foreseen?.isFinite == false {
            return "has a radius, a tolerance or a gain that none can be"
        }
        if !(0...1_000_000).contains(iterations) || !(1...1_000_000_000_000).contains(evaluations)
            || history.count != iterations + 1 || !history.allSatisfy({ $0.isFinite && $0 >= 0 })
        {
            return "has counts that do not fit one another"
        }
        return nil
    }

    /// One iteration. Cost: once or twice the parameters and 4 to 16 evaluations, more where evaluations fail.
    public mutating func iterate(_ batch: Batch) throws {
        iterations += 1
        let before = cost
        var lowest: (point: [Double], residuals: [Double])?
        var jacobian = try columns(batch, &lowest)
        let promised = cost - Self.sum(LinearStep(self, jacobian, radius: largestMove).predicted)
        foreseen = promised
        if differences == .twoSided, promised <= tolerance * cost {
            ending = .flat
        } else {
            try descend(&jacobian, batch)
        }
        if let lowest, Self.sum(lowest.residuals) < cost {
            (parameters, residuals) = (lowest.point, lowest.residuals)
            cost = Self.sum(residuals)
            ending = nil
        }
        let gain = before - cost
        switch differences {
        case .oneSided where gain <= 10 * tolerance * before: differences = .twoSided
        case .twoSided where ending == nil && gain <= tolerance * before: ending = .stalled
        default: break
        }
        history.append(cost)
    }

    /// Fans of steps on one Jacobian, updated after each that gains.
    private mutating func descend(_ jacobian: inout [[Double]], _ batch: Batch) throws {
        var (refused, isUpdated) = (0, false)
        radius = max(radius, 0.05 * largestMove)
        for _ in 0...Self.cycles {
            var trials: [LinearStep] = []
            for factor in Self.ladder {
                let step = LinearStep(self, jacobian, radius: min(factor * radius, largestMove))
                if !trials.contains(where: { $0.point == step.point }) { trials.append(step) }
            }
            let outcomes = try batch(trials.map(\.point))
            evaluations += trials.count
            let scored = zip(trials, outcomes).compactMap { step, outcome in outcome.map { (step, $0, Self.sum($0)) } }
            guard let best = scored.filter({ $0.2 < cost }).min(by: { $0.2 < $1.2 }) else {
                // A fresh Jacobian is right for short steps, an updated one may not be.
                refused += 1
                if isUpdated || refused > 2 { return }
                radius *= 0.02
                continue
            }
            let (gain, hoped) = (cost - best.2, cost - Self.sum(best.0.predicted))
            let s = zip(best.0.point, parameters).map { $0 - $1 }
            let length = Self.sum(s)
            for j in jacobian.indices {
                for i in residuals.indices { jacobian[j][i] += (best.1[i] - best.0.predicted[i]) * s[j] / length }
            }
            isUpdated = true
            radius = min(length.squareRoot(), largestMove)
            (parameters, residuals, cost) = (best.0.point, best.1, best.2)
            if gain < 10 * tolerance * (cost + gain), gain < 0.5 * hoped { return }
            if gain < tolerance * (cost + gain) { return }
        }
    }

    /// Central differences at the present point, one column per parameter (one-sided at a bound or where an evaluation
    /// fails; zeros where neither side exists). Cost: twice the parameters in evaluations.
    public func centralJacobian(_ batch: Batch) throws -> [[Double]] {
        let points = parameters.indices.flatMap { j in [1.0, -1].map { moved(j, $0 * steps[j]) } }
        return slopes(points, try batch(points)).map { $0 ?? [Double](repeating: 0, count: residuals.count) }
    }

    /// One column per pair of points (up, down); nil where neither side exists.
    private func slopes(_ points: [[Double]], _ values: [[Double]?]) -> [[Double]?] {
        parameters.indices.map { j in
            let (up, down) = (values[2 * j], values[2 * j + 1])
            let (a, b) = (points[2 * j][j], points[2 * j + 1][j])
            switch (up, down) {
            case (let up?, let down?) where a > b: return zip(up, down).map { ($0 - $1) / (a - b) }
            case (let up?, nil) where a > parameters[j]: return zip(up, residuals).map { ($0 - $1) / (a - parameters[j]) }
            case (nil, let down?) where b < parameters[j]: return zip(residuals, down).map { ($0 - $1) / (parameters[j] - b) }
            default: return nil
            }
        }
    }

    /// The Jacobian of this iteration; `lowest` is the evaluated point of lowest cost.
    private mutating func columns(_ batch: Batch, _ lowest: inout (point: [Double], residuals: [Double])?) throws -> [[Double]]
    {
        var result = [[Double]?](repeating: nil, count: parameters.count)
        func remember(_ points: [[Double]], _ values: [[Double]?]) {
            for case (let point, let value?) in zip(points, values)
            where Self.sum(value) < lowest.map({ Self.sum($0.residuals) }) ?? cost {
                lowest = (point, value)
            }
        }
        if differences == .twoSided {
            let points = parameters.indices.flatMap { j in [1.0, -1].map { moved(j, $0 * steps[j]) } }
            let values = try batch(points)
            evaluations += points.count
            remember(points, values)
            result = slopes(points, values)
        }
        for share in [1, -1, 0.25, -0.25] {
            let open = parameters.indices.filter { result[$0] == nil }
            guard !open.isEmpty else { break }
            let asked = open.map { j in moved(j, share * (parameters[j] + steps[j] <= upper[j] ? 1.0 : -1) * steps[j]) }
            let values = try batch(asked)
            evaluations += asked.count
            remember(asked, values)
            for (k, j) in open.enumerated() {
                let change = asked[k][j] - parameters[j]
                if let value = values[k], change != 0 { result[j] = zip(value, residuals).map { ($0 - $1) / change } }
            }
        }
        return result.map { $0 ?? [Double](repeating: 0, count: residuals.count) }
    }

    private func moved(_ j: Int, _ step: Double) -> [Double] {
        var copy = parameters
        copy[j] = min(max(copy[j] + step, lower[j]), upper[j])
        return copy
    }

    static func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
