import Essentials
import Foundation
import Yams

/// The energy figures that the paper prints, read from `Validation/weilenmann2024.yaml`; in J.
///
/// GPU rows: NVIDIA A100 40 GB, measured by the authors of Weilenmann 2024 (Tables 1 and 2); "standard" runs the network's
/// 64 units, "optimal" 1024 units scaled back to 64, "compute" counts registers only and appears in Table 2 alone.
public struct PublishedEnergy: Equatable, Sendable {
    /// Table 1, J per game, and Table 2, J per operation, in the paper's row order.
    public var perGame, perOperation: [EnergyRow]
    /// Number of plastic synapses and of network steps that the tables are for.
    public var synapses, steps: Int
    /// The printed gains over the best and the worst GPU row.
    public var lowerGain, upperGain: Double

    public init(
        perGame: [EnergyRow], perOperation: [EnergyRow], synapses: Int, steps: Int, lowerGain: Double,
        upperGain: Double
    ) {
        self.perGame = perGame
        self.perOperation = perOperation
        self.synapses = synapses
        self.steps = steps
        self.lowerGain = lowerGain
        self.upperGain = upperGain
    }

    /// The paper's memristor row of Table 1.
    public var memristor: EnergyRow { perGame.first { $0.key == "memristor" }! }
    /// The GPU rows of Table 1.
    public var gpus: [EnergyRow] { perGame.filter { $0.key != "memristor" } }
    /// The GPU row with the smallest total, and the one with the largest.
    public var bestGPU: EnergyRow { gpus.min { $0.total < $1.total }! }
    public var worstGPU: EnergyRow { gpus.max { $0.total < $1.total }! }

    /// Reads the tables; throws `InputError` naming file and key for a missing, misshapen or negative entry.
    public static func load(path: String) throws -> PublishedEnergy {
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        return try parse(text, source: path)
    }

    /// The same from the file's text.
    public static func parse(_ text: String, source: String) throws -> PublishedEnergy {
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw InputError("file", problem: "is empty", expected: "the paper's numbers", source: source)
            }
            root = node
        } catch let error as YamlError {
            throw InputError("YAML", problem: "does not parse (\(error))", expected: "valid YAML", source: source)
        }
        func find(_ path: String) throws -> Node {
            var node = root
            for key in path.split(separator: ".").map(String.init) {
                guard let next = node[key] else {
                    throw InputError(path, problem: "is missing", source: source, line: node.mark?.line)
                }
                node = next
            }
            return node
        }
        func number(_ node: Node, _ key: String) throws -> Double {
            guard let value = node.float, value.isFinite, value >= 0 else {
                throw InputError(
                    key, value: node.string, problem: "is not a number that an energy can be",
                    expected: "a finite number of at least 0", source: source, line: node.mark?.line)
            }
            return value
        }
        func rows(_ path: String, unit: Double) throws -> [EnergyRow] {
            guard let mapping = try find(path).mapping else {
                throw InputError(path, problem: "is not a table", expected: "rows of six columns", source: source)
            }
            return try mapping.map { key, value in
                let name = "\(path).\(key.string ?? "?")"
                guard let cells = value.sequence, cells.count == 6 else {
                    throw InputError(
                        name, problem: "has not six columns",
                        expected: "[dF, Decay, W+F, ST-Hebb, weight multiplication, total]", source: source,
                        line: value.mark?.line)
                }
                let columns = try cells.map { cell -> Double? in
                    cell.null != nil ? nil : try number(cell, name) * unit
                }
                guard let deltaF = columns[0], let decay = columns[1], let hebb = columns[3], let total = columns[5]
                else {
                    throw InputError(
                        name, problem: "lacks dF, decay, ST-Hebb or total", expected: "numbers there", source: source,
                        line: value.mark?.line)
                }
                return EnergyRow(
                    key: key.string ?? "?", deltaF: deltaF, decay: decay, weightSum: columns[2], stHebb: hebb,
                    weightMultiplication: columns[4], total: total)
            }
        }
        let perGame = try rows("energy.table1_mJ_per_game", unit: 1e-3)
        guard perGame.contains(where: { $0.key == "memristor" }), perGame.count > 1 else {
            throw InputError(
                "energy.table1_mJ_per_game", problem: "has no row `memristor` and at least one GPU row", source: source)
        }
        let gain = try find("energy.gain.value").sequence.map { try $0.map { try number($0, "energy.gain") } } ?? []
        guard gain.count == 2 else {
            throw InputError("energy.gain.value", problem: "is not a pair", expected: "[96, 970]", source: source)
        }
        return PublishedEnergy(
            perGame: perGame, perOperation: try rows("energy.table2_pJ_per_flop", unit: 1e-12),
            synapses: Int(try number(find("network.synapses.value"), "network.synapses.value")),
            steps: Int(try number(find("energy.game_steps.value"), "energy.game_steps.value")),
            lowerGain: gain[0], upperGain: gain[1])
    }
}
