import ArgumentParser
import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import Report

/// `tausonite energy`: a synapse and a game give joules.
struct EnergyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "energy",
        abstract: "Count what a game costs on memristors, beside the GPU.",
        discussion: """
            Example:

              tausonite energy --synapse results/synapse.yaml --game results/game.json --reading paper
              tausonite energy --synapse results/synapse.yaml --game results/game.json --periphery --figures figures

            Updates cost c |dF|^alpha each; every synapse is biased at the read voltage all the time (worst case). How long a step of \
            the network lasts is told apart in three readings: paper (Lambda of a 1 s step, energy of a 7.1 ms step), \
            time-consistent (one clock, the game's 1/60 s per frame) and slow (1 s per step). GPU rows are the paper's.

            --periphery also counts, from published energies with their ranges, what the paper leaves out (converters, lines, the norm, \
            the outer product), and other machines that play the same game: a digital cell beside its memory, F in HBM, newer cards.
            """)

    @Option(help: "Synapse file (YAML) that `tausonite extract` wrote.")
    var synapse: String

    @Option(help: "Game record (JSON, with its safetensors file beside it) that `tausonite pong evaluate` wrote.")
    var game: String

    @Option(help: ArgumentHelp("Only this reading: paper, time-consistent or slow.", valueName: "reading"))
    var reading: String?

    @Option(help: ArgumentHelp("The paper's numbers, with the GPU rows.", valueName: "paper.yaml"))
    var published = "Validation/weilenmann2024.yaml"

    @Option(help: ArgumentHelp("Also write the account as JSON.", valueName: "energy.json"))
    var out: String?

    @Flag(help: "Also count converters, lines, norm and outer product, and digital opponents.")
    var periphery = false

    @Option(help: ArgumentHelp("Published energies of these, with ranges and sources.", valueName: "periphery.yaml"))
    var energies = "Validation/periphery.yaml"

    @Option(help: ArgumentHelp("With --periphery: draw gain and break-even here (PNG, SVG, Vega-Lite).", valueName: "folder"))
    var figures: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if figures != nil, !periphery { throw ValidationError("--figures needs --periphery.") }
    }

    func run() throws {
        let readings = try reading.map { [try TimeReading(named: $0)] } ?? TimeReading.allCases
        if let out { try OutputPath.check(out, kinds: ["json"], force: output.force) }
        // What can be missing is looked for before anything is written.
        if let figures { try OutputPath.check(figures + "/gain-counted.png", option: "--figures", force: output.force) }
        let renderer = try figures.map { _ in try FigureRenderer.find() }
        let surroundings = periphery ? try PeripheryEnergies.load(path: ProjectFiles.locate(energies)) : nil
        let published = try PublishedEnergy.load(path: ProjectFiles.locate(published))
        let record = try GameRecord.load(path: game)
        var account = try EnergyAccount(synapse: SynapseModel.load(path: synapse), game: record, published: published)
        var text = EnergyText.text(account, published: published, readings: readings)
        account.readings.removeAll { !readings.contains($0.reading) }
        if let surroundings {
            let periphery = PeripheryAccount(
                account: account, counts: PeripheryCounts(record), energies: surroundings, published: published)
            account.periphery = periphery
            text += "\n\n" + PeripheryText.text(periphery)
            if let figures, let renderer {
                _ = try renderer.render(try Figure.periphery(periphery), into: figures)
                if !output.quiet { Terminal.note("wrote \(figures)/gain-counted and break-even (.png, .svg, .vl.json)") }
            }
        }
        if let out {
            try AtomicFile.write(account.json(), to: out)
            if !output.quiet { Terminal.note("wrote \(out)") }
        }
        Terminal.print(output.json ? String(decoding: try account.json(), as: UTF8.self) : text)
    }
}
