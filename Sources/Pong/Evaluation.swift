import Essentials
import Foundation
import NeuralNetwork

/// Plays games with an agent and says how they went.
///
/// Each game is played by a network of one environment and has random streams of its own (no-ops, actions), so game k
/// is the same game however many others are played. Two games are under way at a time: one on the emulator, one in the
/// network.
public struct Evaluation: Sendable {
    /// How an action follows from the network's logits.
    public enum Policy: String, CaseIterable, Sendable {
        /// The largest logit.
        case greedy
        /// Drawn from softmax(logits) with the game's own seeded generator.
        case sampled
    }

    public var games: Int
    /// Each game starts with 0 ... this many no-ops, equally likely.
    public var noopMaximum: Int
    public var policy: Policy
    public var seed: UInt64
    /// Frames after which a game counts as ended with its score so far.
    public var frameLimit: Int
    /// The kernels' instructions; nil: the best of the processor. The games do not depend on it.
    var kernels: KernelLevel?

    public init(games: Int = 1, noopMaximum: Int = 0, policy: Policy = .greedy, seed: UInt64 = 1, frameLimit: Int = 108_000) {
        self.games = games
        self.noopMaximum = noopMaximum
        self.policy = policy
        self.seed = seed
        self.frameLimit = frameLimit
    }

    /// One game.
    public struct Game: Equatable, Sendable {
        public var score, steps, frames, noops: Int
        public var capped: Bool
        /// Index of the action of every step, into the agent's actions.
        public var actions: [UInt8]
        /// SHA-256 of the ALE codes of the actions, one byte a step.
        public var actionDigest: String
    }

    public struct Result: Sendable {
        public var games: [Game]
        /// The account of the first game; nil unless dF is rounded to a grid (only then can updates be counted by level).
        public var record: GameRecord?

        /// Mean, standard deviation (n - 1), smallest and largest score.
        public var scores: Summary { Summary(games.map { Double($0.score) }) }
        /// The same of the agent steps of a game.
        public var lengths: Summary { Summary(games.map { Double($0.steps) }) }
    }

    public struct Summary: Equatable, Sendable {
        public var mean, deviation, minimum, maximum: Double

        public init(_ values: [Double]) {
            let n = Double(max(values.count, 1))
            let mean = values.reduce(0, +) / n
            self.mean = mean
            deviation = values.count < 2 ? 0 : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
            minimum = values.min() ?? 0
            maximum = values.max() ?? 0
        }
    }

    /// A game under way.
    private final class Table {
        let environment: PongEnvironments
        let state: RecurrentState
        var generator = SeededGenerator(seed: 0)
        var index = 0
        var game = Game(score: 0, steps: 0, frames: 0, noops: 0, capped: false, actions: [], actionDigest: "")

        init(_ environment: PongEnvironments, _ state: RecurrentState) {
            self.environment = environment
            self.state = state
        }

        func begin(_ index: Int, _ evaluation: Evaluation) throws {
            var starts = SeededGenerator(seed: evaluation.seed, stream: 2 * UInt64(index))
            generator = SeededGenerator(seed: evaluation.seed, stream: 2 * UInt64(index) + 1)
            self.index = index
            let noops = starts.integer(below: evaluation.noopMaximum + 1)
            game = Game(score: 0, steps: 0, frames: 0, noops: noops, capped: false, actions: [], actionDigest: "")
            environment.nextNoops[0] = noops
            try environment.reset()
            state.reset(environment: 0)
        }
    }

    /// Plays the games with the cell under `constraints` and keeps the first one's record where dF has a grid.
    ///
    /// Throws `InputError` when an option is out of range, when Python with ale-py is missing, or when the helper dies.
    /// Cost: about 0.25 ms a step without frame skip; the record adds 0.06 ms a step of the first game.
    public func run(
        agent: Agent, constraints: CellConstraints, progress: ProgressHandler? = nil
    ) throws -> Result {
        try validate()
        try constraints.validate()
        let network = try ActorCritic(parameters: agent.parameters, constraints: constraints, kernels: kernels)
        let recorder = constraints.isRounded ? try SynapseRecorder(network) : nil
        var tables: [Table] = []
        for index in 0..<min(2, games) {
            let environment = try PongEnvironments(
                .init(
                    count: 1, frameSkip: agent.frameSkip, actions: agent.actions, noopMaximum: noopMaximum, seed: seed,
                    frameLimit: frameLimit))
            let table = Table(environment, network.makeState(environments: 1))
            try table.begin(index, self)
            tables.append(table)
        }
        var next = tables.count
        var played = [Game?](repeating: nil, count: games)
        var turns = 0
        for table in tables { try act(table, network, recorder) }
        while !tables.isEmpty {
            for table in tables {
                try table.environment.finishStep()
                table.game.score += table.environment.rewards[0]
                table.game.steps += 1
                if let end = table.environment.finished.first {
                    table.game.frames = end.frames
                    table.game.capped = end.capped
                    table.game.actionDigest = Digest.sha256(
                        Data(table.game.actions.map { UInt8(agent.actions[Int($0)].rawValue) }))
                    played[table.index] = table.game
                    guard next < games else {
                        tables.removeAll { $0 === table }
                        continue
                    }
                    try table.begin(next, self)
                    next += 1
                }
                try act(table, network, recorder)
            }
            turns += 1
            if turns % 256 == 0 { report(progress, tables, played) }
        }
        let all = played.compactMap { $0 }
        return Result(games: all, record: recorder.map { record($0, all[0], agent, constraints) })
    }

