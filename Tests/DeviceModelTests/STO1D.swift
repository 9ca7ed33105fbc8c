import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra

/// The cross-check problem of Fixtures/sto-1d on the coupled path.
enum STO1D {
    static var parameters: DeviceParameters {
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
        return p
    }

    static func device(cells: Int = 200, tolerance: Double = 1e-6) throws -> AssembledDevice {
        var options = SolverOptions()
        options.tolerance = tolerance
        return try AssembledDevice(
            parameters, left: .schottky(barrier: 0.8, velocity: 6750), right: .schottky(barrier: 0.1, velocity: 6750),
            grid: .bothEnds(length: 40e-9, cells: cells, grading: 2), options: options)
    }

    /// Equilibrium at 0 V from uniform vacancies.
    static func equilibrium(_ device: AssembledDevice) throws -> [Double] {
        let integrator = AdaptiveIntegrator(system: device, initial: try device.restState())
        try integrator.advance(to: 1e4, firstStep: 1e-12) { _, _ in true }
        // One more, endless, backward Euler step ends on the steady state.
        integrator.restart(step: 0)
        try integrator.step(to: 1e12, order: 1)
        return integrator.solution.values
    }

    /// The segments of the train: voltage, duration, number of fixed steps.
    static var segments: [(voltage: Double, duration: Double, steps: Int)] {
        (0..<10).flatMap { _ in [(-2.0, 1e-4, 40), (0.0, 9e-4, 40)] } + [(0.1, 10.0, 80)]
    }
}
