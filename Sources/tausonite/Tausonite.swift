import ArgumentParser
import Essentials
import Foundation

/// The command line: one file per command.
struct Tausonite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tausonite",
        abstract: "Simulate a Pt | SrTiO3 | Ti memristor, reduce it to a synapse, let it play Pong, and count the energy.",
        discussion: """
            `tausonite reproduce` runs the whole chain. Each command reads the files of the one before, so each also runs alone:

              tausonite simulate "Pulse 3 V for 100 us" "Hold 0.6 V for 60 s"
              tausonite extract --out synapse.yaml
              tausonite pong init --out agent.safetensors
              tausonite pong evaluate --agent agent.safetensors --out game.json
              tausonite energy --synapse synapse.yaml --game game.json

            Input that cannot be taken ends with exit code 2 and one line that says what, where and what would be right; \
            anything else that breaks with 1; a wrong command line with 64.
            """,
        version: "0.1.0",
        subcommands: [
            Reproduce.self, Simulate.self, AdmittanceCommand.self, Parameters.self, Extract.self, PongGroup.self,
            ReplayCommand.self, EnergyCommand.self, PlotCommand.self, ExploreCommand.self, ServeCommand.self,
            ValidateCommand.self, ExportCommand.self, Calibrate.self, FormingScan.self, Levels.self, EnsembleCommand.self,
            FuzzDevices.self,
        ])
}
