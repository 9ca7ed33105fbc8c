import Essentials
import Simulation

/// Figures of runs, as `tausonite plot` draws them: one panel for each of the things asked for.
package struct Plot: Sendable {
    /// How time is drawn.
    package enum TimeAxis: String, CaseIterable, Sendable {
        case linear, log
        /// Each decade beside the last, linear inside.
        case decade
    }

    /// Where the time of a panel begins.
    package enum Origin: Equatable, Sendable {
        /// s.
        case time(Double)
        /// The end of a pulse, from 1; nil: of the last one.
        case pulse(Int?)
    }

    package var runs: [PlotRun]
    /// nil: the usual four, or what there is.
    package var panels: [PlotPanel]?
    package var time = TimeAxis.linear
    /// nil: the start; for retention the end of the last pulse.
    package var origin: Origin?
    /// Moments whose profiles are drawn, nearest ones taken, s; nil: up to six, evenly chosen.
    package var moments: [Double]?
    package var title = ""

    package init(runs: [PlotRun], panels: [PlotPanel]? = nil) { (self.runs, self.panels) = (runs, panels) }

    /// Most points of one curve.
    static let points = 1500
    /// Most moments drawn where none are chosen.
    static let mostMoments = 6

    /// The panels that will be drawn; throws `InputError` naming one that no run has what it takes for.
    package func chosen() throws(InputError) -> [PlotPanel] {
        if let panels {
            for panel in panels where !runs.contains(where: { panel.lack(of: $0) == nil }) {
                let lacks = runs.compactMap { run in panel.lack(of: run).map { "\(run.source) has not got \($0)" } }
                throw InputError(
                    "--what", value: panel.rawValue, problem: "cannot be drawn: \(lacks.joined(separator: "; "))",
                    expected: Self.possible(runs).map(\.rawValue).joined(separator: ", "))
            }
            return panels
        }
        let possible = Self.possible(runs)
        let usual = PlotPanel.usual.filter(possible.contains)
        if !usual.isEmpty { return usual }
        let others: [PlotPanel] = [.band, .vacancies, .field, .potential, .map].filter(possible.contains)
        guard !others.isEmpty else {
            throw InputError(
                runs.first?.source ?? "--what", problem: "holds nothing that can be drawn",
                expected: "a trace with time_s and voltage_V, current_A or conductance_nS, profiles, or a synapse.yaml")
        }
        return others
    }

    /// What can be drawn of these runs.
    package static func possible(_ runs: [PlotRun]) -> [PlotPanel] {
        PlotPanel.allCases.filter { panel in runs.contains { panel.lack(of: $0) == nil } }
    }

    /// Runs that a chosen panel leaves out, in words.
    package func leftOut() throws(InputError) -> [String] {
        var notes: [String] = []
        for panel in try chosen() {
            for run in runs {
                if let lack = panel.lack(of: run) { notes.append("\(panel.rawValue): \(run.source) has not got \(lack)") }
            }
        }
        return notes
    }

    /// The figure; throws `InputError` for a field that is no number, a time that runs backwards, or a pulse that is not there.
    package func figure() throws(InputError) -> Figure {
        guard Set(runs.map(\.label)).count == runs.count else {
            throw InputError(
                "--label", value: runs.map(\.label).joined(separator: ", "), problem: "names two runs alike",
                expected: "a label for each run")
        }
        var drawn: [JSON] = []
        let chosen = try chosen()
        for (k, panel) in chosen.enumerated() { drawn += try views(of: panel, isFirst: k == 0) }
        let columns = time == .decade && chosen.contains { !$0.isInside } ? 1 : drawn.count == 1 ? 1 : 2
        var spec = FigureTemplate.composed(drawn, columns: columns)
        if !title.isEmpty { spec["title"] = ["text": .string(title), "fontSize": 14, "fontWeight": 600, "offset": 14] }
        return Figure(
            "plot", "", title.isEmpty ? runs.map(\.label).joined(separator: ", ") : title, wide: true, paper: "", ours: "",
            difference: "", spec: spec)
    }

    private func views(of panel: PlotPanel, isFirst: Bool) throws(InputError) -> [JSON] {
        let able = runs.filter { panel.lack(of: $0) == nil }
        switch panel {
        case .currentLoop, .conductanceLoop: return [try loop(panel, able, isFirst)]
        case .inventory: return [try inventory(able)]
        case .map: return try able.map { run throws(InputError) in try map(run) }
        case .band: return [try band(able)]
        case _ where panel.isInside: return [try profile(panel, able)]
        default: return [try course(panel, able, isFirst)]
        }
    }

    /// A legend of the runs, where there are several and this panel is to show it.
    func legend(_ isShown: Bool) -> JSON {
        guard runs.count > 1, isShown else { return .null }
        return ["orient": "bottom", "columns": 2, "labelLimit": 190, "symbolType": "stroke", "symbolSize": 500]
    }

    /// The labels of all runs, so that a colour is the same run in every panel.
    var labels: JSON { .strings(runs.map(\.label)) }
}
