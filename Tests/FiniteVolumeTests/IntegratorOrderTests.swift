import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Order of the integrator under error control: N steps leave an error ~ N^-q.
struct IntegratorOrderTests {
    /// (steps, error at the end) of a logistic growth with a periodic drive, whose solution is known.
    private func smooth(order: Int, tolerance: Double) throws -> (steps: Double, error: Double) {
        // u' = cos t - (u - sin t) + (u - sin t)^2 / 4 with u(0) = 1/2: v = u - sin t obeys v' = -v + v^2/4,
        // v = 4 / (1 + (4/v0 - 1) e^t).
        let system = SmallSystem(unknowns: 1, tolerance: tolerance) { t, u in
            let v = u[0] - sin(t)
            return [cos(t) - v + v * v / 4]
        }
        var options = AdaptiveIntegrator<SmallSystem>.Options()
        options.maximumOrder = order
        options.newtonTolerance = 1e-3
        let integrator = AdaptiveIntegrator(system: system, initial: [0.5], options: options)
        try integrator.advance(to: 8, firstStep: 1e-4) { _, _ in true }
        let exact = sin(8.0) + 4 / (1 + 7 * exp(8.0))
        return (Double(integrator.statistics.steps), abs(integrator.solution[0] - exact))
    }

    @Test("Smooth problem: error ~ N^-q for q = 1 ... 4 as the tolerance is refined", arguments: 1...4)
    func smoothProblem(order: Int) throws {
        let tolerances = order == 1 ? [1e-5, 1e-6, 1e-7, 1e-8] : [1e-6, 1e-7, 1e-8, 1e-9, 1e-10]
        let runs = try tolerances.map { try smooth(order: order, tolerance: $0) }
        let slope = -logSlope(runs.map(\.steps), runs.map(\.error))
        hold(Double(order) - slope, below: 0.35, as: "BDF order \(order), smooth: q minus the measured order")
        #expect(slope < Double(order) + 0.8, "order \(order): measured \(slope)")
    }

    /// A first-order lag driven by a triangle wave, restarted at every corner; exact solution piece by piece.
    private func corners(order: Int, tolerance: Double) throws -> (steps: Double, error: Double) {
        func triangle(_ t: Double) -> (value: Double, rate: Double) {
            let k = Int(t), s = t - Double(k)
            return k % 2 == 0 ? (s, 1) : (1 - s, -1)
        }
        // u' = V - u.
        var rate = 1.0, start = 0.0
        let system = SmallSystem(unknowns: 1, tolerance: tolerance) { t, u in [start + rate * t - u[0]] }
        var options = AdaptiveIntegrator<SmallSystem>.Options()
        options.maximumOrder = order
        let integrator = AdaptiveIntegrator(system: system, initial: [0], options: options)
        var exact = 0.0
        for piece in 0..<6 {
            (start, rate) = (triangle(Double(piece)).value, triangle(Double(piece)).rate)
            // On each piece u = V0 + rate t - rate + (u0 - V0 + rate) e^-t, at t = 1.
            exact = start + (exact - start + rate) * exp(-1)
            integrator.restart(step: 1e-3 * tolerance.squareRoot(), time: 0)
            try integrator.advance(to: 1, firstStep: 1e-4) { _, _ in true }
        }
        return (Double(integrator.statistics.steps), abs(integrator.solution[0] - exact))
    }

    @Test("Across the corners of a triangular voltage, with a restart at each: still at least second order", arguments: [2, 3])
    func voltageCorners(order: Int) throws {
        let runs = try [1e-6, 1e-7, 1e-8, 1e-9].map { try corners(order: order, tolerance: $0) }
        let slope = -logSlope(runs.map(\.steps), runs.map(\.error))
        hold(Double(order) - slope, below: 0.3, as: "BDF order \(order), corners: q minus the measured order")
    }

    @Test("Stiff Robertson kinetics: u1 + u2 + u3 stays 1 to round-off over 1e6 s, and u1 matches the literature to 1e-4")
    func linearInvariant() throws {
        let system = SmallSystem(unknowns: 3, tolerance: 1e-7) { _, u in
            let (a, b, c) = (0.04 * u[0], 1e4 * u[1] * u[2], 3e7 * u[1] * u[1])
            return [-a + b, a - b - c, c]
        }
        let integrator = AdaptiveIntegrator(system: system, initial: [1, 0, 0])
        var worst = 0.0
        for end in [0.4, 40, 4e3, 4e5] {
            try integrator.advance(to: end, firstStep: 1e-6) { _, u in
                worst = max(worst, abs(u[0] + u[1] + u[2] - 1))
                return true
            }
        }
        hold(worst, below: 1e-13, as: "linear invariant, Robertson")
        // y1(4e5) = 4.940e-3: A. C. Hindmarsh et al., CVODE user documentation, example cvRoberts_dns.
        #expect(abs(integrator.solution[0] - 4.940e-3) < 5e-6)
    }
}
