import Essentials
import Foundation
import Protocols

/// Reading a user's own measurements.
extension CalibrationTargets {
    /// Columns of a file of short-term steps; the last may be left out.
    package static let cellColumns = ["amplitude_V", "width_us", "delta_F_nS", "sigma_nS"]

    /// Adds one target per row of a CSV file with the columns amplitude_V, width_us, delta_F_nS and, if known, sigma_nS.
    ///
    /// `sigma` (relative) stands where the file gives none. Throws `InputError` naming file, line and column.
    package mutating func addCells(csv text: String, source: String, sigma: Double) throws {
        let table = try Table(csv: text, source: source, columns: Array(Self.cellColumns.prefix(3)))
        try table.requireRows()
        for row in table.rows {
            let (v, w, d) = (try row.number("amplitude_V"), try row.number("width_us"), try row.number("delta_F_nS"))
            func demand(_ condition: Bool, _ key: String, _ value: Double, _ expected: String) throws {
                if !condition { throw row.error(key, "is out of range", expected, value: "\(value)") }
            }
            try demand(abs(v) > 0 && Step.voltageRange.contains(v), "amplitude_V", v, "-20 ... 20 V, not 0")
            try demand(Step.timeRange.contains(w / 1e6), "width_us", w, "0.001 ... 1e15 us")
            try demand((1e-6...1e9).contains(d), "delta_F_nS", d, "a step above 0 nS, 1e-6 ... 1e9")
            let given = try row.numberIfGiven("sigma_nS")
            if let given {
                try demand((1e-6...1e6).contains(given / d), "sigma_nS", given, "above 0 nS, 1e-6 ... 1e6 of the step")
            }
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
    package mutating func addTrace(csv text: String, source: String, experiment: Experiment, sigma: Double, samples: Int = 60)
        throws
    {
        let table = try Table(csv: text, source: source, columns: ["time_s"])
        try table.requireRows()
        let isCurrent = try table.rows.first?.numberIfGiven("conductance_nS") == nil
        let key = isCurrent ? "current_A" : "conductance_nS"
        var points: [(time: Double, value: Double)] = []
        for row in table.rows {
            guard let value = try row.numberIfGiven(key) else {
                throw row.error(key, "is missing", "a column conductance_nS or current_A")
            }
            guard value == 0 || (isCurrent ? 1e-21...1e3 : 1e-9...1e12).contains(abs(value)) else {
                throw row.error(
                    key, "is out of range", isCurrent ? "1e-21 ... 1e3 A, either way" : "1e-9 ... 1e12 nS, either way",
                    value: "\(value)")
            }
            let time = try row.number("time_s")
            guard time >= 0, time <= experiment.duration * (1 + 1e-9) else {
                throw row.error(
                    "time_s", "lies outside the protocol",
                    "0 ... \(experiment.duration) s, counted from the protocol's first step", value: "\(time)")
            }
            if let last = points.last, time < last.time {
                throw row.error("time_s", "runs backwards", "at least \(last.time)", value: "\(time)")
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
package struct TraceTarget: Sendable {
    package enum Quantity: String, Sendable, Codable {
        case conductance, current
    }
    package var name: String
    package var experiment: Experiment
    package var quantity: Quantity
    /// s from the start of the protocol; S or A.
    package var times, values: [Double]
    /// Of ln(value).
    package var sigma: Double

    /// What decides the course of a fit: the data and the protocol, not what their files are called.
    var identity: String {
        let steps = experiment.steps.map(\.sentence)
        return
            "\(experiment.readVoltage) \(experiment.startsFromBaseState) \(steps) \(quantity.rawValue) \(times) \(values) \(sigma)"
    }
}
