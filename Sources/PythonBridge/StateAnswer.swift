import DeviceModel
import Essentials
import Simulation

/// A state of a device as a caller sees it.
struct StateAnswer: Encodable {
    var device, device_sha256: String
    var time_s, voltage_V, temperature_K: Double

    static func handle(_ file: StateFile) throws -> Handle {
        let state = file.state
        let answer = StateAnswer(
            device: file.device, device_sha256: file.deviceDigest, time_s: state.time, voltage_V: state.voltage,
            temperature_K: state.temperature)
        return Handle(file, text: try Answer.json(answer), columns: [("unknowns", state.unknowns)])
    }

    static func file(_ pointer: UnsafeRawPointer?) throws(InputError) -> StateFile {
        guard let file = Handle.at(pointer)?.content as? StateFile else {
            throw InputError("state", problem: "is none", expected: "a state")
        }
        return file
    }
}
