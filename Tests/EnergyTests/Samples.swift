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
