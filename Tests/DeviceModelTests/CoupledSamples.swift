import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra

/// Plain layers for limit cases of the coupled path, at 300 K.
enum PlainLayer {
    static let thermal = Constants.thermalVoltage(300)

    /// A layer without vacancies, donors, image force, hopping or heat; `density` is N_c.
    static func plain(thickness: Double, permittivity: Double, density: Double = 1e26) -> DeviceParameters {
        var p = DeviceParameters()
        p.thickness = thickness
        p.area = 1
        p.permittivity = permittivity
        p.highFieldPermittivity = permittivity
        p.vacancyBackground = 0
        p.electronMobility = 1e-4
        p.densityOfStates = density
        p.opticalPermittivity = .infinity
        p.chargeNumber = 1
        p.vacancyDiffusivity = 1e-14
        p.vacancyDiffusivityPrefactor = 1e-14
        p.hopDistance = 0
        p.maximumDensity = .infinity
        p.thermalResistance = 0
        return p
    }

    /// Barrier (V) of a contact that holds the density `n` at N_c = 1e26 /m3.
    static func barrier(of n: Double) -> Double { thermal * log(1e26 / n) }

    /// Mean electron current density over the edges, A/m2.
    static func electronCurrent(_ device: AssembledDevice, _ u: Row) -> Double {
        zip(device.fluxes(u), device.grid.edges).reduce(0.0) { $0 - Constants.charge * $1.0.electrons * $1.1 }
            / device.grid.length
    }

    /// Long backward Euler steps until nothing moves.
    static func settle(_ device: AssembledDevice, _ start: [Double], upTo time: Double) throws -> [Double] {
        let integrator = AdaptiveIntegrator(system: device, initial: start)
        try integrator.advance(to: time, firstStep: time * 1e-12) { _, _ in true }
        for k in 1...6 {
            integrator.restart(step: 0, time: 0)
            try integrator.step(to: time * pow(10, Double(k)), order: 1)
        }
        return integrator.solution.values
    }
}
