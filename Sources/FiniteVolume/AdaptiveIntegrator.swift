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
    public private(set) var statistics = Statistics()
    /// Time reached.
    public internal(set) var time: Double
    /// The present solution; borrowed, valid until the next step.
    public var solution: Row { past[0].row }

    var past: [RealStorage]
    var times: [Double] = []
    private let trial, history, errorVector: RealStorage
    private var coefficients = BDFCoefficients()
    private var ages = [Double](repeating: 0, count: BDFCoefficients.maximumOrder + 3)
    private var weights = [Double](repeating: 0, count: BDFCoefficients.maximumOrder + 3)
    var order = 1
    var lastOrder = 1
    var nextStep = 0.0
    private var leastStep = 0.0
    /// A first layer below this is stepped over, s: a billionth of the segment, at most of a second.
    private var layerScale = 0.0
    var stepsAtOrder = 0
    private var rejectionsInARow = 0
    /// How much smaller than a first correction the second was when that was last seen, the first one's size, and how many solutions
    /// have relied on it since.
    var contraction: (rate: Double, first: Double, uses: Int)?
    /// The unknown that the last Newton correction moved most.
    private var lastUnknown: StaticString = "an unknown"

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

    /// Integrates to `end`; `accepted` sees every accepted step (time, solution) and may stop by returning false.
    ///
    /// - Throws: `IntegrationFailure` with the time and the reason when no step converges.
    public func advance(to end: Double, firstStep: Double, accepted: (Double, Row) -> Bool) throws(IntegrationFailure) {
        let (start, span) = (time, end - time)
        guard span > 0 else { return }
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
            let target = h >= remaining ? end : time + h
            let attempts = statistics.steps + statistics.rejections
            if attempts >= options.stepBudget {
                throw IntegrationFailure(time: time, stepSize: h, reason: .stepBudget(attempts))
            }
            switch attempt(to: target) {
            case .accepted:
                rejectionsInARow = 0
                if let found = wall, time >= found.time { wall = nil }
                if !accepted(time, solution) { return }
            case .rejected(let suggestion):
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

    private enum Outcome {
        case accepted
        case rejected(Double)
        case failed(NewtonFailure)
    }

    private func attempt(to target: Double) -> Outcome {
        let h = target - time
        for j in times.indices where j < ages.count { ages[j] = target - times[j] }
        var q = min(order, times.count)
        let n = system.unknowns
        let u = trial.row
        for _ in 0..<2 {
            predict(points: min(q + 1, times.count), into: u)
            coefficients.set(order: q, ages: ages)
            let constant = history.row
            let first = past[0].row
            for i in 0..<n { constant[i] = coefficients.old[0] * first[i] }
            for j in 1..<max(q, 1) {
                let factor = coefficients.old[j]
                let row = past[j].row
                for i in 0..<n { constant[i] += factor * row[i] }
            }
            system.condition(predictor: u, last: past[0].row)
            system.prepare(time: target)
            do throws(NewtonFailure) { try iterate(u) } catch { return .failed(error) }
            guard system.settle(u, shift: coefficients.shift, history: history.row) else { return .rejected(h * 0.25) }
            if system.isAdmissible(u) { break }
            // First order is positive where a higher order may undershoot, but for what Newton's tolerance leaves.
            if q == 1 {
                if polish(u) { break }
                return .rejected(h * 0.25)
            }
            q = 1
        }
        // Error of this order and its neighbours.
        let available = times.count
        lastOrder = q
        guard available >= 2 else { return halveFirstStep(u, target) }
        let used = min(q, available - 1)
        let error = localError(order: used, u)
        guard error.isFinite else { return .rejected(h * 0.2) }
        if error > 1 {
            let shrink = max(0.2, 0.85 * pow(error, -1 / Double(used + 1)))
            return .rejected(h * min(shrink, 0.9))
        }
        var (best, growth) = (used, stepRatio(error, used))
        if used > 1 {
            let below = stepRatio(localError(order: used - 1, u), used - 1)
            if below > growth * 1.1 { (best, growth) = (used - 1, below) }
        }
        if used < options.maximumOrder, available >= used + 2, stepsAtOrder >= used {
            let above = stepRatio(localError(order: used + 1, u), used + 1)
            if above > growth { (best, growth) = (used + 1, above) }
        }
        stepsAtOrder = best == order ? stepsAtOrder + 1 : 0
        order = best
        push(u, target)
        let limit = best == 1 ? 8.0 : (best == 2 ? 2.2 : 1.8)
        nextStep = h * (growth > 0.9 && growth < 1.1 ? 1 : min(growth, limit))
        return .accepted
    }

    /// The first step after a restart has no history to judge it by: a second backward Euler step of half its size,
    /// from the same start, gives u'' = 2 (u_h - 2 u_(h/2) + u_0) / h^2 and so the error (u_h - 2 u_(h/2) + u_0) / 4 of
    /// the half step, which is kept. A layer far below that (1e4 smallest steps) is stepped over: backward Euler damps it.
    private func halveFirstStep(_ full: Row, _ target: Double) -> Outcome {
        let h = target - time
        let middle = time + 0.5 * h
        let (whole, start, constant) = (errorVector.row, past[0].row, history.row)
        let n = system.unknowns
        whole.assign(full)
        ages[0] = middle - time
        coefficients.set(order: 1, ages: ages)
        for i in 0..<n {
            constant[i] = coefficients.old[0] * start[i]
            full[i] = 0.5 * (start[i] + whole[i])
        }
        system.condition(predictor: full, last: start)
        system.prepare(time: middle)
        do throws(NewtonFailure) { try iterate(full) } catch { return .failed(error) }
        guard system.settle(full, shift: coefficients.shift, history: constant), system.isAdmissible(full) || polish(full)
        else {
            return .rejected(h * 0.25)
        }
        for i in 0..<n { whole[i] = 0.25 * (whole[i] - 2 * full[i] + start[i]) }
        let error = system.errorNorm(whole, at: full)
        guard error.isFinite else { return .rejected(h * 0.05) }
        let suggestion = h * max(0.05, 0.85 / error.squareRoot())
        if error > 1, suggestion > max(1e4 * leastStep, layerScale) { return .rejected(suggestion) }
        push(full, middle)
        if error > 1 {
            // Stepped over: what lies behind the layer is no continuation of what lies before it.
            restart(step: h)
            return .accepted
        }
        nextStep = 0.5 * h * min(stepRatio(error, 1), 8)
        return .accepted
    }

    /// One step of given size and order (at most as many as there are old solutions) without error control, as solvers
    /// with a fixed schedule take it.
    ///
    /// - Throws: `IntegrationFailure` when Newton's method does not converge.
    public func step(to target: Double, order q: Int) throws(IntegrationFailure) {
        for j in times.indices where j < ages.count { ages[j] = target - times[j] }
        let used = min(q, times.count)
        predict(points: min(used + 1, times.count), into: trial.row)
        coefficients.set(order: used, ages: ages)
        let n = system.unknowns
        for i in 0..<n {
            var sum = 0.0
            for j in 0..<used { sum += coefficients.old[j] * past[j].row[i] }
            history.row[i] = sum
        }
        system.condition(predictor: trial.row, last: past[0].row)
        system.prepare(time: target)
        contraction = nil
        do throws(NewtonFailure) { try iterate(trial.row) } catch {
            throw IntegrationFailure(time: time, stepSize: target - time, reason: error)
        }
        push(trial.row, target)
    }

    private func iterate(_ u: Row) throws(NewtonFailure) {
        var previous = Double.infinity
        var first = 0.0
        let most = rejectionsInARow >= options.patientAfter ? options.patientNewtonIterations : options.maximumNewtonIterations
        for iteration in 1...most {
            statistics.newtonIterations += 1
            let correction = try system.correct(u, shift: coefficients.shift, history: history.row)
            lastUnknown = correction.unknown
            // Not a number is never small: refused here, before a comparison lets it pass.
            guard correction.norm.isFinite else { throw .notFinite(unknown: correction.unknown.description) }
            if !correction.wasDamped {
                // After a damped iteration nothing is known of the rate yet.
                let rate = previous.isInfinite ? expectedRate(correction.norm) : min(1, correction.norm / previous)
                if iteration == 1 { first = correction.norm }
                if iteration == 2, first > 0 { contraction = (rate, first, 0) }
                if correction.norm * rate <= options.newtonTolerance { return }
                // Newton squares its error: a halving fails only when it stops to converge at all.
                if iteration > 3, correction.norm > 2 * previous {
                    throw .tooManyIterations(lastCorrection: correction.norm, unknown: correction.unknown.description)
                }
                previous = correction.norm
            }
            if iteration == most {
                throw .tooManyIterations(lastCorrection: correction.norm, unknown: correction.unknown.description)
            }
        }
    }

    /// What a first correction of size `norm` leaves of itself, judged by what the last second one was: with the Jacobian of the same
    /// step the rate grows with the correction. 1 where nothing is known, and every fifth time, so that it is seen anew.
    private func expectedRate(_ norm: Double) -> Double {
        guard let known = contraction, known.uses < 4, norm <= 10 * known.first else { return 1 }
        contraction?.uses += 1
        return min(1, 2 * known.rate * max(1, norm / known.first))
    }

    /// Newton on to round-off, for a solution that is inadmissible by less than its tolerance; true when that was all.
    private func polish(_ u: Row) -> Bool {
        for _ in 0..<6 {
            statistics.newtonIterations += 1
            guard let correction = try? system.correct(u, shift: coefficients.shift, history: history.row),
                correction.norm.isFinite
            else {
                return false
            }
            if correction.norm < 1e-8 { break }
        }
        return system.settle(u, shift: coefficients.shift, history: history.row) && system.isAdmissible(u)
    }

    private func predict(points: Int, into u: Row) {
        BDFCoefficients.extrapolation(count: points, ages: ages, into: &weights)
        let n = system.unknowns
        for i in 0..<n { u[i] = weights[0] * past[0].row[i] }
        for j in 1..<max(points, 1) {
            let (w, row) = (weights[j], past[j].row)
            for i in 0..<n { u[i] += w * row[i] }
        }
    }

    private func localError(order q: Int, _ u: Row) -> Double {
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

    private func stepRatio(_ error: Double, _ order: Int) -> Double {
        pow(0.5 / max(error, 1e-12), 1 / Double(order + 1))
    }

    private func push(_ u: Row, _ target: Double) {
        let recycled = past.removeLast()
        recycled.row.assign(u)
        past.insert(recycled, at: 0)
        times.insert(target, at: 0)
        if times.count > BDFCoefficients.maximumOrder + 2 { times.removeLast() }
        time = target
        statistics.steps += 1
    }
}
