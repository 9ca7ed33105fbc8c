import ArgumentParser
import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount

/// `tausonite energy`: a synapse and a game give joules.
struct EnergyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "energy",
        abstract: "Count what a game costs on memristors, beside the GPU.",
        discussion: """
            Example:

              tausonite energy --synapse results/synapse.yaml --game results/game.json --reading paper

            Updates cost c |dF|^alpha each; every synapse is biased at the read voltage all the time (worst case). How long a step of \
            the network lasts is told apart in three readings: paper (Lambda of a 1 s step, energy of a 7.1 ms step), \
            time-consistent (one clock, the game's 1/60 s per frame) and slow (1 s per step). GPU rows are the paper's.
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

    @OptionGroup var output: OutputOptions

    func run() throws {
        let readings = try reading.map { [try TimeReading(named: $0)] } ?? TimeReading.allCases
        if let out { try OutputPath.check(out) }
        let published = try PublishedEnergy.load(path: ProjectFiles.locate(published))
        var account = try EnergyAccount(
            synapse: SynapseModel.load(path: synapse), game: GameRecord.load(path: game), published: published)
        let text = EnergyText.text(account, published: published, readings: readings)
        account.readings.removeAll { !readings.contains($0.reading) }
        if let out {
            try AtomicFile.write(account.json(), to: out)
            if !output.quiet { Terminal.note("wrote \(out)") }
        }
        print(output.json ? String(decoding: try account.json(), as: UTF8.self) : text)
    }
}
