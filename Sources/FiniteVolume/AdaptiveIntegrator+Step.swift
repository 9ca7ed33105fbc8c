import Foundation
import LinearAlgebra

/// One attempt at a step: prediction, solution, errors of its order and the neighbours'.
extension AdaptiveIntegrator {
    /// `plan`: the step as it was taken in a stretch that this one resembles.
    func attempt(to target: Double, _ plan: StepMemory.Entry?) -> Outcome {
        let h = target - time
        for j in times.indices where j < ages.count { ages[j] = target - times[j] }
        var q = min(plan?.order ?? order, times.count)
        let n = system.unknowns
        let u = trial.row
        for _ in 0..<2 {
            predict(points: min(q + 1, times.count), into: u)
            if let memory, times.count > 1 {
                memory.predicted.row.assign(u)
                if let plan, plan.order == q {
                    let miss = plan.miss.row
                    for i in 0..<n { u[i] += miss[i] }
                }
            }
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
        guard available >= 2 else { return halveFirstStep(u, target, plan) }
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
        memory?.keep(u, end: target, order: q, isFirst: false)
        push(u, target)
        let limit = best == 1 ? 8.0 : (best == 2 ? 2.2 : 1.8)
        nextStep = h * (growth > 0.9 && growth < 1.1 ? 1 : min(growth, limit))
        return .accepted
    }

    /// The first step after a restart has no history to judge it by: a second backward Euler step of half its size,
    /// from the same start, gives u'' = 2 (u_h - 2 u_(h/2) + u_0) / h^2 and so the error (u_h - 2 u_(h/2) + u_0) / 4 of
    /// the half step, which is kept. A layer far below that (1e4 smallest steps) is stepped over: backward Euler damps it.
    func halveFirstStep(_ full: Row, _ target: Double, _ plan: StepMemory.Entry?) -> Outcome {
        let h = target - time
        let middle = plan?.end ?? time + 0.5 * h
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
        memory?.keep(full, end: middle, order: 1, isFirst: true)
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

    func push(_ u: Row, _ target: Double) {
        let recycled = past.removeLast()
        recycled.row.assign(u)
        past.insert(recycled, at: 0)
        times.insert(target, at: 0)
        if times.count > BDFCoefficients.maximumOrder + 2 { times.removeLast() }
        time = target
        statistics.steps += 1
    }
}
