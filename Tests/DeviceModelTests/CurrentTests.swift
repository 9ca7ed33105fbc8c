import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The current integral, the image potential, frozen reads and the heat balance.
struct CurrentTests {
    @Test(
        "psi_im = q / (16 pi eps0 eps_opt) (1/r_Pt + 1/r_Ti): value, symmetry, and the lowering sqrt(q E / (4 pi eps)) of Schottky"
    )
    func imageForce() {
        var p = Samples.isothermal
        let force = ImageForce(p)
        #expect(abs(force.potential(7e-9) / force.potential(33e-9) - 1) < 1e-14)
        // 1.44 eV nm / (4 eps_opt) at 2 nm, plus the far image: 1.43996 / 22 (1/2 + 1/38) with the core in both.
        let expected = 1.439964548e-9 / 22 * (1 / (4e-18 + 9e-20).squareRoot() + 1 / (38e-9 * 38e-9 + 9e-20).squareRoot())
        #expect(abs(force.potential(2e-9) / expected - 1) < 1e-8)
        // One contact far away, no core: the top of psi_im - E x from Pt is -sqrt(q E / (4 pi eps0 eps_opt)).
        p.thickness = 1
        p.imageCore = 0
        let single = ImageForce(p)
        let field = 5e7
        let lowering = (Constants.charge * field / (4 * .pi * Constants.vacuumPermittivity * p.opticalPermittivity))
            .squareRoot()
        let least = stride(from: 1e-11, to: 2e-8, by: 1e-12).map { single.potential($0) + field * $0 }.min() ?? 0
        hold(abs(least / lowering - 1), below: 1e-6, as: "Schottky lowering of the image potential")
    }

    /// The integral of the current by composite Simpson on 400,000 panels.
    private func bruteForce(_ device: AssembledDevice, _ u: [Double], voltage: Double) -> Double {
        let p = device.parameters
        let vt = Constants.thermalVoltage(p.ambientTemperature)
        let force = ImageForce(p)
        let x = device.grid.nodes
        func exponential(_ edge: Int, _ s: Double) -> Double {
            let psi =
                u[device.psi(edge)] + (u[device.psi(edge + 1)] - u[device.psi(edge)]) * (s - x[edge]) / (x[edge + 1] - x[edge])
            return exp(-(psi + force.potential(s)) / vt)
        }
        var integral = 0.0
        for edge in 0..<(x.count - 1) {
            let panels = 15_000
            let h = (x[edge + 1] - x[edge]) / Double(panels)
            var sum = exponential(edge, x[edge]) + exponential(edge, x[edge + 1])
            for k in 1..<panels { sum += exponential(edge, x[edge] + h * Double(k)) * (k % 2 == 1 ? 4 : 2) }
            integral += sum * h / 3
        }
        let contacts = exponential(0, 0) + exponential(x.count - 2, p.thickness)
        let resistance = integral / (p.electronMobility * vt) + contacts / p.richardsonVelocity
        return -Constants.charge * p.area * p.densityOfStates * expm1(-voltage / vt) / resistance
    }

    @Test("I(V) by Gauss panels equals brute-force Simpson quadrature to 1e-6", arguments: [0.1, 0.6, 2.0, 3.5, -1.0, -2.0])
    func quadrature(voltage: Double) throws {
        let device = AssembledDevice(Samples.isothermal)
        let state = try Samples.state(device, voltage: voltage, duration: 1e-3)
        device.drive(from: voltage, rate: 0, at: 0)
        let current = device.electronCurrent(state.row)
        let expected = bruteForce(device, state.values, voltage: voltage)
        hold(abs(current / expected - 1), below: 1e-6, as: "current integral against Simpson, \(voltage) V")
    }

