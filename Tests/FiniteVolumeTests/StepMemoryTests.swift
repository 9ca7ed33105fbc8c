import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// Stretches that resemble each other: the second is stepped as the first was.
struct StepMemoryTests {
    /// u' = -u (1 + u) + drive, v' = 50 (sin 20 t - v): nonlinear and with two scales; `drive` moves from stretch to stretch.
    private static func run(_ drives: [Double], memory: StepMemory?, tolerance: Double = 1e-4) throws -> (
        ends: [[Double]], steps: [Int], newton: [Int], rejections: [Int]
    ) {
        var drive = 0.0
        let system = SmallSystem(unknowns: 2, tolerance: tolerance) { t, u in
            [-u[0] * (1 + u[0]) + drive, 50 * (sin(20 * t) - u[1])]
        }
        let integrator = AdaptiveIntegrator(system: system, initial: [1, 0])
        var result: (ends: [[Double]], steps: [Int], newton: [Int], rejections: [Int]) = ([], [], [], [])
        for next in drives {
            drive = next
            integrator.reset(to: [1, 0], time: 0)
            integrator.restart(step: 1e-3)
            let before = integrator.statistics
            try integrator.advance(to: 1.5, firstStep: 1e-3, memory: memory) { _, _ in true }
            result.ends.append(integrator.solution.values)
            result.steps.append(integrator.statistics.steps - before.steps)
            result.newton.append(integrator.statistics.newtonIterations - before.newtonIterations)
            result.rejections.append(integrator.statistics.rejections - before.rejections)
        }
        return result
    }

    @Test("A stretch that comes again takes the steps of the first, one correction each and none refused, to the same end")
    func follows() throws {
        let drives = [1, 1.01, 1.02, 1.03]
        let plain = try Self.run(drives, memory: nil)
        let following = try Self.run(drives, memory: StepMemory(unknowns: 2))
        // The first is what it is without a memory.
        #expect(following.ends[0] == plain.ends[0] && following.newton[0] == plain.newton[0])
        for k in 1..<drives.count {
            #expect(following.steps[k] == following.steps[0] && following.rejections[k] == 0)
            #expect(
                Double(following.newton[k]) < 0.75 * Double(plain.newton[k]), "\(following.newton[k]) and \(plain.newton[k])")
            for (a, b) in zip(following.ends[k], plain.ends[k]) {
                #expect(abs(a - b) < 3e-4, "end of stretch \(k)")
            }
        }
    }

    @Test(
        "A stretch that errs more than the tolerance at the old steps leaves them: errors stay what they are without a memory")
    func leaves() throws {
        let drives = [1.0, 1, 60, 60, 1]
        let exact = try Self.run(drives, memory: nil, tolerance: 1e-8)
        let following = try Self.run(drives, memory: StepMemory(unknowns: 2))
        // Nothing is refused where the stretch is the same, and something where it is another.
        #expect(following.rejections[1] == 0 && following.rejections[2] > 0)
        for k in drives.indices {
            for (a, b) in zip(following.ends[k], exact.ends[k]) { #expect(abs(a - b) < 1e-3, "end of stretch \(k)") }
        }
    }

    @Test("A stretch that begins elsewhere is not followed")
    func elsewhere() throws {
        let system = SmallSystem(unknowns: 1, tolerance: 1e-6) { _, u in [-u[0]] }
        let (integrator, memory) = (AdaptiveIntegrator(system: system, initial: [1]), StepMemory(unknowns: 1))
        for start in [0, 1.5] {
            integrator.reset(to: [exp(-start)], time: start)
            integrator.restart(step: 1e-3)
            try integrator.advance(to: 3, firstStep: 1e-3, memory: memory) { _, _ in true }
            #expect(abs(integrator.solution[0] - exp(-3)) < 1e-5)
        }
    }
}
