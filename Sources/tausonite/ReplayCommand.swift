import ArgumentParser
import CompactModel
import DeviceModel
import Energy
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Report

/// `tausonite replay`: synapses of a game on the device.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put the updates of some synapses of a game through the device, beside its models.",
        discussion: """
            Examples:

              tausonite replay game.json --synapse synapse.yaml --synapses 20 --out replay
              tausonite replay game.json --synapse synapse.yaml --synapses 5 --steps 1000 --json

            The game is one that `pong evaluate --synapse synapse.yaml --out game.json` wrote. The synapse of the largest update and others \
            drawn at random from those with any (game.json keeps their updates; `pong evaluate --traces`) become pairs of devices, each at the \
            bias of its Lambda. Compared are F of the device, of the state model (synapse.state.json), of the tables that \
            `pong evaluate --cell device` plays on, of W, F and Lambda between the cells of the map (linear), and of the network.

            Writes <out>.csv (F of all at the moments compared) and draws <out>.png, .svg and .vl.json. A long game is many pulses: \
            --steps takes its beginning.
            """)

    @Argument(help: ArgumentHelp("Game record that `tausonite pong evaluate` wrote.", valueName: "game.json"))
    var game: String

    @Option(help: ArgumentHelp("The synapse that the game was played on.", valueName: "synapse.yaml"))
    var synapse: String

    @Option(help: ArgumentHelp("The state model. Default: synapse.state.json beside synapse.yaml.", valueName: "file"))
    var state: String?

    @OptionGroup var device: DeviceOptions

    @Option(help: "Synapses, that of the largest update first.")
    var synapses = 20

    @Option(help: "Only the game's first steps. Default: all.")
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "Duration of a step in the decay: \(TimeReading.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "reading"))
    var reading = TimeReading.paper.rawValue

    @Option(help: ArgumentHelp("Where to write <out>.csv, .png, .svg and .vl.json.", valueName: "replay"))
    var out: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let start = ContinuousClock.now
        let reading = try TimeReading(named: reading)
        if let out { try OutputPath.check(out + ".csv", force: output.force) }
        let renderer = try out.map { _ in try FigureRenderer.find() }
        let model = try SynapseModel.load(path: synapse)
        let description = try device.load()
        guard description.digest == model.deviceDigest else {
            throw InputError(
                "--device", value: description.name, problem: "is not the device of \(synapse)",
                expected: "\(model.device), sha256 \(model.deviceDigest)", source: description.path)
        }
        let lumps = try StateModelFile.read(state, of: model, at: synapse).model
        let cell = try StateModelFile.cell(state, of: model, at: synapse)
        let record = try GameRecord.load(path: game)
        let traces = try chosen(record)
        let length = try checkedSteps(record)
        let range = reading.lambdaRange(frameSkip: record.frameSkip, synapse: model)
        if let outside = traces.first(where: {
            Double($0.lambda) < range.lowerBound - 1e-4 || Double($0.lambda) > range.upperBound + 1e-4
        }) {
            throw InputError(
                "--reading", value: reading.rawValue, problem: "has no bias for the game's Lambda of \(outside.lambda)",
                expected:
                    "the reading that the game was played with: Lambda \(range.lowerBound) ... \(range.upperBound) in this one")
        }
        let bar = ProgressBar(quiet: output.quiet)
        let courses: [GameReplay.Course]
        do {
            defer { bar.finish() }
            let tables = try PairTables(
                synapse: model, cell: cell, step: reading.decayStep(frameSkip: record.frameSkip, synapse: model),
                progress: bar.handler)
            courses = try GameReplay(synapse: model, device: description.device, state: lumps, tables: tables)
                .run(traces, steps: length, progress: bar.handler)
        }
        if let out, let renderer {
            try ReplaySummary.table(courses).save(path: out + ".csv")
            try PongCurve.draw(
                Figure.replay(courses, inputs: record.inputs, steps: length), out: out, renderer: renderer, output: output)
        }
        let summary = ReplaySummary(
            courses, record, reading: reading, steps: length,
            seconds: Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000)
        if output.json { try printJSON(summary, keys: .useDefaultKeys) } else { Terminal.print(summary.text) }
        if let out, !output.quiet { Terminal.note("wrote \(out).csv") }
    }

    private func chosen(_ record: GameRecord) throws(InputError) -> [SynapseRecorder.Trace] {
        guard synapses >= 1, synapses <= record.traces.count else {
            throw InputError(
                "--synapses", value: "\(synapses)",
                problem: record.traces.isEmpty ? "finds no traces in the game's record" : "are more than the game's record has",
                expected: record.traces.isEmpty
                    ? "a game played again with pong evaluate --out (and with updates)"
                    : "1 ... \(record.traces.count), or a game played with pong evaluate --traces \(max(synapses, 1))",
                source: game)
        }
        return Array(record.traces.prefix(synapses))
    }

    private func checkedSteps(_ record: GameRecord) throws(InputError) -> Int {
        guard let steps else { return record.steps }
        guard (1...record.steps).contains(steps) else {
            throw InputError(
                "--steps", value: "\(steps)", problem: "is not a part of the game", expected: "1 ... \(record.steps)",
                source: game)
        }
        return steps
    }
}
