import Essentials
import Foundation

/// An independent prototype's numbers for one device file, read from a folder of `Validation/reference/`; in SI units.
///
/// `reference.yaml` in the folder names the device file and how closely the numbers should be met. Each value is the
/// reference column (all lattice planes, tight tolerance); see the folder's README for its error.
package struct ReferenceDevice: Sendable, Equatable {
    package struct Pulse: Sendable, Equatable { package var amplitude, width, deltaConductance, energy: Double }
    package struct Lambda: Sendable, Equatable { package var bias, tau, lambda: Double }
    package struct Level: Sendable, Equatable {
        package var train: Int
        package var read1s, read375s: Double
    }
    package struct LoopPoint: Sendable, Equatable {
        package var branch: Int
        package var voltage, conductance: Double
    }
    package struct DecaySample: Sendable, Equatable { package var time, shortTerm: Double }

    package var pulses: [Pulse]
    package var lambdas: [Lambda]
    package var levels: [Level]
    /// Keyed by the number of the cycle.
    package var loops: [Int: [LoopPoint]]
    /// Keyed by the bias in V.
    package var decays: [Double: [DecaySample]]
    /// `summary.csv` as it is (nS, ratios).
    package var summary: [String: Double]
    /// SHA-256 of the device file that the numbers are for.
    package var deviceDigest: String
    package var closeness: [String: Closeness]
    /// Between which voltages (V) the device forms, and where that is known from.
    package var forming: Forming?

    /// Tolerance of one kind of quantity, relative or absolute.
    package struct Closeness: Sendable, Equatable {
        package var relative: Double?
        package var absolute: Double?
        package var reason: String

        /// The relative tolerance around a reference value.
        package func tolerance(around reference: Double) -> Double { relative ?? (absolute ?? 0) / abs(reference) }
    }

    package struct Forming: Sendable, Equatable {
        package var low, high: Double
        package var reason: String
    }

    static let closenessKeys = [
        "delta_f", "pulse_energy", "lambda", "long_term", "retention", "base", "loop_positive", "loop_negative", "decay",
    ]

    /// Reads the folder; throws `InputError` naming the file and line of a bad entry.
    package static func load(folder: String) throws -> ReferenceDevice {
        let settings = try YAML.load(path: "\(folder)/reference.yaml")
        _ = try settings.mapping(known: closenessKeys + ["device", "forming"])
        let device = try settings.required("device")
        let file = URL(fileURLWithPath: folder).appendingPathComponent(try device.string()).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: file) else {
            throw device.error("is not there", value: file, expected: "the device file that these numbers are for")
        }
        func rows<Value>(_ name: String, _ value: (Table.Row) throws -> Value?) throws -> [Value] {
            let table = try Table.load(path: "\(folder)/\(name)")
            try table.requireRows()
            return try table.rows.compactMap(value)
        }
        var loops: [Int: [LoopPoint]] = [:]
        for cycle in [1, 30] {
            loops[cycle] = try rows("iv_cycle\(cycle).csv") {
                LoopPoint(
                    branch: try $0.integer("branch(0 up,1 down,2 back)"), voltage: try $0.number("V_V"),
                    conductance: try $0.number("G_ref_nS") * 1e-9)
            }
        }
        var decays: [Double: [DecaySample]] = [:]
        for (name, bias) in [("-0.6", -0.6), ("+0.0", 0.0), ("+0.6", 0.6)] {
            decays[bias] = try rows("decay_\(name)V.csv") { row in
                let time = "t_after_pulse_end_s"
                // The row `before` holds the conductance before the pulse.
                if try row.text(time) == "before" { return nil }
                return DecaySample(time: try row.number(time), shortTerm: try row.number("F_ref_nS") * 1e-9)
            }
        }
        return ReferenceDevice(
            pulses: try rows("map12.csv") {
                Pulse(
                    amplitude: try $0.number("V_pulse_V"), width: try $0.number("width_s"),
                    deltaConductance: try $0.number("dF_ref_nS") * 1e-9, energy: try $0.number("E_ref_pJ") * 1e-12)
            },
            lambdas: try rows("lambda13.csv") {
                Lambda(
                    bias: try $0.number("V_bias_V"), tau: try $0.number("tau_ref_s"), lambda: try $0.number("Lambda_ref"))
            },
            levels: try rows("w_trains.csv") {
                Level(
                    train: try $0.integer("train"), read1s: try $0.number("W_1s_ref_nS") * 1e-9,
                    read375s: try $0.number("W_375s_ref_nS") * 1e-9)
            },
            loops: loops, decays: decays,
            summary: Dictionary(
                try rows("summary.csv") { (try $0.text("quantity"), try $0.number("reference")) },
                uniquingKeysWith: { first, _ in first }),
            deviceDigest: Digest.sha256(try AtomicFile.read(file)), closeness: try closeness(settings),
            forming: try settings["forming"].map {
                Forming(
                    low: try $0.required("low").double(), high: try $0.required("high").double(),
                    reason: try $0.required("reason").string())
            })
    }

    private static func closeness(_ settings: YAML) throws -> [String: Closeness] {
        var result: [String: Closeness] = [:]
        for key in closenessKeys {
            let node = try settings.required(key, example: "{tolerance: 0.01, reason: ...}")
            _ = try node.mapping(known: ["tolerance", "absolute", "reason"])
            let closeness = Closeness(
                relative: try node["tolerance"].map(ValidationPlan.tolerance),
                absolute: try node["absolute"].map(ValidationPlan.tolerance),
                reason: try node.required("reason").string())
            guard (closeness.relative == nil) != (closeness.absolute == nil) else {
                throw node.error("needs one of `tolerance` and `absolute`", expected: "{tolerance: 0.01, reason: ...}")
            }
            result[key] = closeness
        }
        return result
    }
}