    private func act(_ table: Table, _ network: ActorCritic, _ recorder: SynapseRecorder?) throws {
        let recorder = table.index == 0 ? recorder : nil
        let output = network.answer(observations: table.environment.observations, state: table.state, recorder: recorder)
        // F moves, and its account is kept, while the emulator plays the frame.
        defer { network.move(state: table.state, recorder: recorder) }
        let logits = output.logits(environment: 0)
        guard logits.allSatisfy(\.isFinite) else {
            throw InputError(
                "agent", value: "logits \(Array(logits))", problem: "are not finite at step \(table.game.steps)",
                expected: "an agent whose parameters keep F bounded")
        }
        let action =
            policy == .greedy
            ? NeuralNetwork.Policy.greedy(logits)
            : NeuralNetwork.Policy.sample(logits, using: &table.generator).action
        table.game.actions.append(UInt8(action))
        try table.environment.beginStep([action])
    }

    private func report(_ progress: ProgressHandler?, _ tables: [Table], _ played: [Game?]) {
        guard let progress else { return }
        let done = played.compactMap { $0 }
        // A game's length is not known beforehand: the share of an open game is a guess from its score (21 ends it).
        let open = tables.reduce(0) { $0 + min(0.95, Double(abs($1.game.score)) / 21) }
        let detail =
            games == 1
            ? "step \(tables.first?.game.steps ?? 0), score \(tables.first?.game.score ?? 0)"
            : "\(done.count) of \(games) games, mean score "
                + (done.isEmpty ? "-" : "\((Summary(done.map { Double($0.score) }).mean * 10).rounded() / 10)")
        progress(Progress("Playing Pong", fraction: (Double(done.count) + open) / Double(games), detail: detail))
    }

    private func record(
        _ recorder: SynapseRecorder, _ game: Game, _ agent: Agent, _ constraints: CellConstraints
    ) -> GameRecord {
        let summary = recorder.summary()
        let shape = agent.parameters.shape
        return GameRecord(
            score: game.score, steps: game.steps, frameSkip: agent.frameSkip, capped: game.capped, units: shape.units,
            inputs: shape.inputs, deltaFStep: constraints.deltaFStep.decimal,
            deltaFMaximum: constraints.deltaFMaximum.decimal,
            lambdaMinimum: constraints.lambdaRange?.lowerBound.decimal ?? 0,
            lambdaMaximum: constraints.lambdaRange?.upperBound.decimal ?? 1,
            updateSynapse: summary.updateSynapse, updateLevel: summary.updateLevel, updateCount: summary.updateCount,
            sumAbsoluteWeight: summary.sumAbsoluteWeight, sumWeight: summary.sumWeight,
            largestSynapse: summary.largestSynapse, largestWeight: summary.largestWeight,
            largestDeltaF: summary.largestDeltaF, agent: agent.path, agentDigest: agent.digest, seed: seed,
            policy: policy.rawValue, noops: game.noops, actionDigest: game.actionDigest)
    }

    private func validate() throws {
        guard (1...100_000).contains(games) else {
            throw InputError("games", value: "\(games)", problem: "is out of range", expected: "1 ... 100000")
        }
        guard (0...1000).contains(noopMaximum) else {
            throw InputError("noops", value: "\(noopMaximum)", problem: "is out of range", expected: "0 ... 1000")
        }
        guard (100...108_000).contains(frameLimit) else {
            throw InputError("frame limit", value: "\(frameLimit)", problem: "is out of range", expected: "100 ... 108000")
        }
    }
}

extension Float {
    /// The double that is written as this number is: 0.92 for 0.92, not 0.9200000167.
    public var decimal: Double { Double("\(self)") ?? Double(self) }
}
