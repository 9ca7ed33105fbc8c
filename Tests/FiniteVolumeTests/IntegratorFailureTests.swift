import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// What stops a run, and how it says so.
struct IntegratorFailureTests {
    private func decay() -> SmallSystem { SmallSystem(unknowns: 1, tolerance: 1e-4) { _, u in [-u[0]] } }

    @Test("Where the system has no state the run stops there, to 1e-6 of the span, and keeps the solution so far")
    func noState() {
        let system = decay()
        system.lastTime = 0.7
        let integrator = AdaptiveIntegrator(system: system, initial: [1])
        do throws(IntegrationFailure) {
            try integrator.advance(to: 2, firstStep: 1e-3) { _, _ in true }
            Issue.record("the run should have stopped")
        } catch {
            guard case .noState = error.reason else {
                Issue.record("wrong reason: \(error)")
                return
            }
            #expect(error.time <= 0.7 && error.time > 0.7 - 2e-6)
            #expect(abs(integrator.solution[0] - exp(-error.time)) < 2e-3)
            #expect(error.description.contains("stopped at t ="))
        }
    }

    @Test("The step budget ends a run as an error that names the budget")
    func stepBudget() {
        let integrator = AdaptiveIntegrator(system: decay(), initial: [1])
        integrator.options.stepBudget = 5
        #expect(throws: IntegrationFailure.self) { try integrator.advance(to: 100, firstStep: 1e-6) { _, _ in true } }
        do throws(IntegrationFailure) {
            try integrator.advance(to: 100, firstStep: 1e-6) { _, _ in true }
        } catch {
            #expect(error.reason == .stepBudget(5))
        }
    }

    @Test(
        "A singular matrix or a value that is not finite ends the run with its reason, not with a number",
        arguments: [NewtonFailure.singularMatrix, .notFinite(unknown: "psi")])
    func hardFailures(reason: NewtonFailure) {
        let system = decay()
        system.failure = reason
        let integrator = AdaptiveIntegrator(system: system, initial: [1])
        do throws(IntegrationFailure) {
            try integrator.advance(to: 1, firstStep: 1e-3) { _, _ in true }
            Issue.record("the run should have failed")
        } catch {
            #expect(error.reason == reason)
            #expect(integrator.solution[0] == 1)
        }
    }

    @Test("The observer can stop a run; advancing to a time that is past does nothing")
    func observer() throws {
        let integrator = AdaptiveIntegrator(system: decay(), initial: [1])
        try integrator.advance(to: 10, firstStep: 1e-3) { t, _ in t < 1 }
        #expect(integrator.time >= 1 && integrator.time < 10)
        let before = integrator.statistics
        try integrator.advance(to: 0.5, firstStep: 1e-3) { _, _ in true }
        #expect(integrator.statistics == before)
    }
}
