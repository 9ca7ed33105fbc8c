import CompactModel
import Essentials
import Foundation
import GameAccount

/// Energy of one game, synapse by synapse.
package struct SynapseEnergies: Equatable, Sendable {
    /// E_dF of each synapse over the game, J.
    package var deltaF: [Double]
    /// Sum over the steps of (G_min + g |G|) V^2 of each synapse, W; times the step's duration it is the energy of the bias.
    package var biasPowerSum: [Double]

    package var synapses: Int { deltaF.count }
    package var totalDeltaF: Double { deltaF.reduce(0, +) }
    package var totalBiasPowerSum: Double { biasPowerSum.reduce(0, +) }

    /// E_dF,i = sum_k n_ik c (k step)^alpha: exact, because every |dF| is a whole number k of steps.
    ///
    /// Throws `InputError` for values that no account can be made of. Cost: one power per level that occurs, one
    /// multiplication per sparse entry and per synapse.
    package init(synapse: SynapseModel, game: GameRecord) throws(InputError) {
        try Self.check(synapse)
        try Self.check(game)
        let law = synapse.energy
        let perLevel = (0...255).map {
            $0 == 0 ? 0 : law.prefactorPerUnit * pow(Double($0) * game.deltaFStep, law.exponent)
        }
        var updates = Array(repeating: 0.0, count: game.units * game.inputs)
        for i in game.updateSynapse.indices {
            updates[Int(game.updateSynapse[i])] += Double(game.updateCount[i]) * perLevel[Int(game.updateLevel[i])]
        }
        deltaF = updates
        let square = synapse.readVoltage * synapse.readVoltage
        let floor = synapse.weightMap.minimumConductance * Double(game.steps)
        let unit = synapse.weightMap.conductancePerUnit
        biasPowerSum = game.sumAbsoluteWeight.map { (floor + unit * $0) * square }
    }

    private static func check(_ synapse: SynapseModel) throws(InputError) {
        func positive(_ key: String, _ value: Double, _ unit: String) throws(InputError) {
            guard value.isFinite, value > 0 else {
                throw InputError(
                    key, value: "\(value) \(unit)", problem: "is not positive and finite",
                    expected: "a synapse extracted by `tausonite extract`", source: "synapse")
            }
        }
        try positive("G_min", synapse.weightMap.minimumConductance, "S")
        try positive("conductance per unit", synapse.weightMap.conductancePerUnit, "S")
        try positive("energy prefactor", synapse.energy.prefactorPerUnit, "J")
        try positive("energy exponent", synapse.energy.exponent, "")
        try positive("read voltage", synapse.readVoltage, "V")
        try positive("decay step", synapse.decay.step, "s")
        for (key, value) in [("lambda_min", synapse.decay.lambdaMinimum), ("lambda_max", synapse.decay.lambdaMaximum)] {
            guard value >= 0, value <= 1 else {
                throw InputError(key, value: "\(value)", problem: "is outside 0 ... 1", source: "synapse")
            }
        }
    }

    private static func check(_ game: GameRecord) throws(InputError) {
        func fail(_ key: String, _ value: String?, _ problem: String, _ expected: String) -> InputError {
            InputError(key, value: value, problem: problem, expected: expected, source: "game record")
        }
        guard game.units > 0, game.inputs > 0, game.steps > 0 else {
            throw fail(
                "shape", "\(game.units) x \(game.inputs), \(game.steps) steps", "is empty",
                "at least one synapse and one step")
        }
        let count = game.units * game.inputs
        guard game.deltaFStep.isFinite, game.deltaFStep > 0 else {
            throw fail("delta_f_step", "\(game.deltaFStep)", "is not positive and finite", "0.5 in the paper")
        }
        guard game.frameSkip > 0 else { throw fail("frame_skip", "\(game.frameSkip)", "is not positive", "1 or more") }
        guard game.updateSynapse.count == game.updateLevel.count, game.updateSynapse.count == game.updateCount.count
        else {
            throw fail(
                "updates", "\(game.updateSynapse.count), \(game.updateLevel.count), \(game.updateCount.count) entries",
                "have different lengths", "one synapse, level and count per entry")
        }
        guard game.sumAbsoluteWeight.count == count else {
            throw fail(
                "sum of |G|", "\(game.sumAbsoluteWeight.count) entries", "does not match the shape",
                "\(count) = \(game.units) x \(game.inputs) entries")
        }
        for i in game.updateSynapse.indices
        where game.updateSynapse[i] < 0 || Int(game.updateSynapse[i]) >= count || game.updateLevel[i] == 0 {
            throw fail(
                "update \(i)", "synapse \(game.updateSynapse[i]), level \(game.updateLevel[i])", "is out of range",
                "synapse 0 ..< \(count), level 1 ... 255")
        }
        for (i, value) in game.sumAbsoluteWeight.enumerated() where !(value.isFinite && value >= 0) {
            throw fail("sum of |G| of synapse \(i)", "\(value)", "is negative or not finite", "a sum of magnitudes")
        }
        guard game.largestWeight.count == game.largestDeltaF.count else {
            throw fail(
                "largest synapse", "\(game.largestWeight.count) weights, \(game.largestDeltaF.count) updates",
                "has traces of different lengths", "one of each per step")
        }
    }
}
