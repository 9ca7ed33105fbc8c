import Essentials
import Foundation

/// The validation table as aligned text.
package enum ValidationTable {
    /// One block per section; `colour` adds ANSI colours to the marks. A row reads
    /// `ok  2e  dF, 2 V, 100 us  3 nS  2.79 nS  -6.8 %  +-16.7 %  fitted`.
    ///
    /// `failuresOnly` leaves the rows that pass out; the counts stay those of all rows.
    package static func text(
        _ rows: [ValidationRow], notProduced: [String] = [], failuresOnly: Bool = false, colour: Bool = false
    ) -> String {
        var lines: [String] = []
        for section in ValidationRow.Section.allCases {
            let part = rows.filter { $0.section == section }
            if part.isEmpty { continue }
            let passed = part.count(where: \.pass)
            lines.append("")
            lines.append("\(section.title): \(passed) of \(part.count) pass")
            var cells = [["", "figure", "quantity", section == .paper ? "paper" : "reference", "ours", "error", "allowed", ""]]
            for row in part where !(failuresOnly && row.pass) {
                cells.append([
                    row.pass ? "ok" : "FAIL", row.figure, row.quantity, value(row.paper, row.unit),
                    value(row.simulated, row.unit), percent(row.relativeError), allowed(row), row.fitted ? "fitted" : "",
                ])
            }
            if cells.count > 1 { lines += align(cells, right: [3, 4, 5, 6], colour: colour) }
        }
        if !notProduced.isEmpty {
            lines.append("")
            lines.append("Not produced by this run: " + notProduced.map { $0.excerpt(300) }.joined(separator: ", "))
        }
        lines.append("")
        lines.append(summary(rows))
        return lines.drop { $0.isEmpty }.joined(separator: "\n") + "\n"
    }

    /// "84 of 96 rows pass (paper 30 of 41, ...)".
    package static func summary(_ rows: [ValidationRow]) -> String {
        let parts = ValidationRow.Section.allCases.compactMap { section -> String? in
            let part = rows.filter { $0.section == section }
            return part.isEmpty ? nil : "\(section.rawValue) \(part.count(where: \.pass)) of \(part.count)"
        }
        return "\(rows.count(where: \.pass)) of \(rows.count) rows pass (\(parts.joined(separator: ", ")))"
    }

    /// Three significant digits (four from 1,000 up) with the unit; plain numbers without.
    package static func value(_ value: Double, _ unit: String) -> String {
        let number: String
        if value == value.rounded() && abs(value) < 1e7 {
            number = String(format: "%.0f", value)
        } else if abs(value) >= 1e5 || abs(value) < 1e-3 {
            number = String(format: "%.2e", value)
        } else {
            number = String(
                format: "%.\(max(0, (abs(value) >= 1000 ? 3 : 2) - Int(clamped: log10(abs(value)), rounded: .down)))f", value)
        }
        return unit == "1" || unit == "-" ? number : "\(number) \(unit)"
    }

    /// Signed per cent with two digits that matter.
    package static func percent(_ error: Double) -> String {
        let value = error * 100
        if abs(value) < 0.005 { return "0 %" }
        return String(format: abs(value) < 1 ? "%+.2f %%" : abs(value) < 1000 ? "%+.1f %%" : "%+.1e %%", value)
    }

    /// The tolerance as a condition on the error.
    package static func allowed(_ row: ValidationRow) -> String {
        let tolerance = row.tolerance * 100
        let number = tolerance == 0 ? "0" : String(format: tolerance < 1 ? "%.2g %%" : "%.3g %%", tolerance)
        return switch row.relation {
        case .equal: row.tolerance == 0 ? "exact" : "+-" + number
        case .atLeast: row.tolerance == 0 ? "at least" : "> -" + number
        case .atMost: row.tolerance == 0 ? "at most" : "< +" + number
        case .above: "above"
        }
    }

    private static func align(_ cells: [[String]], right: Set<Int>, colour: Bool) -> [String] {
        // What colours the text is ours; what stands in the cells may be anybody's.
        let cells = cells.map { $0.map { $0.excerpt(300) } }
        let columns = cells[0].count
        let widths = (0..<columns).map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - text.count)
                var shown = right.contains(column) ? padding + text : text + padding
                if colour, column == 0, !text.isEmpty {
                    shown = (text == "ok" ? "\u{1B}[32m" : "\u{1B}[1;31m") + shown + "\u{1B}[0m"
                }
                line += "  " + shown
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
