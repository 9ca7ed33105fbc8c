import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra

/// The pulse train of STO-1D (STO1D.swift, one file for tests and benchmarks) as it is timed.
struct STO1DTrain {
    let device: AssembledDevice
    private let start: [Double]

    /// The device on `cells` graded cells, in equilibrium at 0 V.
    init(cells: Int, tolerance: Double) throws {
        device = try STO1D.device(cells: cells, tolerance: tolerance)
        start = try STO1D.equilibrium(device)
    }

    /// The pulse train in 880 backward Euler steps, log-spaced from 1 ns in every segment as DEVSIM takes them.
    ///
    /// Returns Newton iterations and the density at the left contact after every step.
    func fixedSteps(newtonTolerance: Double) throws -> (newton: Int, left: [Double]) {
        var options = AdaptiveIntegrator<AssembledDevice>.Options()
        options.newtonTolerance = newtonTolerance
        let integrator = AdaptiveIntegrator(system: device, initial: start, options: options)
        let state = RealStorage(start)
        var left: [Double] = []
        device.drive(from: 0, rate: 0, at: 0)
        for piece in STO1D.segments {
            state.row.assign(integrator.solution)
            try device.jump(state.row, to: piece.voltage)
            integrator.reset(to: state.row, time: 0)
            let growth = pow(piece.duration / 1e-9, 1 / Double(piece.steps - 1))
            var time = 1e-9
            for k in 0..<piece.steps {
                try integrator.step(to: k == piece.steps - 1 ? piece.duration : time, order: 1)
                time *= growth
                left.append(integrator.solution[2])
            }
        }
        return (integrator.statistics.newtonIterations, left)
    }

    /// The train with error control at the device's tolerance; returns steps, Newton iterations and the same density at the end of
    /// every segment.
    func adaptive() throws -> (steps: Int, newton: Int, left: [Double]) {
        var options = AdaptiveIntegrator<AssembledDevice>.Options()
        options.maximumOrder = 4
        let integrator = AdaptiveIntegrator(system: device, initial: start, options: options)
        let state = RealStorage(start)
        var left: [Double] = []
        device.drive(from: 0, rate: 0, at: 0)
        for piece in STO1D.segments {
            state.row.assign(integrator.solution)
            try device.jump(state.row, to: piece.voltage)
            integrator.reset(to: state.row, time: 0)
            try integrator.advance(to: piece.duration, firstStep: 1e-10) { _, _ in true }
            left.append(integrator.solution[2])
        }
        return (integrator.statistics.steps, integrator.statistics.newtonIterations, left)
    }
}