    @Test("dI/dT at fixed potential equals the difference of I to 1e-6", arguments: [0.6, 3.0, -2.0])
    func temperatureSlope(voltage: Double) throws {
        let device = AssembledDevice(Samples.isothermal)
        let state = try Samples.state(device, voltage: voltage, duration: 1e-3)
        func current(_ t: Double) -> (current: Double, slope: Double) {
            device.two.current!.evaluate(
                Stretch(state.row), first: device.psi(0), stride: 2, voltage: voltage, temperature: t)
        }
        let difference = (current(330.01).current - current(329.99).current) / 0.02
        hold(abs(current(330).slope / difference - 1), below: 1e-6, as: "dI/dT, \(voltage) V")
    }

    @Test("At V = 0 the current is exactly zero, in any state")
    func noCurrentAtRest() throws {
        let device = AssembledDevice(DeviceParameters())
        let state = try Samples.state(device, voltage: 2, duration: 1e-3)
        #expect(try device.frozenRead(state.row, at: 0) == 0)
        device.drive(from: 0, rate: 0, at: 0)
        #expect(device.electronCurrent(state.row) == 0)
    }

    @Test("A frozen read leaves the state bit for bit unchanged, and a run after it too")
    func frozenRead() throws {
        for parameters in [DeviceParameters(), Samples.everything] {
            let device = AssembledDevice(parameters)
            let state = try Samples.state(device, voltage: 2, duration: 1e-3)
            let before = (state.values, device.temperature, device.voltage)
            let first = try device.frozenRead(state.row, at: 0.6)
            #expect(state.values == before.0 && device.temperature == before.1 && device.voltage == before.2)
            #expect(try device.frozenRead(state.row, at: 0.6) == first)
            let after = try Samples.state(device, voltage: 2, duration: 1e-3, from: before.0)
            let untouched = try Samples.state(AssembledDevice(parameters), voltage: 2, duration: 1e-3, from: before.0)
            for (a, b) in zip(after.values, untouched.values) { #expect(abs(a - b) <= 1e-12 * abs(b)) }
        }
    }

    @Test("Capacitive divider: a read shifts psi_0 by (V_r - V) C_i / (C_i + C_STO), to 1e-12")
    func capacitiveDivider() throws {
        let device = AssembledDevice(Samples.isothermal)
        let p = device.parameters
        let state = try Samples.state(device, voltage: 0.6, duration: 1e-3)
        let moved = RealStorage(state.values)
        device.solvePoisson(moved.row, voltage: 2.6)
        let layer = Constants.vacuumPermittivity * p.permittivity / p.thickness
        let expected = 2 * p.compactCapacitance / (p.compactCapacitance + layer)
        hold(abs((moved.row[3] - state.row[3]) / expected - 1), below: 1e-12, as: "capacitive divider")
        // The same charge read both ways gives the same current.
        device.drive(from: 0.6, rate: 0, at: 0)
        let read = try device.frozenRead(state.row, at: 2.6)
        device.drive(from: 2.6, rate: 0, at: 0)
        #expect(abs(read / device.electronCurrent(moved.row) - 1) < 1e-6)
    }

    @Test(
        "A frozen read heats: its current is that at T = T0 + R_th V I, in the band that Poisson's equation gives at the read voltage",
        arguments: [2.0, 3.5])
    func readWithHeat(voltage: Double) throws {
        let device = AssembledDevice(DeviceParameters())
        let state = try Samples.state(device, voltage: 0.6, duration: 1)
        let read = try device.frozenRead(state.row, at: voltage)
        let moved = RealStorage(state.values)
        device.solvePoisson(moved.row, voltage: voltage)
        func current(_ temperature: Double) -> Double {
            device.two.current!.evaluate(
                Stretch(moved.row), first: device.psi(0), stride: 2, voltage: voltage, temperature: temperature
            ).current
        }
        let warm = 300 + device.parameters.thermalResistance * voltage * read
        #expect(abs(read / current(warm) - 1) < 1e-5)
        #expect(read > current(300) * (voltage > 3 ? 1.05 : 1))
    }
}
