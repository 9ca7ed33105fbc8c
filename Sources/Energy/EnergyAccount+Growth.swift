import CompactModel
import Foundation
import GameAccount

extension EnergyAccount.Growth {
    /// Follows the game's largest synapse; at most about `points` samples are kept, every non-zero dF among the largest
    /// of its stretch so that no pulse that matters is thinned away. Energies are summed over all steps before thinning.
    init(game: GameRecord, synapse: SynapseModel, points: Int = 400) {
        let count = game.largestWeight.count
        let law = synapse.energy
        let square = synapse.readVoltage * synapse.readVoltage
        let stretch = max(1, (count + points - 1) / max(points, 1))
        self.init(
            synapse: game.largestSynapse, step: [], weight: [], deltaF: [], deltaFEnergy: [], biasPowerSum: [])
        var updates = 0.0
        var bias = 0.0
        var start = 0
        while start < count {
            let end = min(start + stretch, count)
            var keep = start
            for i in start..<end where abs(game.largestDeltaF[i]) > abs(game.largestDeltaF[keep]) { keep = i }
            var kept = (updates, bias)
            for i in start..<end {
                let magnitude = Double(abs(game.largestDeltaF[i]))
                if magnitude > 0 { updates += law.prefactorPerUnit * pow(magnitude, law.exponent) }
                bias +=
                    (synapse.weightMap.minimumConductance
                        + synapse.weightMap.conductancePerUnit * Double(abs(game.largestWeight[i]))) * square
                if i == keep { kept = (updates, bias) }
            }
            step.append(keep)
            weight.append(Double(game.largestWeight[keep]))
            deltaF.append(Double(game.largestDeltaF[keep]))
            deltaFEnergy.append(kept.0)
            biasPowerSum.append(kept.1)
            start = end
        }
    }
}
