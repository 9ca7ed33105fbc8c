import Energy
import Essentials
import Foundation

extension Page {
    /// What the paper's count leaves out: both figures, the rows and opponents with their ranges, and where every number is from.
    func periphery() -> String {
        let drawings = figureSection(
            "periphery", "What the gain leaves out", [Figure.gainCounted.id, Figure.breakEven.id],
            "The paper counts bias and updates. Around them stand converters, lines, the norm of every unit and the outer product that sizes "
                + "dF; and the fair opponent is not only a GPU. Each number is a range.")
        guard let account = content.account?.periphery else { return drawings }
        let rows = account.rows.map { (name: $0.name, from: "estimate", energy: $0.energy, power: $0.standingPower) }
        let opponents = account.opponents.map {
            (name: $0.name, from: $0.kind.rawValue, energy: $0.energy, power: $0.standingPower)
        }
        func table(_ caption: String, _ rows: [(name: String, from: String, energy: Estimate, power: Estimate)]) -> String {
            let body = rows.map { row in
                "<tr><th scope=\"row\">\(Self.prose(row.name))</th><td>\(row.from)</td>\(Self.cells(row.energy))\(Self.cells(row.power))</tr>"
            }.joined(separator: "\n")
            return """
                <div class="scroll"><table class="energy"><caption>\(caption)</caption><thead><tr><th></th><th>from</th><th class="n">low, mJ</th>
                <th class="n">middle</th><th class="n">high</th><th class="n">standing: low, mW</th><th class="n">middle</th><th class="n">high</th></tr></thead>
                <tbody>
                \(body)
                </tbody></table></div>
                """
        }
        let entries = account.entries.map { entry -> String in
            let unit = PhysicalUnit.named(entry.unit) ?? PhysicalUnit("", .none)
            let values = [entry.estimate.middle, entry.estimate.low, entry.estimate.high].map {
                PeripheryText.number(unit.fromSI($0))
            }
            let quoted = entry.quotedBy.map { "; quoted by \($0)" } ?? ""
            return
                "<tr><td class=\"symbol\">\(Self.escape(entry.key))</td><td class=\"n\">\(values[0])</td><td class=\"n\">\(values[1])</td>"
                + "<td class=\"n\">\(values[2])</td><td>\(Self.escape(entry.unit))</td><td>\(Self.escape(entry.node))</td>"
                + "<td><span class=\"tag soft\">\(entry.status.rawValue)</span></td><td>\(Self.escape(entry.source + quoted))</td>"
                + "<td>\(Self.escape(entry.range))</td></tr>"
        }.joined(separator: "\n")
        return """
            \(drawings)
            <section id="periphery-tables">
            \(table("Left out by the paper, per game", rows))
            \(table("Opponents, per game", opponents))
            <details><summary><b>Where every number is from</b> <span class="count">\(account.entries.count)</span></summary>
            <div class="scroll"><table class="parameters"><thead><tr><th>Key</th><th class="n">Value</th><th class="n">Low</th><th class="n">High</th>
            <th>Unit</th><th>Node</th><th>Status</th><th>Source</th><th>Range</th></tr></thead><tbody>
            \(entries)
            </tbody></table></div></details></section>
            """
    }

    /// Low, middle and high in thousandths; dashes for nothing.
    private static func cells(_ estimate: Estimate) -> String {
        [estimate.low, estimate.middle, estimate.high].map { value in
            "<td class=\"n\">\(estimate == .zero ? "–" : PeripheryText.number(value * 1e3))</td>"
        }.joined()
    }
}
