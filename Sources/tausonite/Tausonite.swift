import ArgumentParser

@main
struct Tausonite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tausonite",
        abstract: "Simulate a Pt | SrTiO3 | Ti memristor, reduce it to a synapse, let it play Pong, and count the energy.",
        subcommands: [])
}
