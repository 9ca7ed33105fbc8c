import ArgumentParser
import CompactModel
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong
import Report

/// `tausonite pong variability`: what is left of a score on devices that differ.
struct PongVariability: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "variability",
        abstract: "Play agents on devices that differ more and more, and draw score against spread.",
        discussion: """
            Examples:

              tausonite pong variability --agent Validation/pong/agent-skip4.safetensors --synapse synapse.yaml --out runs/variability
              tausonite pong variability --agent a.safetensors --agent b.safetensors --synapse synapse.yaml --games 100 --noises 0.5nS,0.9nS --out runs/variability

            For each agent: --games greedy games with sticky actions and 0-30 no-ops on each of --spreads (step and decay time alike), then \
            with each of --stuck and of --noises alone; every game on a crossbar of its own (see `pong evaluate`). The same command goes on \
            where the last one stopped, after Ctrl-C as well: what stands in <out>/variability.csv is not played again. Draws <out>/score-variability.png, .svg \
            and .vl.json: means with their standard errors.
            """)

    @Option(parsing: .singleValue, help: ArgumentHelp("An agent. May be repeated.", valueName: "agent.safetensors"))
    var agent: [String]

    @Option(help: ArgumentHelp("The synapse that the network runs on.", valueName: "synapse.yaml"))
    var synapse: String

    @Option(help: ArgumentHelp("Relative standard deviations of step and decay time.", valueName: "0%,5%,..."))
    var spreads = "0%,5%,10%,20%,50%"

    @Option(help: ArgumentHelp("Shares of the synapses that are stuck at F = 0.", valueName: "1%,..."))
    var stuck = "1%,5%"

    @Option(help: ArgumentHelp("Standard deviations of a step from pulse to pulse.", valueName: "0.5nS,..."))
    var noises = ""

    @Option(help: "Games of each setting.")
    var games = 20

    @Option(help: ArgumentHelp("Probability that a frame repeats the action of the frame before.", valueName: "p"))
    var sticky = 0.25

    @Option(help: "Seed of devices, noise, no-ops and sticky actions.")
    var seed: UInt64 = 1

    @Option(name: .customLong("frame-limit"), help: "Frames after which a game ends with its score so far.")
    var frameLimit = 108_000

    @Option(help: ArgumentHelp("Folder of table and figure.", valueName: "folder"))
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let path = out + "/variability.csv"
        try OutputPath.check(path, force: output.force || (try? VariabilityStudy.load(path: path)) != nil)
        let renderer = try FigureRenderer.find()
        let model = try SynapseModel.load(path: synapse)
        let constraints = try model.cellConstraints()
        let settings = try self.settings(model)
        let evaluation = Evaluation(games: games, starts: .upTo(30), sticky: sticky, seed: seed, frameLimit: frameLimit)
        var rows = FileManager.default.fileExists(atPath: path) ? try VariabilityStudy.load(path: path) : []
        let interruption = Interruption()
        let interrupted = interruption.check
        let bar = ProgressBar(quiet: output.quiet)
        do {
            defer { bar.finish() }
            for agent in agent {
                let study = VariabilityStudy(
                    agent: try Agent.load(path: ProjectFiles.locate(agent)), constraints: constraints,
                    deviceDigest: model.deviceDigest, evaluation: evaluation, settings: settings)
                rows = try study.run(
                    rows, save: { try VariabilityStudy.table($0).save(path: path) }, progress: bar.handler, stop: interrupted)
            }
        }
        if let figure = try Figure.scoreVariability(rows) {
            try PongCurve.draw(figure, out: out + "/score-variability", renderer: renderer, output: output)
        }
        if output.json { try printJSON(rows.map(Line.init), keys: .useDefaultKeys) } else { Terminal.print(Self.text(rows)) }
        if interruption.happened { throw ExitCode(interruption.exitCode) }
    }

    /// One at a time: spreads, then stuck devices, then noises.
    private func settings(_ synapse: SynapseModel) throws(InputError) -> [CellVariability] {
        func each(_ list: String, _ body: (String, inout VariabilityOptions) -> Void) throws(InputError) -> [CellVariability] {
            try list.split(separator: ",").map { part throws(InputError) in
                var options = VariabilityOptions()
                (options.spread, options.stepSpread, options.decaySpread) = (nil, nil, nil)
                (options.stuck, options.stuckAt, options.noise, options.readNoise) = (nil, nil, nil, nil)
                body(part.trimmingCharacters(in: .whitespaces), &options)
                return try options.variability(synapse)
            }
        }
        return try each(spreads) { $1.spread = $0 } + each(stuck) { $1.stuck = $0 } + each(noises) { $1.noise = $0 }
    }

    private struct Line: Encodable {
        var agent: String
        var step_spread, decay_spread, stuck_fraction, step_noise, mean, sd, standard_error, least, greatest: Double
        var games, won, capped: Int

        init(_ row: VariabilityStudy.Row) {
            agent = row.agent
            (step_spread, decay_spread) = (row.variability.stepSpread, row.variability.decaySpread)
            (stuck_fraction, step_noise) = (row.variability.stuckFraction, row.variability.stepNoise)
            (mean, sd, standard_error) = (row.mean, row.deviation, row.standardError)
            (least, greatest, games, won, capped) = (row.least, row.greatest, row.games, row.won, row.capped)
        }
    }

    private static func text(_ rows: [VariabilityStudy.Row]) -> String {
        rows.map { row in
            let setting = VariabilitySummary(row.variability)?.text.components(separatedBy: " (F")[0] ?? "all devices alike"
            return "\(row.agent): \(setting): "
                + String(format: "%.2f +- %.2f (standard error)", row.mean, row.standardError)
                + ", \(row.won) of \(row.games) games won"
        }.joined(separator: "\n")
    }
}
