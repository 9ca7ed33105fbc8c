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
        guard let file = try? JSONDecoder().decode(StateFile.self, from: data) else {
            throw InputError(
                path, problem: "is not the state of a device",
                expected:
                    "a .json file that simulate wrote (--save-state, \"Save as after-set\", or the state of a run that was cut)"
            )
        }
        for state in [file.state, file.cut?.start, file.cut?.checkpoint.state] { try state?.check(source: path) }
        if let fault = file.cut?.checkpoint.fault {
            throw InputError("checkpoint", problem: fault, expected: "the state as simulate wrote it", source: path)
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
    /// Least density that round-off leaves, in thermal sheets; a run's own bound is 1e-11.
    private static let leastDensity = -1e-9

    /// Temperatures that a state may have, K, and bounds of its voltages (V) and times (s).
    private static let temperatures = 1.0...1e4, voltages = -1e3...1e3, times = -1e18...1e18

    /// Throws `InputError` naming the key of a number that no state has; densities are held to the device by `checkFits`.
    public func check(source: String) throws(InputError) {
        func demand(_ key: String, _ value: Double?, _ range: ClosedRange<Double>, _ unit: String) throws(InputError) {
            guard let value, !range.contains(value) else { return }
            throw InputError(
                "state \(key)", value: "\(value) \(unit)", problem: "is out of range",
                expected: "\(range.lowerBound) ... \(range.upperBound) \(unit)", source: source)
        }
        try demand("time", time, Self.times, "s")
        try demand("voltage", voltage, Self.voltages, "V")
        try demand("temperature", temperature, Self.temperatures, "K")
        try demand("lastStep", lastStep, 0...Self.times.upperBound, "s")
        try demand("ambientTemperature", ambientTemperature, Self.temperatures, "K")
        try demand("keptInventory", keptInventory, 0...1e40, "1/m2")
        if let bad = unknowns.firstIndex(where: { !(abs($0) < 1e40) }) {
            try demand("unknowns[\(bad)]", unknowns[bad], -1e40...1e40, "V, 1/m2 or 1/m3")
        }
    }

    /// Throws `InputError` where the state does not fit the unknowns of `device`: another stack, grid or contact.
    public func checkFits(_ device: AssembledDevice, source: String) throws(InputError) {
        let (sheets, nodes) = (device.layout.sheets.count, device.layout.nodes)
        guard unknowns.count == sheets + 2 * nodes || unknowns.count == sheets + 3 * nodes else {
            throw InputError(
                "state", value: "\(unknowns.count) unknowns", problem: "belongs to another device or grid",
                expected: "\(sheets) sheets and \(nodes) nodes, as this device has", source: source)
        }
        try check(source: source)
        let least = device.leastDensity(self)
        guard least >= Self.leastDensity else {
            throw InputError(
                "state", value: "\(least) thermal sheets", problem: "has a density below 0",
                expected: "\(Self.leastDensity) or more",
                source: source)
        }
        guard device.snapshot(self).potential.allSatisfy(Self.voltages.contains) else {
            throw InputError(
                "state", problem: "has a potential that is out of range",
                expected: "\(Self.voltages.lowerBound) ... \(Self.voltages.upperBound) V", source: source)
        }
    }
}
