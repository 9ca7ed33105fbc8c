import LinearAlgebra

/// Newton's method of one step.
extension AdaptiveIntegrator {
    func iterate(_ u: Row) throws(NewtonFailure) {
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
    func expectedRate(_ norm: Double) -> Double {
        guard let known = contraction, known.uses < 4, norm <= 10 * known.first else { return 1 }
        contraction?.uses += 1
        return min(1, 2 * known.rate * max(1, norm / known.first))
    }

    /// Newton on to round-off, for a solution that is inadmissible by less than its tolerance; true when that was all.
    func polish(_ u: Row) -> Bool {
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
}
