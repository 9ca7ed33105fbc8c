import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra

/// Parameter sets and states that the tests start from.
enum Samples {
    /// Set T without heating, at whatever temperature `restore` sets.
    static var isothermal: DeviceParameters {
        var p = DeviceParameters()
        p.thermalResistance = 0
        return p
    }

    /// A set in which every term of the equations is at work: fixed donors, field-dependent permittivity, a finite store,
    /// a forward hop that feels the field, and vacancies that fill a fair share of their sites.
    static var everything: DeviceParameters {
        var p = isothermal
        p.donorDensity = 1e25
        p.highFieldPermittivity = 90
        p.permittivityField = 2e7
        p.oxygenCapacity = 3e17
        p.hopSymmetry = 0.3
        p.vacancyBackground = 2e24
        p.vacancyDiffusivity = 3e-18
        p.maximumDensity = 2e26
        return p
    }

    /// `everything` with deep traps 9 nm inside.
    static var everythingWithTraps: DeviceParameters {
        var p = everything
        p.trapCaptureRate = 5
        p.trapReleaseRate = 2
        p.trapDensity = 2e17
        p.trapDepth = 9e-9
        return p
    }

    /// The state after `duration` seconds at `voltage`, from `start` or fresh.
    static func state(
        _ device: AssembledDevice, voltage: Double, duration: Double, from start: [Double]? = nil
    ) throws -> RealStorage {
        let initial = RealStorage(start ?? device.freshState(voltage: voltage).unknowns)
        // The jump of the voltage: the ions stay, the potential follows at once.
        device.solvePoisson(initial.row, voltage: voltage)
        device.restore(temperature: device.parameters.ambientTemperature, voltage: voltage)
        let integrator = AdaptiveIntegrator(system: device, initial: initial.values)
        device.drive(from: voltage, rate: 0, at: 0)
        try integrator.advance(to: duration, firstStep: duration * 1e-9) { _, _ in true }
        return RealStorage(integrator.solution.values)
    }

    /// Implicit Euler steps of growing size, each iterated to round-off, until nothing is left to relax.
    static func equilibrium(_ device: AssembledDevice, voltage: Double, from start: RealStorage) throws -> [Double] {
        // Under error control as far as that goes: bare Newton steps from far away may end on a branch with negative densities.
        let u = try state(device, voltage: voltage, duration: 1e8, from: start.values)
        device.drive(from: voltage, rate: 0, at: 0)
        device.prepare(time: 0)
        for power in 8..<26 {
            let shift = pow(10, -Double(power) / 1.25)
            let history = RealStorage(u.values.map { -shift * $0 })
            for _ in 0..<12 { _ = try device.correct(u.row, shift: shift, history: history.row) }
        }
        return u.values
    }
}
