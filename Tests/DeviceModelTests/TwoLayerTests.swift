import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Two layers: potential, displacement and electron flux against formulas.
struct TwoLayerTests {
    /// 10 nm with eps_r 90, then 6 nm with eps_r 25; metals on both ends, no image force.
    private static func device(left: Contact, right: Contact, offset: Double = 0) -> Device {
        var (a, b) = (Layer(), Layer())
        (a.name, b.name) = ("a", "b")
        (a.thickness, b.thickness) = (10e-9, 6e-9)
        (a.permittivity, b.permittivity) = (90, 25)
        (a.electronMobility, b.electronMobility) = (6e-4, 2e-4)
        (a.densityOfStates, b.densityOfStates) = (2.5e25, 4e24)
        (a.opticalPermittivity, b.opticalPermittivity) = (.infinity, .infinity)
        (a.vacancyBackground, b.vacancyBackground) = (0, 0)
        b.bandOffset = offset
        var device = Device(layers: [a, b], left: left, right: right)
        device.area = 1e-14
        return device
    }

    /// The interface is a node.
    private static let grid: Grid = {
        let first: [Double] = (0...20).map { Double($0) * 0.5e-9 }
        let second: [Double] = (1...20).map { 10e-9 + Double($0) * 0.3e-9 }
        return Grid(nodes: first + second)
    }()
    private static let interface = 20
    private let eps = (Constants.vacuumPermittivity * 90, Constants.vacuumPermittivity * 25)

