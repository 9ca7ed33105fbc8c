import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The device has a free energy: it falls along every relaxation at fixed voltage, and the equilibria of the laws are its stationary points.
struct FreeEnergyTests {
    private static func set(_ base: DeviceParameters, hop: DeviceParameters.Hop) -> DeviceParameters {
        var p = base
        (p.vacancyDiffusivity, p.vacancyDiffusivityPrefactor) = (1e-17, 1e-17)
        p.vacancyBackground = 1e24
        p.hopSymmetry = 0.5
        p.hop = hop
        // Both hops bind by the same energy at zero field, and feel a field over the same length.
        let length = 0.8e-9
        if hop == .activated {
            (p.forwardHopEnergy, p.backwardHopEnergy, p.planeDistance) = (0.55, 0.65, length)
        } else {
            let thermal = Constants.thermalVoltage(300)
            (p.forwardHopRate, p.backwardHopVelocity) = (
                1e13 * exp(-0.55 / thermal), 1e13 * exp(-0.65 / thermal) * p.firstPlane
            )
            (p.hopActivation, p.hopFieldLength) = (0, length)
        }
        return p
    }

    /// A bias at which the layer's field points to Pt and vacancies stay near it.
    private static let bias = 0.3

    /// A device at 0.3 V whose vacancies and sheets were drawn at random, and its free energy.
    private func start(_ p: DeviceParameters, seed: UInt64) -> (AssembledDevice, FreeEnergy, RealStorage) {
        let device = AssembledDevice(p)
        var numbers = SeededNumbers(seed: seed)
        let state = RealStorage(device.freshState(voltage: Self.bias).unknowns)
        for i in 0..<device.nodes { state.row[device.c(i)] *= exp(2 * numbers.uniform()) }
        state.row[2] = 1e17 * exp(numbers.uniform())
        state.row[1] = 5e16 * exp(numbers.uniform())
        state.row[0] = 1e16 * exp(numbers.uniform())
        device.solvePoisson(state.row, voltage: Self.bias)
        device.restore(temperature: 300, voltage: Self.bias)
        return (device, FreeEnergy(p: p, device: device, voltage: Self.bias), state)
    }

    /// The largest rise of F between two steps of a relaxation over its whole fall.
    private func rise(_ p: DeviceParameters, seed: UInt64) throws -> Double {
        let (device, energy, state) = start(p, seed: seed)
        device.drive(from: Self.bias, rate: 0, at: 0)
        let integrator = AdaptiveIntegrator(system: device, initial: state.values)
        var values = [energy(state.row)]
        try integrator.advance(to: 1e6, firstStep: 1e-12) { _, u in
            values.append(energy(u))
            return true
        }
        let fall = values[0] - (values.last ?? 0)
        #expect(values.count > 50 && fall > 0)
        return (zip(values, values.dropFirst()).map { $1 - $0 }.max() ?? 0) / fall
    }

    @Test(
        "F falls monotonically from random states at 0.3 V (rises below 1e-9 of the fall): constant and falling permittivity",
        arguments: [1, 2, 3])
    func monotonic(seed: UInt64) throws {
        for (name, base) in [("set T", Samples.isothermal), ("all terms", Samples.everything)] {
            hold(
                try rise(Self.set(base, hop: .activated), seed: seed), below: 1e-9,
                as: "free energy: largest rise over fall, \(name)")
        }
    }

    @Test("At equilibrium dF vanishes for the hop, to 1e-6 k_B T; with a field length beside planes that coincide it does not")
    func stationary() throws {
        for hop in DeviceParameters.Hop.allCases {
            var p = Self.set(Samples.isothermal, hop: hop)
            p.vacancyBackground = 1e20
            let device = AssembledDevice(p)
            let u = try Samples.equilibrium(device, voltage: 0, from: try Samples.state(device, voltage: 1, duration: 1e-2))
            let force = FreeEnergy(p: p, device: device, voltage: 0).hopForce(u, transfer: 1e-3 * u[2])
            if hop == .activated {
                hold(abs(force), below: 1e-6, as: "free energy: dF of the hop at equilibrium, k_B T")
            } else {
                #expect(abs(force) > 0.1, "the law with a length of its own rests at dF = \(force) k_B T")
            }
        }
    }
}
