import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

@testable import DeviceModel

/// What a device demands of a step before it is kept: densities within their bounds, the inventory, a small local error, heat in balance.
struct AcceptanceTests {
    /// A device after 1 ms at 2 V, at rest in its integrator.
    private func state(_ parameters: DeviceParameters) throws -> (device: AssembledDevice, u: RealStorage) {
        let device = AssembledDevice(parameters)
        return (device, try Samples.state(device, voltage: 2, duration: 1e-3))
    }

    @Test(
        "A density below zero or above its sites by more than round-off is refused: at both ends, in the middle, in each sheet")
    func bounds() throws {
        let (device, u) = try state(Samples.everything)
        #expect(device.isAdmissible(u.row))
        let most = device.device.maximumDensity
        func isKept(_ place: Int, _ value: Double) -> Bool {
            let changed = RealStorage(u.values)
            changed.row[place] = value
            return device.isAdmissible(changed.row)
        }
        for node in [0, device.nodes / 2, device.nodes - 1] {
            #expect(isKept(device.c(node), most) && !isKept(device.c(node), most * (1 + 1e-9)), "node \(node)")
            #expect(!isKept(device.c(node), -1e-6 * most), "node \(node)")
        }
        for (k, sheet) in device.device.left.sheets.enumerated() {
            #expect(!isKept(k, -1e-6 * device.thermalSheet), "\(sheet.name)")
            guard sheet.sites.isFinite else { continue }
            #expect(isKept(k, sheet.sites) && !isKept(k, sheet.sites * (1 + 1e-9)), "\(sheet.name)")
        }
    }

    @Test(
        "A defect of the inventory beyond round-off refuses the step; one within it is taken out to the last digits",
        arguments: [Samples.isothermal, Samples.everything])
    func inventory(parameters: DeviceParameters) throws {
        let (device, u) = try state(parameters)
        let shift = 1e3
        let history = RealStorage(u.values.map { -shift * $0 })
        let before = device.inventory(u.row)
        let content = device.layout.sheets.indices.reduce(device.latticeVacancies(u.row)) { $0 + abs(u.row[$1]) }
        for (share, holds) in [(1e-8, false), (-1e-7, false), (1e-11, true), (-1e-11, true)] {
            for place in [2, device.c(device.nodes / 2)] {
                let changed = RealStorage(u.values)
                changed.row[place] += share * content / (place == 2 ? 1 : device.two.board.cells[device.nodes / 2])
                #expect(device.settle(changed.row, shift: shift, history: history.row) == holds, "\(share) of the content")
                if holds { #expect(abs(device.inventory(changed.row) - before) < 3e-14 * content, "\(share) of the content") }
            }
        }
    }

    @Test(
        "The local error is 1 where psi_0 errs by the tolerance times V_T, a sheet or the vacancies by that share of what is there"
    )
    func localError() throws {
        let (device, u) = try state(Samples.everything)
        let (tolerance, floor) = (device.options.tolerance, device.device.sheetFloor)
        func norm(_ place: Int, _ error: Double) -> Double {
            let e = RealStorage(count: device.unknowns)
            e.row[place] = error
            return device.errorNorm(e.row, at: u.row)
        }
        #expect(abs(norm(device.psi(0), -tolerance * device.thermalVoltage) - 1) < 1e-12)
        for k in device.layout.sheets.indices { #expect(abs(norm(k, tolerance * (abs(u.row[k]) + floor)) - 1) < 1e-12) }
        let content = device.latticeVacancies(u.row) + floor
        for node in [0, device.nodes / 2, device.nodes - 1] {
            #expect(abs(norm(device.c(node), -tolerance * content / device.two.board.cells[node]) - 1) < 1e-12, "node \(node)")
        }
    }

    @Test("A step from 3.4 to 3.6 V ends in balance with the current in its own band: |T - T0 - R_th V I(T)| < 0.02 K")
    func heat() throws {
        let device = AssembledDevice(DeviceParameters())
        let u = try Samples.state(device, voltage: 3.4, duration: 1e-4)
        let (shift, before) = (1e5, device.temperature)
        let history = RealStorage(u.values.map { -shift * $0 })
        device.drive(from: 3.6, rate: 0, at: 0)
        device.prepare(time: 0)
        // The band still stands as at 3.4 V when the first correction asks for the temperature.
        var norm = Double.infinity
        for _ in 0..<60 where norm > 1e-2 { norm = try device.correct(u.row, shift: shift, history: history.row).norm }
        #expect(norm <= 1e-2)
        let balance = 300 + device.parameters.thermalResistance * 3.6 * device.electronCurrent(u.row)
        #expect(device.temperature > before + 1)
        #expect(abs(device.temperature - balance) < 0.02)
    }
}
