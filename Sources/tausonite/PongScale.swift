import ArgumentParser
import Essentials
import Foundation
import Pong

/// `tausonite pong scale`: the same player with larger or smaller weights and updates.
struct PongScale: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Scale an agent's W and Gamma, so that the device's dF grid resolves its updates.",
        discussion: """
            Example:

              tausonite pong scale --agent runs/ppo/agent.safetensors --by 32 --out agent.safetensors

            Each unit divides by the norm of its weights G = W + F, so an agent whose W and Gamma are all multiplied by one \
            number plays exactly the same game as long as dF is continuous. On the device dF is rounded to a step: an agent \
            trained without it, whose updates are smaller than a step, keeps its score once they are scaled to be some steps \
            large. Larger updates cost more energy.
            """)

    @Option(help: ArgumentHelp("The agent.", valueName: "agent.safetensors"))
    var agent: String

    @Option(help: "What to multiply W and Gamma by; powers of two are exact.")
    var by: Double

    @Option(help: ArgumentHelp("Where to write the scaled agent.", valueName: "agent.safetensors"))
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try OutputPath.check(out, kinds: ["safetensors"], force: output.force)
        let scaled = try Agent.load(path: ProjectFiles.locate(agent)).scaled(by: by)
        let digest = try scaled.save(path: out)
        if output.json {
            try printJSON(["agent": out, "sha256": digest, "trained_by": scaled.trainedBy])
        } else {
            Terminal.print("\(out): \(scaled.trainedBy)\nsha256 \(digest)")
        }
    }
}
