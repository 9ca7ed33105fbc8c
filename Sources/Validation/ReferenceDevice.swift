import Essentials
import Foundation

/// An independent prototype's numbers for one device file, read from a folder of `Validation/reference/`; in SI units.
///
/// `reference.yaml` in the folder names the device file and how closely the numbers should be met. Each value is the
/// reference column (all lattice planes, tight tolerance); see the folder's README for its error.
public struct ReferenceDevice: Sendable, Equatable {
    public struct Pulse: Sendable, Equatable { public var amplitude, width, deltaConductance, energy: Double }
    public struct Lambda: Sendable, Equatable { public var bias, tau, lambda: Double }
    public struct Level: Sendable, Equatable {
        public var train: Int
        public var read1s, read375s: Double
    }
    public struct LoopPoint: Sendable, Equatable {
        public var branch: Int
        public var voltage, conductance: Double
    }
    public struct DecaySample: Sendable, Equatable { public var time, shortTerm: Double }

    public var pulses: [Pulse]
    public var lambdas: [Lambda]
    public var levels: [Level]
    /// Keyed by the number of the cycle.
    public var loops: [Int: [LoopPoint]]
    /// Keyed by the bias in V.
    public var decays: [Double: [DecaySample]]
    /// `summary.csv` as it is (nS, ratios).
    public var summary: [String: Double]
    /// SHA-256 of the device file that the numbers are for.
    public var deviceDigest: String
    public var closeness: [String: Closeness]
    /// Between which voltages (V) the device forms, and where that is known from.
    public var forming: Forming?

    /// Tolerance of one kind of quantity, relative or absolute.
    public struct Closeness: Sendable, Equatable {
        public var relative: Double?
        public var absolute: Double?
        public var reason: String

        /// The relative tolerance around a reference value.
        public func tolerance(around reference: Double) -> Double { relative ?? (absolute ?? 0) / abs(reference) }
    }

    public struct Forming: Sendable, Equatable {
        public var low, high: Double
        public var reason: String
    }

    static let closenessKeys = [
        "delta_f", "pulse_energy", "lambda", "long_term", "retention", "base", "loop_positive", "loop_negative", "decay",
    ]

    /// Reads the folder; throws `InputError` naming the file and line of a bad entry.
    public static func load(folder: String) throws -> ReferenceDevice {
        let settings = try YAML.load(path: "\(folder)/reference.yaml")
        _ = try settings.mapping(known: closenessKeys + ["device", "forming"])
        let device = try settings.required("device")
        let file = URL(fileURLWithPath: folder).appendingPathComponent(try device.string()).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: file) else {
            throw device.error("is not there", value: file, expected: "the device file that these numbers are for")
        }
        func table(_ name: String, _ columns: Int) throws -> CommaTable {
            try CommaTable(path: "\(folder)/\(name)", columns: columns)
        }
        let map = try table("map12.csv", 10)
        let lambda = try table("lambda13.csv", 8)
        let trains = try table("w_trains.csv", 9)
        var loops: [Int: [LoopPoint]] = [:]
        for cycle in [1, 30] {
            let loop = try table("iv_cycle\(cycle).csv", 5)
            loops[cycle] = try loop.rows.map {
                LoopPoint(
                    branch: Int(try loop.number($0, 0)), voltage: try loop.number($0, 1),
                    conductance: try loop.number($0, 4) * 1e-9)
            }
        }
        var decays: [Double: [DecaySample]] = [:]
        for (name, bias) in [("-0.6", -0.6), ("+0.0", 0.0), ("+0.6", 0.6)] {
            let decay = try table("decay_\(name)V.csv", 5)
            decays[bias] = try decay.rows.filter { decay.cell($0, 0) != "before" }.map {
                DecaySample(time: try decay.number($0, 0), shortTerm: try decay.number($0, 4) * 1e-9)
            }
        }
        let summary = try table("summary.csv", 4)
        return ReferenceDevice(
            pulses: try map.rows.map {
                Pulse(
                    amplitude: try map.number($0, 0), width: try map.number($0, 1),
                    deltaConductance: try map.number($0, 6) * 1e-9, energy: try map.number($0, 7) * 1e-12)
            },
            lambdas: try lambda.rows.map {
                Lambda(bias: try lambda.number($0, 0), tau: try lambda.number($0, 5), lambda: try lambda.number($0, 6))
            },
            levels: try trains.rows.map {
                Level(
                    train: Int(try trains.number($0, 0)), read1s: try trains.number($0, 6) * 1e-9,
                    read375s: try trains.number($0, 7) * 1e-9)
            },
            loops: loops, decays: decays,
            summary: Dictionary(
                try summary.rows.map { (summary.cell($0, 0), try summary.number($0, 2)) },
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

/// A small comma-separated table with one header line.
struct CommaTable {
    let path: String
    /// Index into the lines of the file; cells by `cell` and `number`.
    let rows: [Int]
    private let lines: [[String]]

    init(path: String, columns: Int) throws {
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        let cells = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        self.path = path
        lines = cells
        rows = cells.isEmpty ? [] : Array(1..<cells.count)
        guard !rows.isEmpty else {
            throw InputError("table", problem: "holds no rows", expected: "a header and numbers", source: path)
        }
        for row in rows where cells[row].count != columns {
            throw InputError(
                "line", value: "\(cells[row].count) columns", problem: "has the wrong number of columns",
                expected: "\(columns)", source: path, line: row + 1)
        }
    }

    func cell(_ row: Int, _ column: Int) -> String { lines[row][column] }

    func number(_ row: Int, _ column: Int) throws -> Double {
        guard let value = Double(lines[row][column]), value.isFinite else {
            throw InputError(
                "column \(column + 1)", value: lines[row][column], problem: "is not a finite number", source: path,
                line: row + 1)
        }
        return value
    }
}
