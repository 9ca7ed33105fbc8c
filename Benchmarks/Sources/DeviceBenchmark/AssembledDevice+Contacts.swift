import DeviceModel
import FiniteVolume

extension AssembledDevice {
    /// One layer of a parameter set between two contacts, with drift-diffusion electrons: what `STO1D` asks for.
    convenience init(_ parameters: DeviceParameters, left: Contact, right: Contact, grid: Grid, options: SolverOptions) throws {
        var device = Device(parameters, left: left, right: right)
        device.electrons = .driftDiffusion
        try self.init(device, options: options, grid: grid)
    }
}
