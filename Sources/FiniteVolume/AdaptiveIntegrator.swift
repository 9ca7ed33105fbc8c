import Foundation
import LinearAlgebra

/// Integrates an `ImplicitSystem` in time with variable-step, variable-order BDF (orders 1-4) and error control.
///
/// Predictor: the polynomial through the last order + 1 solutions. Local error of order q from the divided difference d
/// of order q + 1 over the new and the old solutions: |d| (t_new - t_n) ... (t_new - t_(n-q+1)) / a_0, which is exact
/// for a polynomial of degree q + 1.
/// `restart` forgets the history: call it wherever du/dt jumps (a corner of the voltage). Linear invariants of the system
/// hold to round-off, because BDF and Newton's method both keep them.
public final class AdaptiveIntegrator<System: ImplicitSystem> {
    /// Order, tolerances and limits.
    public struct Options: Sendable, Equatable {
        /// Highest order, 1 ... 4 (orders 3 and 4 pay on long, smooth decays).
        public var maximumOrder = 3
        /// Newton stops when the estimated remaining error is below this share of the tolerance.
        public var newtonTolerance = 0.02
        /// Iterations that a step may take.
        public var maximumNewtonIterations = 12
        /// Iterations that a step may take once `patientAfter` attempts in a row have failed: a start far from equilibrium (a fresh
        /// contact volts away from its redox potential) stays far at any step size, and Newton takes about V_T an iteration there.
        public var patientNewtonIterations = 400
        /// Failed attempts in a row after which more iterations are allowed.
        public var patientAfter = 3
        /// A step below this share of the time reached in the segment (at its start: of `shortestScale`) is a failure.
        public var smallestStep = 1e-13
        /// The shortest time in which anything is followed, s; a shorter segment is its own scale.
        public var shortestScale = 1e-9
        /// A time after which the system has no state is found to this share of the time that led to it.
        public var wallResolution = 1e-7
        /// No step is longer than this, s: what follows a fast and shallow change of the voltage must not step over it.
        public var largestStep = Double.infinity
        /// No run takes more attempts than this: an endless loop becomes an error.
        public var stepBudget = 5_000_000
        /// The defaults.
        public init() {}
    }

    /// Work done.
    public struct Statistics: Sendable, Equatable {
        /// Steps kept.
        public var steps = 0
        /// Attempts thrown away.
        public var rejections = 0
        /// Newton corrections of all attempts.
        public var newtonIterations = 0
        /// No work yet.
        public init() {}
    }

    /// What is integrated.
    public let system: System
    /// Order, tolerances and limits.
    public var options: Options
    /// Work since the beginning.
    public internal(set) var statistics = Statistics()
    /// Time reached.
    public internal(set) var time: Double
    /// The present solution; borrowed, valid until the next step.
    public var solution: Row { past[0].row }

    var past: [RealStorage]
    var times: [Double] = []
    let trial, history, errorVector: RealStorage
    var coefficients = BDFCoefficients()
    var ages = [Double](repeating: 0, count: BDFCoefficients.maximumOrder + 3)
    var weights = [Double](repeating: 0, count: BDFCoefficients.maximumOrder + 3)
    var order = 1
    var lastOrder = 1
    var nextStep = 0.0
    var leastStep = 0.0
    /// A first layer below this is stepped over, s: a billionth of the segment, at most of a second.
    var layerScale = 0.0
    var stepsAtOrder = 0
    var rejectionsInARow = 0
    /// How much smaller than a first correction the second was when that was last seen, the first one's size, and how many solutions
    /// have relied on it since.
    var contraction: (rate: Double, first: Double, uses: Int)?
    /// The unknown that the last Newton correction moved most.
    var lastUnknown: StaticString = "an unknown"
    /// Steps of a stretch that the present one resembles.
    var memory: StepMemory?

    /// Begins at `time` with the solution `initial`.
    public init(system: System, initial: [Double], time: Double = 0, options: Options = Options()) {
        self.system = system
        self.options = options
        self.time = time
        let n = system.unknowns
        precondition(initial.count == n)
        past = (0..<(BDFCoefficients.maximumOrder + 3)).map { _ in RealStorage(count: n) }
        trial = RealStorage(count: n)
        history = RealStorage(count: n)
        errorVector = RealStorage(count: n)
        past[0].row.assign(initial)
        times = [time]
    }

