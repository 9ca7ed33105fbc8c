import CompactModel
import DeviceModel
import Essentials
import Foundation

/// What an ensemble came to, for people and as JSON: distributions, correlations, yield, and what could not be measured.
struct EnsembleSummary: Encodable {
    struct Parameter: Encodable {
        var key, unit, spread, distribution: String
        var mean, standard_deviation: Double
    }
    /// In `unit`.
    struct Quantity: Encodable {
        var key, unit: String
        var devices: Int
        var mean, standard_deviation, relative_standard_deviation, p5, p50, p95, least, greatest: Double
        /// Spearman's rho with each parameter, in their order; nil where one of both does not vary.
        var spearman: [Double?]
    }
    struct Limit: Encodable {
        var quantity, unit: String
        /// nil: open.
        var low, high: Double?
        var kept, not_measured: Int
    }
    struct Failure: Encodable {
        var device: Int
        var quantity, reason: String
    }
    var device, device_sha256: String
    var devices, redrawn: Int
    var seed: UInt64
    var parameters: [Parameter]
    var quantities: [Quantity]
    var limits: [Limit]
    var good: Int
    var failed_devices: Int
    var failures: [Failure]
    var runs_in_lanes, runs_that_left_lanes, runs_alone: Int
    var seconds: Double

    init(_ description: DeviceDescription, _ result: EnsembleResult, seconds: Double) {
        (device, device_sha256) = (description.name, description.digest)
        (devices, redrawn, seed) = (result.outcome.devices.count, result.draws.redrawn, result.draws.seed)
        parameters = result.draws.spreads.enumerated().map { k, spread in
            let drawn = Distribution(result.draws.members.map { spread.entry.unit.fromSI($0.values[k]) })
            return Parameter(
                key: spread.key, unit: spread.entry.unit.symbol, spread: spread.text,
                distribution: { if case .relative = spread.width { "lognormal" } else { "normal" } }(),
                mean: drawn?.mean ?? 0, standard_deviation: drawn?.deviation ?? 0)
        }
        quantities = result.quantities.compactMap { quantity in
            guard let d = Distribution(result.values(quantity).map(quantity.unit.fromSI)) else { return nil }
            return Quantity(
                key: quantity.key, unit: quantity.unit.symbol, devices: d.count, mean: d.mean, standard_deviation: d.deviation,
                relative_standard_deviation: d.relativeDeviation, p5: d.p5, p50: d.median, p95: d.p95, least: d.least,
                greatest: d.greatest,
                spearman: result.draws.spreads.indices.map { result.correlation(parameter: $0, quantity) })
        }
        limits = result.limits.map { limit in
            func end(_ value: Double) -> Double? { value.isFinite ? limit.quantity.unit.fromSI(value) : nil }
            let (kept, missing) = result.kept(limit)
            return Limit(
                quantity: limit.quantity.key, unit: limit.quantity.unit.symbol, low: end(limit.range.lowerBound),
                high: end(limit.range.upperBound), kept: kept, not_measured: missing)
        }
        good = result.good
        failed_devices = result.failed.count
        failures = result.outcome.devices.enumerated().flatMap { index, device in
            device.failures.map { Failure(device: index, quantity: $0.quantity.key, reason: $0.reason) }
        }
        runs_in_lanes = result.outcome.runsInLanes
        runs_that_left_lanes = result.outcome.runsThatLeft
        runs_alone = result.outcome.runsAlone
        self.seconds = seconds
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// One line a quantity, one column a parameter.
    var correlationTable: Table {
        var columns: [(name: String, field: (Quantity) -> any TableField)] = [("quantity", { $0.key })]
        for (k, parameter) in parameters.enumerated() { columns.append((parameter.key, { $0.spearman[k] })) }
        return Table(quantities, columns: columns)
    }

    var text: String {
        func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.count)) + text }
        func g(_ value: Double) -> String { String(format: "%.4g", value) }
        func percent(_ part: Int) -> String { String(format: "%.1f %%", 100 * Double(part) / Double(devices)) }
        var lines = ["\(device): \(devices) devices, seed \(seed), \(redrawn) drawn again because a value was out of range"]
        lines += parameters.map { "  \($0.spread)" } + [""]
        let width = (quantities.map(\.key.count).max() ?? 0) + 2
        lines.append(
            "quantity".padding(toLength: width, withPad: " ", startingAt: 0)
                + ["mean", "sd", "sd/mean", "5 %", "50 %", "95 %"].map { pad($0, 10) }.joined() + "  unit  Spearman's rho with "
                + parameters.map(\.key).joined(separator: ", "))
        for q in quantities {
            let numbers =
                [g(q.mean), g(q.standard_deviation), String(format: "%.1f %%", 100 * q.relative_standard_deviation)]
                + [q.p5, q.p50, q.p95].map(g)
            lines.append(
                q.key.padding(toLength: width, withPad: " ", startingAt: 0) + numbers.map { pad($0, 10) }.joined()
                    + "  \(q.unit.padding(toLength: 5, withPad: " ", startingAt: 0))"
                    + q.spearman.map { pad($0.map { String(format: "%+.2f", $0) } ?? "-", 7) }.joined())
        }
        lines += ["", "yield: \(good) of \(devices) devices (\(percent(good))) keep every limit"]
        for limit in limits {
            func end(_ value: Double?) -> String { value.map(g) ?? "open" }
            lines.append(
                "  \(limit.quantity) \(end(limit.low)) ... \(end(limit.high)) \(limit.unit): \(limit.kept) (\(percent(limit.kept)))"
                    + (limit.not_measured > 0 ? ", \(limit.not_measured) not measured" : ""))
        }
        if failures.isEmpty {
            lines.append("every device could be measured for everything")
        } else {
            lines.append("\(failed_devices) devices could not be measured for everything:")
            lines += failures.prefix(10).map { "  device \($0.device), \($0.quantity): \($0.reason)" }
            if failures.count > 10 { lines.append("  and \(failures.count - 10) more (all in ensemble.csv and with --json)") }
        }
        lines.append(
            "runs: \(runs_in_lanes) in lanes, \(runs_that_left_lanes) left them (charge of the electrons, or forming) and were made alone, "
                + "\(runs_alone) alone from the start (charge in the base state, forming voltage, or too few of one structure); \(String(format: "%.1f", seconds)) s"
        )
        return lines.joined(separator: "\n")
    }
}
