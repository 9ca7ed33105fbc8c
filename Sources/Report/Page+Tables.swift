import CompactModel
import Energy
import Essentials
import Foundation
import Validation

extension Page {
    /// The validation table, the paper's part open, the rest folded.
    func validation() -> String {
        let rows = content.results.rows
        let blocks = ValidationRow.Section.allCases.compactMap { section -> String? in
            let part = rows.filter { $0.section == section }
            if part.isEmpty { return nil }
            let failed = part.filter { !$0.pass }
            let body = part.map(validationRow).joined(separator: "\n")
            return """
                <details id="\(section.rawValue)" \(section == .paper ? "open" : "")>
                <summary><b>\(section.title)</b> <span class="count">\(part.count - failed.count) of \(part.count) pass</span></summary>
                <div class="scroll"><table class="validation">
                <thead><tr><th></th><th>Figure</th><th>Quantity</th><th class="n">\(section == .paper ? "Paper" : "Reference")</th><th class="n">Ours</th>
                <th class="n">Error</th><th class="n">Allowed</th><th></th></tr></thead>
                <tbody>
                \(body)
                </tbody></table></div></details>
                """
        }
        let missing = content.results.notProduced
        let note =
            missing.isEmpty
            ? "" : "<p class=\"sub\">Not produced by this run: \(Self.escape(missing.joined(separator: ", "))).</p>"
        return """
            <section id="validation"><h2>Validation</h2>
            <p class="sub">\(Self.escape(ValidationTable.summary(rows))). Tolerances follow one stated rule (Validation/tolerances.yaml); rows that fail are
            shown failing. <span class="tag">fitted</span> marks numbers that were targets when the device file was calibrated: meeting
            them is no prediction. Under each quantity stands the reason of its tolerance.</p>
            \(note)
            \(blocks.joined(separator: "\n"))
            </section>
            """
    }

    private func validationRow(_ row: ValidationRow) -> String {
        let mark =
            row.pass
            ? "<td class=\"mark ok\"><span aria-hidden=\"true\">✓</span> pass</td>"
            : "<td class=\"mark bad\"><span aria-hidden=\"true\">✗</span> fail</td>"
        let kind =
            row.kind == "stated" || row.kind == "computed" ? "" : " <span class=\"tag soft\">\(Self.escape(row.kind))</span>"
        let fitted = row.fitted ? "<span class=\"tag\">fitted</span>" : ""
        return
            "<tr class=\"\(row.pass ? "" : "failed")\" id=\"row-\(Self.escape(row.id))\">\(mark)<td>\(Self.escape(row.figure))</td>"
            + "<td>\(Self.prose(row.quantity))<span class=\"why\">\(Self.prose(row.reason))</span></td><td class=\"n\">\(Self.prose(ValidationTable.value(row.paper, row.unit)))</td>"
            + "<td class=\"n\">\(Self.prose(ValidationTable.value(row.simulated, row.unit)))</td>"
            + "<td class=\"n\">\(ValidationTable.percent(row.relativeError).replacingOccurrences(of: "-", with: "−"))</td>"
            + "<td class=\"n\">\(Self.prose(ValidationTable.allowed(row)))</td><td>\(fitted)\(kind)</td></tr>"
    }

