import ArgumentParser
import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong

/// `tausonite pong protocol`: what an agent is worth, by a fixed set of games.
struct PongProtocol: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocol",
        abstract: "Rate an agent: 100 games with sticky actions, greedy and sampled, and the 31 starts without.",
        discussion: """
            Examples:

              tausonite pong protocol --agent Validation/pong/agent-skip4.safetensors --synapse synapse.yaml --out protocol.json
              tausonite pong protocol --agent runs/sticky/agent.safetensors --games 20

            Three rows. Sticky: every frame repeats the action of the frame before with a probability of 0.25 (Machado et al. \
            2018), 0-30 random no-ops, greedy and sampled. Starts: no sticky actions, greedy, one game for each of 0, 1, ... 30 \
            no-ops, games that do the same counted once. With --synapse the cell is the device's, and each row says how \
            many updates its games made and what they cost (bias energy in the reading `paper`, 7.1 ms a step).
            """)

    @Option(help: ArgumentHelp("The agent.", valueName: "agent.safetensors"))
    var agent: String

    @Option(help: ArgumentHelp("The synapse that the network runs on; without it dF is continuous.", valueName: "synapse.yaml"))
    var synapse: String?

    @Option(help: "Games with sticky actions, of each kind.")
    var games = 100

    @Option(help: ArgumentHelp("Probability that a frame repeats the action of the frame before.", valueName: "p"))
    var sticky = 0.25

    @Option(help: "Seed of no-ops, sticky actions and sampled ones.")
    var seed: UInt64 = 1

    @Option(name: .customLong("frame-limit"), help: "Frames after which a game ends with its score so far.")
    var frameLimit = 108_000

    @Option(help: ArgumentHelp("Also write the table as JSON.", valueName: "protocol.json"))
    var out: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        if let out { try OutputPath.check(out, kinds: ["json"], force: output.force) }
        let player = try Agent.load(path: ProjectFiles.locate(agent))
        let model = try synapse.map { try SynapseModel.load(path: $0) }
        let constraints = try model?.cellConstraints() ?? CellConstraints(lambdaRange: player.constraints.lambdaRange)
        func evaluation(_ games: Int, _ starts: Evaluation.Starts, _ sticky: Double, _ policy: Evaluation.Policy) -> Evaluation
        {
            Evaluation(games: games, starts: starts, sticky: sticky, policy: policy, seed: seed, frameLimit: frameLimit)
        }
        let bar = ProgressBar(quiet: output.quiet)
        var table = Table(agent: player.path, agentSha256: player.digest, frameSkip: player.frameSkip, sticky: sticky, rows: [])
        do {
            defer { bar.finish() }
            for (name, evaluation, distinctOnly) in [
                ("sticky, greedy", evaluation(games, .upTo(30), sticky, .greedy), false),
                ("sticky, sampled", evaluation(games, .upTo(30), sticky, .sampled), false),
                ("starts, greedy", evaluation(31, .counted, 0, .greedy), true),
            ] {
                var costs: [Cost] = []
                let result = try evaluation.run(agent: player, constraints: constraints, progress: bar.handler) { _, record in
                    if let model, let record { costs.append(try Cost(model, record, frameSkip: player.frameSkip)) }
                }
                table.rows.append(
                    Row(
                        name: name, statistics: try GameStatistics(result.games, distinctOnly: distinctOnly),
                        cost: Cost.mean(costs)))
            }
        }
        if let out { try AtomicFile.write(table.json(), to: out) }
        if output.json {
            Terminal.print(String(decoding: try table.json(), as: UTF8.self))
        } else {
            Terminal.print(table.text)
            if let out, !output.quiet { Terminal.note("wrote \(out)") }
        }
    }

    /// What the games of a row cost on average: updates that were made, their share of all, and joules.
    struct Cost: Codable, Equatable {
        var nonzeroUpdates, share, deltaFEnergy, biasEnergy: Double

        init(_ synapse: SynapseModel, _ record: GameRecord, frameSkip: Int) throws {
            let energies = try SynapseEnergies(synapse: synapse, game: record)
            nonzeroUpdates = Double(record.nonzeroUpdates)
            share = nonzeroUpdates / (Double(max(record.steps, 1)) * Double(record.units * record.inputs))
            deltaFEnergy = energies.totalDeltaF
            biasEnergy = energies.totalBiasPowerSum * TimeReading.paper.energyStep(frameSkip: frameSkip)
        }

        private init(_ all: [Cost]) {
            func mean(_ path: KeyPath<Cost, Double>) -> Double { all.reduce(0) { $0 + $1[keyPath: path] } / Double(all.count) }
            nonzeroUpdates = mean(\.nonzeroUpdates)
            share = mean(\.share)
            deltaFEnergy = mean(\.deltaFEnergy)
            biasEnergy = mean(\.biasEnergy)
        }

        static func mean(_ all: [Cost]) -> Cost? { all.isEmpty ? nil : Cost(all) }
    }

    struct Row: Codable, Equatable {
        var name: String
        var statistics: GameStatistics
        /// Means over all games of the row; absent where dF is continuous.
        var cost: Cost?
    }

    struct Table: Codable, Equatable {
        var agent, agentSha256: String
        var frameSkip: Int
        var sticky: Double
        var rows: [Row]

        func json() throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return try encoder.encode(self)
        }

        var text: String {
            func f(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
            func pad(_ text: String, _ width: Int) -> String {
                String(repeating: " ", count: max(0, width - text.count)) + text
            }
            var lines = [
                "agent \(agent), sha256 \(agentSha256.prefix(12))..., frame skip \(frameSkip); sticky actions \(sticky)"
            ]
            let heads: [(String, Int)] = [
                ("games", 6), ("distinct", 9), ("score", 7), ("sd", 6), ("least 25 % median 75 % most", 28), ("won", 4),
                ("frames", 8),
                ("/point", 7), ("non-zero dF", 14), ("dF + bias, mJ", 14),
            ]
            lines.append(String(repeating: " ", count: 16) + heads.map { pad($0.0, $0.1) }.joined(separator: " "))
            for row in rows {
                let s = row.statistics
                let cells = [
                    "\(s.games)", "\(s.distinct)", f(s.mean), f(s.deviation),
                    s.quantiles.map { f($0, 1) }.joined(separator: " "),
                    "\(s.won)", f(s.framesPerGame, 0), f(s.framesPerPoint, 0),
                    row.cost.map { "\(Int(clamped: $0.nonzeroUpdates)) \(f($0.share * 100, 1)) %" } ?? "-",
                    row.cost.map { "\(f($0.deltaFEnergy * 1e3)) + \(f($0.biasEnergy * 1e3, 1))" } ?? "-",
                ]
                let name = row.name.padding(toLength: 16, withPad: " ", startingAt: 0)
                lines.append(name + zip(cells, heads).map { pad($0, $1.1) }.joined(separator: " "))
            }
            return lines.joined(separator: "\n")
        }
    }
}
