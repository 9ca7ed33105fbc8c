import CompactModel
import Essentials

/// The state model beside a synapse.
enum StateModelFile {
    /// `path`, or synapse.state.json beside synapse.yaml; it must be of the synapse's device.
    ///
    /// Throws `InputError` naming the file and what is wrong with it.
    static func read(
        _ path: String?, of synapse: SynapseModel, at place: String
    ) throws(InputError) -> (model: LumpedDevice, cell: LumpedDevice?) {
        let path = path ?? OutputPath.beside(place, "state.json")
        let (model, cell, digest) = try LumpedDevice.read(path: path)
        guard digest == synapse.deviceDigest else {
            throw InputError(
                "device_sha256", value: digest, problem: "is not the device of \(place)", expected: synapse.deviceDigest,
                source: path)
        }
        return (model, cell)
    }

    /// The same device on two lumps, of which networks are made.
    static func cell(_ path: String?, of synapse: SynapseModel, at place: String) throws(InputError) -> LumpedDevice {
        guard let cell = try read(path, of: synapse, at: place).cell else {
            throw InputError(
                "cell", problem: "is not in the state model's file",
                expected: "a file of this version: tausonite extract --out \(place)",
                source: path ?? OutputPath.beside(place, "state.json"))
        }
        return cell
    }
}
