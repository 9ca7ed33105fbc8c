import CompactModel
import Energy
import Foundation
import GameAccount
import Pong
import TestSupport
import Validation

@testable import Report

let repository = Repository.root.path

/// A report's content made from the prototype's numbers and from closed forms in their likeness.
func sampleContent(updates: Bool = true) throws -> ReportContent {
    let reference = try ReferenceDevice.load(folder: repository + "/Validation/reference/device")
    var figures = FigureData()
    figures.loops = (1...30).map { cycle in
        let points = reference.loops[cycle < 15 ? 1 : 30]!
        let share = 1 + 0.001 * Double(cycle)
        return .init(
            cycle: cycle, voltage: points.map(\.voltage), current: points.map { $0.conductance * $0.voltage * share })
    }
    figures.setTrain.before = 12.3e-9
    figures.setTrain.duringTrain = (0..<100).map {
        .init(time: 0.1 * Double($0), value: 80e-9 - 68e-9 * exp(-Double($0 + 1) / 6))
    }
    figures.setTrain.decay = (0...300).map { i in
        let t = 1e-3 * pow(1e7, Double(i) / 300)
        return .init(time: t, value: 13e-9 * exp(-t / 2e4) + 55e-9 * exp(-t / 2.3))
    }
    figures.setTrain.lastDecay = figures.setTrain.decay
    figures.setTrain.retention = figures.setTrain.decay.map { .init(time: $0.time, value: $0.value * 1.4) }
    let amplitudes = [2.0, 2.5, 3.0]
    let steps = [2.79e-9, 5.79e-9, 9.73e-9]
    figures.shortTerm.pulses = (0..<15).map {
        .init(time: 20 + 24 * Double($0), amplitude: amplitudes[$0 % 3], width: 100e-6, deltaConductance: steps[$0 % 3])
    }
    figures.shortTerm.conductance = (0..<37500).map { i in
        let t = Double(i) * 0.01
        let f = figures.shortTerm.pulses.reduce(0.0) {
            $0 + (t > $1.time ? $1.deltaConductance * exp(-(t - $1.time) / 11.6) : 0)
        }
        return .init(time: t, value: 13e-9 + f)
    }
    figures.responses = reference.pulses.map { pulse in
        .init(
            amplitude: pulse.amplitude, width: pulse.width,
            deltaConductance: (0..<5).map { pulse.deltaConductance * (1 - 0.004 * Double($0)) },
            energy: Array(repeating: pulse.energy, count: 5),
            trace: (0...100).map { i in
                let t = 2e-3 * pow(3e4, Double(i) / 100)
                return .init(time: t, value: pulse.deltaConductance * exp(-t / 11.6))
            })
    }
    figures.streams = [
        .init(
            name: "mixed", time: [0.002, 1, 1.002, 3], device: [3e-9, 2e-9, 7e-9, 4e-9], linear: [3e-9, 2.5e-9, 9e-9, 6e-9],
            state: [3e-9, 2e-9, 7.1e-9, 4e-9], linearError: 0.3, stateError: 0.01)
    ]
    figures.profiles = ["before", "end of the pulse", "0.1 s", "1 s", "12 s"].enumerated().map(sampleProfile)
    for (bias, tau) in [(0.6, 12.0), (0, 2.4), (-0.6, 0.39)] {
        for amplitude in [2, 2.5, 3, 3.5] {
            let longer = tau * (1 + 0.1 * (3.5 - amplitude))
            figures.decayTimes.append(.init(amplitude: amplitude, width: 100e-6, bias: bias, tau: longer))
        }
        figures.decayTimes.append(.init(amplitude: 3.5, width: 500e-6, bias: bias, tau: tau))
    }
    let moments = (0...80).map { 1e-5 * pow(1e7, Double($0) / 80) }
    figures.decayWithTransport = moments.map { .init(time: $0, value: 40e-9 * exp(-$0 / 11)) }
    figures.decayWithoutTransport = moments.map { .init(time: $0, value: 40e-9 * exp(-$0 / 6)) }
    figures.decays = reference.lambdas.map { point in
        .init(
            bias: point.bias,
            samples: (0...120).map { i in
                let t = 1e-5 * pow(3e7, Double(i) / 120)
                return .init(time: t, value: 40e-9 * exp(-pow(t / point.tau, 0.9)))
            })
    }
    let synapse = SynapseModel(
        weightMap: .init(minimumConductance: 12.33e-9, conductancePerUnit: 2e-9),
        update: .init(
            points: reference.pulses.map {
                .init(
                    amplitude: $0.amplitude, width: $0.width, deltaConductance: $0.deltaConductance, energy: $0.energy,
                    peakTemperature: 310)
            }, step: 0.5, maximum: 20),
        energy: .init(
            prefactorPerNanosiemens: 27e-12, prefactorPerUnit: 27e-12 * pow(2, 1.39), exponent: 1.39, cornerExponent: 1.465,
            residual: 0.21),
        decay: .init(
            points: reference.lambdas.map { .init(bias: $0.bias, tau: $0.tau, lambda: $0.lambda, residual: 0.02) },
            sigmoid: .init(height: 1.02, slope: 4.4, centre: -0.19, offset: -0.06, residual: 0.003), lambdaMinimum: 0.0808,
            lambdaMaximum: 0.9175, step: 1),
        levels: reference.levels.map { .init(train: $0.train, afterTrain: 80e-9, read1s: $0.read1s, read375s: $0.read375s) },
        readVoltage: 0.6, device: "set T", deviceDigest: reference.deviceDigest)
    let game = sampleGame(updates: updates)
    let validator = try Validator.load(folder: repository + "/Validation")
    var account = try EnergyAccount(synapse: synapse, game: game, published: validator.published)
    account.periphery = PeripheryAccount(
        account: account, counts: PeripheryCounts(game),
        energies: try PeripheryEnergies.load(path: repository + "/Validation/periphery.yaml"), published: validator.published)
    var results = ChainResults()
    results.synapse = synapse
    results.shortTermSteps = steps
    results.baseConductance = 12.33e-9
    results.baseAfterHold = 12.45e-9
    results.baseAfterPulses = 12.52e-9
    results.settledAfterHold = 12.46e-9
    results.settledAfterPulses = 12.49e-9
    results.leakRatio = 1.0058
    results.largestRepeatDeviation = 0.06e-9
    results.loops = figures.loops.map { .init(cycle: $0.cycle, voltage: $0.voltage, current: $0.current) }
    results.completedLoops = 30
    results.formingVoltage = 4.4
    results.conservationDrift = 3e-13
    results.retention = [0.0, 1000, 10000].map { .init(time: $0, conductance: 26e-9 * exp(-$0 / 17000)) }
    results.game = game
    results.account = account
    let file = ResultsFile(
        outcome: validator.validate(results), results: results, published: validator.published,
        provenance: ["swift": "6.3.1", "device_sha256": "ab12"])
    return ReportContent(
        figures: figures, synapse: synapse, game: game, film: sampleFilm(steps: 90), account: account,
        published: validator.published, results: file,
        parameters: [
            .init(
                group: "Geometry", symbol: "L", name: "thickness", value: "40", unit: "nm", status: "measured",
                range: "5 ... 500 nm", source: "Weilenmann 2024"),
            .init(
                group: "Electrostatics", symbol: "eps_r", name: "permittivity <at zero field>", value: "320", unit: "1",
                status: "fitted", source: "arXiv:1508.07550"),
        ], settings: [.init("Seed", "1")], curves: sampleCurves(), sweep: sampleSweep())
}

