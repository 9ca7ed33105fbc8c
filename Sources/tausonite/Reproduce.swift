import ArgumentParser
import CompactModel
import DeviceModel
import Energy
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong
import Report
import Simulation
import Validation

/// `tausonite reproduce`: the whole chain, from the device's parameters to the report.
struct Reproduce: ParsableCommand, LeavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        abstract: "Run the whole chain: device, synapse, game, energy, validation, report.",
        discussion: """
            Examples:

              tausonite reproduce
              tausonite reproduce --device Materials/pt-sto-ti-drift.yaml --out results-drift
              tausonite reproduce --agent my-agent.safetensors --json

            Writes results.json, report.html with its figures, explore.html (a page with a slider over the inside of the device), synapse.yaml, game.json, energy.json and the measured data \
            (tables/*.csv) into the output folder; each file is also what the single commands write. Rows of the validation \
            table that fail are shown as failing and do not change the exit code; anything that breaks does.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var out = "results"

    @Option(
        help: ArgumentHelp(
            "Agent that plays. Default: the one in Validation/pong, else an untrained one made with --seed.",
            valueName: "agent.safetensors"))
    var agent: String?

    @Option(help: "Seed of the agent's sampled actions, and of an untrained agent.")
    var seed: UInt64 = 1

    @Option(help: "How the agent chooses its actions: greedy or sampled.")
    var policy = "greedy"

    @Option(help: ArgumentHelp("Folder with the paper's numbers and the references.", valueName: "folder"))
    var validation = "Validation"

    @OptionGroup var output: OutputOptions

    var leavings: @Sendable () -> String {
        { [out] in "each file in \(out) is whole, but those that were not reached are of an earlier run or missing" }
    }

    func run() throws {
        let start = Date()
        try OutputPath.check(
            "\(out)/results.json", force: output.force || (try? ResultsFile.load(path: "\(out)/results.json")) != nil)
        for part in ["tables", "figures"] { Litter.remove(in: "\(out)/\(part)") }
        let bar = ProgressBar(quiet: output.quiet)
        defer { bar.finish() }
        // Everything that can be missing is looked for before the work begins.
        let description = try device.load()
        let folder = try ProjectFiles.locate(validation)
        let validator = try Validator.load(folder: folder)
        let surroundings = try Reproduce.surroundings(folder)
        let renderer = try FigureRenderer.find()
        guard let choice = Evaluation.Policy(rawValue: policy) else {
            throw InputError(
                "--policy", value: policy, problem: "is not a way to choose actions",
                expected: Evaluation.Policy.allCases.map(\.rawValue).joined(separator: " or "))
        }

        var (characterisation, synapse) = try Extract.extract(description, bar: bar)
        try synapse.save(path: "\(out)/synapse.yaml")
        try characterisation.saveTables(in: "\(out)/tables")

        let player = try Reproduce.player(given: agent, validation: folder, seed: seed, out: out)
        let recorder = FilmRecorder()
        let played = try Evaluation(games: 1, policy: choice, seed: seed).run(
            agent: player, constraints: try synapse.cellConstraints(), progress: bar.handler, film: recorder)
        guard let game = played.record else {
            throw InputError(
                "update.step", value: "\(synapse.update.step)", problem: "leaves the game without a record",
                expected: "a grid of dF above 0", source: "\(out)/synapse.yaml")
        }
        try game.save(path: "\(out)/game.json")
        let reduced = try Extract.reduce(description, synapse, game: game, seed: seed, bar: bar)
        synapse.reduction = reduced.reduction
        try synapse.save(path: "\(out)/synapse.yaml")
        try AtomicFile.write(
            try reduced.models.state.json(
                device: description.name, digest: description.digest, cell: reduced.models.cell),
            to: OutputPath.beside("\(out)/synapse.yaml", "state.json"))
        var account = try EnergyAccount(synapse: synapse, game: game, published: validator.published)
        account.periphery = surroundings.map {
            PeripheryAccount(
                account: account, counts: PeripheryCounts(game), energies: $0, published: validator.published)
        }
        try AtomicFile.write(try account.json(), to: "\(out)/energy.json")

        let chain = ChainResults(characterisation, synapse: synapse, game: game, account: account)
        // The prototype that the cross-check compares with leaves the electrons' charge out.
        let chargeless = try validator.reference(for: description.digest).map { _ in
            let (plain, synapse) = try Extract.extract(description, chargesElectrons: false, bar: bar)
            return ChainResults(plain, synapse: synapse)
        }
        let provenance = Reproduce.provenance(description, player, game, characterisation)
        let results = ResultsFile(
            outcome: validator.validate(chain, crossCheck: chargeless), results: chain, published: validator.published,
            provenance: provenance)
        try results.write(to: "\(out)/results.json")

        var figures = FigureData(characterisation)
        figures.add(reduced.tests)
        bar.handler(Essentials.Progress("explorer", fraction: 0, detail: "runs with the inside of the device"))
        let explored = try Reproduce.explored(description) { [output] in if !output.quiet { Terminal.note($0) } }
        try AtomicFile.write(ExplorePage(runs: explored, synapses: [synapse]).html(), to: "\(out)/explore.html")
        var content = ReportContent(
            figures: figures, synapse: synapse, game: game, film: try recorder.film(game), account: account,
            published: validator.published, results: results, parameters: description.entries.map(Reproduce.parameter),
            settings: Reproduce.settings(provenance), citations: Reproduce.citations(description.device),
            curves: try Reproduce.curves(folder), sweep: try Reproduce.sweep(folder))
        content.explorer = "explore.html"
        try ReportWriter(renderer: renderer).write(content, to: out, progress: bar.handler)
        bar.finish()
        try show(results, account: account, seconds: Date().timeIntervalSince(start))
    }

    private func show(_ results: ResultsFile, account: EnergyAccount, seconds: Double) throws {
        if output.json {
            Terminal.print(String(decoding: try results.json(), as: UTF8.self))
        } else {
            Terminal.print(
                ValidationTable.text(results.rows, notProduced: results.notProduced, colour: Terminal.outputIsScreen),
                isPainted: true)
            Terminal.print("")
            for reading in TimeReading.allCases {
                let r = account.reading(reading)
                Terminal.print(
                    "Game energy, reading \(reading.rawValue): dF \(engineering(r.deltaF, "J")), bias \(engineering(r.decay, "J")), "
                        + "total \(engineering(r.total, "J"))")
            }
        }
        if !output.quiet {
            Terminal.note(
                "wrote \(out)/report.html, explore.html, results.json, synapse.yaml, game.json, energy.json, figures/, tables/ "
                    + "in \(engineering(seconds, "s", digits: 3))")
        }
    }
}
