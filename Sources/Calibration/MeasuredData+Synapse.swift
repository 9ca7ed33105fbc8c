import CompactModel
import DeviceModel
import Essentials

extension MeasuredData {
    /// A device that was fitted to the measurements, and its reductions.
    package struct Fitted: Sendable {
        package var device: DeviceDescription
        package var synapse: SynapseModel
        package var state: LumpedDevice
        package var reduction: SynapseModel.Reduction?

        package init(
            device: DeviceDescription, synapse: SynapseModel, state: LumpedDevice, reduction: SynapseModel.Reduction?
        ) {
            (self.device, self.synapse, self.state, self.reduction) = (device, synapse, state, reduction)
        }
    }

    /// W, F and Lambda of the part of the measurements that `seed` leaves to fits, tested on the part that it holds out.
    ///
    /// - Throws: `InputError` naming what is missing, where there is no `fitted` device to stand in.
    package func synapse(seed: UInt64, fitted: Fitted? = nil) throws -> SynapseModel {
        let (fit, held) = split(seed: seed)
        var (synapse, missing) = try fit.measurements.synapse(
            readVoltage: 0.6, device: fitted?.device.name ?? "measurements: \(names.joined(separator: ", "))",
            digest: fitted?.device.digest ?? digest, other: fitted?.synapse)
        if let fitted {
            synapse.reduction = fitted.reduction
            synapse.ambient = fitted.device.device.ambientTemperature
        }
        let (rows, remarks) = MeasuredTest(linear: synapse, state: fitted?.state).rows(held)
        missing += remarks
        if rows.isEmpty {
            missing.append("fewer than five pulses and five biases, and no trace: nothing was held out, no error is known")
        }
        synapse.measured = .init(seed: seed, heldOut: rows, missing: missing)
        return synapse
    }
}
