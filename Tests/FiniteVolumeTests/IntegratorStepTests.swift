import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// How long steps are: as the tolerance of the local error asks, neither more nor less, and of an order that was waited for.
struct IntegratorStepTests {
    private func integrator(
        order: Int, tolerance: Double, from start: Double, _ rate: @escaping (Double, Double) -> Double
    ) -> AdaptiveIntegrator<SmallSystem> {
        let system = SmallSystem(unknowns: 1, tolerance: tolerance) { t, u in [rate(t, u[0])] }
        var options = AdaptiveIntegrator<SmallSystem>.Options()
        options.maximumOrder = order
        return AdaptiveIntegrator(system: system, initial: [start], options: options)
    }

    /// For u' = (q + 1) t^q the estimate is exact and the same at every step, so that steps settle; then each adds (1 + 1/2 ... 1/q) times
    /// its local error to the error of u.
    @Test(
        "Steps settle where the local error is between a quarter of the tolerance and all of it, at each order",
        arguments: 1...4)
    func localError(order: Int) throws {
        let (power, tolerance) = (Double(order + 1), 1e-6)
        let integrator = integrator(order: order, tolerance: tolerance, from: 0) { t, _ in power * pow(t, power - 1) }
        var points: [(time: Double, error: Double)] = []
        try integrator.advance(to: order == 1 ? 0.5 : 6, firstStep: 1e-5) { time, u in
            points.append((time, u[0] - pow(time, power)))
            return true
        }
        // Before the last two steps, which are cut to end at the end.
        let (a, b) = (points[points.count - 13], points[points.count - 3])
        let harmonic = (1...order).reduce(0) { $0 + 1 / Double($1) }
        let local = abs(b.error - a.error) / 10 / harmonic
        #expect(local > 0.25 * tolerance && local < tolerance, "order \(order): \(local / tolerance) tolerances a step")
    }

    @Test("The first step is cut until its own error is within the tolerance, and not further than that")
    func firstStep() throws {
        // u = t^2: half a backward Euler step of size h errs by h^2 / 4.
        let integrator = integrator(order: 3, tolerance: 1e-6, from: 0) { t, _ in 2 * t }
        var first: (time: Double, value: Double)?
        try integrator.advance(to: 10, firstStep: 1) { time, u in
            first = (time, u[0])
            return false
        }
        let (time, value) = try #require(first)
        let error = abs(value - time * time)
        #expect(error < 1e-6 && error > 1e-7, "first step to \(time) s, error \(error)")
    }

    /// u' = -u from 1, to 10: an order that rises at once takes 68 and 228 steps. Whoever changes the choice of step or order on purpose
    /// changes these numbers.
    @Test(
        "An order is raised after as many steps at it as its number: the steps of a known decay",
        arguments: [(1e-6, 1e-4, 69), (1e-9, 1e-6, 227)])
    func waitsForTheOrder(tolerance: Double, first: Double, steps: Int) throws {
        let integrator = integrator(order: 4, tolerance: tolerance, from: 1) { _, u in -u }
        try integrator.advance(to: 10, firstStep: first) { _, _ in true }
        #expect(integrator.statistics.steps == steps)
        #expect(abs(integrator.solution[0] - exp(-10)) < 10 * tolerance)
    }
}
