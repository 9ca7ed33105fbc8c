import Essentials
import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Total current along the layer, free energy, Jacobian and refused inputs of the coupled path.
struct CoupledConservationTests {
    /// Spread over mean of electron + ionic + displacement current over the edges, in one implicit step of a ramp.
    private func spread(_ device: AssembledDevice, _ start: [Double], from: Double, rate: Double, step: Double) throws -> Double
    {
        device.drive(from: from, rate: rate, at: 0)
        let before = RealStorage(start)
        let u = RealStorage(start)
        let old = device.fluxes(before.row)
        device.prepare(time: step)
        let history = RealStorage(start.map { -$0 / step })
        for _ in 0..<40 { _ = try device.correct(u.row, shift: 1 / step, history: history.row) }
        let z = device.parameters.chargeNumber
        let total = zip(device.fluxes(u.row), old).map { new, old in
            Constants.charge * (z * new.vacancies - new.electrons) + (new.displacement - old.displacement) / step
        }
        let mean = total.reduce(0, +) / Double(total.count)
        return ((total.max() ?? 0) - (total.min() ?? 0)) / abs(mean)
    }

    @Test(
        "Electron + ionic + displacement current is one number on every edge, to 1e-10: STO-1D and the memristor during ramps")
    func totalCurrent() throws {
        let sto = try STO1D.device()
        let rest = try STO1D.equilibrium(sto)
        hold(try spread(sto, rest, from: 0, rate: -2e7, step: 1e-8), below: 1e-10, as: "total current on every edge, STO-1D")
        let device = try AssembledDevice.coupled(DeviceParameters())
        let integrator = AdaptiveIntegrator(system: device, initial: try device.restState())
        device.drive(from: 0, rate: 2e6, at: 0)
        try integrator.advance(to: 1e-6, firstStep: 1e-12) { _, _ in true }
        hold(
            try spread(device, integrator.solution.values, from: 2, rate: 1e5, step: 1e-6), below: 1e-10,
            as: "total current on every edge, memristor")
    }

    /// Free energy at fixed voltage, J/m2: entropy of the lattice gas plus the work of the charges minus the field's energy.
    ///
    ///     W = sum cell k_B T [c ln(c/c_max) + (c_max - c) ln(1 - c/c_max)] + sum cell q (z c + N) psi - sum h eps E^2 / 2
    ///
    /// dW/dc_i = cell_i mu_i with psi from Poisson's equation, and W is convex, so that backward Euler lowers it in every step.
    /// Source of the discrete argument: arXiv:2412.15065.
    private func freeEnergy(_ device: AssembledDevice, _ u: Row) -> Double {
        let p = device.parameters
        let profile = device.profile(u)
        let eps = Constants.vacuumPermittivity * p.permittivity
        var sum = 0.0
        for i in 0..<device.nodes {
            let (c, cell) = (profile.vacancies[i], device.grid.cells[i])
            let entropy = c * log(c / p.maximumDensity) + (p.maximumDensity - c) * log(1 - c / p.maximumDensity)
            sum += cell * (Constants.boltzmann * 300 * entropy + Constants.charge * (c + p.donorDensity) * profile.potential[i])
        }
        for i in device.grid.edges.indices {
            let step = profile.potential[i + 1] - profile.potential[i]
            sum -= eps * step * step / (2 * device.grid.edges[i])
        }
        return sum
    }

    @Test(
        "At constant bias the free energy never rises: backward Euler with steps from 1 ns to 10 s, and the adaptive run",
        arguments: [-1.0, 0.0, 0.5])
    func freeEnergyFalls(voltage: Double) throws {
        var p = PlainLayer.plain(thickness: 40e-9, permittivity: 100, density: 0)
        p.maximumDensity = 1e27
        p.vacancyBackground = 5e25
        p.donorDensity = -5e25
        let device = try AssembledDevice(
            p, left: .blocking(barrier: 0.3), right: .blocking(barrier: 0),
            grid: .bothEnds(length: 40e-9, cells: 200, grading: 2))
        let start = try device.restState(voltage: voltage)
        for isFixed in [true, false] {
            let integrator = AdaptiveIntegrator(system: device, initial: start)
            let first = freeEnergy(device, integrator.solution)
            var (last, rise) = (first, 0.0)
            func look(_ u: Row) {
                let now = freeEnergy(device, u)
                rise = max(rise, now - last)
                last = now
            }
            if isFixed {
                integrator.options.newtonTolerance = 1e-6
                integrator.options.maximumNewtonIterations = 100
                var time = 0.0
                for k in 0..<60 {
                    time += pow(10, -9 + Double(k) / 6)
                    try integrator.step(to: time, order: 1)
                    look(integrator.solution)
                }
            } else {
                try integrator.advance(to: 10, firstStep: 1e-12) { _, u in
                    look(u)
                    return true
                }
            }
            let fall = first - last
            #expect(fall > 0)
            hold(
                rise / fall, below: isFixed ? 1e-11 : 1e-6,
                as: "free energy at \(voltage) V, \(isFixed ? "fixed steps" : "adaptive"): largest rise over total fall")
        }
    }

