import Essentials
import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

@testable import DeviceModel

/// Deep traps: the law, its border in the linear system, the charge at its depth, and the balances.
struct VacancyTrapTests {
    /// Set T without heating, with traps 12 nm deep that fill within milliseconds at 2 V.
    private static func trapping(density: Double = .infinity) -> DeviceParameters {
        var p = Samples.isothermal
        p.trapCaptureRate = 3e-2
        p.trapReleaseRate = 2e-2
        p.trapDensity = density
        p.trapDepth = 12e-9
        p.trapFieldLength = 0.8e-9
        return p
    }

    private static var everything: DeviceParameters {
        var p = Samples.everything
        p.trapCaptureRate = 5
        p.trapReleaseRate = 2
        p.trapDensity = 2e17
        p.trapDepth = 9e-9
        return p
    }

    @Test("Jump: derivatives to 1e-7, rest at N_t / (1 - N_t/N_tm) = (k_t / k_mt) a1 c_0 / (1 - c_0/c_max) e^w")
    func law() {
        let p = Self.everything
        let law = VacancyTrap(p)
        let rates = RateConstants(p)
        let (n, c, e) = (6e16, 1.2e26, 4e7)
        let v = law.evaluate(trapped: n, density: c, field: e, rates: rates)
        func slope(_ x: Double, _ f: (Double) -> Double) -> Double { (f(x * (1 + 1e-6)) - f(x * (1 - 1e-6))) / (2e-6 * x) }
        func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-7 * abs(b) }
        #expect(agree(v.byTrapped, slope(n) { law.evaluate(trapped: $0, density: c, field: e, rates: rates).rate }))
        #expect(agree(v.byDensity, slope(c) { law.evaluate(trapped: n, density: $0, field: e, rates: rates).rate }))
        #expect(agree(v.byField, slope(e) { law.evaluate(trapped: n, density: c, field: $0, rates: rates).rate }))
        let w = p.chargeNumber * p.trapFieldLength * e / rates.thermalVoltage
        let odds = p.trapCaptureRate / p.trapReleaseRate * p.firstPlane * c / (1 - c / p.maximumDensity) * exp(w)
        let rest = odds / (1 + odds / p.trapDensity)
        let gross = p.trapReleaseRate * rest * (1 - c / p.maximumDensity) * exp(-w / 2)
        hold(
            abs(law.evaluate(trapped: rest, density: c, field: e, rates: rates).rate) / gross, below: 1e-14,
            as: "deep traps: detailed balance")
    }

    @Test("One Newton correction with the trap's border equals the dense solve of the written-out equations to 1e-6",
        arguments: [(0.6, 1e-3), (3.0, 10.0), (-1.5, 1e4), (2.0, 1e7)])
    func newtonCorrection(voltage: Double, shift: Double) throws {
        for (index, parameters) in [Self.trapping(), Self.everything].enumerated() {
            let worst = try NewtonComparison.worstMiss(parameters, voltage: voltage, shift: shift, seed: UInt64(index + 7)) {
                $1.row[$0.unknowns - 1] += 1e15
            }
            hold(worst, below: 1e-6, as: "deep traps: Newton correction, set \(index), \(voltage) V")
        }
    }

    @Test("A sheet N_t at d_t shifts psi_0 by z q N_t (1 - d_t/L) / (C_i + C_STO) and the field at Ti by what Gauss asks: 1e-12")
    func sheetOfCharge() {
        let device = Memristor(Self.trapping())
        let p = device.parameters
        let k = device.unknowns - 1
        let (empty, filled) = (RealStorage(device.freshState().unknowns), RealStorage(device.freshState().unknowns))
        filled.row[k] = 5e16
        device.solvePoisson(empty.row, voltage: 0.6)
        device.solvePoisson(filled.row, voltage: 0.6)
        let depth = device.grid.nodes[device.traps!.node]
        let layer = Constants.vacuumPermittivity * p.permittivity / p.thickness
        let charge = 2 * Constants.charge * 5e16
        let shift = charge * (1 - depth / p.thickness) / (p.compactCapacitance + layer)
        hold(abs((filled.row[3] - empty.row[3]) / shift - 1), below: 1e-12, as: "deep traps: shift of psi_0")
        let gauss = charge - p.compactCapacitance * shift
        let field = device.titaniumDisplacement(filled.row) - device.titaniumDisplacement(empty.row)
        hold(abs(field / gauss - 1), below: 1e-12, as: "deep traps: displacement at Ti")
    }

    @Test("The inventory with N_t is kept to round-off while traps fill at 3 V and empty at -2 V")
    func inventory() throws {
        for density in [Double.infinity, 1e17] {
            let device = Memristor(Self.trapping(density: density))
            let start = try Samples.state(device, voltage: 2, duration: 1e-2)
            let full = try Samples.state(device, voltage: 3, duration: 1, from: start.row.values)
            let back = try Samples.state(device, voltage: -2, duration: 1, from: full.row.values)
            #expect(device.trappedVacancies(full.row) > 10 * device.trappedVacancies(start.row))
            #expect(device.trappedVacancies(full.row) <= density)
            #expect(device.trappedVacancies(back.row) < device.trappedVacancies(full.row))
            let scale = full.row[1] + device.latticeVacancies(full.row) + device.trappedVacancies(full.row)
            let before = device.inventory(start.row)
            for end in [full, back] {
                hold(abs(device.inventory(end.row) - before) / scale, below: 1e-12, as: "deep traps: inventory, N_tm \(density)")
            }
        }
    }

    @Test("At V = 0 the jump rests on its own, net over gross below 1e-11")
    func equilibrium() throws {
        let device = Memristor(Self.trapping())
        let u = (try Samples.state(device, voltage: 0, duration: 1e9, from: Samples.state(device, voltage: 2, duration: 1e-3).row.values))
        let charge = device.contact.displacement(
            .init(stored: u.row[0], oxygen: u.row[1], plane: u.row[2], potential: u.row[3], density: u.row[4]), voltage: 0)
        let field = device.permittivity.field(charge).value
        let trapped = u.row[device.unknowns - 1]
        let jump = device.traps!.law.evaluate(trapped: trapped, density: u.row[4], field: field, rates: device.rates)
        let half = device.parameters.trapFieldLength * field / device.rates.thermalVoltage
        hold(
            abs(jump.rate) / (device.rates.trapRelease * trapped * exp(-half)), below: 1e-11, as: "deep traps: at rest, net over gross")
    }

    @Test("Without the section the traps are off and the state has no N_t; with it the file reads back as it was")
    func file() throws {
        #expect(Memristor(Samples.isothermal).unknowns % 2 == 1)
        #expect(Memristor(Samples.isothermal).freshState().trappedVacancies == nil)
        #expect(Memristor(Self.trapping()).freshState().trappedVacancies == 0)
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Materials/pt-sto-ti.yaml")
        let plain = try DeviceDescription.load(path: url.path)
        #expect(!plain.yaml.contains("traps:"))
        let trapping = try plain.setting(["trap_capture_rate=1e-5/s", "trap_depth=30nm"])
        let again = try DeviceDescription(yaml: trapping.yaml)
        #expect(again.parameters == trapping.parameters)
        #expect(again.parameters.trapDepth == 30e-9)
        #expect(throws: InputError.self) { try plain.setting(["trap_capture_rate=1e-5/s", "trap_depth=40nm"]) }
        #expect(throws: InputError.self) { _ = try CoupledDevice.memristor(Self.trapping()) }
        #expect(throws: InputError.self) { try plain.setting(["trap_capture_rate=1e-5/s", "trap_capture_prefactor=1e-6/s"]) }
    }
}
