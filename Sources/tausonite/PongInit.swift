import ArgumentParser
import CompactModel
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong

/// `tausonite pong init`: a fresh agent.
struct PongInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write an untrained agent, made from a seed.",
        discussion: """
            Examples:

              tausonite pong init --out agent.safetensors --seed 1
              tausonite pong init --out agent.safetensors --actions 3 --frame-skip 4 --synapse synapse.yaml

            The same seed gives the same file. W and the biases of the plastic layer are uniform within +-1/8, Gamma within \
            +-1.25e-4 (--gamma-range changes it), Lambda within the synapse's range (without --synapse 0.08 ... 0.92).
            """)

    @Option(help: ArgumentHelp("Where to write the agent.", valueName: "agent.safetensors"))
    var out: String

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "6 (all that Pong knows), 3 (NOOP RIGHT LEFT), or names such as NOOP,RIGHT,LEFT.", valueName: "actions"))
    var actions = "6"

    @Option(name: .customLong("frame-skip"), help: "Frames that an action lasts, 1 ... 16.")
    var frameSkip = 1

    @Option(name: .customLong("gamma-range"), help: ArgumentHelp("Bound of the initial Gamma.", valueName: "bound"))
    var gammaRange: Double?

    @Option(help: ArgumentHelp("Synapse whose Lambda range and dF grid the agent notes.", valueName: "synapse.yaml"))
    var synapse: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard (1...16).contains(frameSkip) else {
            throw InputError("--frame-skip", value: "\(frameSkip)", problem: "is out of range", expected: "1 ... 16")
        }
        if let gammaRange, !(gammaRange > 0 && gammaRange <= 1e4) {
            throw InputError(
                "--gamma-range", value: "\(gammaRange)", problem: "is out of range", expected: "more than 0, up to 10000")
        }
        let known: [Action] =
            switch actions {
            case "6": Action.pong
            case "3": Action.pongWithoutFire
            default: try Action.parse(actions)
            }
        let constraints = try synapse.map { try SynapseModel.load(path: $0).cellConstraints() } ?? .continuous
        let range = constraints.lambdaRange ?? 0.08...0.92
        let agent = Agent.untrained(
            seed: seed, actions: known, frameSkip: frameSkip, constraints: constraints,
            initialisation: .init(gamma: gammaRange, lambda: Double(range.lowerBound)...Double(range.upperBound)))
        try OutputPath.check(out, kinds: ["safetensors"], force: output.force)
        let digest = try agent.save(path: out)
        if output.json {
            try printJSON(
                Summary(
                    agent: out, sha256: digest, parameters: agent.parameters.shape.parameters,
                    actions: known.map(\.name), frameSkip: frameSkip, seed: seed))
        } else {
            Terminal.print(
                "\(out): untrained agent of \(agent.parameters.shape.parameters) parameters, seed \(seed), actions "
                    + known.map(\.name).joined(separator: " ") + ", frame skip \(frameSkip)\nsha256 \(digest)")
        }
    }

    private struct Summary: Encodable {
        var agent, sha256: String
        var parameters: Int
        var actions: [String]
        var frameSkip: Int
        var seed: UInt64
    }
}