/// The layer at the k-th of five moments: half of a read's resistance lies at Pt, and a pulse lowers it.
private func sampleProfile(_ k: Int, _ name: String) -> FigureData.Profile {
    let x = (0...60).map { 40e-9 * Double($0) / 60 }
    let pulse = k == 0 ? 0 : Double(5 - k)
    let resistance = x.map { x -> Double in
        let atPlatinum = 40e6 - 3e6 * pulse
        return atPlatinum * (1 - 0.5 * exp(-x / 2e-9)) + 2e14 * x
    }
    return .init(
        name: name, position: x, bandEdge: x.map { 0.4 + 0.3 * sin($0 / 40e-9 * .pi) - (k == 1 ? $0 * 5e7 : 0) },
        vacancies: x.map { 1e20 + 1e27 / Double(k + 1) * exp(-$0 / 1e-9) },
        fields: x.dropLast().map { 1e8 * exp(-$0 / 3e-9) }, resistance: resistance, totalResistance: resistance[60] + 1e6,
        leftShareOfChange: k == 0 ? nil : 0.98)
}

/// A first stage that rises from -21 to 5 and a second that goes on to 20; a second agent that stays low.
func sampleCurves() -> [LearningCurve] {
    func points(_ steps: Range<Int>, _ stage: Int, _ score: (Double) -> Double) -> [LearningCurve.Point] {
        steps.map { .init(agentSteps: $0 * 10_000, coreSeconds: Double($0) * 12.5, score: score(Double($0)), stage: stage) }
    }
    return [
        LearningCurve(
            name: "frame skip 4",
            points: points(2..<155, 0) { max(-21, -21 + ($0 - 25) * 0.2) } + points(156..<205, 1) { 5 + ($0 - 156) * 0.3 }),
        LearningCurve(name: "no frame skip", points: points(4..<90, 0) { -20 + $0 * 0.05 }),
    ]
}

