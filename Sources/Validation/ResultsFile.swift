import Energy
import Essentials
import Foundation
import GameAccount

/// `results/results.json`: the validation rows, the energy, the game, conservation and where all of it came from.
package struct ResultsFile: Equatable, Sendable, Codable {
    package var rows: [ValidationRow]
    /// Rows that the run had no value for.
    package var notProduced: [String]
    package var energy: Energy?
    package var game: Game?
    package var conservation: Conservation
    /// Versions, seeds, digests, dates: whatever is needed to run it again.
    package var provenance: [String: String]

    /// Energies in mJ per game, in the reading `paper`, and in the others.
    package struct Energy: Equatable, Sendable, Codable {
        package var memristor: Memristor
        /// Table 1 as printed: per GPU row and column.
        package var gpu: [String: [String: Double]]
        /// Gain over each GPU row (scaled to our game's steps), and the smallest and largest of them.
        package var gain: [String: Double]
        /// The smallest and largest gain that the paper's own Table 1 gives.
        package var paperGain: [String: Double]
        package var readings: [String: Reading]

        package struct Memristor: Equatable, Sendable, Codable {
            package var deltaF, decay, total: Double
            enum CodingKeys: String, CodingKey {
                case deltaF = "delta_f"
                case decay, total
            }
        }

        package struct Reading: Equatable, Sendable, Codable {
            package var memristor: Memristor
            package var gain: [String: Double]
            package var stepSeconds, gameSeconds, lambdaMinimum, lambdaMaximum: Double
            package var playedWithTheseLambdas: Bool
            enum CodingKeys: String, CodingKey {
                case memristor = "memristor_mJ"
                case gain
                case stepSeconds = "step_s"
                case gameSeconds = "game_s"
                case lambdaMinimum = "lambda_min"
                case lambdaMaximum = "lambda_max"
                case playedWithTheseLambdas = "played_with_these_lambdas"
            }
        }

        enum CodingKeys: String, CodingKey {
            case memristor = "memristor_mJ"
            case gpu = "gpu_mJ"
            case gain
            case paperGain = "paper_gain"
            case readings
        }
    }

    package struct Game: Equatable, Sendable, Codable {
        package var score, steps, nonzeroUpdates, frameSkip: Int
        package var largestDeltaF: Double
        package var capped: Bool
        package var policy, agent, agentDigest: String
        package var seed: UInt64
        enum CodingKeys: String, CodingKey {
            case score, steps, capped, policy, agent, seed
            case nonzeroUpdates = "nonzero_updates"
            case frameSkip = "frame_skip"
            case largestDeltaF = "largest_delta_f"
            case agentDigest = "agent_sha256"
        }
    }

    package struct Conservation: Equatable, Sendable, Codable {
        /// `nil` when no train was run.
        package var relativeDrift: Double?
        enum CodingKeys: String, CodingKey { case relativeDrift = "relative_drift" }
    }

    enum CodingKeys: String, CodingKey {
        case rows, energy, game, conservation, provenance
        case notProduced = "not_produced"
    }

    /// Gathers a run's results.
    package init(
        outcome: Validator.Outcome, results: ChainResults, published: PublishedEnergy, provenance: [String: String]
    ) {
        rows = outcome.rows
        notProduced = outcome.notProduced
        energy = results.account.map { Energy(account: $0, published: published) }
        game = results.game.map { game in
            Game(
                score: game.score, steps: game.steps, nonzeroUpdates: game.nonzeroUpdates, frameSkip: game.frameSkip,
                largestDeltaF: game.updateLevel.max().map { Double($0) * game.deltaFStep } ?? 0, capped: game.capped,
                policy: game.policy, agent: game.agent, agentDigest: game.agentDigest, seed: game.seed)
        }
        conservation = Conservation(relativeDrift: results.conservationDrift)
        self.provenance = provenance
    }

    /// Pretty JSON with sorted keys.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    package func write(to path: String) throws { try AtomicFile.write(json(), to: path) }

    /// Reads a results file; throws `InputError` naming the file and the key at fault.
    package static func load(path: String) throws(InputError) -> ResultsFile {
        let data: Data
        do { data = try AtomicFile.read(path) } catch {
            throw InputError(
                path, problem: "cannot be read", expected: "a results file that `tausonite reproduce` wrote")
        }
        do {
            let file = try JSONDecoder().decode(ResultsFile.self, from: data)
            for (index, row) in file.rows.enumerated() {
                let numbers = [row.paper, row.simulated, row.relativeError, row.tolerance]
                if let bad = numbers.first(where: { abs($0) > 1e100 }) {
                    throw InputError(
                        "rows[\(index)]", value: "\(bad)", problem: "is out of range",
                        expected: "numbers within -1e100 ... 1e100",
                        source: path)
                }
            }
            return file
        } catch let error as InputError {
            throw error
        } catch let DecodingError.keyNotFound(key, context) {
            throw broken(path, (context.codingPath + [key]), "is missing")
        } catch let DecodingError.typeMismatch(_, context) {
            throw broken(path, context.codingPath, "has the wrong type")
        } catch let DecodingError.valueNotFound(_, context) {
            throw broken(path, context.codingPath, "is null")
        } catch {
            throw broken(path, [], "is not JSON, or is cut short")
        }
    }

    private static func broken(_ path: String, _ keys: [any CodingKey], _ problem: String) -> InputError {
        var key = ""
        for part in keys {
            if let index = part.intValue { key += "[\(index)]" } else { key += (key.isEmpty ? "" : ".") + part.stringValue }
        }
        return InputError(
            key.isEmpty ? "document" : key, problem: problem,
            expected: "a results file as `tausonite reproduce` writes it", source: path)
    }
}

extension ResultsFile.Energy {
    init(account: EnergyAccount, published: PublishedEnergy) {
        func milli(_ reading: EnergyAccount.Reading) -> Memristor {
            Memristor(deltaF: reading.deltaF * 1e3, decay: reading.decay * 1e3, total: reading.total * 1e3)
        }
        func gains(_ reading: EnergyAccount.Reading) -> [String: Double] {
            var gains = reading.gains
            gains["lower"] = gains[published.bestGPU.key]
            gains["upper"] = gains[published.worstGPU.key]
            return gains
        }
        let paper = account.reading(.paper)
        memristor = milli(paper)
        gain = gains(paper)
        paperGain = [
            "lower": published.bestGPU.total / published.memristor.total,
            "upper": published.worstGPU.total / published.memristor.total,
        ]
        gpu = Dictionary(
            uniqueKeysWithValues: published.gpus.map { row in
                var columns: [String: Double] = [:]
                for (key, value) in zip(EnergyRow.columnKeys, row.columns) { columns[key] = value.map { $0 * 1e3 } }
                return (row.key, columns)
            })
        readings = Dictionary(
            uniqueKeysWithValues: account.readings.map { reading in
                (
                    reading.reading.rawValue,
                    Reading(
                        memristor: milli(reading), gain: gains(reading), stepSeconds: reading.stepDuration,
                        gameSeconds: reading.gameDuration, lambdaMinimum: reading.lambdaMinimum,
                        lambdaMaximum: reading.lambdaMaximum, playedWithTheseLambdas: reading.playedWithTheseLambdas)
                )
            })
    }
}
