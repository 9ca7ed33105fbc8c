import Foundation

/// The second half of an account as aligned text: what `tausonite energy --periphery` prints below the tables.
package enum PeripheryText {
    /// Rows, opponents, and for each reading the gain with every part counted; every number as low, middle, high.
    package static func text(_ account: PeripheryAccount) -> String {
        let n = account.counts
        let paper = account.paperCounts
        var lines = [
            "Left out by the paper (mJ per game: low, middle, high; energies and sources: Validation/periphery.yaml)",
            "  counts: \(n.units) units x \(n.inputs) inputs, \(n.steps) steps, \(n.updates) updates; of the paper's game "
                + "\(paper.steps) steps, at most \(paper.updates) updates",
        ]
        let head = ["low", "middle", "high", "paper's counts:", "low", "middle", "high"]
        var rows: [[String]] = [["", "how often"] + head]
        for (row, paper) in zip(account.rows, account.paperRows) {
            // A power is no energy before a reading says how long the game lasts.
            let isPower = row.energy == .zero
            let (name, often) = (isPower ? row.name + " (mW)" : row.name, String(format: "%.3g", row.count))
            let ours = cells(isPower ? row.standingPower : row.energy)
            rows.append([name, often] + ours + [""] + cells(isPower ? paper.standingPower : paper.energy))
        }
        lines += table(rows)
        lines += ["", "Opponents (mJ per game; mW: power of what they keep, which flows besides)"]
        rows = [["", "from"] + head]
        for (row, paper) in zip(account.opponents, account.paperOpponents) {
            rows.append([row.name, row.kind.rawValue] + cells(row.energy) + [""] + cells(paper.energy))
            if row.standingPower != .zero {
                rows.append(["  its SRAM (mW)", ""] + cells(row.standingPower) + [""] + cells(paper.standingPower))
            }
        }
        lines += table(rows)
        for reading in account.readings { lines += [""] + text(reading, opponents: account.opponents) }
        return lines.joined(separator: "\n")
    }

    private static func text(_ reading: PeripheryAccount.Reading, opponents: [Opponent]) -> [String] {
        var lines = [
            "Reading `\(reading.reading.rawValue)`, steps of \(number(reading.stepDuration * 1e3)) ms: memristors (mJ per game)"
        ]
        lines += table([["", "low", "middle", "high"]] + reading.stages.map { [$0.name] + cells($0.total) })
        lines += ["Opponent over memristors, all counted; and the step (ms) up to which memristors cost less"]
        var rows = [["", "low", "middle", "high", "step:", "low", "middle", "high"]]
        for opponent in opponents {
            let gain = reading.stages.last?.gains[opponent.key] ?? .zero
            let step = reading.breakEven[opponent.key]
            let steps = [step?.low, step?.middle, step?.high].map { value -> String in
                guard let value else { return "any" }
                return value == 0 ? "none" : number(value * 1e3)
            }
            rows.append([opponent.name] + cells(gain, scale: 1) + [""] + steps)
        }
        return lines + table(rows)
    }

    private static func cells(_ estimate: Estimate, scale: Double = 1e3) -> [String] {
        [estimate.low, estimate.middle, estimate.high].map { number($0 * scale) }
    }

    /// Three digits that matter, never as a power of ten above it.
    package static func number(_ value: Double) -> String {
        abs(value) >= 999.5 ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }

    private static func table(_ cells: [[String]]) -> [String] {
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let line = row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }
            return "  " + line.joined(separator: "  ")
        }
    }
}
