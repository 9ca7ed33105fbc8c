import Essentials
import Foundation
import Protocols

/// Reading a user's own measurements.
extension CalibrationTargets {
    /// Columns of a file of short-term steps; the last may be left out.
    public static let cellColumns = ["amplitude_V", "width_us", "delta_F_nS", "sigma_nS"]

    /// Adds one target per row of a CSV file with the columns amplitude_V, width_us, delta_F_nS and, if known, sigma_nS.
    ///
    /// `sigma` (relative) stands where the file gives none. Throws `InputError` naming file, line and column.
    public mutating func addCells(csv text: String, source: String, sigma: Double) throws {
        let rows = try NumberTable(
            csv: text, source: source, required: Array(Self.cellColumns.prefix(3)), optional: ["sigma_nS"])
        for row in rows.rows {
            let (v, w, d) = (row.values["amplitude_V"]!, row.values["width_us"]!, row.values["delta_F_nS"]!)
            func demand(_ condition: Bool, _ key: String, _ value: Double, _ expected: String) throws {
                if !condition {
                    throw InputError(
                        key, value: "\(value)", problem: "is out of range", expected: expected, source: source, line: row.line)
                }
            }
            try demand(abs(v) > 0 && Step.voltageRange.contains(v), "amplitude_V", v, "-20 ... 20 V, not 0")
            try demand(Step.timeRange.contains(w / 1e6), "width_us", w, "0.001 ... 1e15 us")
            try demand(d > 0, "delta_F_nS", d, "a step above 0 nS")
            let given = row.values["sigma_nS"]
            if let given { try demand(given > 0, "sigma_nS", given, "above 0 nS") }
            targets.append(
                CalibrationTarget(
                    observable: .cell(v, w / 1e6), id: "data.\(row.line)",
                    quantity: "dF, \(PhysicalUnit.shortest(v)) V, \(PhysicalUnit.shortest(w)) us", unit: "nS", value: d / 1e9,
                    sigma: given.map { $0 / d } ?? sigma,
                    reason: given == nil ? "one sigma for all rows without their own" : "stated in the file",
                    source: "\(source):\(row.line)"))
        }
    }

    /// Adds a measured trace: a CSV file with time_s and conductance_nS (frozen or quick reads) or current_A, and the
    /// protocol that made it.
    ///
    /// At most `samples` rows are used, evenly spread over the file. Throws `InputError`.
    public mutating func addTrace(csv text: String, source: String, experiment: Experiment, sigma: Double, samples: Int = 60)
        throws
    {
        let table = try NumberTable(csv: text, source: source, required: ["time_s"], optional: ["conductance_nS", "current_A"])
        let isCurrent = table.rows.first?.values["conductance_nS"] == nil
        let key = isCurrent ? "current_A" : "conductance_nS"
        var points: [(time: Double, value: Double)] = []
        for row in table.rows {
            guard let value = row.values[key] else {
                throw InputError(
                    key, problem: "is missing", expected: "a column conductance_nS or current_A", source: source, line: row.line
                )
            }
            let time = row.values["time_s"]!
            guard time >= 0, time <= experiment.duration * (1 + 1e-9) else {
                throw InputError(
                    "time_s", value: "\(time)", problem: "lies outside the protocol",
                    expected: "0 ... \(experiment.duration) s, counted from the protocol's first step", source: source,
                    line: row.line)
            }
            if let last = points.last, time < last.time {
                throw InputError(
                    "time_s", value: "\(time)", problem: "runs backwards", expected: "at least \(last.time)", source: source,
                    line: row.line)
            }
            // A logarithmic residual needs a value away from zero.
            if abs(value) > 0 { points.append((time, isCurrent ? value : value / 1e9)) }
        }
        guard points.count >= 2 else {
            throw InputError(source, problem: "has fewer than two samples that are not zero", expected: "a trace")
        }
        let count = min(max(samples, 2), points.count)
        let kept = (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
        traces.append(
            TraceTarget(
                name: source, experiment: experiment, quantity: isCurrent ? .current : .conductance, times: kept.map(\.time),
                values: kept.map(\.value), sigma: sigma))
    }
}

/// A measured course of conductance or current under a protocol.
public struct TraceTarget: Sendable {
    public enum Quantity: String, Sendable, Codable {
        case conductance, current
    }
    public var name: String
    public var experiment: Experiment
    public var quantity: Quantity
    /// s from the start of the protocol; S or A.
    public var times, values: [Double]
    /// Of ln(value).
    public var sigma: Double
}

/// Rows of numbers under named columns, with their lines in the file.
struct NumberTable {
    struct Row {
        let line: Int
        let values: [String: Double]
    }
    let rows: [Row]

    /// Unknown columns are left alone, empty lines and lines that begin with # are skipped.
    init(csv text: String, source: String, required: [String], optional: [String]) throws {
        var header: [String]?
        var rows: [Row] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard let names = header else {
                for name in required where !fields.contains(name) {
                    throw InputError(
                        name, problem: "is not among the columns", expected: "a header with \(required.joined(separator: ","))",
                        source: source,
                        line: index + 1)
                }
                header = fields
                continue
            }
            guard fields.count == names.count else {
                throw InputError(
                    "row", value: line, problem: "has \(fields.count) fields", expected: "\(names.count)", source: source,
                    line: index + 1)
            }
            var values: [String: Double] = [:]
            for (name, field) in zip(names, fields) where required.contains(name) || optional.contains(name) {
                guard let number = Double(field), number.isFinite else {
                    throw InputError(
                        name, value: field, problem: "is not a finite number", expected: "a number", source: source,
                        line: index + 1)
                }
                values[name] = number
            }
            rows.append(Row(line: index + 1, values: values))
        }
        guard !rows.isEmpty else { throw InputError(source, problem: "has no rows", expected: "a header and at least one row") }
        self.rows = rows
    }
}
