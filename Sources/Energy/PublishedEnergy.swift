import Essentials
import Foundation

/// The energy figures that the paper prints, read from `Validation/weilenmann2024.yaml`; in J.
///
/// GPU rows: NVIDIA A100 40 GB, measured by the authors of Weilenmann 2024 (Tables 1 and 2); "standard" runs the network's
/// 64 units, "optimal" 1024 units scaled back to 64, "compute" counts registers only and appears in Table 2 alone.
package struct PublishedEnergy: Equatable, Sendable {
    /// Table 1, J per game, and Table 2, J per operation, in the paper's row order.
    package var perGame, perOperation: [EnergyRow]
    /// Number of plastic synapses and of network steps that the tables are for.
    package var synapses, steps: Int
    /// Shape of the plastic layer: units, and inputs of each.
    package var units, inputs: Int
    /// Energy of the smallest update that is not zero, J: c d^alpha with the grid's step d.
    package var smallestUpdate: Double
    /// The printed gains over the best and the worst GPU row.
    package var lowerGain, upperGain: Double

    package init(
        perGame: [EnergyRow], perOperation: [EnergyRow], synapses: Int, steps: Int, units: Int, inputs: Int,
        smallestUpdate: Double, lowerGain: Double, upperGain: Double
    ) {
        self.perGame = perGame
        self.perOperation = perOperation
        self.synapses = synapses
        self.steps = steps
        self.units = units
        self.inputs = inputs
        self.smallestUpdate = smallestUpdate
        self.lowerGain = lowerGain
        self.upperGain = upperGain
    }

    /// The paper's memristor row of Table 1.
    package var memristor: EnergyRow { perGame.first { $0.key == "memristor" }! }
    /// The GPU rows of Table 1.
    package var gpus: [EnergyRow] { perGame.filter { $0.key != "memristor" } }
    /// The GPU row with the smallest total, and the one with the largest.
    package var bestGPU: EnergyRow { gpus.min { $0.total < $1.total }! }
    package var worstGPU: EnergyRow { gpus.max { $0.total < $1.total }! }

    /// Reads the tables; throws `InputError` naming file, line and key for a missing, misshapen or negative entry.
    package static func load(path: String) throws(InputError) -> PublishedEnergy { try PublishedEnergy(YAML.load(path: path)) }

    /// The same from the file's text.
    package static func parse(_ text: String, source: String) throws(InputError) -> PublishedEnergy {
        try PublishedEnergy(YAML(parsing: text, source: source))
    }

    private init(_ root: YAML) throws(InputError) {
        let energy = try root.required("energy"), network = try root.required("network")
        let tables = (first: try energy.required("table1_mJ_per_game"), second: try energy.required("table2_pJ_per_flop"))
        let perGame = try Self.rows(tables.first, unit: 1e-3)
        guard perGame.contains(where: { $0.key == "memristor" }), perGame.count > 1 else {
            throw tables.first.error("has no row `memristor` and at least one GPU row")
        }
        let printed = try energy.required("gain").required("value")
        let gain = try printed.list().map(Self.number)
        guard gain.count == 2 else { throw printed.error("is not a pair", expected: "[96, 970]") }
        func count(_ node: YAML) throws(InputError) -> Int {
            let value = try node.required("value")
            return try value.whole(in: 1...1_000_000_000)
        }
        let synapses = try network.required("synapses")
        let (units, inputs) = (try count(network.required("units")), try count(network.required("inputs")))
        guard try count(synapses) == units * inputs else {
            throw synapses.error(
                "is not the number of units times that of inputs", value: try synapses.required("value").string(),
                expected: "\(units) x \(inputs) = \(units * inputs)")
        }
        let law = try root.required("fig3c_4e_pulse_energy").required("power_law")
        let grid = try network.required("device_constraints").required("delta_f_step").required("value")
        self.init(
            perGame: perGame, perOperation: try Self.rows(tables.second, unit: 1e-12), synapses: units * inputs,
            steps: try count(energy.required("game_steps")), units: units, inputs: inputs,
            smallestUpdate: 1e-12 * (try Self.number(law.required("c")))
                * pow(try Self.number(grid), try Self.number(law.required("alpha"))),
            lowerGain: gain[0], upperGain: gain[1])
    }

    private static func rows(_ table: YAML, unit: Double) throws(InputError) -> [EnergyRow] {
        try table.mapping().map { (entry) throws(InputError) in
            let cells = try entry.value.list()
            guard cells.count == 6 else {
                throw entry.value.error(
                    "has not six columns", expected: "[dF, Decay, W+F, ST-Hebb, weight multiplication, total]")
            }
            let columns = try cells.map { (cell) throws(InputError) -> Double? in
                if case .scalar(let text, quoted: false) = cell.content, ["null", "~", ""].contains(text) { return nil }
                return try number(cell) * unit
            }
            guard let deltaF = columns[0], let decay = columns[1], let hebb = columns[3], let total = columns[5] else {
                throw entry.value.error("lacks dF, decay, ST-Hebb or total", expected: "numbers there")
            }
            return EnergyRow(
                key: entry.key, deltaF: deltaF, decay: decay, weightSum: columns[2], stHebb: hebb,
                weightMultiplication: columns[4], total: total)
        }
    }

    private static func number(_ node: YAML) throws(InputError) -> Double {
        let value = try node.double()
        guard value.isFinite, value >= 0 else {
            throw node.error(
                "is not a number that an energy can be", value: try node.string(),
                expected: "a finite number of at least 0")
        }
        return value
    }
}
