import Essentials
import Foundation
import NeuralNetwork

/// A player: the network's parameters and what they were trained for.
///
/// File form: safetensors, float32, PyTorch layout; metadata (strings): actions, frame_skip, preprocessing,
/// delta_f_step ("none" or 0 = continuous), delta_f_max, lambda_min, lambda_max, seed, agent_steps, trained_by.
package struct Agent: Sendable {
    /// Most agent steps that a file may speak of.
    package static let mostSteps = 1_000_000_000_000_000

    /// The only observation that this program makes; see `ScreenTransform`.
    package static let preprocessing = "rllib84"

    package var parameters: ActorCriticParameters
    /// The joystick action behind each of the actor's outputs.
    package var actions: [Action]
    /// Frames that an action lasts.
    package var frameSkip: Int
    /// The cell as it was trained.
    package var constraints: CellConstraints
    package var seed: UInt64
    /// Agent steps (one a network step and environment) of its training so far.
    package var agentSteps: Int
    /// What trained it: the algorithm and configuration, or "untrained".
    package var trainedBy: String
    /// The file it came from and that file's SHA-256; empty for an agent that was never on disk.
    package private(set) var path = ""
    package private(set) var digest = ""

    package init(
        parameters: ActorCriticParameters, actions: [Action], frameSkip: Int, constraints: CellConstraints, seed: UInt64,
        agentSteps: Int, trainedBy: String
    ) {
        self.parameters = parameters
        self.actions = actions
        self.frameSkip = frameSkip
        self.constraints = constraints
        self.seed = seed
        self.agentSteps = agentSteps
        self.trainedBy = trainedBy
    }

    /// A fresh agent; the same seed gives the same numbers on every machine.
    package static func untrained(
        seed: UInt64, actions: [Action] = Action.pong, frameSkip: Int = 1,
        constraints: CellConstraints = .continuous,
        initialisation: ActorCriticParameters.Initialisation = .init()
    ) -> Agent {
        Agent(
            parameters: ActorCriticParameters(
                shape: .pong(actions: actions.count), seed: seed, initialisation: initialisation),
            actions: actions, frameSkip: frameSkip, constraints: constraints, seed: seed, agentSteps: 0,
            trainedBy: "untrained")
    }

    /// Reads an agent file. Throws `InputError` naming the file, the tensor or key, and what would be right.
    ///
    /// Without metadata the actions follow from their number (6 or 3), the frame skip is 1 and Lambda's range the paper's.
    package static func load(path: String) throws(InputError) -> Agent {
        let data = try AtomicFile.read(path)
        let file = try Safetensors(data: data, source: path)
        do throws(InputError) {
            var agent = try Agent(file)
            agent.path = path
            agent.digest = Digest.sha256(data)
            return agent
        } catch {
            throw error.located(in: path)
        }
    }

    private init(_ file: Safetensors) throws(InputError) {
        parameters = try ActorCriticParameters(file)
        let outputs = parameters.shape.actions
        guard parameters.shape.observationSide == PongEnvironments.observationSide else {
            throw InputError(
                "obs_size", value: "\(parameters.shape.observationSide)", problem: "does not fit the game's observation",
                expected: "\(PongEnvironments.observationSide)")
        }
        if let names = file.metadata["actions"] {
            actions = try Action.parse(names)
        } else if outputs == Action.pongWithoutFire.count {
            actions = Action.pongWithoutFire
        } else {
            actions = Action.pong
        }
        guard actions.count == outputs else {
            throw InputError(
                "metadata actions", value: actions.map(\.name).joined(separator: ","),
                problem: "does not fit actor.weight", expected: "\(outputs) actions")
        }
        if let name = file.metadata["preprocessing"], name != Self.preprocessing {
            throw InputError(
                "metadata preprocessing", value: name, problem: "is not an observation that this program makes",
                expected: Self.preprocessing)
        }
        frameSkip = file.metadata["frame_skip"] == nil ? 1 : try file.integer("frame_skip", in: 1...16)
        let low = try file.number("lambda_min", in: -10...10) ?? 0.08
        let high = try file.number("lambda_max", in: -10...10) ?? 0.92
        guard low <= high else {
            throw InputError(
                "metadata lambda_min, lambda_max", value: "\(low), \(high)", problem: "are no range",
                expected: "lambda_min <= lambda_max")
        }
        constraints = CellConstraints(
            lambdaRange: Float(low)...Float(high), deltaFStep: Float(try file.number("delta_f_step", in: 0...1e12) ?? 0),
            deltaFMaximum: Float(try file.number("delta_f_max", in: 0...1e15) ?? 20))
        try constraints.validate()
        if let step = try file.number("delta_f_step"), step != 0, constraints.deltaFStep == 0 {
            throw InputError(
                "metadata delta_f_step", value: "\(step)", problem: "is out of range", expected: "0, or 1e-12 ... 1e12")
        }
        if let text = file.metadata["seed"] {
            guard let given = UInt64(text) else {
                throw InputError(
                    "metadata seed", value: text, problem: "is not a seed", expected: "a whole number, 0 ... \(UInt64.max)")
            }
            seed = given
        } else {
            seed = 0
        }
        agentSteps = file.metadata["agent_steps"] == nil ? 0 : try file.integer("agent_steps", in: 0...Self.mostSteps)
        trainedBy = file.metadata["trained_by"] ?? "unknown"
    }

    package var metadata: [String: String] {
        let range = constraints.lambdaRange
        return [
            "actions": actions.map(\.name).joined(separator: ","), "frame_skip": "\(frameSkip)",
            "preprocessing": Self.preprocessing, "delta_f_step": "\(constraints.deltaFStep)",
            "delta_f_max": "\(constraints.deltaFMaximum)", "lambda_min": range.map { "\($0.lowerBound)" } ?? "none",
            "lambda_max": range.map { "\($0.upperBound)" } ?? "none", "seed": "\(seed)", "agent_steps": "\(agentSteps)",
            "trained_by": trainedBy,
        ]
    }

    /// Writes the agent file, whole or not at all (2.1 MB), and returns its SHA-256.
    @discardableResult
    package func save(path: String) throws(InputError) -> String {
        let data = try parameters.file(metadata: metadata).data()
        try AtomicFile.write(data, to: path)
        return Digest.sha256(data)
    }
}
