import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// V = 0 and infinite time: every flux and every reaction vanishes on its own.
struct EquilibriumTests {
    /// Set T with a diffusivity that lets the layer reach equilibrium within the test's time scales.
    private var mobile: DeviceParameters {
        var p = Samples.isothermal
        p.vacancyDiffusivity = 1e-17
        p.vacancyDiffusivityPrefactor = 1e-17
        return p
    }

    @Test("Lattice gas: c / (1 - c/c_max) e^(z psi / V_T) is one constant at every node, to 1e-12")
    func latticeGas() throws {
        for parameters in [mobile, Samples.everything] {
            let device = AssembledDevice(parameters)
            let start = try Samples.state(device, voltage: 0.6, duration: 10)
            let u = try Samples.equilibrium(device, voltage: 0, from: start)
            let vt = Constants.thermalVoltage(300)
            let activity = (0..<device.nodes).map { i -> Double in
                let c = u[device.c(i)]
                return log(c / (1 - c / parameters.maximumDensity)) + 2 * u[device.psi(i)] / vt
            }
            let spread = (activity.max() ?? 0) - (activity.min() ?? 0)
            hold(
                spread, below: 1e-12,
                as: "lattice-gas equilibrium, ln activity\(parameters.donorDensity > 0 ? ", all terms" : "")")
        }
    }

    @Test("Each reaction vanishes on its own at V = 0: net over gross below 1e-11")
    func reactions() throws {
        let device = AssembledDevice(mobile)
        let start = try Samples.state(device, voltage: 2, duration: 1)
        let state = RealStorage(try Samples.equilibrium(device, voltage: 0, from: start))
        let u = state.row
        let p = mobile
        device.drive(from: 0, rate: 0, at: 0)
        let rates = device.reactionRates(u)
        hold(abs(rates[0].rate / (rates[0].bySecond * u[1])), below: 1e-11, as: "redox at rest, net over gross")
        hold(abs(rates[1].rate / (rates[1].byFirst * u[2])), below: 1e-11, as: "transfer at rest, net over gross")
        hold(abs(rates[2].rate / (p.oxygenReturnRate * u[0])), below: 1e-11, as: "oxygen store at rest, net over gross")
    }

    @Test("Redox quasi-equilibrium: during a 3 V pulse N_s N_O / (N_st - N_s) follows N_Oref e^u, to 1e-3")
    func quasiEquilibrium() throws {
        let device = AssembledDevice(Samples.isothermal)
        let state = try Samples.state(device, voltage: 3, duration: 1e-3)
        let u = state.row
        let p = Samples.isothermal
        let reduced = 2 * (3 - p.platinumBarrier - u[3] - p.redoxPotential) / device.thermalVoltage
        let quotient = u[2] * u[1] / ((p.siteDensity - u[2]) * p.oxygenReference * exp(reduced))
        hold(abs(quotient - 1), below: 1e-3, as: "redox quasi-equilibrium under 3 V")
    }

    @Test("Two histories with the same inventory relax to the same equilibrium, to 1e-9 of each unknown")
    func twoHistories() throws {
        let device = AssembledDevice(mobile)
        let gentle = try Samples.state(device, voltage: 0.3, duration: 10)
        let fresh = device.freshState(voltage: 3).unknowns
        let written = try Samples.state(device, voltage: 3, duration: 0.1, from: fresh)
        let a = try Samples.equilibrium(device, voltage: 0, from: gentle)
        let b = try Samples.equilibrium(device, voltage: 0, from: written)
        #expect(gentle.row[2] < 0.5 * written.row[2])
        var worst = 0.0
        for i in a.indices { worst = max(worst, abs(a[i] - b[i]) / abs(b[i])) }
        hold(worst, below: 1e-9, as: "two histories, one equilibrium")
    }

    @Test(
        "The fresh device is neutral in its pairs and its field is the capacitor's: (phi_B - phi_Ti) over C_i and C_STO in series"
    )
    func freshDevice() {
        var p = Samples.isothermal
        p.vacancyBackground = 0
        let device = AssembledDevice(p)
        let u = device.freshState().unknowns
        let layer = Constants.vacuumPermittivity * p.permittivity / p.thickness
        let expected =
            -p.titaniumBarrier - (p.platinumBarrier - p.titaniumBarrier) * p.compactCapacitance / (p.compactCapacitance + layer)
        #expect(abs(u[3] - expected) < 1e-8)
        for i in 0..<device.nodes {
            let linear = u[3] + (-p.titaniumBarrier - u[3]) * device.grid.nodes[i] / p.thickness
            #expect(abs(u[device.psi(i)] - linear) < 1e-8)
        }
    }
}
