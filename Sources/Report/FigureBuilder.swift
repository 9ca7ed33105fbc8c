import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import Pong
import Validation

/// Draws every figure from plain data; what was not run becomes a figure without a drawing that says so.
package struct FigureBuilder {
    let data: FigureData
    let synapse: SynapseModel
    let game: GameRecord?
    let account: EnergyAccount?
    let published: PublishedEnergy
    let curves: [LearningCurve]
    let sweep: LambdaSweep?
    private let rows: [String: ValidationRow]

    package init(_ content: ReportContent) {
        (data, synapse, game, account) = (content.figures, content.synapse, content.game, content.account)
        (published, curves, sweep) = (content.published, content.curves, content.sweep)
        rows = Dictionary(content.results.rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// All figures in the paper's order, those that it does not have beside what they explain, then those of the periphery; throws
    /// `InputError` when a template and its data do not fit.
    package func figures() throws(InputError) -> [Figure] {
        try [
            figure2a(), figure2b(), readResistance(), figure2c(), figure2d(), figure2e(), figure2f(), figure3a(), figure3b(),
            figure3c(), figure3d(), figure3e(), decayByPulse(), reduction(), learning(), figure4b(), figure4c(), figure4d(),
            figure4e(),
            figure4f(),
            figure4g(), figure4h(), figure4i(),
        ] + periphery()
    }

    let missing = "Not part of this run."

    /// Our value of a validation row, in its unit; "not measured" when the run has none.
    func row(_ id: String) -> String {
        rows[id].map { ValidationTable.value($0.simulated, $0.unit) } ?? "not measured"
    }

    /// Our value of a validation row that is a ratio, in per cent.
    func share(_ id: String) -> String {
        rows[id].map { String(format: "%.1f %%", $0.simulated * 100) } ?? "an unmeasured share"
    }

    /// Three digits that matter.
    func number(_ value: Double?) -> String {
        guard let value else { return "not measured" }
        return ValidationTable.value(value, "1")
    }

    /// "12,345".
    static func grouped(_ value: Int) -> String {
        var digits = String(abs(value))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// Colours of the four amplitudes, from light to dark.
    static func amplitudeScale(_ amplitudes: [Double]) -> JSON {
        let colours = ["@a1", "@a2", "@a3", "@a4", "@third", "@ours"]
        return [
            "domain": .array(amplitudes.map { .string(label($0)) }),
            "range": .array(amplitudes.indices.map { .string(colours[$0 % colours.count]) }),
        ]
    }

    static func label(_ amplitude: Double) -> String { String(format: "%g V", amplitude) }
}