    @Test("Coupled Jacobian: every entry of the assembled blocks equals the difference of the residual, to 1e-6 of its row")
    func jacobian() throws {
        var p = Samples.everything
        p.opticalPermittivity = 5.5
        let devices = [
            try AssembledDevice.coupled(p),
            try STO1D.device(cells: 20),
            try AssembledDevice(
                STO1D.parameters, left: .ohmic(barrier: 0.3), right: .blocking(barrier: 0.2),
                grid: .uniform(length: 40e-9, cells: 20)),
        ]
        var worst = 0.0
        for (number, device) in devices.enumerated() {
            device.drive(from: 1, rate: 0, at: 0)
            device.prepare(time: 0)
            let state = RealStorage(try device.restState(voltage: 1))
            var numbers = SeededNumbers(seed: UInt64(number))
            for i in 0..<device.nodes {
                let k = device.index(i)
                state.row[k] += 1e-5 * numbers.uniform()
                state.row[k + 1] *= 1 + 0.1 * numbers.uniform()
                state.row[k + 2] *= 1 + 0.1 * numbers.uniform()
            }
            let history = RealStorage(count: device.unknowns)
            // Contacts with areal unknowns are eliminated and tested on the fast path: here the open layer and fixed contacts.
            func rows(_ u: [Double]) -> [Double] {
                let copy = RealStorage(u)
                device.three.assemble(copy.row, shift: 1e3, history: history.row, sheets: false)
                return device.three.board.matrix.right.values.map { -$0 }
            }
            let u = state.values
            let steps = u.indices.map {
                $0 >= device.layout.sheets.count && ($0 - device.layout.sheets.count) % 3 == 0
                    ? 2e-6 : 1e-4 * max(abs(u[$0]), 1)
            }
            let full = centralJacobian(u, steps: steps) { rows($0) }
            _ = rows(u)
            let s = device.three.board.matrix
            let pattern = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 2)]
            for i in 0..<device.nodes {
                for r in 0..<3 {
                    func weight(_ column: Int) -> Double {
                        (column - device.layout.sheets.count) % 3 == 0 ? 0.026 : abs(u[column]) + 1
                    }
                    let row = full[3 * i + r]
                    let size = (device.layout.sheets.count..<u.count).map { abs(row[$0]) * weight($0) }.max() ?? 1
                    for c in 0..<3 {
                        let column = device.index(i) + c
                        worst = max(worst, abs(s.diagonal[9 * i + 3 * r + c] - row[column]) * weight(column) / size)
                    }
                    for (row5, column5) in pattern where row5 == r {
                        if i > 0 {
                            let column = device.index(i - 1) + column5
                            worst = max(worst, abs(s.lower[s.at(i, row5, column5)] - row[column]) * weight(column) / size)
                        }
                        if i + 1 < device.nodes {
                            let column = device.index(i + 1) + column5
                            worst = max(worst, abs(s.upper[s.at(i, row5, column5)] - row[column]) * weight(column) / size)
                        }
                    }
                }
            }
        }
        hold(worst, below: 1e-6, as: "coupled Jacobian blocks against finite differences")
    }

    @Test("Two blocking contacts with electrons, and a reactive contact on the right, are refused by name")
    func refusedContacts() {
        let p = PlainLayer.plain(thickness: 40e-9, permittivity: 100)
        let grid = Grid.uniform(length: 40e-9, cells: 10)
        do {
            _ = try AssembledDevice(p, left: .blocking(barrier: 0), right: .blocking(barrier: 0), grid: grid)
            Issue.record("accepted")
        } catch { #expect(error.key == "contacts") }
        do {
            _ = try AssembledDevice(p, left: .blocking(barrier: 0), right: .reactivePlatinum(p), grid: grid)
            Issue.record("accepted")
        } catch { #expect(error.key == "right") }
    }
}