    /// Tables 1 and 2 with the gains, ours in each reading beside the paper's rows.
    func tables() -> String {
        let tables = EnergyTables(account: content.account, published: content.published)
        func table(_ rows: [EnergyRow], _ scale: Double, _ caption: String) -> String {
            let head = EnergyRow.headings.map { "<th class=\"n\">\($0)</th>" }.joined()
            let body = rows.map { row -> String in
                let ours = row.key.hasPrefix("memristor_ours_")
                let name = ours ? "Memristor, ours: \(row.key.dropFirst("memristor_ours_".count))" : row.name
                let cells = row.columns.map { value -> String in
                    guard let value else { return "<td class=\"n\">–</td>" }
                    return "<td class=\"n\">\(Self.cell(value * scale))</td>"
                }.joined()
                return "<tr class=\"\(ours ? "ours" : "")\"><th scope=\"row\">\(Self.escape(name))</th>\(cells)</tr>"
            }.joined(separator: "\n")
            return """
                <div class="scroll"><table class="energy"><caption>\(caption)</caption><thead><tr><th></th>\(head)</tr></thead>
                <tbody>
                \(body)
                </tbody></table></div>
                """
        }
        let gains = tables.gains.map {
            "<tr class=\"\($0.name.hasPrefix("ours") ? "ours" : "")\"><th scope=\"row\">\(Self.escape($0.name))</th>"
                + "<td class=\"n\">\(Self.cell($0.lower))</td><td class=\"n\">\(Self.cell($0.upper))</td></tr>"
        }.joined(separator: "\n")
        let readings = (content.account?.readings ?? []).map { reading -> String in
            let steps = String(format: "%.4g ms", reading.stepDuration * 1e3)
            return
                "<tr><th scope=\"row\">\(reading.reading.rawValue)</th><td>\(Self.prose(reading.reading.explanation))</td><td class=\"n\">\(steps)</td>"
                + "<td class=\"n\">\(String(format: "%.4g s", reading.gameDuration))</td><td class=\"n\">"
                + "\(String(format: "%.4f – %.4f", reading.lambdaMinimum, reading.lambdaMaximum))</td>"
                + "<td>\(reading.playedWithTheseLambdas ? "yes" : "no")</td></tr>"
        }.joined(separator: "\n")
        let explained =
            readings.isEmpty
            ? ""
            : """
            <div class="scroll"><table class="energy"><caption>What the three readings mean for this game</caption><thead><tr><th>Reading</th><th></th>
            <th class="n">Step</th><th class="n">Game</th><th class="n">Λ of the device for that step</th><th>game played with it</th></tr></thead>
            <tbody>
            \(readings)
            </tbody></table></div>
            """
        return """
            <section id="tables"><h2>Tables 1 and 2</h2>
            <p class="sub">Energy of the plastic layer. The paper's Λ range belongs to a step of 1 s, its bias energy to a step of 7.1 ms, and Pong draws 60
            frames a second: the three do not fit together, so our row appears in three readings. GPU rows (A100 40 GB) are the paper's
            measurements, printed for 6,826 steps. Not counted, as in the paper: peripheral circuits, and tanh and normalisation, which stay digital.</p>
            \(table(tables.perGame, 1e3, "Table 1: energy per game (mJ)"))
            \(table(tables.perOperation, 1e12, "Table 2: energy per operation (pJ); the weight multiplication counts as two"))
            <div class="scroll"><table class="energy narrow"><caption>Gain over the GPU (rows scaled to our game's steps)</caption><thead><tr><th></th>
            <th class="n">over the best row</th><th class="n">over the worst row</th></tr></thead>
            <tbody>
            \(gains)
            </tbody></table></div>
            \(explained)
            </section>
            """
    }

    /// One decimal as the paper prints, more for small values.
    static func cell(_ value: Double) -> String {
        if value == 0 { return "0" }
        if abs(value) >= 0.095 {
            let text = String(format: "%.1f", value)
            let whole = text.dropLast(2)
            return FigureBuilder.grouped(Int(whole) ?? 0) + text.suffix(2)
        }
        return String(format: "%.2g", value)
    }

    /// The device's parameters with status and source.
    func parameters() -> String {
        guard !content.parameters.isEmpty else { return "" }
        var group = ""
        var body = ""
        for parameter in content.parameters {
            if parameter.group != group {
                group = parameter.group
                body += "<tr class=\"group\"><th colspan=\"7\" scope=\"colgroup\">\(Self.escape(group))</th></tr>\n"
            }
            body +=
                "<tr><td class=\"symbol\">\(Self.escape(parameter.symbol))</td><td>\(Self.escape(parameter.name))</td>"
                + "<td class=\"n\">\(Self.escape(parameter.value))</td><td>\(Self.escape(parameter.unit))</td>"
                + "<td><span class=\"tag soft\">\(Self.escape(parameter.status))</span></td><td>\(Self.escape(parameter.range))</td>"
                + "<td>\(Self.escape(parameter.source))</td></tr>\n"
        }
        return """
            <section id="parameters"><h2>Parameters</h2>
            <p class="sub">Device file \(Self.escape(content.synapse.device)). <em>Fitted</em> means tuned to the paper's numbers, not measured.</p>
            <details><summary><b>All parameters</b> <span class="count">\(content.parameters.count)</span></summary>
            <div class="scroll"><table class="parameters"><thead><tr><th>Symbol</th><th>Name</th><th class="n">Value</th><th>Unit</th><th>Status</th><th>Range</th>
            <th>Source</th></tr></thead><tbody>
            \(body)
            </tbody></table></div></details></section>
            """
    }
}