    @Test(
        "Two-layer capacitive divider, with and without a compact layer: psi at the interface within 1e-12, displacement the same in both layers"
    )
    func divider() throws {
        for compact in [Double.infinity, 0.4] {
            var left = Contact.blocking(barrier: 0)
            left.compactCapacitance = compact
            let device = Self.device(left: left, right: .blocking(barrier: 0))
            let solver = try AssembledDevice(device, grid: Self.grid)
            let u = RealStorage(solver.freshState(voltage: 1).unknowns)
            let (c1, c2) = (eps.0 / 10e-9, eps.1 / 6e-9)
            let whole = 1 / (1 / compact + 1 / c1 + 1 / c2)
            #expect(abs(device.layerCapacitance / (1 / (1 / c1 + 1 / c2)) - 1) < 1e-14)
            hold(
                abs(u.row[solver.psi(Self.interface)] / (whole / c2) - 1), below: 1e-12, as: "two-layer divider, C_i \(compact)"
            )
            for flux in solver.fluxes(u.row) { #expect(abs(flux.displacement / whole - 1) < 1e-12) }
            // A step of the voltage with every ion where it is: the same divider.
            solver.drive(from: 1, rate: 0, at: 0)
            try solver.jump(u.row, to: 2)
            #expect(abs(u.row[solver.psi(Self.interface)] / (2 * whole / c2) - 1) < 1e-12)
        }
    }

    @Test(
        "Fixed charge of its own in each layer: psi at every node within 1e-12 of both parabolas, and D steps by the charge of the interface's cell only"
    )
    func parabolas() throws {
        var device = Self.device(left: .blocking(barrier: 0), right: .blocking(barrier: 0))
        (device.layers[0].donorDensity, device.layers[1].donorDensity) = (6e24, -2e25)
        let solver = try AssembledDevice(device, grid: Self.grid)
        let u = RealStorage(solver.freshState(voltage: 1).unknowns)
        let (r1, r2, l1, l2) = (Constants.charge * 6e24, Constants.charge * -2e25, 10e-9, 6e-9)
        // V = integral of E = (D0 + r1 x) / eps1, then (D0 + r1 l1 + r2 (x - l1)) / eps2.
        let d0 = (1 - r1 * l1 * l1 / (2 * eps.0) - (r1 * l1 * l2 + r2 * l2 * l2 / 2) / eps.1) / (l1 / eps.0 + l2 / eps.1)
        for (i, x) in Self.grid.nodes.enumerated() {
            let (a, b) = (min(x, l1), max(x - l1, 0))
            let expected = 1 - (d0 * a + r1 * a * a / 2) / eps.0 - ((d0 + r1 * l1) * b + r2 * b * b / 2) / eps.1
            #expect(abs(u.row[solver.psi(i)] - expected) < 1e-12)
        }
        let fluxes = solver.fluxes(u.row)
        let step = fluxes[Self.interface].displacement - fluxes[Self.interface - 1].displacement
        let cell = r1 * 0.25e-9 + r2 * 0.15e-9
        hold(abs(step / cell - 1), below: 1e-10, as: "step of D at the interface against the charge of its cell")
    }

    /// q A N_c (1 - e^(-V/V_T)) over the sum of both layers' closed-form resistances and both contacts', N_c of the first layer.
    private func formula(_ device: Device, voltage: Double, psi: [Double]) -> Double {
        let vt = Constants.thermalVoltage(300)
        func mean(_ a: Double, _ b: Double) -> Double {
            abs(b - a) < 1e-9 ? exp(-a / vt) : vt * (exp(-a / vt) - exp(-b / vt)) / (b - a)
        }
        let (first, last) = (device.layers[0], device.layers[1])
        let share = first.densityOfStates / last.densityOfStates * exp(last.bandOffset / vt)
        var resistance = first.thickness / (first.electronMobility * vt) * mean(psi[0], psi[1])
        resistance += share * last.thickness / (last.electronMobility * vt) * mean(psi[1], psi[2])
        resistance += exp(-psi[0] / vt) / 2.7e4 + share * exp(-psi[2] / vt) / 1.3e4
        return -Constants.charge * device.area * first.densityOfStates * expm1(-voltage / vt) / resistance
    }

    @Test(
        "Current through a band offset equals the closed form for a potential linear in each layer, to 1e-10",
        arguments: [1e-3, 0.4, -0.4], [-0.1, 0.0, 0.25])
    func current(voltage: Double, offset: Double) throws {
        let device = Self.device(
            left: .schottky(barrier: 0.7, velocity: 2.7e4), right: .schottky(barrier: 0.6, velocity: 1.3e4), offset: offset)
        let solver = try AssembledDevice(device, grid: Self.grid)
        let u = RealStorage(solver.freshState(voltage: voltage).unknowns)
        solver.drive(from: voltage, rate: 0, at: 0)
        let psi = [0, Self.interface, solver.nodes - 1].map { u.row[solver.psi($0)] }
        hold(
            abs(solver.electronCurrent(u.row) / formula(device, voltage: voltage, psi: psi) - 1), below: 1e-10,
            as: "two-layer current, offset \(offset) V, \(voltage) V")
    }

    @Test(
        "Drift-diffusion electrons through a band offset: one flux on every edge, across the interface too, to 1e-10 of the gross flux, and the closed form's current to 1e-6",
        arguments: [1e-3, 0.4, -0.4], [-0.1, 0.0, 0.25])
    func driftDiffusion(voltage: Double, offset: Double) throws {
        var device = Self.device(
            left: .schottky(barrier: 0.7, velocity: 2.7e4), right: .schottky(barrier: 0.6, velocity: 1.3e4), offset: offset)
        device.electrons = .driftDiffusion
        let solver = try AssembledDevice(device, grid: Self.grid)
        let state = RealStorage(try solver.restState(voltage: voltage))
        let u = state.row
        let fluxes: [Double] = solver.fluxes(u).map { $0.electrons }
        let psi = [0, Self.interface, solver.nodes - 1].map { u[solver.psi($0)] }
        // Towards the right electrons carry a negative current.
        let expected = -formula(device, voltage: voltage, psi: psi) / (Constants.charge * device.area)
        // Each is the small difference of two streams, and Newton stops at 1e-9 V_T: what an edge carries either way sets the scale.
        let gross: Double = (0..<Self.grid.edges.count).map { 1.6e-5 * u[solver.layout[.electrons, $0]] / Self.grid.edges[$0] }
            .max()!
        let spread = (fluxes.max()! - fluxes.min()!) / max(abs(expected), gross)
        hold(spread, below: 1e-10, as: "electron flux the same on every edge, offset \(offset) V, \(voltage) V")
        hold(
            abs(fluxes[0] / expected - 1), below: 1e-6,
            as: "drift-diffusion current of two layers, offset \(offset) V, \(voltage) V")
    }

    @Test(
        "At rest the charge of the electrons in each layer is q N_c e^((psi - dE_c) / V_T): D steps by it at every node of both layers"
    )
    func electronCharge() throws {
        var device = Self.device(
            left: .schottky(barrier: 0.05, velocity: 2.7e4), right: .schottky(barrier: 0.1, velocity: 1.3e4), offset: -0.08)
        device.electrons = .driftDiffusion
        let solver = try AssembledDevice(device, grid: Self.grid)
        let state = RealStorage(try solver.restState())
        let u = state.row
        let d: [Double] = solver.fluxes(u).map { $0.displacement }
        let vt = Constants.thermalVoltage(300)
        for i in [8, 14, Self.interface, 26, 35] {
            func density(_ layer: Layer) -> Double { layer.densityOfStates * exp((u[solver.psi(i)] - layer.bandOffset) / vt) }
            let left: Layer = device.layers[i <= Self.interface ? 0 : 1],
                right: Layer = device.layers[i < Self.interface ? 0 : 1]
            let electrons: Double = Self.grid.edges[i - 1] * density(left) + Self.grid.edges[i] * density(right)
            let step: Double = d[i] - d[i - 1]
            #expect(abs(step / (-0.5 * Constants.charge * electrons) - 1) < 1e-6, "node \(i)")
        }
    }
}
