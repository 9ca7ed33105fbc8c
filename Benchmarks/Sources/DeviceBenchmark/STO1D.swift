import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra

/// The cross-check problem STO-1D (Tests/DeviceModelTests/Fixtures/sto-1d/README.md) on the coupled path.
struct STO1D {
    let device: CoupledDevice
    private let start: [Double]
    private static let segments: [(voltage: Double, duration: Double, steps: Int)] =
        (0..<10).flatMap { _ in [(-2.0, 1e-4, 40), (0.0, 9e-4, 40)] } + [(0.1, 10.0, 80)]

    /// The device on `cells` graded cells, in equilibrium at 0 V.
    init(cells: Int, tolerance: Double) throws {
        var p = DeviceParameters()
        p.thickness = 40e-9
        p.area = 1
        p.permittivity = 100
        p.highFieldPermittivity = 100
        p.vacancyBackground = 1e25
        p.electronMobility = 1e-4
        p.densityOfStates = 1e26
        p.opticalPermittivity = .infinity
        p.chargeNumber = 1
        p.vacancyDiffusivity = 1e-14
        p.vacancyDiffusivityPrefactor = 1e-14
        p.hopDistance = 0
        p.maximumDensity = .infinity
        p.thermalResistance = 0
        var options = SolverOptions()
        options.tolerance = tolerance
        device = try CoupledDevice(
            p, left: .schottky(barrier: 0.8, velocity: 6750), right: .schottky(barrier: 0.1, velocity: 6750),
            grid: .bothEnds(length: 40e-9, cells: cells, grading: 2), options: options)
        let integrator = AdaptiveIntegrator(system: device, initial: try device.restState())
        try integrator.advance(to: 1e4, firstStep: 1e-12) { _, _ in true }
        start = integrator.solution.values
    }

    /// The pulse train in 880 backward Euler steps, log-spaced from 1 ns in every segment as DEVSIM takes them.
    ///
    /// Returns Newton iterations and the density at the left contact after every step.
    func fixedSteps(newtonTolerance: Double) throws -> (newton: Int, left: [Double]) {
        var options = AdaptiveIntegrator<CoupledDevice>.Options()
        options.newtonTolerance = newtonTolerance
        let integrator = AdaptiveIntegrator(system: device, initial: start, options: options)
        let state = RealStorage(start)
        var left: [Double] = []
        device.drive(from: 0, rate: 0, at: 0)
        for piece in Self.segments {
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

    /// The train with error control at the device's tolerance; returns steps, Newton iterations and the same density.
    func adaptive() throws -> (steps: Int, newton: Int, end: Double) {
        var options = AdaptiveIntegrator<CoupledDevice>.Options()
        options.maximumOrder = 4
        let integrator = AdaptiveIntegrator(system: device, initial: start, options: options)
        let state = RealStorage(start)
        device.drive(from: 0, rate: 0, at: 0)
        for piece in Self.segments {
            state.row.assign(integrator.solution)
            try device.jump(state.row, to: piece.voltage)
            integrator.reset(to: state.row, time: 0)
            try integrator.advance(to: piece.duration, firstStep: 1e-10) { _, _ in true }
        }
        return (integrator.statistics.steps, integrator.statistics.newtonIterations, integrator.solution[2])
    }
}
