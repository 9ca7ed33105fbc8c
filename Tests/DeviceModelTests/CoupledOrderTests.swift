import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Order of the space discretisation.
struct CoupledOrderTests {
    /// Largest errors of (psi, n, c) against a manufactured solution on `cells` equal cells.
    private func manufactured(cells: Int) throws -> [Double] {
        let (l, vt, shift) = (40e-9, PlainLayer.thermal, 1e3)
        var p = PlainLayer.plain(thickness: l, permittivity: 100)
        p.maximumDensity = 8e25
        let device = try AssembledDevice(
            p, left: .ohmic(barrier: 0.1), right: .ohmic(barrier: 0.2), grid: .uniform(length: l, cells: cells))
        let (mu, d, cMax, eps, q) = (1e-4, 1e-14, 8e25, Constants.vacuumPermittivity * 100, Constants.charge)
        let k = Double.pi / l
        // psi and c have no slope at the ends, so that no vacancies leave; n meets the contacts.
        func psi(_ x: Double) -> Double { -0.15 + 0.05 * cos(k * x) }
        func psi1(_ x: Double) -> Double { -0.05 * k * sin(k * x) }
        func psi2(_ x: Double) -> Double { -0.05 * k * k * cos(k * x) }
        let (n0, n1) = (1e26 * exp(-0.1 / vt), 1e26 * exp(-0.2 / vt))
        func n(_ x: Double) -> Double { n0 + (n1 - n0) * x / l + 0.3 * n0 * sin(k * x) }
        func nSlope(_ x: Double) -> Double { (n1 - n0) / l + 0.3 * n0 * k * cos(k * x) }
        func nCurve(_ x: Double) -> Double { -0.3 * n0 * k * k * sin(k * x) }
        func c(_ x: Double) -> Double { 2e25 * (1 + 0.5 * cos(2 * k * x)) }
        func cSlope(_ x: Double) -> Double { -2e25 * k * sin(2 * k * x) }
        func cCurve(_ x: Double) -> Double { -4e25 * k * k * cos(2 * k * x) }
        var sources = [Double](repeating: 0, count: 3 * device.nodes)
        for i in 0..<device.nodes {
            let (x, cell) = (device.grid.nodes[i], device.grid.cells[i])
            let inner = i > 0 && i < device.nodes - 1
            if inner {
                sources[3 * i] = cell * (-eps * psi2(x) - q * (c(x) - n(x)))
                // F_n' = -mu V_T [n'' - (n psi'' + n' psi') / V_T]
                sources[3 * i + 1] = cell * -mu * vt * (nCurve(x) - (n(x) * psi2(x) + nSlope(x) * psi1(x)) / vt)
            }
            // J' = -D [c'' + ((1 - 2 c/c_max) c' psi' + c (1 - c/c_max) psi'') / V_T], and the storage term shift c.
            let drift = ((1 - 2 * c(x) / cMax) * cSlope(x) * psi1(x) + c(x) * (1 - c(x) / cMax) * psi2(x)) / vt
            sources[3 * i + 2] = cell * (shift * c(x) - d * (cCurve(x) + drift))
        }
        device.sources = sources
        device.storesElectrons = false
        device.drive(from: 0, rate: 0, at: 0)
        device.prepare(time: 0)
        let u = RealStorage(device.grid.nodes.flatMap { [psi($0), n($0), c($0)] })
        let history = RealStorage(count: device.unknowns)
        for _ in 0..<30 { _ = try device.correct(u.row, shift: shift, history: history.row) }
        let profile = device.profile(u.row)
        let x = device.grid.nodes
        return [
            zip(profile.potential, x).map { abs($0 - psi($1)) / 0.05 }.max() ?? 1,
            zip(profile.electrons, x).map { abs($0 - n($1)) / n0 }.max() ?? 1,
            zip(profile.vacancies, x).map { abs($0 - c($1)) / 2e25 }.max() ?? 1,
        ]
    }

    @Test("Manufactured solution with drift, diffusion, steric limit and all couplings: second order in space for psi, n and c")
    func manufacturedOrder() throws {
        let errors = try [50, 100, 200, 400].map { try manufactured(cells: $0) }
        for (k, name) in ["psi", "n", "c"].enumerated() {
            let order = log2(errors[2][k] / errors[3][k])
            hold(2 - order, below: 0.1, as: "manufactured solution, \(name): 2 minus the measured order")
            #expect(errors[3][k] < 1e-3)
        }
    }

    @Test("Halving the grid of STO-1D at equilibrium: c at the left contact converges with second order to 8.0666e26 /m3")
    func halvingTheGrid() throws {
        let values = try [100, 200, 400, 800].map { cells -> Double in
            let device = try STO1D.device(cells: cells)
            return try STO1D.equilibrium(device)[2]
        }
        let order = log2((values[2] - values[1]) / (values[3] - values[2]))
        hold(2 - order, below: 0.1, as: "STO-1D, halving the grid: 2 minus the measured order")
        let extrapolated = values[3] + (values[3] - values[2]) / 3
        // Extrapolated value from Fixtures/sto-1d/README.md's solver: 8.0666e26.
        hold(abs(extrapolated / 8.0666e26 - 1), below: 1e-5, as: "STO-1D, extrapolated c at the left contact, relative")
    }

    @Test(
        "Image potential (core 0.3 nm) on uniform grids: the edge quadrature keeps second order where nodal values would give first"
    )
    func imageCore() throws {
        var p = PlainLayer.plain(thickness: 40e-9, permittivity: 320)
        p.opticalPermittivity = 5.5
        p.donorDensity = 1e25
        func current(_ cells: Int) throws -> Double {
            let device = try AssembledDevice(
                p, left: .schottky(barrier: 0.9, velocity: 2.7e4), right: .schottky(barrier: 0.35, velocity: 2.7e4),
                grid: .uniform(length: 40e-9, cells: cells))
            // Electrons without charge: their density in the core is what a uniform grid does not resolve.
            device.chargesElectrons = false
            let state = RealStorage(try device.restState())
            try device.jump(state.row, to: 1.5)
            return PlainLayer.electronCurrent(device, state.row)
        }
        let values = try [50, 100, 200, 400].map { try current($0) }
        let order = log2((values[1] - values[0]) / (values[2] - values[1]))
        hold(2 - order, below: 0.1, as: "image core with edge quadrature: 2 minus the measured order")
    }
}