    /// Replaces the solution (at `time`) and forgets the history.
    public func reset(to values: [Double], time: Double) {
        past[0].row.assign(values)
        self.time = time
        restart(step: 0)
    }

    /// Replaces the solution (at `time`) by a row and forgets the history.
    public func reset(to values: Row, time: Double) {
        past[0].row.assign(values)
        self.time = time
        restart(step: 0)
    }

    /// Forgets the history, so that the next step is backward Euler of size `step` (0: chosen by `advance`); sets the clock to
    /// `time` if one is given. Clocks that start at zero in each stretch keep nanosecond steps exact after hours.
    public func restart(step: Double, time new: Double? = nil) {
        time = new ?? time
        times = [time]
        order = 1
        lastOrder = 1
        nextStep = step
        stepsAtOrder = 0
        contraction = nil
    }

    /// Integrates to `end`; `accepted` sees every accepted step (time, solution) and may stop by returning false. `memory` holds the
    /// steps of a stretch that this one resembles, and takes those of this one.
    ///
    /// - Throws: `IntegrationFailure` with the time and the reason when no step converges.
    public func advance(
        to end: Double, firstStep: Double, memory: StepMemory? = nil, accepted: (Double, Row) -> Bool
    ) throws(IntegrationFailure) {
        let (start, span) = (time, end - time)
        guard span > 0 else { return }
        memory?.begin(at: time)
        self.memory = memory
        defer { self.memory = nil }
        if nextStep <= 0 { nextStep = firstStep }
        nextStep = min(nextStep, span)
        rejectionsInARow = 0
        layerScale = 1e-9 * min(span, 1)
        // Where the system was found to have no state: approached by halving, never jumped in one step.
        var wall: (time: Double, reason: NewtonFailure)?
        while time < end {
            // The floor follows the time reached: a long segment does not blunt its own beginning.
            var floor = max(options.smallestStep * max(time - start, min(span, options.shortestScale)), abs(time) * 4e-16)
            if let wall { floor = max(floor, options.wallResolution * (wall.time - start)) }
            leastStep = floor
            let remaining = end - time
            var h = min(nextStep, remaining, options.largestStep)
            if let wall { h = min(h, wall.time - time) }
            // Two equal steps to the end rather than one full and one sliver.
            if h < remaining, h > remaining * 0.5 { h = remaining * 0.5 }
            let plan = memory?.plan(isFirst: times.count == 1, from: time, to: end)
            let target =
                plan.map { $0.isFirst ? min(time + 2 * ($0.end - time), end) : $0.end } ?? (h >= remaining ? end : time + h)
            if plan != nil { h = target - time }
            let attempts = statistics.steps + statistics.rejections
            if attempts >= options.stepBudget {
                throw IntegrationFailure(time: time, stepSize: h, reason: .stepBudget(attempts))
            }
            switch attempt(to: target, plan) {
            case .accepted:
                rejectionsInARow = 0
                if let found = wall, time >= found.time { wall = nil }
                if !accepted(time, solution) { return }
            case .rejected(let suggestion):
                memory?.lose()
                statistics.rejections += 1
                rejectionsInARow += 1
                if rejectionsInARow > 3, order > 1 || times.count > 1 { restart(step: suggestion) }
                nextStep = suggestion
                if suggestion < floor {
                    throw IntegrationFailure(
                        time: time, stepSize: suggestion,
                        reason: wall?.reason ?? .stepTooSmall(unknown: lastUnknown.description))
                }
            case .failed(let reason):
                memory?.lose()
                statistics.rejections += 1
                rejectionsInARow += 1
                var shorter = h * 0.2
                if case .noState = reason {
                    wall = (min(wall?.time ?? target, target), reason)
                    floor = max(floor, options.wallResolution * (target - start))
                    shorter = h * 0.5
                }
                // Close to where the system loses its state Newton's method fails as well: the reason is the same.
                if shorter < floor { throw IntegrationFailure(time: time, stepSize: h, reason: wall?.reason ?? reason) }
                restart(step: shorter)
            }
        }
    }

    enum Outcome {
        case accepted
        case rejected(Double)
        case failed(NewtonFailure)
    }
}
