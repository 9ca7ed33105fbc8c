import Essentials
import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
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

    @Test(
        "One Newton correction with the trap's border equals the dense solve of the written-out equations to 1e-6",
        arguments: [(0.6, 1e-2), (3.0, 10.0), (-1.5, 1e4), (2.0, 1e7)])
    func newtonCorrection(voltage: Double, shift: Double) throws {
        for (index, parameters) in [Self.trapping(), Samples.everythingWithTraps].enumerated() {
            let worst = try NewtonComparison.worstMiss(parameters, voltage: voltage, shift: shift, seed: UInt64(index + 7)) {
                $1.row[3] += 1e15
                _ = $0
            }
            hold(worst, below: 1e-6, as: "deep traps: Newton correction, set \(index), \(voltage) V")
        }
    }

    @Test(
        "A sheet N_t at d_t shifts psi_0 by z q N_t (1 - d_t/L) / (C_i + C_STO) and the field at Ti by what Gauss asks: 1e-12")
    func sheetOfCharge() {
        let device = AssembledDevice(Self.trapping())
        let p = Self.trapping()
        let k = 3
        let (empty, filled) = (RealStorage(device.freshState().unknowns), RealStorage(device.freshState().unknowns))
        filled.row[k] = 5e16
        device.solvePoisson(empty.row, voltage: 0.6)
        device.solvePoisson(filled.row, voltage: 0.6)
        let depth = device.grid.nodes[SheetBorder<2, Double>.node(p.trapDepth, device.grid)]
        let layer = Constants.vacuumPermittivity * p.permittivity / p.thickness
        let charge = 2 * Constants.charge * 5e16
        let shift = charge * (1 - depth / p.thickness) / (p.compactCapacitance + layer)
        hold(
            abs((filled.row[device.psi(0)] - empty.row[device.psi(0)]) / shift - 1), below: 1e-12,
            as: "deep traps: shift of psi_0")
        let gauss = charge - p.compactCapacitance * shift
        let field = device.rightDisplacement(filled.row) - device.rightDisplacement(empty.row)
        hold(abs(field / gauss - 1), below: 1e-12, as: "deep traps: displacement at Ti")
    }

    @Test("The inventory with N_t is kept to round-off while traps fill at 3 V and empty at -2 V")
    func inventory() throws {
        for density in [Double.infinity, 1e17] {
            let device = AssembledDevice(Self.trapping(density: density))
            let start = try Samples.state(device, voltage: 2, duration: 1e-2)
            let full = try Samples.state(device, voltage: 3, duration: 1, from: start.values)
            let back = try Samples.state(device, voltage: -2, duration: 1, from: full.values)
            #expect(device.trappedVacancies(full.row) > 10 * device.trappedVacancies(start.row))
            #expect(device.trappedVacancies(full.row) <= density)
            #expect(device.trappedVacancies(back.row) < device.trappedVacancies(full.row))
            let scale = full.row[1] + device.latticeVacancies(full.row) + device.trappedVacancies(full.row)
            let before = device.inventory(start.row)
            for end in [full, back] {
                hold(
                    abs(device.inventory(end.row) - before) / scale, below: 1e-12, as: "deep traps: inventory, N_tm \(density)")
            }
        }
    }

    @Test("At V = 0 the jump rests on its own, net over gross below 1e-11")
    func equilibrium() throws {
        let device = AssembledDevice(Self.trapping())
        let u =
            (try Samples.state(
                device, voltage: 0, duration: 1e9, from: Samples.state(device, voltage: 2, duration: 1e-3).values))
        device.drive(from: 0, rate: 0, at: 0)
        let jump = device.reactionRates(u.row)[3]
        hold(abs(jump.rate) / abs(jump.byFirst * u.row[3]), below: 1e-11, as: "deep traps: at rest, net over gross")
    }

    @Test("Without the section the traps are off and the state has no N_t; with it the file reads back as it was")
    func file() throws {
        #expect(AssembledDevice(Samples.isothermal).layout.sheet("trapped") == nil)
        let empty = AssembledDevice(Self.trapping())
        #expect(empty.layout.sheet("trapped") == 3 && empty.density(of: "trapped", in: empty.freshState()) == 0)
        let plain = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti-store.yaml"))
        #expect(!plain.yaml.contains("trapped"))
        let trapping = try plain.setting(["trap_capture_rate=1e-5/s", "trap_depth=30nm"])
        let again = try DeviceDescription(yaml: trapping.yaml)
        #expect(try again.parameters == trapping.parameters)
        #expect(try again.parameters.trapDepth == 30e-9)
        #expect(try AssembledDevice(again.device).layout.sheet("trapped") == 3)
        #expect(throws: InputError.self) { try plain.setting(["trap_capture_rate=1e-5/s", "trap_depth=40nm"]) }
        #expect(throws: InputError.self) { try plain.setting(["trap_capture_rate=1e-5/s", "trap_capture_prefactor=1e-6/s"]) }
    }
}
