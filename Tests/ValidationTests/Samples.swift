import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import TestSupport

@testable import Validation

/// The repository's `Validation` folder.
let validationFolder = Repository.path("Validation")

/// Chain results that equal the prototype's numbers, so that every cross-check row must agree exactly.
func prototypeResults(_ name: String = "device") throws -> ChainResults {
    let reference = try ReferenceDevice.load(folder: validationFolder + "/reference/\(name)")
    var results = ChainResults()
    results.synapse = SynapseModel(
        weightMap: .init(minimumConductance: 12.33e-9, conductancePerUnit: 2e-9),
        update: .init(
            points: reference.pulses.map {
                .init(
                    amplitude: $0.amplitude, width: $0.width, deltaConductance: $0.deltaConductance, energy: $0.energy,
                    peakTemperature: 310)
            }, step: 0.5, maximum: 20),
        energy: .init(
            prefactorPerNanosiemens: 27e-12, prefactorPerUnit: 27e-12 * pow(2, 1.39), exponent: 1.39,
            cornerExponent: 1.465, residual: 0.1),
        decay: .init(
            points: reference.lambdas.map { .init(bias: $0.bias, tau: $0.tau, lambda: $0.lambda, residual: 0.02) },
            sigmoid: .init(height: 1, slope: 4, centre: -0.2, offset: 0, residual: 0.003), lambdaMinimum: 0.0808,
            lambdaMaximum: 0.9175, step: 1),
        levels: reference.levels.map {
            .init(train: $0.train, afterTrain: 80e-9, read1s: $0.read1s, read375s: $0.read375s)
        }, readVoltage: 0.6, device: name, deviceDigest: reference.deviceDigest)
    results.largestRepeatDeviation = 0.2e-9
    results.shortTermSteps = [2.79e-9, 5.79e-9, 9.73e-9]
    let summary = reference.summary
    results.restConductance = summary["G_rest_0V"].map { $0 * 1e-9 }
    results.baseConductance = summary["G0"].map { $0 * 1e-9 }
    results.baseAfterHold = summary["G0_plus375s"].map { $0 * 1e-9 }
    results.baseAfterPulses = summary["G_after_15_pulses"].map { $0 * 1e-9 }
    // The reference ends with the pulses; a minute later nothing is left of the last one.
    results.settledAfterHold = results.baseAfterHold
    results.settledAfterPulses = results.baseAfterPulses
    results.leakRatio = summary["leak_60s_ratio"]
    results.retention = [0.0, 300, 1000, 3000, 10000].compactMap { time in
        summary["ret_0V_\(Int(clamped: time))s"].map { .init(time: time, conductance: $0 * 1e-9) }
    }
    results.loops = [1, 30].map { cycle in
        let points = reference.loops[cycle]!
        return .init(
            cycle: cycle, voltage: points.map(\.voltage), current: points.map { $0.conductance * $0.voltage })
    }
    results.completedLoops = 30
    results.formingVoltage = 4.4
    results.formingHold = 10e-3
    results.decays = reference.decays.map { bias, samples in
        .init(bias: bias, time: samples.map(\.time), shortTerm: samples.map(\.shortTerm))
    }
    results.conservationDrift = 3e-13
    let count = 64 * 2656
    let game = GameRecord(
        score: 21, steps: 6826, frameSkip: 1, capped: false, units: 64, inputs: 2656, deltaFStep: 0.5,
        deltaFMaximum: 20, lambdaMinimum: 0.0808, lambdaMaximum: 0.9175, updateSynapse: [3, 9], updateLevel: [1, 40],
        updateCount: [100, 2], sumAbsoluteWeight: Array(repeating: 0, count: count),
        sumWeight: Array(repeating: 0, count: count), largestSynapse: 9, largestWeight: [0, 1, 2],
        largestDeltaF: [0, 0.5, 20], agent: "agent.safetensors", agentDigest: "00", seed: 7, policy: "greedy")
    results.game = game
    results.account = try EnergyAccount(
        synapse: results.synapse!, game: game,
        published: PublishedEnergy.load(path: validationFolder + "/weilenmann2024.yaml"))
    return results
}
