import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        final class Decay: ImplicitSystem {
            let unknowns = 1
            func prepare(time: Double) {}
            func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
                let correction = -(shift * u[0] + history[0] + u[0]) / (shift + 1)
                u[0] += correction
                return NewtonCorrection(norm: abs(correction) / 1e-6, wasDamped: false)
            }
            func errorNorm(_ e: Row, at u: Row) -> Double { abs(e[0]) / 1e-6 }
            func isAdmissible(_ u: Row) -> Bool { u[0] >= 0 }
            func condition(predictor: Row, last: Row) {}
        }
        let integrator = AdaptiveIntegrator(system: Decay(), initial: [1])
        try integrator.advance(to: 1, firstStep: 1e-4) { _, _ in true }
        let end = integrator.solution[0]
        #expect(abs(end / exp(-1) - 1) < 1e-4)
    }
}
