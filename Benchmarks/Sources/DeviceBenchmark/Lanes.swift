import CompactModel
import DeviceModel
import Foundation
import LinearAlgebra
import Protocols
import Simulation

/// Many devices of perturbed parameters in SIMD lanes beside the same devices one by one.
struct Lanes {
    /// Set T with ten parameters of each device moved by up to `spread`; a lattice rule spreads them evenly.
    static func sets(_ count: Int, spread: Double = 0.05) -> [DeviceParameters] {
        let moved: [(WritableKeyPath<DeviceParameters, Double>, Double)] = [
            (\.area, 1), (\.compactCapacitance, 1), (\.vacancyDiffusivity, 1), (\.forwardHopRate, 1),
            (\.backwardHopVelocity, 1),
            (\.hopFieldLength, 0.2), (\.oxygenLossRate, 1), (\.oxygenReturnRate, 1), (\.redoxPotential, 1),
            (\.platinumBarrier, 0.1),
        ]
        return (0..<count).map { Self.moved(DeviceParameters(), $0, moved, spread) }
    }

    /// The default device likewise, from its file.
    static func sets(ofDefault count: Int, spread: Double) throws -> [DeviceParameters] {
        let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4)
        let path = NSString.path(withComponents: Array(root)) + "/Materials/pt-sto-ti.yaml"
        let base = try DeviceDescription.load(path: path).parameters
        let moved: [(WritableKeyPath<DeviceParameters, Double>, Double)] = [
            (\.area, 1), (\.compactCapacitance, 1), (\.vacancyDiffusivity, 1), (\.forwardHopEnergy, 0.1),
            (\.backwardHopEnergy, 0.1), (\.planeDistance, 0.5), (\.oxygenLossRate, 1), (\.oxygenReturnRate, 1),
            (\.redoxPotential, 0.5), (\.platinumBarrier, 0.1),
        ]
        return (0..<count).map { Self.moved(base, $0, moved, spread) }
    }

    private static func moved(
        _ base: DeviceParameters, _ k: Int, _ moved: [(WritableKeyPath<DeviceParameters, Double>, Double)], _ spread: Double
    ) -> DeviceParameters {
        var p = base
        for (j, (path, share)) in moved.enumerated() {
            let x = Double(k + 1) * (0.618034 + 0.0713 * Double(j))
            p[keyPath: path] *= 1 + 2 * share * spread * (x - x.rounded(.down) - 0.5)
        }
        return p
    }

    /// Processor time of one Newton correction of eight devices in lanes, and of each alone, s; and how far they differ.
    struct Correction {
        let nodes: Int
        let lanes, alone, difference: Double

        init(everyPlane: Bool, repeats: Int) throws {
            var options = SolverOptions()
            if everyPlane { options.growth = 1 }
            let devices = Lanes.sets(8).map { p -> AssembledDevice in
                var p = p
                p.thermalResistance = 0
                // Every plane of 0.2 nm is a node: 201 of them.
                if everyPlane { p.firstPlane = 0.2e-9 }
                return AssembledDevice(p, options: options)
            }
            guard let ensemble = DeviceEnsemble(devices) else { fail("eight sets of one structure do not stand in lanes") }
            nodes = devices[0].nodes
            let (shift, voltage) = (1e6, 3.0)
            let together = RealStorage(count: ensemble.unknowns)
            var starts: [RealStorage] = [], histories: [RealStorage] = []
            for (k, device) in devices.enumerated() {
                let simulator = DeviceSimulator(device)
                try simulator.run([.hold(voltage: 0.6, duration: 10), .hold(voltage: voltage, duration: 50e-6)])
                var values = simulator.state.unknowns
                histories.append(RealStorage(values.map { -shift * $0 }))
                for i in 0..<nodes { values[device.layout[.potential, i]] += 1e-3 * (1 - Double(i) / Double(nodes)) }
                starts.append(RealStorage(values))
                ensemble.put(values, lane: k, into: together.row)
                device.drive(from: voltage, rate: 0, at: 0)
                device.prepare(time: 0)
            }
            let history = RealStorage(count: ensemble.unknowns)
            for (k, one) in histories.enumerated() { ensemble.put(one.row.values, lane: k, into: history.row) }
            ensemble.drive(from: .init(repeating: voltage), rate: .init(repeating: 0), at: 0)
            ensemble.prepare(time: 0)
            let start = RealStorage(together.row.values)
            let single = starts.map { RealStorage($0.row.values) }
            let rounds = 40_000 / nodes
            func per(_ body: () throws -> Void) rethrows -> Double {
                try measure(repeats) { for _ in 0..<rounds { try body() } }.best / Double(8 * rounds)
            }
            lanes = try per {
                together.row.assign(start.row)
                _ = try ensemble.correct(together.row, shift: shift, history: history.row)
            }
            alone = try per {
                for (k, device) in devices.enumerated() {
                    single[k].row.assign(starts[k].row)
                    _ = try device.correct(single[k].row, shift: shift, history: histories[k].row)
                }
            }
            var worst = 0.0
            for k in 0..<8 {
                for (a, b) in zip(ensemble.unknowns(lane: k, of: together.row), single[k].row.values) {
                    let error = abs(a - b) / max(abs(a), abs(b), 1e-300)
                    worst = error.isFinite ? max(worst, error) : .infinity
                }
            }
            difference = worst
        }
    }

    /// One pulse, its decay and a read.
    static let pulse: [Step] = [.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .hold(voltage: 0.6, duration: 60), .read()]
    /// Ten pulses of a SET train, whose electrons carry charge, and a read.
    static let train: [Step] = [
        .train(count: 10, amplitude: 4, width: 500e-6, gap: 0.1, base: 0), .hold(voltage: 0.6, duration: 1), .read(),
    ]

    /// Processor time of devices through a protocol from the base state, s a device.
    struct Run {
        let devices: Int
        let lanes, alone, steps, stepsAlone, difference: Double
        let inLanes: Int

        init(_ sets: [DeviceParameters], _ steps: [Step], repeats: Int) throws {
            let count = sets.count
            let devices = sets.map { AssembledDevice($0) }
            let ensemble = EnsembleSimulator(devices)
            _ = ensemble.run(Experiment.baseStateSteps)
            let base = ensemble.states
            let simulators = devices.map { DeviceSimulator($0) }
            var (lanes, alone) = (Double.infinity, Double.infinity)
            var (together, single): ([Trace], [Trace]) = ([], [])
            for _ in 0..<repeats {
                ensemble.states = base
                var start = processorSeconds()
                together = ensemble.run(steps)
                lanes = min(lanes, processorSeconds() - start)
                for (simulator, state) in zip(simulators, base) { simulator.state = state }
                start = processorSeconds()
                single = try simulators.map { try $0.run(steps) }
                alone = min(alone, processorSeconds() - start)
            }
            (self.devices, self.lanes, self.alone, inLanes) = (
                count, lanes / Double(count), alone / Double(count), ensemble.inLanes
            )
            func mean(_ traces: [Trace]) -> Double {
                Double(traces.reduce(0) { $0 + $1.statistics.steps }) / Double(traces.count)
            }
            (self.steps, stepsAlone) = (mean(together), mean(single))
            difference =
                zip(together, single).map { a, b in
                    zip(a.pulses, b.pulses).reduce(abs(a.reads[0].conductance / b.reads[0].conductance - 1)) {
                        max($0, abs($1.0.energy / $1.1.energy - 1), abs($1.0.endCurrent / $1.1.endCurrent - 1))
                    }
                }.max() ?? 0
        }
    }
}

