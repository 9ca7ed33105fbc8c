import CompactModel
import Energy
import Foundation
import GameAccount

extension ChainResults {
    /// What a campaign measured, with the synapse extracted from it; the game and its account may follow later.
    package init(_ c: Characterisation, synapse: SynapseModel, game: GameRecord? = nil, account: EnergyAccount? = nil) {
        self.init()
        self.synapse = synapse
        self.game = game
        self.account = account
        largestRepeatDeviation = c.map.compactMap { Self.deviation($0.deltaConductance) }.max()
        // Fig. 2e shows the last pulse of each amplitude.
        let last = c.shortTerm.pulses.suffix(3).sorted { $0.amplitude < $1.amplitude }
        shortTermSteps = last.map(\.deltaConductance)
        restConductance = c.restConductance
        baseConductance = c.baseConductance
        baseAfterHold = c.baseAfterHold
        baseAfterPulses = c.baseAfterPulses
        settledAfterHold = c.settledAfterHold
        settledAfterPulses = c.settledAfterPulses
        leakRatio = c.leakRatio
        retention = c.retention.map { Read(time: $0.time, conductance: $0.value) }
        loops = c.loops.map { Loop(cycle: $0.cycle, voltage: $0.voltage, current: $0.current) }
        completedLoops = c.loops.count
        formingVoltage = c.forming?.amplitude
        formingHold = c.forming?.hold
        decays = c.decays.map {
            Decay(bias: $0.bias, time: $0.course.map(\.time), shortTerm: $0.course.map(\.value))
        }
        conservationDrift = c.inventoryDrift
    }

    /// Sample standard deviation; nil for fewer than two values.
    private static func deviation(_ values: [Double]) -> Double? {
        guard values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
