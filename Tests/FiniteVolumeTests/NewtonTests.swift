import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// How the integrator judges Newton's method: slow starts are waited for, damped ones are not taken for convergence.
struct NewtonTests {
    /// u' = k (e^-u - 1), which Newton leaves towards its rest u = 0 by one unit an iteration, however short the step; a correction is
    /// cut to `longest`.
    final class Exponential: ImplicitSystem {
        let unknowns = 1
        var rate = 1e10
        var longest = Double.infinity
        /// A solution below is called inadmissible.
        var least = -Double.infinity

        func prepare(time: Double) {}
        func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
            let e = exp(-u[0])
            let step = -(shift * u[0] + history[0] - rate * (e - 1)) / (shift + rate * e)
            let scale = min(1, longest / abs(step))
            u[0] += scale * step
            return NewtonCorrection(norm: abs(step) / 1e-4, wasDamped: scale < 1, unknown: "u")
        }
        func errorNorm(_ e: Row, at u: Row) -> Double { abs(e[0]) / 1e-4 }
        func isAdmissible(_ u: Row) -> Bool { u[0] >= least }
        func condition(predictor: Row, last: Row) {}
    }

    @Test("A start 50 Newton iterations from its rest is reached; with twelve iterations alone the run fails at any step size")
    func farFromRest() throws {
        let integrator = AdaptiveIntegrator(system: Exponential(), initial: [-50])
        try integrator.advance(to: 1, firstStep: 1e-6) { _, _ in true }
        #expect(abs(integrator.solution[0]) < 1e-4 && integrator.time == 1)
        let hasty = AdaptiveIntegrator(system: Exponential(), initial: [-50])
        hasty.options.patientNewtonIterations = hasty.options.maximumNewtonIterations
        do throws(IntegrationFailure) {
            try hasty.advance(to: 1, firstStep: 1e-6) { _, _ in true }
            Issue.record("twelve iterations cannot reach it")
        } catch {
            guard case .tooManyIterations(let last, let unknown) = error.reason else {
                Issue.record("wrong reason: \(error)")
                return
            }
            #expect(last > 1 && unknown == "u")
        }
    }

    @Test("The first undamped correction after damped ones is no convergence: Newton goes on to its tolerance")
    func undampedAfterDamped() throws {
        let system = Exponential()
        system.longest = 0.8
        let integrator = AdaptiveIntegrator(system: system, initial: [-5])
        try integrator.step(to: 1, order: 1)
        // Backward Euler: u = -5 + 1e10 (e^-u - 1), so |u| < 6e-10; the first correction below 0.8 ends some 0.3 off.
        #expect(abs(integrator.solution[0]) < 1e-6)
    }

    @Test("A solution inadmissible by less than Newton's tolerance is polished to round-off, not refused at every step size")
    func polish() throws {
        let system = Exponential()
        // Stiff at every step size that is tried. From 0.05 Newton falls to -8e-7, within its tolerance of 10 x 1e-4, but negative.
        system.rate = 1e22
        // One more correction leaves (8e-7)^2 / 2 below zero; only round-off passes.
        system.least = -1e-14
        let integrator = AdaptiveIntegrator(system: system, initial: [0.05])
        integrator.options.newtonTolerance = 10
        try integrator.advance(to: 1, firstStep: 1e-9) { _, _ in true }
        #expect(integrator.solution[0] >= -1e-14 && abs(integrator.solution[0]) < 1e-4)
        #expect(integrator.statistics.rejections == 0)
    }
}
