import FiniteVolume
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

struct PermittivityTests {
    private var falling: Permittivity<Double> { Permittivity<Double>(Samples.everything) }

    @Test(
        "D(E) = eps0 [eps_h + (eps_r - eps_h) / sqrt(1 + (E/E_c)^2)] E: limits, slope, inverse",
        arguments: [-3e8, -2e7, 0, 1e5, 2e7, 1e9])
    func fieldDependence(field: Double) {
        let (d, slope) = falling.displacement(field)
        let eps0 = Constants.vacuumPermittivity
        let expected = eps0 * (90 + 230 / (1 + field * field / 4e14).squareRoot()) * field
        #expect(abs(d - expected) <= 1e-14 * abs(expected))
        let h = 1e3
        let difference = (falling.displacement(field + h).value - falling.displacement(field - h).value) / (2 * h)
        #expect(abs(slope / difference - 1) < 1e-6)
        let back = falling.field(d)
        #expect(abs(back.value - field) <= 1e-11 * abs(field))
        #expect(abs(back.slope * slope - 1) < 1e-10)
    }

    @Test("eps_h = eps_r is the constant permittivity, bit for bit in a run")
    func constant() throws {
        var p = Samples.isothermal
        p.permittivityField = 1e7
        let plain = try Samples.state(AssembledDevice(Samples.isothermal), voltage: 2, duration: 1e-4)
        let same = try Samples.state(AssembledDevice(p), voltage: 2, duration: 1e-4)
        #expect(plain.values == same.values)
    }

    @Test("Gauss' law with field-dependent permittivity: D at Pt plus the charge between is D at Ti, to 1e-12")
    func gauss() throws {
        let device = AssembledDevice(Samples.everything)
        let state = RealStorage(device.freshState(voltage: 1).unknowns)
        #expect(device.solvePoisson(state.row, voltage: 1))
        let u = state.values
        let (p, x) = (Samples.everything, device.grid.nodes)
        let first = falling.displacement((u[device.psi(0)] - u[device.psi(1)]) / (x[1] - x[0])).value
        let last = device.nodes - 1
        let end = falling.displacement((u[device.psi(last - 1)] - u[device.psi(last)]) / (x[last] - x[last - 1])).value
        var charge = 0.0
        for i in 1..<last {
            charge += Constants.charge * (2 * u[device.c(i)] + p.donorDensity) * (x[i + 1] - x[i - 1]) / 2
        }
        hold(abs(first + charge - end) / charge, below: 1e-12, as: "Gauss' law, field-dependent permittivity")
    }
}
