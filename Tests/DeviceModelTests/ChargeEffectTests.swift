import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

@testable import DeviceModel

/// `neglectedCharge`, what leaving out the electrons' charge does to their current, against the device that has it in Poisson's equation.
struct ChargeEffectTests {
    /// On cells of 0.1 nm: on lattice planes the charge stands at nodes while electrons fall off within a plane, which makes 20 %.
    @Test(
        "To first order, with its sign: within 5 % of the change that drift-diffusion electrons make, at fixed temperature",
        arguments: [2.5, 3.0, 3.5])
    func firstOrder(voltage: Double) throws {
        let parameters = Samples.isothermal
        let plain = try AssembledDevice(Device(parameters), grid: .uniform(length: parameters.thickness, cells: 400))
        let state = try Samples.state(plain, voltage: voltage, duration: 1e-3)
        plain.drive(from: voltage, rate: 0, at: 0)
        var device = plain.device
        device.electrons = .driftDiffusion
        let charged = try AssembledDevice(device, grid: plain.grid)
        let u = RealStorage(count: charged.unknowns)
        try charged.adopt(state.values, of: plain.layout, into: u.row, voltage: voltage)
        let change = charged.electronCurrent(u.row) / plain.electronCurrent(state.row) - 1
        #expect(change < -1e-3)
        #expect(abs(plain.neglectedCharge(state.row) / change - 1) < 0.05)
    }
}
