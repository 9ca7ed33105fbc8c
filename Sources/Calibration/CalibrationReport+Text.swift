import Essentials
import Foundation

extension CalibrationReport {
    /// The report as aligned tables.
    package var text: String {
        var lines: [String] = []
        for remark in remarks { lines.append("Note: \(remark)") }
        let beforeText = cost_before.map { Self.number($0) } ?? "none (a run fails there)"
        lines.append(
            "\(device): cost \(beforeText) as given, \(Self.number(cost_start)) at the start, \(Self.number(cost_after)) after \(iterations) iterations "
                + "(\(evaluations) evaluations, \(Self.endings[ending] ?? ending))")
        lines.append("")
        let leftOut = rows.contains { $0.predicted_without != nil }
        var table = [["target", "", "value", "sigma", "before", "after", "sigmas"] + (leftOut ? ["predicted without it"] : [])]
        for row in rows {
            let sigma = row.sigma_is_relative ? String(format: "%.3g %%", row.sigma * 100) : Self.value(row.sigma, row.unit)
            table.append(
                [
                    row.quantity, row.relation == "=" ? "" : row.relation, Self.value(row.target, row.unit), sigma,
                    row.before.map { Self.value($0, row.unit) } ?? "-", row.after.map { Self.value($0, row.unit) } ?? "-",
                    row.after_sigmas.map { String(format: "%+.1f", $0) } ?? "-",
                ] + (leftOut ? [row.predicted_without.map { Self.value($0, row.unit) } ?? ""] : []))
        }
        lines += Self.align(table, right: [2, 3, 4, 5, 6, 7])
        if !traces.isEmpty {
            lines.append("")
            var table = [["trace", "samples", "rms before", "rms after"]]
            for row in traces {
                table.append([
                    "\(row.name) (\(row.quantity))", "\(row.samples)",
                    row.before.map { String(format: "%.1f %%", $0 * 100) } ?? "-",
                    row.after.map { String(format: "%.1f %%", $0 * 100) } ?? "-",
                ])
            }
            lines += Self.align(table, right: [1, 2, 3])
        }
        if let mechanism { lines += ["", Self.text(mechanism)] }
        lines.append("")
        var parameterTable = [["parameter", "", "start", "fitted", "95 % interval", "unit", ""]]
        for p in parameters {
            let interval =
                p.low.flatMap { low in p.high.map { "\(Self.number(low)) ... \(Self.number($0))" } } ?? "not determined"
            parameterTable.append([
                p.symbol, p.key, Self.number(p.start), Self.number(p.fitted), interval, p.unit,
                p.at_bound ? "at its bound" : "",
            ])
        }
        lines += Self.align(parameterTable, right: [2, 3, 4])
        lines.append("")
        let determined = directions.count(where: \.determined)
        lines.append(
            "\(determined) of \(directions.count) combinations are determined to a factor of two (18 mV for potentials) or better:"
        )
        var directionTable = [["singular value", "one sigma", "", "combination"]]
        for d in directions {
            directionTable.append([
                String(format: "%.3g", d.singular_value),
                d.singular_value > 0 ? String(format: "%.2g", 1 / d.singular_value) : "-",
                d.determined ? "determined" : "open", d.combination,
            ])
        }
        lines += Self.align(directionTable, right: [0, 1])
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ m: Mechanism) -> String {
        let decay = String(
            format: "decay at 0.6 V after 3.5 V, 500 us: tau %.3g s, %.3g s without transport in the layer (%.2f times); "
                + "%.1f %% of the pulse's vacancies beyond the first plane when F is 1/e, after %.3g s",
            m.tau, m.tau_without_transport, m.tau_without_transport / m.tau, m.beyond_first_plane * 100, m.fall_time)
        return decay + (m.left_share.map { String(format: "; %.0f %% of a read's change in the left half", $0 * 100) } ?? "")
    }

    private static let endings = [
        "flat": "converged: the slopes foresee a gain below 0.1 %", "stalled": "converged: no step gains 0.1 %",
        "limit": "stopped at the limit of iterations",
    ]

    static func number(_ value: Double) -> String {
        String(format: abs(value) >= 1e5 || (abs(value) < 1e-3 && value != 0) ? "%.4g" : "%.5g", value)
    }

    static func value(_ value: Double, _ unit: String) -> String {
        let text = String(format: abs(value) >= 1e5 || (abs(value) < 1e-3 && value != 0) ? "%.2e" : "%.3g", value)
        return unit == "1" || unit == "-" ? text : "\(text) \(unit)"
    }

    static func align(_ rows: [[String]], right: Set<Int>) -> [String] {
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - text.count)
                line += (column == 0 ? "" : "  ") + (right.contains(column) ? padding + text : text + padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
