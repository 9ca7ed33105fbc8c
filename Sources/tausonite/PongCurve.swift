import ArgumentParser
import Essentials
import Foundation
import Pong
import Report

/// `tausonite pong curve`: draws what a training logged.
struct PongCurve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curve",
        abstract: "Draw the learning curve of a training, or compare the runs of a sweep.",
        discussion: """
            Examples:

              tausonite pong curve --log runs/ppo/log.csv --log runs/device/log.csv --out curve
              tausonite pong curve --list Validation/pong/curves.yaml --out curves
              tausonite pong curve --sweep runs/sweep/lambda-sweep.csv --out fig4b

            Writes <out>.png, <out>.svg and <out>.vl.json. Several --log are the stages of one agent, each begun where the one before ended; \
            --list holds several agents; --sweep draws mean and spread over seeds for each range of Lambda. Says when the mean \
            score of the last 100 games first reached 0, +10, +18 and +20.
            """)

    @Option(parsing: .singleValue, help: ArgumentHelp("Log of a stage, in order. May be repeated.", valueName: "log.csv"))
    var log: [String] = []

    @Option(help: ArgumentHelp("List of agents and their logs.", valueName: "curves.yaml"))
    var list: String?

    @Option(help: ArgumentHelp("What `pong sweep` wrote.", valueName: "lambda-sweep.csv"))
    var sweep: String?

    @Option(help: ArgumentHelp("Where to write the figure, without .png.", valueName: "path"))
    var out: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [log.isEmpty, list == nil, sweep == nil].count(where: { !$0 }) != 1 {
            throw ValidationError("Give --log (once or more), --list or --sweep.")
        }
    }

    func run() throws {
        let renderer = try FigureRenderer.find()
        if let sweep {
            let runs = try LambdaSweep.load(path: ProjectFiles.locate(sweep))
            try Self.draw(Figure.lambdaRanges(runs), out: out, renderer: renderer, output: output)
            try Self.report(runs, out: out, output: output)
            return
        }
        let curves =
            try list.map { try LearningCurve.load(list: ProjectFiles.locate($0)) }
            ?? [LearningCurve(name: "agent", logs: log.map(ProjectFiles.locate))]
        try Self.draw(Figure.learning(curves), out: out, renderer: renderer, output: output)
        let summaries = curves.map(Summary.init)
        if output.json {
            try printJSON(summaries)
        } else {
            for summary in summaries { Terminal.print(summary.text) }
        }
    }

    /// Writes a figure as `<out>.png`, `<out>.svg` and `<out>.vl.json`.
    static func draw(_ figure: Figure?, out: String, renderer: FigureRenderer, output: OutputOptions) throws {
        guard var figure else {
            throw InputError("log", problem: "has no score yet", expected: "a run that has finished some games")
        }
        let place = URL(fileURLWithPath: out)
        figure.id = place.lastPathComponent
        _ = try renderer.render([figure], into: place.deletingLastPathComponent().path)
        if !output.quiet { Terminal.note("wrote \(out).png, .svg and .vl.json") }
    }

    /// The last common point of each range.
    static func report(_ sweep: LambdaSweep, out: String, output: OutputOptions) throws {
        let rows = sweep.summaries.map { summary in
            SweepRow(
                lambda: summary.label, runs: summary.runs, agentSteps: summary.points.last?.agentSteps ?? 0,
                mean: summary.points.last?.mean, least: summary.points.last?.least,
                greatest: summary.points.last?.greatest)
        }
        if output.json {
            try printJSON(rows)
        } else {
            for row in rows {
                let score = row.mean.map { String(format: "%.2f (%.2f ... %.2f)", $0, row.least ?? $0, row.greatest ?? $0) }
                Terminal.print(
                    "Lambda \(row.lambda): \(score ?? "no score yet") after \(row.agentSteps) steps, \(row.runs) runs")
            }
        }
    }

    private struct SweepRow: Encodable {
        var lambda: String
        var runs, agentSteps: Int
        var mean, least, greatest: Double?
    }

    private struct Summary: Encodable {
        struct Passed: Encodable {
            var score: Int
            var agentSteps: Int
            var coreSeconds: Double
        }

        var name: String
        var agentSteps: Int
        var coreSeconds: Double
        var meanScore100: Double?
        var reached: [Passed]

        init(_ curve: LearningCurve) {
            name = curve.name
            agentSteps = curve.agentSteps
            coreSeconds = curve.coreSeconds
            meanScore100 = curve.points.last?.score
            reached = [0, 10, 18, 20].compactMap { score in
                curve.first(reaching: Double(score)).map {
                    Passed(score: score, agentSteps: $0.agentSteps, coreSeconds: $0.coreSeconds)
                }
            }
        }

        var text: String {
            let end = meanScore100.map { String(format: "%.2f", $0) } ?? "no score yet"
            let lines = reached.map {
                "  reached \($0.score > 0 ? "+" : "")\($0.score) after \($0.agentSteps) steps, "
                    + String(format: "%.0f core-seconds", $0.coreSeconds)
            }
            return (["\(name): \(end) after \(agentSteps) steps, \(String(format: "%.0f", coreSeconds)) core-seconds"] + lines)
                .joined(separator: "\n")
        }
    }
}
