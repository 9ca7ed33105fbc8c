import DeviceModel
import Essentials
import Foundation

/// A state of a device as a file, with the device that it belongs to; where a run was cut, also what was left of it.
public struct StateFile: Codable, Sendable {
    /// What wrote the file.
    public var program = "tausonite simulate"
    /// Name and SHA-256 of the device file, and its whole text with the overrides of the command line put in.
    public var device: String
    /// SHA-256 of the device file.
    public var deviceDigest: String
    /// Text of the device file, overrides put in.
    public var deviceFile: String
    /// The state.
    public var state: DeviceState
    /// A run that was cut at this state.
    public var cut: Cut?

    /// What it takes to go on with a run.
    public struct Cut: Codable, Sendable {
        /// The protocol as a YAML file.
        public var experiment: String
        /// Which samples are kept, and which profiles, as the command line says it.
        public var record: String
        /// As the command line says it; nil: none.
        public var profiles: String?
        /// The state that the run began from, where it was given one.
        public var start: DeviceState?
        /// The run at its last corner.
        public var checkpoint: Checkpoint

        /// A cut of the run of this protocol.
        public init(experiment: String, record: String, profiles: String?, start: DeviceState?, checkpoint: Checkpoint) {
            self.experiment = experiment
            self.record = record
            self.profiles = profiles
            self.start = start
            self.checkpoint = checkpoint
        }
    }

    enum CodingKeys: String, CodingKey {
        case program, device, state, cut
        case deviceDigest = "device_sha256"
        case deviceFile = "device_file"
    }

    /// A state of the device of this file.
    public init(device: String, deviceDigest: String, deviceFile: String, state: DeviceState, cut: Cut? = nil) {
        self.device = device
        self.deviceDigest = deviceDigest
        self.deviceFile = deviceFile
        self.state = state
        self.cut = cut
    }

    /// Reads a file; throws `InputError` naming it where it is none of these.
    public static func load(path: String) throws(InputError) -> StateFile {
        let data = try AtomicFile.read(path)
        guard let file = try? JSONDecoder().decode(StateFile.self, from: data), file.state.unknowns.allSatisfy(\.isFinite)
        else {
            throw InputError(
                path, problem: "is not the state of a device",
                expected:
                    "a .json file that simulate wrote (--save-state, \"Save as after-set\", or the state of a run that was cut)"
            )
        }
        return file
    }

    /// Writes it, whole or not at all; throws where that cannot be done.
    public func save(path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .throw
        try AtomicFile.write(encoder.encode(self), to: path)
    }
}

extension DeviceState {
    /// Throws `InputError` where the state does not fit the unknowns of `device`: another stack, grid or contact.
    public func checkFits(_ device: AssembledDevice, source: String) throws(InputError) {
        let (sheets, nodes) = (device.layout.sheets.count, device.layout.nodes)
        guard unknowns.count == sheets + 2 * nodes || unknowns.count == sheets + 3 * nodes else {
            throw InputError(
                "state", value: "\(unknowns.count) unknowns", problem: "belongs to another device or grid",
                expected: "\(sheets) sheets and \(nodes) nodes, as this device has", source: source)
        }
    }
}
