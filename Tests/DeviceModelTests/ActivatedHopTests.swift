import Essentials
import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The hop with an attempt frequency and two energies between planes that stand apart: derivatives, divider, files.
struct ActivatedHopTests {
    /// `base` with the activated hop over one lattice constant.
    static func activated(_ base: DeviceParameters, distance: Double = 0.39e-9) -> DeviceParameters {
        var p = base
        p.hop = .activated
        p.planeDistance = distance
        (p.forwardHopEnergy, p.backwardHopEnergy, p.hopSymmetry) = (0.55, 0.8, 0.3)
        return p
    }

    @Test(
        "One Newton correction equals the dense solve of the written-out equations to 3e-6 (noise of the differences): constant and falling permittivity, traps",
        arguments: [(0.6, 1e-3), (3.0, 10.0), (-1.5, 1e4), (2.0, 1e7)])
    func newtonCorrection(voltage: Double, shift: Double) throws {
        for (index, base) in [Samples.isothermal, Samples.everything, Samples.everythingWithTraps].enumerated() {
            let worst = try NewtonComparison.worstMiss(
                Self.activated(base, distance: 0.8e-9), voltage: voltage, shift: shift, seed: UInt64(index + 3))
            hold(worst, below: 3e-6, as: "activated hop, planes apart: Newton correction, set \(index), \(voltage) V")
        }
    }

    @Test("Every derivative of the rate equals the dual number's to 1e-13", arguments: [0.05, -0.03])
    func derivatives(step: Double) {
        let device = Device(Self.activated(Samples.everything))
        func rate<L: Lane>(_ x: [L]) -> ReactionRate<L> {
            let table = RateTable<L>(RateIndex.laws(of: device).map { [$0] }, reference: 300)
            table.set(temperature: L(320))
            let sheets = LaneStorage<L>(3)
            sheets.all[2] = x[0]
            let term: ReactionTerm<L> = Reaction.term(1, of: [device], rates: RateIndex(device).reactions[1])
            return withExtendedLifetime(sheets) {
                term.evaluate(
                    ContactPoint(
                        sheets: sheets.all, density: x[1], drop: L(0.1), field: L(1e8), inverseThermal: table.inverseThermal,
                        step: x[2]), table)
            }
        }
        let x = [4e17, 1.2e26, step]
        let own = rate(x)
        for (k, found) in [own.byFirst, own.byDensity, own.byStep].enumerated() {
            var dual = x.map { Dual($0) }
            dual[k].slope = 1
            let expected = rate(dual).rate.slope
            #expect(abs(found - expected) <= 1e-13 * abs(expected), "input \(k)")
        }
        #expect(own.byDrop == 0 && own.byField == 0)
    }

    @Test("Both constants are nu e^(-E / k_B T) at every temperature, to 1e-12", arguments: [250.0, 300, 400])
    func constants(temperature: Double) {
        let device = Device(Self.activated(Samples.isothermal))
        for (law, energy) in zip(device.left.reactions[1].law.rates, [0.55, 0.8]) {
            let exact = 1e13 * exp(-energy / Constants.thermalVoltage(temperature))
            hold(abs(law.value(at: temperature, reference: 300) / exact - 1), below: 1e-12, as: "activated hop: rate constant")
        }
    }

    @Test(
        "The step to the first plane is a capacitor in series with the compact layer: psi_0 of the divider to 1e-9 V, and a read moves by it"
    )
    func divider() throws {
        var p = Self.activated(Samples.isothermal, distance: 2e-9)
        p.vacancyBackground = 1
        let device = AssembledDevice(p)
        let state = RealStorage(device.freshState(voltage: 1).unknowns)
        let eps = Constants.vacuumPermittivity * p.permittivity
        let contact = 1 / (1 / p.compactCapacitance + p.planeDistance / eps), layer = eps / p.thickness
        let expected = -p.titaniumBarrier + (1 - p.platinumBarrier + p.titaniumBarrier) * contact / (contact + layer)
        hold(abs(state.row[device.psi(0)] - expected), below: 1e-9, as: "planes apart: divider, V")
        let other = device.freshState(voltage: 2).unknowns
        device.restore(temperature: 300, voltage: 1)
        device.shiftPotential(state.row, by: 1)
        hold(abs(state.row[device.psi(0)] - other[device.psi(0)]), below: 1e-9, as: "planes apart: shift of a read, V")
    }

    @Test("Eight devices in lanes, planes apart by different distances, are those of each alone to 1e-12")
    func lanes() throws {
        for base in [Samples.isothermal, Samples.everything] {
            let all = (0..<8).map { k in Self.activated(base, distance: Double(k) * 0.2e-9) }
            hold(try EnsembleTests().correction(all, voltage: 2), below: 1e-12, as: "activated hop: corrections in lanes")
        }
    }

    @Test(
        "Drift-diffusion electrons without charge give the course of quasi-stationary ones, planes apart: psi_0 to 1e-5 V after 1 ms at 2 V"
    )
    func coupled() throws {
        let p = Self.activated(Samples.isothermal)
        let (two, three) = (AssembledDevice(p), try AssembledDevice.coupled(p))
        three.chargesElectrons = false
        let a = try Samples.state(two, voltage: 2, duration: 1e-3), b = try Samples.state(three, voltage: 2, duration: 1e-3)
        hold(abs(a.row[two.psi(0)] - b.row[three.psi(0)]), below: 1e-5, as: "planes apart: both electron models, psi_0, V")
    }

    @Test("A device file with the activated hop reads back as written, and its flat keys reach the law")
    func file() throws {
        let p = Self.activated(DeviceParameters())
        let written = DeviceDescription(p)
        let read = try DeviceDescription(yaml: written.yaml).setting([
            "forward_hop_energy=0.6eV", "plane_distance=0.5nm", "attempt_frequency=2e12/s",
        ])
        let q = try read.parameters
        #expect(q.hop == .activated && q.forwardHopEnergy == 0.6 && q.backwardHopEnergy == 0.8 && q.attemptFrequency == 2e12)
        #expect(abs(q.planeDistance - 0.5e-9) < 1e-18)
        #expect(read.device == Device(q))
        #expect(throws: InputError.self) { try DeviceDescription(DeviceParameters()).setting(["plane_distance=0.39nm"]) }
        #expect(throws: (any Error).self) { try DeviceDescription(DeviceParameters()).setting(["forward_hop_energy=0.6eV"]) }
    }
}
