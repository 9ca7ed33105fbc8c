import CompactModel
import Energy
import Foundation
import GameAccount
import TestSupport

/// The paper's synapse, as far as it is printed (12 nS, 2 nS per unit, 30 pJ, 1.52, 0.08 ... 0.92, 0.6 V).
func paperSynapse() -> SynapseModel {
    SynapseModel(
        weightMap: .init(minimumConductance: 12e-9, conductancePerUnit: 2e-9),
        update: .init(points: [], step: 0.5, maximum: 20),
        energy: .init(
            prefactorPerNanosiemens: 30e-12 / pow(2, 1.52), prefactorPerUnit: 30e-12, exponent: 1.52,
            cornerExponent: 1.52, residual: 0),
        decay: .init(
            points: [], sigmoid: .init(height: 1, slope: 5, centre: 0, offset: 0, residual: 0), lambdaMinimum: 0.08,
            lambdaMaximum: 0.92, step: 1),
        levels: [], readVoltage: 0.6, device: "paper", deviceDigest: "")
}

/// A game of `steps` steps on `units` x `inputs` synapses; G = 0 everywhere unless given.
func game(
    units: Int = 4, inputs: Int = 3, steps: Int = 6826, frameSkip: Int = 1,
    updates: [(synapse: Int32, level: UInt8, count: UInt32)] = [], sumAbsoluteWeight: [Double]? = nil,
    largest: (weight: [Float], deltaF: [Float]) = ([], [])
) -> GameRecord {
    GameRecord(
        score: -21, steps: steps, frameSkip: frameSkip, capped: false, units: units, inputs: inputs, deltaFStep: 0.5,
        deltaFMaximum: 20, lambdaMinimum: 0.08, lambdaMaximum: 0.92, updateSynapse: updates.map(\.synapse),
        updateLevel: updates.map(\.level), updateCount: updates.map(\.count),
        sumAbsoluteWeight: sumAbsoluteWeight ?? Array(repeating: 0, count: units * inputs),
        sumWeight: Array(repeating: 0, count: units * inputs), largestSynapse: 0, largestWeight: largest.weight,
        largestDeltaF: largest.deltaF, agent: "none", agentDigest: "", seed: 1, policy: "greedy")
}

/// The repository's copy of the paper's numbers.
func published() throws -> PublishedEnergy {
    try PublishedEnergy.load(path: Repository.path("Validation/weilenmann2024.yaml"))
}

/// The repository's energies of what surrounds a crossbar.
func surroundings() throws -> PeripheryEnergies {
    try PeripheryEnergies.load(path: Repository.path("Validation/periphery.yaml"))
}

/// A file of such energies, with numbers that a reader can multiply: low, value and high of each key in its unit.
struct PeripheryFile {
    var numbers: [String: (low: Double, value: Double, high: Double, unit: String)] = [
        "converters.adc": (1, 2, 4, "pJ"), "converters.dac_bit": (0.5, 1, 2, "pJ"), "converters.input_bits": (4, 8, 16, "-"),
        "arrays.rows": (1, 2, 3, "-"), "arrays.pitch": (1, 2, 3, "um"), "arrays.line_capacitance": (1, 1, 2, "fF/um"),
        "arrays.pulse_voltage": (1, 2, 3, "V"), "logic.multiply": (1, 2, 3, "pJ"), "logic.add": (0.1, 0.2, 0.4, "pJ"),
        "logic.gamma_bits": (4, 8, 16, "-"), "digital_45nm.multiply": (1, 2, 4, "pJ"), "digital_45nm.add": (0.5, 1, 2, "pJ"),
        "digital_45nm.sram_access": (8, 16, 64, "pJ"), "digital_7nm.multiply": (0.5, 1, 2, "pJ"),
        "digital_7nm.add": (0.25, 0.5, 1, "pJ"), "digital_7nm.sram_access": (4, 8, 16, "pJ"),
        "memory.sram_leakage": (1, 10, 100, "pW"), "memory.hbm_bit": (1, 2, 4, "pJ"), "memory.hbm_bytes": (4, 8, 20, "-"),
        "cards.a100_operation": (1, 5, 20, "pJ"), "cards.h100_operation": (0.5, 3, 10, "pJ"), "cards.bytes": (0, 8, 20, "-"),
    ]
    /// Lines of an entry in place of the usual ones, by key.
    var entries: [String: [String]] = [:]

    static func lines(_ low: Double, _ value: Double, _ high: Double, _ unit: String) -> [String] {
        [
            "value: \(value)", "low: \(low)", "high: \(high)", "unit: \"\(unit)\"", "node: 45 nm", "status: estimate",
            "source: a test", "range: a test",
        ]
    }

    var text: String {
        var text = ""
        for section in ["converters", "arrays", "logic", "digital_45nm", "digital_7nm", "memory", "cards"] {
            text += "\(section):\n"
            for (key, number) in numbers.sorted(by: { $0.key < $1.key }) where key.hasPrefix(section + ".") {
                text += "  \(key.dropFirst(section.count + 1)):\n"
                let lines = entries[key] ?? Self.lines(number.low, number.value, number.high, number.unit)
                text += lines.map { "    \($0)\n" }.joined()
            }
        }
        return text
    }

    func energies() throws -> PeripheryEnergies { try PeripheryEnergies.parse(text, source: "surroundings.yaml") }
}
