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

            Exit codes: 0 done; 2 input that cannot be taken, with one line that says what, where and what would be right; 3 a device \
            that formed or a run that the solver could not finish (what there is is kept); 1 anything else that breaks; 64 a wrong \
            command line; 130, 143, 129 and 141 after Ctrl-C, a request to terminate, the loss of the terminal and a closed pipe. With \
            --json errors are JSON too, on standard error. "-" is standard input or output; --force writes over files of other origin. \
            tausonite --generate-completion-script bash (or zsh, fish) prints completions; Docs/shell.md says where to put them.
            """,
        version: "0.1.0",
        subcommands: [
            Reproduce.self, Simulate.self, AdmittanceCommand.self, Parameters.self, Extract.self, PongGroup.self,
            ReplayCommand.self, EnergyCommand.self, PlotCommand.self, ExploreCommand.self, ServeCommand.self,
            ValidateCommand.self, ExportCommand.self, Calibrate.self, FormingScan.self, Levels.self, EnsembleCommand.self,
            SweepCommand.self,
            FuzzDevices.self,
        ])
}