/// Processor time of what a column of a fit's Jacobian costs: the measurements of eight devices around the default one, each alone, and in
/// lock-step on threads of their own (`Lockstep`), s a device; and how far the values differ.
private func measureColumns(repeats: Int) throws -> (alone: Double, lanes: Double, difference: Double) {
    let sets = try Lanes.sets(ofDefault: 8, spread: 0.01)
    @Sendable func values(_ index: Int, _ seat: Lockstep.Seat?) -> [Double] {
        var campaign = Campaign(sets[index])
        (campaign.parts, campaign.biases, campaign.trains, campaign.repeats) = ([.trains, .map, .decays], [-0.6, 0.6], 2, 1)
        (campaign.restBetweenRepeats, campaign.retention, campaign.seat) = (4e-3, [], seat)
        guard let measured = try? campaign.runSerially() else { return [] }
        return measured.map.flatMap(\.deltaConductance) + measured.map.flatMap(\.energy) + measured.decays.map(\.tau)
            + measured.trains.map(\.read1s)
    }
    var (alone, lanes, difference) = (Double.infinity, Double.infinity, 0.0)
    for _ in 0..<repeats {
        var start = processorSeconds()
        let single = sets.indices.map { values($0, nil) }
        alone = min(alone, (processorSeconds() - start) / 8)
        start = processorSeconds()
        let together = Lockstep.map(sets.count) { values($0.index, $0) }
        lanes = min(lanes, (processorSeconds() - start) / 8)
        guard single.allSatisfy({ !$0.isEmpty }), together.map(\.count) == single.map(\.count) else {
            fail("a campaign failed")
        }
        for (a, b) in zip(single.joined(), together.joined()) { difference = max(difference, abs(a / b - 1)) }
    }
    return (alone, lanes, difference)
}

