import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation
import GameAccount
import Simulation

/// `tausonite extract`: a device gives its compact synapse.
struct Extract: ParsableCommand, LeavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        abstract: "Measure a device with the protocols of Figs. 2 and 3 and reduce it to a synapse.",
        discussion: """
            Examples:

              tausonite extract --out synapse.yaml
              tausonite extract --device Materials/pt-sto-ti-drift.yaml --out drift.yaml --tables drift-tables
              tausonite extract --set compact_capacitance=0.42F/m2 --json
              tausonite extract --data pulses.csv --data decays.csv --data reads.csv --out mine.yaml
              tausonite extract --data pulses.csv --data trace.csv --protocol pulses.yaml --linear-only --out mine.yaml

            The campaign: 12 pulses (2-3.5 V, 20-500 us, five times each), decays at 13 biases, six SET trains with their \
            waits, 375 s at 0.6 V with 15 short pulses, 30 loops between +-2 V, and a forming scan. Every fit comes with \
            its residual. --tables writes the measured data as CSV, one file per figure.

            It ends with a test: streams of pulses that no fit saw, on the device, on the synapse (W, F and Lambda) and on the \
            state model, which is written beside the synapse (synapse.state.json). --game adds streams with the sizes and rates of \
            a game's busiest synapses. --no-streams leaves the test and the state model out.

            With --data the synapse comes from your own measurements: W, F and Lambda from the tables themselves, and a state model from the             device that fits them best (it starts from --device and is written beside the synapse, mine.device.yaml; some minutes). A fifth of the pulses             and biases and the second half of each trace are held out by --seed and both models are compared with them. What the data lack is             said. Docs/own-data.md goes through an example.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Where to write the synapse.", valueName: "synapse.yaml"))
    var out: String?

    @Option(help: ArgumentHelp("Folder for the measured data as CSV.", valueName: "folder"))
    var tables: String?

    @Flag(
        help:
            "Every lattice plane a node and a tenth of the time error: the reference that the default is held to (about 5 times the work)."
    )
    var fine = false

    @Flag(inversion: .prefixedNo, help: "Test the reduction on streams of pulses, and make the state model.")
    var streams = true

    @Option(help: "Seed of the streams.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("A game whose sizes and rates some streams have.", valueName: "game.json"))
    var game: String?

    @OptionGroup(title: "Measurements of your own") var measured: MeasuredOptions

    @OptionGroup var output: OutputOptions

    var leavings: @Sendable () -> String { { "nothing was written: the synapse comes at the end of the campaign" } }

    func run() throws {
        guard measured.data.isEmpty else { return try extractMeasured() }
        let description = try device.load()
        if let out { try OutputPath.check(out, kinds: ["yaml", "yml"], force: output.force) }
        if let tables { try OutputPath.check("\(tables)/summary.csv", option: "--tables", force: output.force) }
        let bar = ProgressBar(quiet: output.quiet)
        let record = try game.map { try GameRecord.load(path: $0) }
        var (characterisation, synapse) = try Extract.extract(
            description, options: fine ? .reference : SolverOptions(), bar: bar)
        var state: LumpedTraining.Models?
        if streams {
            let reduced = try Extract.reduce(description, synapse, game: record, seed: seed, bar: bar)
            (synapse.reduction, state) = (reduced.reduction, reduced.models)
        }
        if let out {
            try synapse.save(path: out)
            if let state {
                try AtomicFile.write(
                    try state.state.json(device: description.name, digest: description.digest, cell: state.cell),
                    to: OutputPath.beside(out, "state.json"))
            }
        }
        if let tables { try characterisation.saveTables(in: tables) }
        Terminal.print(output.json ? try synapse.json() : SynapseSummary(synapse, characterisation).text)
        if !output.quiet {
            if let out { Terminal.note("wrote \(out)" + (state == nil ? "" : " and \(OutputPath.beside(out, "state.json"))")) }
            if let tables { Terminal.note("wrote \(characterisation.tables.count) tables to \(tables)") }
        }
    }

    /// The same from a user's measurements.
    private func extractMeasured() throws {
        for (given, name) in [(tables != nil, "--tables"), (game != nil, "--game"), (fine, "--fine")] where given {
            throw InputError(name, problem: "belongs to a simulated device", expected: "one of \(name) and --data")
        }
        if let out { try OutputPath.check(out, kinds: ["yaml", "yml"], force: output.force) }
        let bar = ProgressBar(quiet: output.quiet)
        let result = try MeasuredExtraction(options: measured, start: device, seed: seed, streams: streams, bar: bar).run()
        if let out {
            var written = [out]
            try result.synapse.save(path: out)
            if let models = result.models, let fitted = result.device {
                written += [OutputPath.beside(out, "state.json"), OutputPath.beside(out, "device.yaml")]
                try AtomicFile.write(
                    try models.state.json(device: fitted.name, digest: fitted.digest, cell: models.cell), to: written[1])
                try fitted.write(to: written[2])
            }
            if !output.quiet { Terminal.note("wrote \(written.joined(separator: ", "))") }
        }
        Terminal.print(output.json ? try result.synapse.json() : result.text)
    }

    /// Runs the campaign and reduces it; shared with `reproduce`.
    static func extract(
        _ description: DeviceDescription, options: SolverOptions = SolverOptions(), chargesElectrons: Bool = true,
        bar: ProgressBar
    ) throws -> (Characterisation, SynapseModel) {
        defer { bar.finish() }
        return try description.measured(options: options, chargesElectrons: chargesElectrons, progress: bar.handler)
    }

    /// Makes the state model and tests both models on streams; shared with `reproduce`.
    static func reduce(
        _ description: DeviceDescription, _ synapse: SynapseModel, game: GameRecord?, seed: UInt64, bar: ProgressBar
    ) throws -> (reduction: SynapseModel.Reduction, models: LumpedTraining.Models, tests: [StreamTest]) {
        defer { bar.finish() }
        var streams: [PulseStream] = []
        if let game {
            let linear = LinearSynapse(synapse)
            for (k, level) in [0, 3, 6].enumerated() {
                guard let activity = game.activity(unit: synapse.weightMap.conductancePerUnit, seed: seed &+ UInt64(k))
                else { continue }
                streams.append(
                    PulseStream(
                        name: "network", seed: seed &+ UInt64(k), activity: activity, bias: synapse.readVoltage, level: level,
                        synapse: linear))
            }
        }
        return try description.reduced(to: synapse, further: streams, seed: seed, progress: bar.handler)
    }
}
