import Essentials
import Foundation
import GameAccount
import NeuralNetwork

/// Plays games with an agent and says how they went.
///
/// Each game is played by a network of one environment and has random streams of its own (no-ops, actions), so game k
/// is the same game however many others are played. Two games are under way at a time: one on the emulator, one in the
/// network.
package struct Evaluation: Sendable {
    /// How an action follows from the network's logits.
    package enum Policy: String, CaseIterable, Sendable {
        /// The largest logit.
        case greedy
        /// Drawn from softmax(logits) with the game's own seeded generator.
        case sampled
    }

    /// How many no-ops come before the network's first step.
    package enum Starts: Equatable, Sendable {
        /// 0 ... so many, equally likely.
        case upTo(Int)
        /// So many in every game.
        case exactly(Int)
        /// 0 in the first game, 1 in the second, and so on.
        case counted

        func noops(game: Int, _ generator: inout SeededGenerator) -> Int {
            switch self {
            case .upTo(let most): generator.integer(below: most + 1)
            case .exactly(let number): number
            case .counted: game
            }
        }
    }

    package var games: Int
    package var starts: Starts
    /// Probability that a frame repeats the action of the frame before instead of the one chosen.
    package var sticky: Double
    package var policy: Policy
    package var seed: UInt64
    /// Frames after which a game counts as ended with its score so far.
    package var frameLimit: Int
    /// How the devices differ: every game is played on a crossbar of its own, drawn from the seed and the game's number. Needs dF on a
    /// grid; games have no record then.
    package var variability = CellVariability.none
    /// Devices that the synapses are made of, two each, and the conductance of one unit of weight (S); nil: the algebraic cell.
    package var devices: (tables: PairTables, unit: Double)?
    /// Synapses of the first game whose updates its record keeps step by step.
    package var traces = 0
    /// Whether games keep the logits and h of every step.
    package var keepsAnswers = false
    /// The kernels' instructions; nil: the best of the processor. The games do not depend on it.
    var kernels: KernelLevel?

    package init(
        games: Int = 1, starts: Starts = .exactly(0), sticky: Double = 0, policy: Policy = .greedy, seed: UInt64 = 1,
        frameLimit: Int = 108_000
    ) {
        self.games = games
        self.starts = starts
        self.sticky = sticky
        self.policy = policy
        self.seed = seed
        self.frameLimit = frameLimit
    }

    /// One game.
    package struct Game: Equatable, Sendable {
        package var score, steps, frames, noops: Int
        /// Points that either side made.
        package var points = 0
        package var capped: Bool
        /// Index of the action of every step, into the agent's actions.
        package var actions: [UInt8]
        /// ALE's code of the action that every frame took; empty without sticky actions, where it follows from `actions`.
        package var frameActions: [UInt8] = []
        /// Logits and h of every step, one after the other; empty unless they are asked for.
        package var logits: [Float] = [], hidden: [Float] = []
        /// SHA-256 of the ALE codes of the actions, one byte a step.
        package var actionDigest: String
        /// What the devices did, where there are any.
        package var devices: DeviceGame?
    }

    package struct Result: Sendable {
        package var games: [Game]
        /// The account of the first game; nil unless dF is rounded to a grid (only then can updates be counted by level).
        package var record: GameRecord?
        /// Processor time of the helper processes, in s.
        package var helperSeconds = 0.0

        /// Mean, standard deviation (n - 1), smallest and largest score.
        package var scores: Summary { Summary(games.map { Double($0.score) }) }
        /// The same of the agent steps of a game.
        package var lengths: Summary { Summary(games.map { Double($0.steps) }) }
    }

    package struct Summary: Equatable, Sendable {
        package var mean, deviation, minimum, maximum: Double

        package init(_ values: [Double]) {
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
        /// Shared by all games, or the present game's own where devices differ.
        var network: ActorCritic
        /// Of the present game.
        var recorder: SynapseRecorder?
        let state: RecurrentState
        /// The algebraic cell, shown the same screens as the devices' agent, and the steps at which it would have acted otherwise.
        let algebraic: (network: ActorCritic, state: RecurrentState)?
        var differing = 0
        var generator = SeededGenerator(seed: 0)
        var index = 0
        var game = Game(score: 0, steps: 0, frames: 0, noops: 0, capped: false, actions: [], actionDigest: "")

        init(_ environment: PongEnvironments, _ network: ActorCritic, algebraic: ActorCritic?) {
            self.algebraic = algebraic.map { ($0, $0.makeState(environments: 1)) }
            self.environment = environment
            self.network = network
            state = network.makeState(environments: 1)
        }

        func begin(_ index: Int, _ evaluation: Evaluation) throws {
            var starts = SeededGenerator(seed: evaluation.seed, stream: 2 * UInt64(index))
            generator = SeededGenerator(seed: evaluation.seed, stream: 2 * UInt64(index) + 1)
            self.index = index
            let noops = evaluation.starts.noops(game: index, &starts)
            environment.setGenerator(SeededGenerator(seed: evaluation.seed, stream: 1 << 40 + UInt64(index)), environment: 0)
            game = Game(score: 0, steps: 0, frames: 0, noops: noops, capped: false, actions: [], actionDigest: "")
            environment.nextNoops[0] = noops
            try environment.reset()
            network.beginGame(state)
            algebraic?.state.reset(environment: 0)
            differing = 0
        }
    }

    /// Plays the games with the cell under `constraints` and keeps the first one's record where dF has a grid.
    ///
    /// - film: films the first game.
    /// - each: gets every game and, where dF has a grid, its record, as soon as it has ended.
    ///
    /// Throws `InputError` when an option is out of range, when Python with ale-py is missing, or when the helper dies.
    /// Cost: about 0.25 ms a step without frame skip; a record adds 0.06 ms a step of its game, devices that differ 0.1 to 0.5 ms,
    /// pairs of devices some 1 ms on two cores.
    package func run(
        agent: Agent, constraints: CellConstraints, progress: ProgressHandler? = nil, film: FilmRecorder? = nil,
        each: ((_ game: Game, _ record: GameRecord?) throws -> Void)? = nil
    ) throws -> Result {
        try validate()
        try constraints.validate()
        let network = try ActorCritic(parameters: agent.parameters, constraints: constraints, kernels: kernels)
        guard devices == nil || variability.isNone else {
            throw InputError(
                "devices", problem: "are all alike so far", expected: "devices or spreads of the algebraic cell, not both")
        }
        func recorder(for index: Int) throws -> SynapseRecorder? {
            constraints.isRounded && variability.isNone && (index == 0 || each != nil) ? try SynapseRecorder(network) : nil
        }
        func crossbar(for index: Int, _ present: ActorCritic?) throws -> ActorCritic {
            if let devices {
                return try present
                    ?? ActorCritic(
                        parameters: agent.parameters, constraints: constraints, kernels: kernels, devices: devices.tables)
            }
            return try variability.isNone
                ? network
                : try ActorCritic(
                    parameters: agent.parameters, constraints: constraints, kernels: kernels, variability: variability,
                    seed: seed, stream: 1 << 41 + 2 * UInt64(index))
        }
        var firstRecord: GameRecord?
        var tables: [Table] = []
        for index in 0..<min(2, games) {
            let environment = try PongEnvironments(
                .init(
                    count: 1, frameSkip: agent.frameSkip, actions: agent.actions, noopMaximum: 0, frameLimit: frameLimit,
                    sticky: sticky))
            let algebraic = try devices.map { _ in
                try ActorCritic(parameters: agent.parameters, constraints: constraints, kernels: kernels)
            }
            let table = Table(environment, try crossbar(for: index, nil), algebraic: algebraic)
            try table.begin(index, self)
            table.recorder = try recorder(for: index)
            tables.append(table)
        }
        var next = tables.count
        var played = [Game?](repeating: nil, count: games)
        var turns = 0
        var helperSeconds = 0.0
        for table in tables { try act(table, film) }
        while !tables.isEmpty {
            for table in tables {
                try table.environment.finishStep()
                table.game.score += table.environment.rewards[0]
                table.game.points += abs(table.environment.rewards[0])
                table.game.steps += 1
                if table.index == 0 { film?.note(reward: table.environment.rewards[0]) }
                if let end = table.environment.finished.first {
                    table.game.frames = end.frames
                    table.game.capped = end.capped
                    // A game can end within a step.
                    if sticky > 0 {
                        table.game.frameActions = Array(table.game.frameActions.prefix(end.frames - table.game.noops))
                    }
                    table.game.actionDigest = Digest.sha256(
                        Data(table.game.actions.map { UInt8(agent.actions[Int($0)].rawValue) }))
                    if let devices, let account = table.network.pairAccount {
                        table.game.devices = DeviceGame(
                            account, step: devices.tables.step, unit: devices.unit, differingActions: table.differing)
                    }
                    played[table.index] = table.game
                    let record = table.recorder.map {
                        self.record($0, table.game, agent, constraints, traces: table.index == 0 ? traces : 0)
                    }
                    if table.index == 0 { firstRecord = record }
                    try each?(table.game, record)
                    guard next < games else {
                        helperSeconds += table.environment.processorSeconds
                        tables.removeAll { $0 === table }
                        continue
                    }
                    table.network = try crossbar(for: next, table.network)
                    try table.begin(next, self)
                    table.recorder = try recorder(for: next)
                    next += 1
                }
                try act(table, film)
            }
            turns += 1
            if turns % 256 == 0 { report(progress, tables, played) }
        }
        return Result(games: played.compactMap { $0 }, record: firstRecord, helperSeconds: helperSeconds)
    }

    private func act(_ table: Table, _ film: FilmRecorder?) throws {
        let (network, recorder) = (table.network, table.recorder)
        if table.index == 0 { try film?.look(at: table.environment, state: table.state) }
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
        if let algebraic = table.algebraic {
            let other = algebraic.network.step(observations: table.environment.observations, state: algebraic.state)
            if NeuralNetwork.Policy.greedy(other.logits(environment: 0)) != NeuralNetwork.Policy.greedy(logits) {
                table.differing += 1
            }
        }
        table.game.actions.append(UInt8(action))
        if keepsAnswers {
            table.game.logits += logits
            table.game.hidden += table.state.hidden(environment: 0)
        }
        try table.environment.beginStep([action])
        if sticky > 0 { table.game.frameActions += table.environment.frameActions.map { UInt8($0) } }
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
        _ recorder: SynapseRecorder, _ game: Game, _ agent: Agent, _ constraints: CellConstraints, traces: Int
    ) -> GameRecord {
        let summary = recorder.summary()
        let shape = agent.parameters.shape
        var record = GameRecord(
            score: game.score, steps: game.steps, frameSkip: agent.frameSkip, capped: game.capped, units: shape.units,
            inputs: shape.inputs, deltaFStep: constraints.deltaFStep.decimal,
            deltaFMaximum: constraints.deltaFMaximum.decimal,
            lambdaMinimum: constraints.lambdaRange?.lowerBound.decimal ?? 0,
            lambdaMaximum: constraints.lambdaRange?.upperBound.decimal ?? 1,
            updateSynapse: summary.updateSynapse, updateLevel: summary.updateLevel, updateCount: summary.updateCount,
            sumAbsoluteWeight: summary.sumAbsoluteWeight, sumWeight: summary.sumWeight,
            largestSynapse: summary.largestSynapse, largestWeight: summary.largestWeight,
            largestDeltaF: summary.largestDeltaF, agent: agent.path, agentDigest: agent.digest, seed: seed,
            policy: policy.rawValue, noops: game.noops, sticky: sticky, frameLimit: frameLimit, actionDigest: game.actionDigest)
        record.devices = game.devices
        if traces > 0 { record.traces = recorder.traces(traces, seed: seed) }
        return record
    }

    private func validate() throws {
        guard (1...100_000).contains(games) else {
            throw InputError("games", value: "\(games)", problem: "is out of range", expected: "1 ... 100000")
        }
        let noops =
            switch starts {
            case .upTo(let number), .exactly(let number): number
            case .counted: games - 1
            }
        guard (0...1000).contains(noops) else {
            throw InputError("noops", value: "\(noops)", problem: "is out of range", expected: "0 ... 1000")
        }
        guard (100...108_000).contains(frameLimit) else {
            throw InputError("frame limit", value: "\(frameLimit)", problem: "is out of range", expected: "100 ... 108000")
        }
    }
}

extension Float {
    /// The double that is written as this number is: 0.92 for 0.92, not 0.9200000167.
    package var decimal: Double { Double("\(self)") ?? Double(self) }
}