/// Prints the gain of SIMD lanes: one Newton correction, and whole runs of devices spread by 1 and by 5 %.
func reportLanes(repeats: Int, devices: Int) throws {
    for everyPlane in [false, true] {
        let run = try Lanes.Correction(everyPlane: everyPlane, repeats: repeats)
        print(
            "{\"benchmark\": \"lanes\", \"nodes\": \(run.nodes), \"alone_ns\": \(text(run.alone * 1e9)), \"lanes_ns\": \(text(run.lanes * 1e9)), "
                + "\"gain\": \(text(run.alone / run.lanes)), \"largest_difference\": \(text(run.difference))}")
    }
    let runs: [(String, Double, [DeviceParameters], [Step])] = [
        ("pulse and decay, set T", 0.01, Lanes.sets(devices, spread: 0.01), Lanes.pulse),
        ("pulse and decay, set T", 0.05, Lanes.sets(devices, spread: 0.05), Lanes.pulse),
        ("pulse and decay, set P", 0.05, try Lanes.sets(ofDefault: devices, spread: 0.05), Lanes.pulse),
        ("ten pulses of 4 V, set P", 0.01, try Lanes.sets(ofDefault: devices / 4, spread: 0.01), Lanes.train),
        ("ten pulses of 4 V, set P", 0.05, try Lanes.sets(ofDefault: devices / 4, spread: 0.05), Lanes.train),
    ]
    for (name, spread, sets, steps) in runs {
        let run = try Lanes.Run(sets, steps, repeats: min(repeats, 3))
        print(
            "{\"benchmark\": \"ensemble\", \"run\": \"\(name)\", \"devices\": \(run.devices), \"in_lanes\": \(run.inLanes), \"spread\": \(spread), "
                + "\"alone_ms\": \(text(run.alone * 1e3)), \"lanes_ms\": \(text(run.lanes * 1e3)), \"gain\": \(text(run.alone / run.lanes)), "
                + "\"steps_alone\": \(text(run.stepsAlone)), \"steps_in_lanes\": \(text(run.steps)), "
                + "\"largest_difference\": \(text(run.difference))}")
    }
    let columns = try measureColumns(repeats: min(repeats, 2))
    print(
        "{\"benchmark\": \"columns\", \"alone_ms\": \(text(columns.alone * 1e3)), \"lanes_ms\": \(text(columns.lanes * 1e3)), "
            + "\"gain\": \(text(columns.alone / columns.lanes)), \"largest_difference\": \(text(columns.difference))}")
}
