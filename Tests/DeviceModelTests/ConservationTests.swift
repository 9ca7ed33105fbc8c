import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The inventory of vacancies and oxygen, and the total current along the layer.
struct ConservationTests {
    @Test("N_s + a1 c_0 + sum c_i cell_i - N_O - N_p is kept to round-off at +4, -2 and 0 V", arguments: [4.0, -2.0, 0.0])
    func inventory(voltage: Double) throws {
        let device = AssembledDevice(Samples.isothermal)
        let start = try Samples.state(device, voltage: 2, duration: 1e-2)
        let before = device.inventory(start.row)
        let end = try Samples.state(device, voltage: voltage, duration: 0.1, from: start.values)
        let scale = start.row[0] + start.row[1] + start.row[2] + device.latticeVacancies(start.row)
        hold(abs(device.inventory(end.row) - before) / scale, below: 1e-12, as: "inventory, 0.1 s at \(voltage) V")
    }

    @Test("Every density stays positive through a hard reset to -2 V")
    func positivity() throws {
        let device = AssembledDevice(Samples.isothermal)
        let start = try Samples.state(device, voltage: 3.5, duration: 1e-3)
        device.solvePoisson(start.row, voltage: -2)
        let integrator = AdaptiveIntegrator(system: device, initial: start.values)
        device.drive(from: -2, rate: 0, at: 0)
        var least = 0.0
        try integrator.advance(to: 1, firstStep: 1e-9) { _, u in
            for i in 0..<3 { least = min(least, u[i] / device.thermalSheet) }
            for i in 0..<device.nodes { least = min(least, u[device.c(i)] * device.two.board.cells[i] / device.thermalSheet) }
            return true
        }
        #expect(least >= -1e-12)
    }

    @Test("Ionic plus displacement current is one number on every edge of the grid: spread below 1e-10 of it")
    func currentOnEveryEdge() throws {
        let device = AssembledDevice(Samples.everything)
        let start = try Samples.state(device, voltage: 2, duration: 1e-4)
        // One implicit Euler step during a ramp, iterated to round-off.
        let (step, shift) = (1e-6, 1e6)
        device.drive(from: 2, rate: 1e4, at: 0)
        device.prepare(time: step)
        let u = RealStorage(start.values)
        let history = RealStorage(start.values.map { -shift * $0 })
        for _ in 0..<12 { _ = try device.correct(u.row, shift: shift, history: history.row) }
        let p = Samples.everything
        let zq = 2 * Constants.charge
        let vt = device.thermalVoltage
        let permittivity = Permittivity(p)
        let currents = device.grid.edges.indices.map { i -> Double in
            let h = device.grid.edges[i]
            func field(_ v: Row) -> Double { (v[device.psi(i)] - v[device.psi(i + 1)]) / h }
            let displacement = permittivity.displacement(field(u.row)).value - permittivity.displacement(field(start.row)).value
            let du = (u.row[device.psi(i + 1)] - u.row[device.psi(i)]) / vt
            let hop = 2 * p.hopDistance / (2 * h)
            let gas = LatticeGas<Double>(chargeNumber: 2, inverseMaximum: 1 / p.maximumDensity)
            let flux = gas.flux(
                .init(du: du, hop: hop, perLength: 3e-18 / h, inverseThermal: 1 / vt), left: u.row[device.c(i)],
                right: u.row[device.c(i + 1)], exponentials: (exp(2 * du), exp(hop * abs(du))))
            return shift * displacement + zq * flux.value
        }
        let mean = currents.reduce(0, +) / Double(currents.count)
        let spread = (currents.max() ?? 0) - (currents.min() ?? 0)
        hold(spread / abs(mean), below: 1e-10, as: "ionic plus displacement current on every edge")
        // What the trace reports as the ionic and displacement current is the same number.
        let atTitanium = shift * (device.rightDisplacement(u.row) - device.rightDisplacement(start.row))
        hold(abs(atTitanium / mean - 1), below: 1e-9, as: "displacement at Ti against the edges")
    }
}
