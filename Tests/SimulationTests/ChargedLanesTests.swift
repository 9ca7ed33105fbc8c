import DeviceModel
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Simulation

/// Devices in lanes whose electrons carry charge, each by its own measure, against `DeviceSimulator` on each.
struct ChargedLanesTests {
    /// Eight devices around the default one.
    static func devices(_ spread: Double) throws -> [AssembledDevice] {
        let base = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).parameters
        return (0..<8).map { k in
            var p = base
            let x = Double((3 * k) % 8) / 7 - 0.5
            p.area *= 1 + 2 * spread * x
            p.compactCapacitance *= 1 - spread * x
            p.platinumBarrier *= 1 + 0.1 * spread * x
            p.vacancyDiffusivity *= 1 + 4 * spread * x * x
            return AssembledDevice(p)
        }
    }

    static let steps: [Step] = [
        .hold(voltage: 0, duration: 10), .read(),
        .repeat(
            count: 4,
            steps: [.pulse(amplitude: 4, width: 500e-6, base: 0, edge: 1e-6), .read(), .hold(voltage: 0, duration: 0.1)]),
        .hold(voltage: 0.6, duration: 5), .read(), .hold(voltage: -2, duration: 1e-5), .hold(voltage: 0.6, duration: 1),
        .read(),
    ]

    static func compare(_ lanes: Trace, _ alone: Trace, _ name: String, below limit: Double = 2e-4) {
        #expect(lanes.stopped == nil && alone.stopped == nil)
        #expect(lanes.reads.count == alone.reads.count && lanes.pulses.count == alone.pulses.count)
        for (a, b) in zip(lanes.reads, alone.reads) {
            hold(abs(a.conductance / b.conductance - 1), below: limit, as: "charged lanes: read of \(name) at \(a.time) s")
        }
        for (a, b) in zip(lanes.pulses, alone.pulses) {
            hold(abs(a.energy / b.energy - 1), below: limit, as: "charged lanes: pulse energy of \(name)")
            hold(
                abs(a.endCurrent / b.endCurrent - 1), below: limit,
                as: "charged lanes: current at the end of a pulse of \(name)")
            hold(abs(a.peakTemperature / b.peakTemperature - 1), below: limit, as: "charged lanes: peak temperature of \(name)")
        }
        hold(lanes.statistics.inventoryDrift, below: 1e-12, as: "charged lanes, inventory: drift of \(name)")
    }

    @Test(
        "Eight devices through pulses of 4 V and a hold of -2 V stay in lanes with their electrons' charge, each as alone to 2e-4"
    )
    func trains() throws {
        let devices = try Self.devices(0.03)
        let ensemble = EnsembleSimulator(devices)
        let traces = ensemble.run(Self.steps)
        #expect(ensemble.inLanes == 8)
        for (k, device) in devices.enumerated() {
            let simulator = DeviceSimulator(device)
            let alone = try simulator.run(Self.steps)
            Self.compare(traces[k], alone, "device \(k)")
            let (a, b) = (traces[k].statistics.driftDiffusionSteps, alone.statistics.driftDiffusionSteps)
            #expect(b > 200 && a > b / 2 && a < 2 * b, "\(a) and \(b) steps with charge")
            #expect(ensemble.states[k].unknowns.count == simulator.state.unknowns.count)
        }
    }

    /// At 2.2 to 2.9 V the charge counts in some devices and not in the others: each is solved by its own law.
    @Test("Eight voltages side by side, some of which need the electrons' charge: each as alone to 2e-4")
    func some() throws {
        let device = try Self.devices(0)[0]
        let ensemble = EnsembleSimulator([AssembledDevice](repeating: device, count: 8))
        func steps(_ k: Int) -> [Step] {
            [
                .hold(voltage: 0, duration: 1), .pulse(amplitude: 1.5 + 0.35 * Double(k), width: 100e-6, base: 0),
                .hold(voltage: 0, duration: 1e-3), .read(),
            ]
        }
        let traces = ensemble.run((0..<8).map { Waveform(steps: steps($0), readVoltage: 0.6) })
        #expect(ensemble.inLanes == 8)
        var charged = 0
        for k in 0..<8 {
            let alone = try DeviceSimulator(device).run(steps(k))
            Self.compare(traces[k], alone, "pulse \(k)")
            #expect((traces[k].statistics.driftDiffusionSteps > 0) == (alone.statistics.driftDiffusionSteps > 0), "pulse \(k)")
            if alone.statistics.driftDiffusionSteps > 0 { charged += 1 }
        }
        #expect(charged > 0 && charged < 8)
    }

    @Test("States taken and put back in the middle of a pulse, some with charged electrons, go on as they would have to 2e-4")
    func states() throws {
        let devices = try Self.devices(0.03)
        let (first, second): ([Step], [Step]) = (
            [.sweep(from: 0, to: 4, rate: 4e6), .hold(voltage: 4, duration: 1e-4)],
            [.hold(voltage: 4, duration: 1e-4), .sweep(from: 4, to: 0, rate: 4e6), .hold(voltage: 0, duration: 0.1), .read()]
        )
        let ensemble = EnsembleSimulator(devices)
        _ = ensemble.run(first)
        let other = EnsembleSimulator(devices)
        other.states = ensemble.states
        #expect(other.inLanes == 8)
        #expect(zip(other.states, devices).allSatisfy { $0.unknowns.count > $1.unknowns })
        let traces = other.run(second)
        for (k, device) in devices.enumerated() {
            let alone = DeviceSimulator(device)
            try alone.run(first)
            let expected = try alone.run(second)
            hold(
                abs(traces[k].reads[0].conductance / expected.reads[0].conductance - 1), below: 2e-4,
                as: "charged lanes: read of device \(k) after a state put back")
        }
    }

    @Test(
        "Runs of eight threads in lock-step are those of lanes, whatever each thread does in between; one that ends early holds nobody up"
    )
    func lockstep() throws {
        let devices = try Self.devices(0.03)
        let steps = Self.steps
        let expected = EnsembleSimulator(devices).run(Array(steps[..<2]))
        nonisolated(unsafe) let shared = devices
        let reads = Lockstep.map(8) { seat -> [Double] in
            let simulator = DeviceSimulator(shared[seat.index])
            seat.take(simulator)
            var reads = simulator.run(Waveform(steps: Array(steps[..<2])), recording: .none).reads.map(\.conductance)
            if seat.index == 3 { return reads }
            let saved = simulator.state
            reads += simulator.run(Waveform(steps: [steps[2]]), recording: .none).reads.map(\.conductance)
            if seat.index % 2 == 0 { simulator.state = saved }
            reads += simulator.run(Waveform(steps: [.hold(voltage: 0.6, duration: 1), .read()]), recording: .none).reads.map(
                \.conductance)
            return reads
        }
        for k in 0..<8 {
            #expect(reads[k][0] == expected[k].reads[0].conductance)
            #expect(reads[k].count == (k == 3 ? 1 : 6) && reads[k].allSatisfy { $0.isFinite })
        }
        // The pulses raise W; who went back to the state before them does not show that.
        #expect(reads[1][5] > reads[0][5])
    }
}
