import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The memristor's fast path (no electron charge, current by quadrature) against the fully coupled one.
struct FastPathTests {
    /// Linear pieces of voltage: where to (V), how long (s). Base state, a pulse of 3.5 V, its decay; a pulse of 2 V; a sweep to -1 V.
    private static let pieces = [
        (0.6, 1e-7), (0.6, 100), (3.5, 1e-7), (3.5, 500e-6), (0.6, 1e-7), (0.6, 1), (0.6, 20), (2, 1e-7), (2, 100e-6),
        (0.6, 1e-7),
        (0.6, 2e-3), (-1, 1),
    ]

    /// What `observe` sees after each piece of a protocol.
    private func run<Device: ImplicitSystem>(
        _ device: Device, _ start: [Double], pieces: [(Double, Double)], drive: (Double, Double) -> Void,
        observe: (Row) -> [Double]
    ) throws -> [[Double]] {
        let integrator = AdaptiveIntegrator(system: device, initial: start)
        var seen: [[Double]] = []
        var voltage = 0.0
        for (to, span) in pieces {
            drive(voltage, (to - voltage) / span)
            integrator.restart(step: span * 1e-4, time: 0)
            try integrator.advance(to: span, firstStep: span * 1e-6) { _, _ in true }
            voltage = to
            seen.append(observe(integrator.solution))
        }
        return seen
    }

    /// Largest relative difference of (current, lattice vacancies, interfacial oxygen) over the protocol.
    private func differences(_ p: DeviceParameters, electronCharge: Bool) throws -> [Double] {
        let all = try ratios(p, electronCharge: electronCharge, pieces: Self.pieces)
        return (0..<3).map { k in all.map { abs($0[k]) }.max() ?? 1 }
    }

    /// (current, lattice vacancies, interfacial oxygen) of the fast over the coupled path, less 1, after each piece.
    private func ratios(
        _ p: DeviceParameters, electronCharge: Bool, pieces: [(Double, Double)], growth: Double = SolverOptions().growth
    ) throws -> [[Double]] {
        var options = SolverOptions()
        options.growth = growth
        options.tolerance = 2e-5
        let fast = AssembledDevice(p, options: options)
        let plain = try run(fast, fast.freshState().unknowns, pieces: pieces, drive: { fast.drive(from: $0, rate: $1, at: 0) })
        { u in
            [fast.electronCurrent(u), fast.latticeVacancies(u), u[1]]
        }
        let coupled = try AssembledDevice.coupled(p, options: options)
        coupled.chargesElectrons = electronCharge
        let full = try run(
            coupled, try coupled.restState(), pieces: pieces, drive: { coupled.drive(from: $0, rate: $1, at: 0) }
        ) { u in
            let flux = coupled.fluxes(u)
            let mean = zip(flux, coupled.grid.edges).reduce(0.0) { $0 - $1.0.electrons * $1.1 } / coupled.grid.length
            return [mean * Constants.charge * p.area, coupled.latticeVacancies(u), u[1]]
        }
        return zip(plain, full).map { a, b in (0..<3).map { a[$0] / b[$0] - 1 } }
    }

    @Test("Without electron charge both paths solve the same equations: currents and charges agree to 3e-4")
    func sameEquations() throws {
        let found = try differences(DeviceParameters(), electronCharge: false)
        for (value, name) in zip(found, ["current", "lattice vacancies", "N_O"]) {
            hold(value, below: 3e-4, as: "fast path against coupled without electron charge: \(name), relative")
        }
    }

    @Test("What the fast path leaves out: with electron charge currents move by less than 2 %, charges by less than 1.2 %")
    func electronCharge() throws {
        let found = try differences(DeviceParameters(), electronCharge: true)
        hold(found[0], below: 0.02, as: "fast path against coupled: current (largest at 3.5 V), relative")
        hold(found[1], below: 0.01, as: "fast path against coupled: lattice vacancies, relative")
        hold(found[2], below: 0.012, as: "fast path against coupled: N_O, relative")
    }

    /// Set D: its fixed charge of 1e25 1/m3 curves psi between the fast path's nodes, by up to q N h^2 / (8 eps) = 0.3 mV
    /// (1 % of V_T) for edges of 2 nm, which the quadrature of the current takes as straight.
    @Test(
        "Set D, whose fixed charge bends the bands: at 0.6, 2, 3.5 and 4 V currents agree to 2 %, charges to 1 %; electrons charged as well up to 3.5 V, where the default path stops to leave their charge out"
    )
    func fixedCharge() throws {
        let p = try DeviceDescription.load(path: DeviceDescriptionTests.setD).parameters
        let pieces = [
            (0.6, 1e-7), (0.6, 100), (2, 1e-7), (2, 100e-6), (0.6, 1e-7), (0.6, 60), (3.5, 1e-7), (3.5, 500e-6), (0.6, 1e-7),
            (0.6, 60),
            (4, 1e-6), (4, 500e-6),
        ]
        for charged in [false, true] {
            let found = try ratios(p, electronCharge: charged, pieces: pieces)
            let name = "set D, fast path against coupled\(charged ? "" : " without electron charge")"
            for (index, level) in [(1, "0.6"), (3, "2"), (7, "3.5"), (11, "4")] where !(charged && level == "4") {
                hold(abs(found[index][0]), below: 0.02, as: "\(name): current at \(level) V, relative")
                hold(
                    max(abs(found[index][1]), abs(found[index][2])), below: charged ? 0.01 : 5e-4,
                    as: "\(name): charges at \(level) V, relative")
            }
        }
    }

    /// The difference of set D without electron charge is the grid's: with every lattice plane a node it falls with the square of the edge.
    @Test("Set D on all lattice planes: without electron charge currents agree to 1e-3 (1.1e-2 on the usual grid)")
    func fixedChargeOnAllPlanes() throws {
        let p = try DeviceDescription.load(path: DeviceDescriptionTests.setD).parameters
        let pieces = [(0.6, 1e-7), (0.6, 100), (2, 1e-7), (2, 100e-6), (0.6, 1e-7), (0.6, 60), (3.5, 1e-7), (3.5, 500e-6)]
        let found = try ratios(p, electronCharge: false, pieces: pieces, growth: 1)
        for (index, level) in [(1, "0.6"), (3, "2"), (7, "3.5")] {
            hold(
                abs(found[index][0]), below: 1e-3,
                as: "set D on all planes, fast path against coupled: current at \(level) V, relative")
        }
    }
}
