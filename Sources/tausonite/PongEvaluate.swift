import ArgumentParser
import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong

/// `tausonite pong evaluate`: an agent plays the real game.
struct PongEvaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Let an agent play, under the synapse's constraints, and keep the account of the game.",
        discussion: """
            Examples:

              tausonite pong evaluate --agent agent.safetensors --synapse synapse.yaml --games 1 --out game.json
              tausonite pong evaluate --agent Validation/pong/agent-skip4.safetensors --games 30 --json
              tausonite pong evaluate --agent agent.safetensors --games 30 --policy sampled --seed 7

            With --synapse, dF is rounded to the synapse's step and capped, and Lambda held in its range; without it the \
            cell is continuous, as most agents are trained. One game starts at once; several start after 0-30 random \
            no-ops each (--noops; --exact-noops gives every game the same number). With --sticky each frame repeats the action \
            of the frame before with that probability. Game k is the same game however many are played. A game that lasts 108,000 frames ends \
            with its score so far.

            --out writes the record of the first game: game.json, and its arrays in game.safetensors; --traces synapses' updates are in it \
            step by step (for `tausonite replay`).

            On the devices themselves, two for each synapse:

              tausonite pong evaluate --agent agent.safetensors --synapse synapse.yaml --cell device --out game.json

            A wanted dF becomes the pulse that the measured map gives for it, and F what the state model (synapse.state.json) makes of it; energies \
            are those of these pulses and biases. Docs/cell.md says what is reduced on the way, and its error.

            How much of a score is left on devices that differ:

              tausonite pong evaluate --agent agent.safetensors --synapse synapse.yaml --games 20 --sticky 0.25 --spread 20% --stuck 1% --noise 0.5nS

            Each game is then played on a crossbar of its own, drawn from --seed and the game's number: step and decay time of each synapse \
            are multiplied by lognormal factors of mean 1, --stuck of them keep F at --stuck-at, and pulses and reads have normal noise. The \
            same seed plays the same games.
            """)

    @Option(help: ArgumentHelp("The agent.", valueName: "agent.safetensors"))
    var agent: String

    @Option(help: ArgumentHelp("The synapse that the network runs on; without it dF is continuous.", valueName: "synapse.yaml"))
    var synapse: String?

    @Option(help: "Games to play.")
    var games = 1

    @Option(help: "Most no-ops at the start of a game. Default: 0 for one game, 30 for several.")
    var noops: Int?

    @Option(name: .customLong("exact-noops"), help: "No-ops at the start of every game.")
    var exactNoops: Int?

    @Option(help: ArgumentHelp("Probability that a frame repeats the action of the frame before.", valueName: "p"))
    var sticky = 0.0

    @Option(help: "greedy (the largest logit) or sampled (drawn from the policy).")
    var policy = Evaluation.Policy.greedy

    @Option(help: "Seed of the no-ops, of sticky actions and of sampled ones.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "What a step's duration makes of Lambda's range: \(TimeReading.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "reading"))
    var reading = TimeReading.paper.rawValue

    @Option(help: ArgumentHelp("Where to write the first game's record (needs --synapse).", valueName: "game.json"))
    var out: String?

    @Option(
        name: .customLong("save-actions"),
        help: ArgumentHelp("Write every game's actions as ALE codes, to replay them elsewhere.", valueName: "actions.json"))
    var saveActions: String?

    @Option(
        name: .customLong("save-answers"),
        help: ArgumentHelp("Write the first game's logits, h and actions, step by step.", valueName: "answers.safetensors"))
    var saveAnswers: String?

    @Option(name: .customLong("frame-limit"), help: "Frames after which a game ends with its score so far.")
    var frameLimit = 108_000

    @Option(help: "What a synapse is: algebraic (F' = Lambda F + dF) or device (a pair of devices, by the state model).")
    var cell = Cell.algebraic

    @Option(
        help: ArgumentHelp(
            "With --cell device: the state model. Default: synapse.state.json beside synapse.yaml.", valueName: "file"))
    var state: String?

    @Option(help: "Synapses whose updates --out keeps step by step: that of the largest update, others drawn by --seed.")
    var traces = 33

    enum Cell: String, CaseIterable, ExpressibleByArgument { case algebraic, device }

    @OptionGroup(title: "Devices that differ") var devices: VariabilityOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(0...1000).contains(traces) { throw ValidationError("--traces \(traces) is out of range: 0 ... 1000.") }
        if noops != nil, exactNoops != nil { throw ValidationError("Give --noops or --exact-noops.") }
    }

    func run() throws {
        if let out { try OutputPath.check(out, force: output.force) }
        if let saveActions { try OutputPath.check(saveActions, option: "--save-actions", force: output.force) }
        guard out == nil || synapse != nil else {
            throw InputError(
                "--out", problem: "needs --synapse: only updates on a dF grid can be counted",
                expected: "--synapse synapse.yaml")
        }
        guard out == nil || !devices.isGiven else {
            throw InputError(
                "--out", problem: "keeps the account of devices that are all alike",
                expected: "one of --out and the options of devices that differ")
        }
        guard cell == .algebraic || (synapse != nil && !devices.isGiven) else {
            throw InputError(
                "--cell", value: "device", problem: synapse == nil ? "needs the synapse" : "has devices that are all alike",
                expected: synapse == nil
                    ? "--synapse synapse.yaml" : "one of --cell device and the options of devices that differ")
        }
        let player = try Agent.load(path: ProjectFiles.locate(agent))
        let reading = try TimeReading(named: reading)
        let constraints: CellConstraints
        let model = try synapse.map { path throws(InputError) in try SynapseModel.load(path: path) }
        if let model {
            constraints = try model.cellConstraints(
                lambdaRange: reading.lambdaRange(frameSkip: player.frameSkip, synapse: model))
        } else {
            constraints = CellConstraints(lambdaRange: player.constraints.lambdaRange)
        }
        var evaluation = Evaluation(
            games: games, starts: exactNoops.map { .exactly($0) } ?? .upTo(noops ?? (games == 1 ? 0 : 30)), sticky: sticky,
            policy: policy, seed: seed, frameLimit: frameLimit)
        evaluation.variability = try devices.variability(model)
        evaluation.keepsAnswers = saveAnswers != nil
        if let saveAnswers { try OutputPath.check(saveAnswers, force: output.force) }
        let bar = ProgressBar(quiet: output.quiet)
        let start = ContinuousClock.now
        if out != nil { evaluation.traces = traces }
        if cell == .device, let model, let synapse {
            let lumps = try StateModelFile.cell(state, of: model, at: synapse)
            defer { bar.finish() }
            let tables = try PairTables(
                synapse: model, cell: lumps, step: reading.decayStep(frameSkip: player.frameSkip, synapse: model),
                progress: bar.handler)
            evaluation.devices = (tables, model.weightMap.conductancePerUnit)
        }
        let result: Evaluation.Result
        do {
            defer { bar.finish() }
            result = try evaluation.run(agent: player, constraints: constraints, progress: bar.handler)
        }
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        if let out {
            guard let record = result.record else {
                throw InputError(
                    "update.step", value: model.map { "\($0.update.step)" }, problem: "leaves the game without a record",
                    expected: "a grid of dF above 0", source: synapse)
            }
            try record.save(path: out)
        }
        if let saveActions { try save(result, player, to: saveActions) }
        if let saveAnswers, let game = result.games.first { try save(game, to: saveAnswers) }
        let summary = EvaluationSummary(
            agent: player, constraints: constraints, evaluation: evaluation, result: result, seconds: seconds)
        if output.json { try printJSON(summary) } else { Terminal.print(summary.text) }
        if let out, !output.quiet { Terminal.note("wrote \(out) and its arrays") }
    }

    private struct SavedActions: Encodable {
        struct Game: Encodable {
            var noops, score: Int
            /// The action chosen at every step; with sticky actions also what each frame took.
            var codes: [Int]
            var frameCodes: [Int]?
        }
        var game = "pong"
        var frameSkip: Int
        var sticky: Double
        /// To be set in the emulator that replays: what each frame took is written down.
        var repeatActionProbability = 0.0
        var games: [Game]
    }

    private func save(_ game: Evaluation.Game, to path: String) throws {
        let steps = game.steps
        let file = Safetensors(
            [
                Tensor("logits", shape: [steps, game.logits.count / max(steps, 1)], game.logits),
                Tensor("h", shape: [steps, game.hidden.count / max(steps, 1)], game.hidden),
                Tensor("actions", shape: [steps], game.actions.map(Int32.init)),
            ], metadata: ["score": "\(game.score)"])
        try file.save(path: path)
    }

    private func save(_ result: Evaluation.Result, _ agent: Agent, to path: String) throws {
        let saved = SavedActions(
            frameSkip: agent.frameSkip, sticky: sticky,
            games: result.games.map { game in
                .init(
                    noops: game.noops, score: game.score, codes: game.actions.map { Int(agent.actions[Int($0)].rawValue) },
                    frameCodes: game.frameActions.isEmpty ? nil : game.frameActions.map(Int.init))
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try AtomicFile.write(encoder.encode(saved), to: path)
    }
}

extension Evaluation.Policy: ExpressibleByArgument {}

/// The result of `pong evaluate`, for people and as JSON.
struct EvaluationSummary: Encodable {
    struct Game: Encodable {
        var score, steps, frames, noops: Int
        var capped: Bool
        var actionSha256: String
    }
    struct Figures: Encodable {
        var mean, sd, min, max: Double
        init(_ summary: Evaluation.Summary) {
            (mean, sd, min, max) = (summary.mean, summary.deviation, summary.minimum, summary.maximum)
        }
    }
    struct Updates: Encodable {
        var nonzero: Int
        /// Share of all synapse steps of the game.
        var share: Double
        var synapses: Int
        var largest: Double
    }
    var agent, agentSha256, trainedBy: String
    var agentSteps, frameSkip: Int
    var policy: String
    var seed: UInt64
    var sticky: Double
    var deltaFStep, deltaFMaximum, lambdaMinimum, lambdaMaximum: Double
    /// Absent where devices do not differ.
    var variability: VariabilitySummary?
    var score, steps: Figures
    var games: [Game]
    /// What the devices of each game did; absent for the algebraic cell.
    var devices: [DeviceGame]?
    /// Of the first game; absent where dF is continuous.
    var updates: Updates?
    var seconds: Double

    init(agent: Agent, constraints: CellConstraints, evaluation: Evaluation, result: Evaluation.Result, seconds: Double) {
        self.agent = agent.path
        agentSha256 = agent.digest
        trainedBy = agent.trainedBy
        agentSteps = agent.agentSteps
        frameSkip = agent.frameSkip
        policy = evaluation.policy.rawValue
        seed = evaluation.seed
        sticky = evaluation.sticky
        deltaFStep = constraints.deltaFStep.decimal
        deltaFMaximum = constraints.deltaFMaximum.decimal
        lambdaMinimum = constraints.lambdaRange?.lowerBound.decimal ?? 0
        lambdaMaximum = constraints.lambdaRange?.upperBound.decimal ?? 1
        variability = VariabilitySummary(evaluation.variability)
        score = Figures(result.scores)
        steps = Figures(result.lengths)
        games = result.games.map {
            Game(
                score: $0.score, steps: $0.steps, frames: $0.frames, noops: $0.noops, capped: $0.capped,
                actionSha256: $0.actionDigest)
        }
        let played = result.games.compactMap(\.devices)
        devices = played.isEmpty ? nil : played
        if let record = result.record {
            let all = Double(record.steps) * Double(record.units * record.inputs)
            updates = Updates(
                nonzero: record.nonzeroUpdates, share: Double(record.nonzeroUpdates) / max(all, 1),
                synapses: Set(record.updateSynapse).count,
                largest: Double(record.updateLevel.max() ?? 0) * record.deltaFStep)
        }
        self.seconds = seconds
    }

    var text: String {
        func f(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
        var lines = ["agent   \(agent): \(trainedBy), \(agentSteps) agent steps, sha256 \(agentSha256.prefix(12))..."]
        let grid = deltaFStep > 0 ? "dF in steps of \(deltaFStep) up to \(deltaFMaximum)" : "dF continuous"
        lines.append("cell    \(grid), Lambda \(f(lambdaMinimum, 4)) ... \(f(lambdaMaximum, 4))")
        if let variability { lines.append("devices \(variability.text)") }
        for (index, game) in games.enumerated() where games.count <= 5 {
            lines.append(
                "game \(index + 1)  \(game.score) points in \(game.steps) steps (\(game.frames) frames, \(game.noops) no-ops)"
                    + (game.capped ? ", ended by the frame limit" : "") + ", actions \(game.actionSha256.prefix(12))...")
        }
        if games.count > 1 {
            lines.append(
                "score   \(f(score.mean)) +- \(f(score.sd)) (mean, standard deviation of \(games.count) games, \(policy)), "
                    + "\(Int(clamped: score.min)) ... \(Int(clamped: score.max))")
            lines.append("length  \(f(steps.mean, 0)) steps a game, \(Int(clamped: steps.min)) ... \(Int(clamped: steps.max))")
            let capped = games.count { $0.capped }
            if capped > 0 { lines.append("        \(capped) games were ended by the frame limit") }
        }
        if let updates {
            lines.append(
                "updates \(updates.nonzero) non-zero dF in game 1 (\(String(format: "%.3g", updates.share * 100)) % of all), on "
                    + "\(updates.synapses) synapses, largest |dF| \(updates.largest)")
        }
        for (index, game) in (devices ?? []).enumerated() where games.count <= 5 {
            let steps = games[index].steps
            lines.append(
                "devices game \(index + 1): F \(String(format: "%.3g", game.relativeError * 100)) % from the cell's (rms over rms), "
                    + "\(game.differingActions) of \(steps) actions differ; "
                    + "pulses \(engineering(game.pulseEnergy, "J")), bias \(engineering(game.biasEnergy, "J")) in steps of "
                    + "\(engineering(game.step, "s"))")
            let beyond = [
                (game.weightsBeyond, "synapses' W is more than a device can hold"),
                (game.weightsExtrapolated, "synapses' W is beyond the SET trains that the state model was fitted to"),
                (game.lambdasBeyond, "synapses' Lambda has no bias"), (game.clipped, "device-steps lay beyond the tables"),
            ].filter { $0.0 > 0 }
            if !beyond.isEmpty { lines.append("        " + beyond.map { "\($0.0) \($0.1)" }.joined(separator: "; ")) }
        }
        lines.append("time    \(f(seconds)) s")
        return lines.joined(separator: "\n")
    }
}
