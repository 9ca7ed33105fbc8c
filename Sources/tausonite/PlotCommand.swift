import ArgumentParser
import Essentials
import Foundation
import Report

extension Plot.TimeAxis: ExpressibleByArgument {}

/// `tausonite plot`: figures of runs, measurements and synapses.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw traces, profiles and synapses: SVG, PNG, PDF or a page.",
        discussion: """
            Examples:

              tausonite plot trace.csv --out trace.svg
              tausonite plot a.csv b.csv --label "3 V" --label "3.5 V" --what "V, |I|, G" --time log --since "pulse 1" --out both.png
              tausonite plot loops.csv --what "I-V, G-V" --out loops.pdf
              tausonite plot inside.csv --what "band, vacancies, field" --at "0 s, 1 s, 12 s" --out inside.html
              tausonite plot synapse.yaml --out map.png

            Panels of --what, with commas between: V, I, |I|, G, T and inventory against time; I-V (the size of the current) and G-V \
            (I / V) with numbered arrows along the way; retention (G after the last pulse, on a logarithmic axis); inside the device \
            band, vacancies, electrons, potential, field, charge and flux, from the profiles that `simulate --profiles` left beside the \
            trace; dF, the map of a synapse.yaml. Without --what: V, |I|, G and T, or what there is.

            A table is any CSV file with time_s and voltage_V, current_A, conductance_nS or temperature_K. --time decade draws each \
            decade of time beside the last, linear inside. The ending of --out says what is written; the Vega-Lite specification, \
            data included, lies beside it as .vl.json.
            """)

    @Argument(
        help: ArgumentHelp(
            "Traces (.csv, with the profiles beside them), their .json files, tables of profiles, or synapse.yaml.",
            valueName: "trace.csv"))
    var inputs: [String]

    @Option(help: ArgumentHelp("Where to write: .svg, .png, .pdf or .html.", valueName: "figure.svg"))
    var out: String

    @Option(help: ArgumentHelp("Panels, such as \"V, I-V, band\".", valueName: "panels"))
    var what: String?

    @Option(help: "How time is drawn: linear, log or decade.")
    var time = Plot.TimeAxis.linear

    @Option(
        help: ArgumentHelp(
            "Where time begins: \"10 s\", \"pulse 3\" (its end) or \"last pulse\".", valueName: "moment"))
    var since: String?

    @Option(
        help: ArgumentHelp("Moments of profiles, the nearest ones taken. Default: up to six.", valueName: "0 s, 10 us, 1 s"))
    var at: String?

    @Option(parsing: .singleValue, help: "Name of a run, once for each in their order. Default: the files' names.")
    var label: [String] = []

    @Option(help: "A line above the figure.")
    var title: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        try FigureRenderer.checkEnding(of: out)
        try OutputPath.check(out, force: output.force)
        guard label.isEmpty || label.count == inputs.count else {
            throw InputError(
                "--label", value: "\(label.count) of them", problem: "are not one for each run",
                expected: "\(inputs.count), or none")
        }
        var runs: [PlotRun] = []
        for (k, path) in inputs.enumerated() {
            runs.append(try PlotInput.load(path, label: label.isEmpty ? PlotInput.label(path, among: inputs) : label[k]))
        }
        var plot = Plot(runs: runs, panels: try what.map { text throws(InputError) in try PlotPanel.list(text) })
        (plot.time, plot.title) = (time, title ?? "")
        plot.origin = try since.map { text throws(InputError) in try Self.origin(text) }
        plot.moments = try at.map { text throws(InputError) in try Self.moments(text) }
        try FigureRenderer.find().save(plot.figure(), to: out)
        let panels = try plot.chosen().map(\.rawValue)
        if output.json {
            try printJSON(Summary(out: out, panels: panels, runs: runs.map(\.label)))
        } else {
            Terminal.print("\(out): \(panels.joined(separator: ", ")) of \(runs.map(\.label).joined(separator: ", "))")
        }
        if !output.quiet { for note in try plot.leftOut() { Terminal.note(note) } }
    }

    private struct Summary: Encodable {
        var out: String
        var panels, runs: [String]
    }

    /// "10 s", "pulse 3", "last pulse".
    static func origin(_ text: String) throws(InputError) -> Plot.Origin {
        let words = text.split(separator: " ")
        if words == ["last", "pulse"] { return .pulse(nil) }
        if words.count == 2, words[0] == "pulse", let number = Int(words[1]), number >= 1 { return .pulse(number) }
        guard let time = try? Quantity.si(text, as: .time, key: "--since"), time.isFinite else {
            throw InputError(
                "--since", value: text, problem: "is no moment", expected: "\"10 s\", \"pulse 3\" or \"last pulse\"")
        }
        return .time(time)
    }

    static func moments(_ text: String) throws(InputError) -> [Double] {
        var moments: [Double] = []
        for part in text.split(separator: ",") {
            let part = part.trimmingCharacters(in: .whitespaces)
            moments.append(try Quantity.si(part, as: .time, key: "--at"))
        }
        guard !moments.isEmpty else {
            throw InputError("--at", value: text, problem: "names no moment", expected: "times such as \"0 s, 10 us, 1 s\"")
        }
        return moments
    }
}
