import ArgumentParser

/// `tausonite pong`: the game and its agents.
struct PongGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pong",
        abstract: "Make, train and evaluate agents that play the real Atari Pong.",
        discussion: """
            The game runs in a helper process (ale-py, from .venv; `make setup` installs it). Examples:

              tausonite pong init --out agent.safetensors --seed 1
              tausonite pong evaluate --agent agent.safetensors --synapse synapse.yaml --games 1 --out game.json
              tausonite pong protocol --agent agent.safetensors --synapse synapse.yaml
              tausonite pong train --config Validation/pong/ppo.yaml --out runs/ppo
              tausonite pong watch game.json --out game.gif --from "3 points" --to "5 points"
              tausonite pong curve --log runs/ppo/log.csv --out curve
            """,
        subcommands: [
            PongInit.self, PongEvaluate.self, PongProtocol.self, PongTrain.self, PongCurve.self, PongSweep.self, PongScale.self,
            PongVariability.self, PongWatch.self,
        ])
}
