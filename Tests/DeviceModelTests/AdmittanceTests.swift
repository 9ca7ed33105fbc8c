import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Small signals against formulas, and the linearised equations against differences of the equations themselves.
struct AdmittanceTests {
    private let vt = PlainLayer.thermal
    private let q = Constants.charge

    @Test("An insulator between metals is eps / L at every frequency, to 1e-6")
    func geometric() throws {
        let p = PlainLayer.plain(thickness: 40e-9, permittivity: 100)
        // No electrons to speak of: a density of states of 1e6 /m3.
        var deep = p
        deep.densityOfStates = 1e6
        let empty = try AssembledDevice(
            deep, left: .schottky(barrier: 1, velocity: 1e3), right: .ohmic(barrier: 1),
            grid: .uniform(length: 40e-9, cells: 60))
        let state = RealStorage(try empty.restState())
        let expected = Constants.vacuumPermittivity * 100 / 40e-9
        for y in try empty.admittance(state.row, frequencies: [1e-3, 1, 1e6, 1e9]) {
            #expect(abs(y.capacitance / expected - 1) < 1e-6, "\(y)")
        }
    }

    @Test("Set T at 0 V, fresh: the compact layer and the oxide in series, to 1e-3 at 1 MHz")
    func series() throws {
        var p = Samples.isothermal
        p.vacancyBackground = 1e18
        let device = AssembledDevice(p)
        let state = RealStorage(device.freshState().unknowns)
        device.restore(temperature: 300, voltage: 0)
        let y = try device.admittance(state.row, frequencies: [1e6])[0]
        let oxide = device.device.layerCapacitance
        let expected = 1 / (1 / oxide + 1 / p.compactCapacitance)
        hold(
            abs(y.capacitance / p.area / expected - 1), below: 1e-3,
            as: "admittance: compact layer and oxide in series, relative")
    }

    @Test(
        "Depletion: C = sqrt(q eps N / (2 (s - V_T))) at the bending s, to 0.3 % at five voltages; 1/C^2 falls on its straight line"
    )
    func depletion() throws {
        var p = PlainLayer.plain(thickness: 200e-9, permittivity: 20)
        p.donorDensity = 1e24
        let back = PlainLayer.barrier(of: 1e24)
        let device = try AssembledDevice(
            p, left: .schottky(barrier: 0.9, velocity: 1e4), right: .ohmic(barrier: back),
            grid: .bothEnds(length: 200e-9, cells: 240, grading: 1.5))
        let state = RealStorage(try device.restState())
        let eps = Constants.vacuumPermittivity * 20
        var worst = 0.0
        for voltage in [0.0, -0.5, -1, -1.5, -2] {
            try device.jump(state.row, to: voltage)
            let y = try device.admittance(state.row, frequencies: [1e6])[0]
            let bending = 0.9 - back - voltage
            let expected = (q * eps * 1e24 / (2 * (bending - vt))).squareRoot()
            worst = max(worst, abs(y.capacitance / expected - 1))
        }
        hold(worst, below: 3e-3, as: "admittance: depletion capacitance, relative")
    }

    @Test("df/du by the laws is df/du by differences, in every row and column, with everything at work")
    func jacobian() throws {
        for parameters in [Samples.everything, Samples.everythingWithTraps] {
            let device = AssembledDevice(parameters)
            let state = try Samples.state(device, voltage: 1.2, duration: 1e-3)
            let system = device.linearised(state.row)
            let n = system.order, u = state.values
            let layout = device.layout
            func scale(_ j: Int) -> Double {
                if j < layout.sheets.count { return max(abs(u[j]), 1e10) }
                return (j - layout.sheets.count) % layout.block == 0 ? vt : max(abs(u[j]), 1e18)
            }
            let found = centralJacobian(u, steps: (0..<n).map { 1e-3 * scale($0) }) { x in
                let state = RealStorage(x)
                return device.linearised(state.row).residual
            }
            var worst = 0.0
            for i in 0..<n {
                let size = (0..<n).map { abs(found[i][$0]) * scale($0) }.max() ?? 0
                guard size > 0 else { continue }
                for j in 0..<n {
                    worst = max(worst, abs(system.jacobian[i * n + j] - found[i][j]) * scale(j) / size)
                }
            }
            #expect(worst < 1e-6, "\(worst)")
        }
    }

    @Test("The inside of a device: vacancies, levels and fluxes say the same as the sums and currents elsewhere")
    func inside() throws {
        var quasi = DeviceParameters()
        quasi.thermalResistance = 0
        let device = AssembledDevice(quasi)
        let state = try Samples.state(device, voltage: 0.6, duration: 1)
        device.drive(from: 0.6, rate: 0, at: 0)
        let inside = device.inside(state.row)
        #expect(inside.position.count == device.nodes && inside.field.count == device.nodes - 1)
        let sum = zip(inside.vacancies, device.device.vacancyCells(device.grid)).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(sum / device.latticeVacancies(state.row) - 1) < 1e-12)
        #expect(abs(inside.bandEdge[device.nodes - 1] - device.device.right.barrier) < 0.5)
        // The level lies between those of the metals, -0.6 eV and 0, and rises from Pt to Ti.
        #expect(inside.fermiLevel.first! > -0.6 && inside.fermiLevel.last! <= 1e-12)
        #expect(zip(inside.fermiLevel, inside.fermiLevel.dropFirst()).allSatisfy { $0 <= $1 })
        // F_n = -mu n dE_F/dx in the flat middle.
        let middle = device.nodes / 2
        let gradient = (inside.fermiLevel[middle + 1] - inside.fermiLevel[middle]) / device.grid.edges[middle]
        let mean = (inside.electrons[middle] * inside.electrons[middle + 1]).squareRoot()
        let flux = -device.device.layers[0].electronMobility * mean * gradient
        #expect(abs(flux / inside.electronFlux[middle] - 1) < 0.05, "\(flux) \(inside.electronFlux[middle])")
        // Electrons with a level of their own, without charge in Poisson's equation, have the same one.
        var charged = device.device
        charged.electrons = .driftDiffusion
        let other = try AssembledDevice(charged, grid: device.grid)
        other.chargesElectrons = false
        let u = RealStorage(count: other.layout.count)
        for (i, _) in inside.position.enumerated() {
            u.row[other.layout[.potential, i]] = inside.potential[i]
            u.row[other.layout[.vacancies, i]] = inside.vacancies[i]
        }
        for k in device.layout.sheets.indices { u.row[k] = state.row[k] }
        other.drive(from: 0.6, rate: 0, at: 0)
        other.prepare(time: 0)
        other.solveElectrons(u.row)
        let same = other.inside(u.row)
        let apart = zip(same.fermiLevel, inside.fermiLevel).map { abs($0 - $1) }.max() ?? 1
        #expect(apart < 1e-6, "\(apart)")
    }
}