func sampleSweep() -> LambdaSweep {
    let slopes: [(ClosedRange<Double>, [Double])] = [(0...0, [0.02, 0.05]), (0.08...0.92, [0.1, 0.16])]
    return LambdaSweep(
        runs: slopes.flatMap { range, both in
            both.enumerated().map { seed, slope in
                .init(
                    lambda: range, seed: UInt64(seed + 1),
                    points: (3..<100).map {
                        .init(agentSteps: $0 * 10_240, coreSeconds: Double($0) * 13, score: -21 + slope * Double($0))
                    })
            }
        })
}

func sampleGame(updates: Bool) -> GameRecord {
    let units = 64
    let inputs = 2656
    let steps = 6826
    var state: UInt64 = 42
    func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }
    var synapses: [Int32] = []
    var levels: [UInt8] = []
    var counts: [UInt32] = []
    if updates {
        for _ in 0..<60_000 {
            synapses.append(Int32(random() * Double(units * inputs)))
            levels.append(UInt8(1 + min(39, Int(-4 * log(max(random(), 1e-9))))))
            counts.append(UInt32(1 + random() * 40))
        }
    }
    let sums = (0..<units * inputs).map { _ in abs(random() + random() - 1) * 0.3 * Double(steps) }
    var weight: [Float] = []
    var deltaF: [Float] = []
    var f = 0.0
    for i in 0..<steps {
        let d = updates && i % 37 == 0 ? (random() * 8).rounded() / 2 * (random() < 0.3 ? -1 : 1) : 0
        f = 0.92 * f + d
        deltaF.append(Float(d))
        weight.append(Float(0.4 + f))
    }
    return GameRecord(
        score: 19, steps: steps, frameSkip: 1, capped: false, units: units, inputs: inputs, deltaFStep: 0.5, deltaFMaximum: 20,
        lambdaMinimum: 0.0808, lambdaMaximum: 0.9175, updateSynapse: synapses, updateLevel: levels, updateCount: counts,
        sumAbsoluteWeight: sums, sumWeight: sums, largestSynapse: 4711, largestWeight: weight, largestDeltaF: deltaF,
        agent: "agent.safetensors", agentDigest: "cd34", seed: 1, policy: "greedy")
}
