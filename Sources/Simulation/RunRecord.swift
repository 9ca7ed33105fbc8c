import DeviceModel
import Essentials
import Foundation

/// The side file of a trace: what was run, on what, and what came out beside the samples; enough to run it again.
public struct RunRecord: Codable, Sendable, Equatable {
    /// What wrote the record.
    public var program = "tausonite simulate"
    /// Name and SHA-256 of the device file, and its whole text with the overrides of the command line put in.
    public var device: String
    /// SHA-256 of the device file.
    public var deviceDigest: String
    /// Text of the device file, overrides put in.
    public var deviceFile: String
    /// The protocol as a YAML file; `tausonite simulate --protocol` takes it.
    public var experiment: String
    /// Grid and tolerances.
    public var solver: SolverOptions
    /// V.
    public var readVoltage: Double
    /// The pulses, all or thinned.
    public var pulses: [Pulse]
    /// The reads, all or thinned.
    public var reads: [Read]
    /// Pulses and reads that were run, and the energy of all pulses: also of those that thinning left out (nil in older files).
    public var pulseCount, readCount: Int?
    /// Energy of all pulses, pJ.
    public var pulseEnergy_pJ: Double?
    /// What compliances took beside it, pJ (nil: nothing).
    public var seriesEnergy_pJ: Double?
    /// Conditions that were met, and compliances that set in or let go (nil: none).
    public var marks: [Mark]?
    /// The inside of the device where it was asked for (nil: nowhere).
    public var profiles: [Profile]?
    /// The state that the run began from, where that was given instead of the base state or a fresh device.
    public var start: DeviceState?
    /// Work of the solver and drift of the inventory.
    public var statistics: Trace.Statistics
    /// Why the run stopped before the end of its protocol, or nil.
    public var stopped: Trace.Stop?
    /// What to cite.
    public var references: [Reference]

    /// A pulse in the units of the file.
    public struct Pulse: Codable, Sendable, Equatable {
        /// Times in s, voltage in V, energy in pJ, temperature in K, current in A.
        public var start_s, end_s, amplitude_V, energy_pJ, peak_temperature_K, end_current_A: Double
        /// What a compliance took beside it, pJ (nil: nothing).
        public var series_energy_pJ: Double?
    }

    /// A moment that the device chose.
    public struct Mark: Codable, Sendable, Equatable {
        /// Time in s, voltage on the device in V.
        public var time_s, voltage_V: Double
        /// Index of the top-level step of the protocol, and what happened.
        public var step: Int
        /// "I > 1e-6 A", "compliance 1e-6 A sets in".
        public var event: String
    }

    /// A read in the units of the file.
    public struct Read: Codable, Sendable, Equatable {
        /// Time in s, voltage in V, conductance in nS.
        public var time_s, voltage_V, conductance_nS: Double
        /// Index of the top-level step of the protocol.
        public var step: Int
    }

    enum CodingKeys: String, CodingKey {
        case program, device, experiment, solver, pulses, reads, statistics, stopped, references, marks, profiles
        case start = "start_state"
        case seriesEnergy_pJ = "series_energy_pJ"
        case deviceDigest = "device_sha256"
        case deviceFile = "device_file"
        case readVoltage = "read_voltage_V"
        case pulseCount = "pulse_count"
        case readCount = "read_count"
        case pulseEnergy_pJ = "pulse_energy_pJ"
    }

    /// The record of a trace with what it was run on.
    public init(
        _ trace: Trace, device: String, deviceDigest: String, deviceFile: String, experiment: String,
        solver: SolverOptions, readVoltage: Double, references: [Reference] = [.weilenmann2024], start: DeviceState? = nil
    ) {
        self.device = device
        self.deviceDigest = deviceDigest
        self.deviceFile = deviceFile
        self.experiment = experiment
        self.solver = solver
        self.readVoltage = readVoltage
        pulses = trace.pulses.map {
            Pulse(
                start_s: $0.start, end_s: $0.end, amplitude_V: $0.amplitude, energy_pJ: $0.energy * 1e12,
                peak_temperature_K: $0.peakTemperature, end_current_A: $0.endCurrent,
                series_energy_pJ: $0.seriesEnergy == 0 ? nil : $0.seriesEnergy * 1e12)
        }
        reads = trace.reads.map {
            Read(time_s: $0.time, voltage_V: $0.voltage, conductance_nS: $0.conductance * 1e9, step: $0.step)
        }
        (pulseCount, readCount, pulseEnergy_pJ) = (trace.pulseCount, trace.readCount, trace.pulseEnergy * 1e12)
        seriesEnergy_pJ = trace.seriesEnergy == 0 ? nil : trace.seriesEnergy * 1e12
        let met = trace.marks.map { Mark(time_s: $0.time, voltage_V: $0.voltage, step: $0.step, event: $0.event) }
        marks = met.isEmpty ? nil : met
        profiles = trace.profiles.isEmpty ? nil : trace.profiles.map(Profile.init)
        self.start = start
        statistics = trace.statistics
        stopped = trace.stopped
        self.references = references
    }

    /// The file's bytes: pretty JSON with sorted keys.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .throw
        return try encoder.encode(self)
    }

    /// The path of the side file of a trace: `trace.csv` has `trace.json`.
    public static func path(beside trace: String) -> String {
        let url = URL(fileURLWithPath: trace)
        return url.deletingPathExtension().appendingPathExtension("json").path
    }
}
