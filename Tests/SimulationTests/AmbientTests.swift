import DeviceModel
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Simulation

/// "At 350 K": a protocol that sets the ambient temperature.
struct AmbientTests {
    private static let after: [Step] = [
        .pulse(amplitude: 3, width: 200e-6, base: 0.6), .hold(voltage: 0.6, duration: 1), .read(),
    ]

    /// A base state at 300 K and what set T reads after `steps` from it.
    private func reads(_ steps: [Step], chargeThreshold: Double = .infinity) throws -> (Trace, DeviceSimulator) {
        let simulator = try Bench.base(chargeThreshold: chargeThreshold)
        return (try simulator.run(steps), simulator)
    }

    @Test("From the same state a device told \"At 350 K\" runs as one whose file says ambient_temperature: 350 K")
    func sameAsTheFile() throws {
        let (told, simulator) = try reads([.ambient(temperature: 350)] + Self.after)
        var p = DeviceParameters()
        p.ambientTemperature = 350
        let filed = DeviceSimulator(p)
        filed.chargeThreshold = .infinity
        var state = try Bench.base(chargeThreshold: .infinity).state
        state.ambientTemperature = nil
        filed.state = state
        let trace = try filed.run(Self.after)
        #expect(simulator.ambientTemperature == 350 && filed.ambientTemperature == 350)
        // The device was at 300 K when it was told, the filed one at the temperature of its state: the heat balance forgets either.
        hold(abs(told.reads[0].conductance / trace.reads[0].conductance - 1), below: 1e-5, as: "a read after \"At 350 K\"")
        hold(abs(told.pulses[0].energy / trace.pulses[0].energy - 1), below: 1e-5, as: "pulse energy after \"At 350 K\"")
        let cold = try reads(Self.after).0
        #expect(abs(cold.reads[0].conductance / trace.reads[0].conductance - 1) > 0.2)
    }

    @Test("A state carries its ambient temperature through JSON: the run goes on to the last bit, and back at 300 K as well")
    func states() throws {
        let (_, simulator) = try reads([.ambient(temperature: 340), .hold(voltage: 0.6, duration: 1)])
        let saved = try JSONDecoder().decode(DeviceState.self, from: JSONEncoder().encode(simulator.state))
        #expect(saved.ambientTemperature == 340)
        let other = DeviceSimulator(DeviceParameters())
        other.chargeThreshold = .infinity
        other.state = saved
        let (on, again) = (try simulator.run(Self.after), try other.run(Self.after))
        #expect(on.reads[0].conductance == again.reads[0].conductance && simulator.state == other.state)
        try simulator.run([.ambient(temperature: 300)])
        #expect(simulator.ambientTemperature == 300)
    }

    @Test("Devices in lanes follow the ambient temperature of the protocol as each alone")
    func lanes() throws {
        let sets = (0..<8).map { k in
            var p = DeviceParameters()
            p.platinumBarrier += 0.002 * Double(k)
            return p
        }
        let steps: [Step] = [.hold(voltage: 0.6, duration: 10), .ambient(temperature: 330)] + Self.after
        let ensemble = EnsembleSimulator(sets.map { AssembledDevice($0) })
        let traces = ensemble.run(steps)
        #expect(ensemble.inLanes == 8)
        for (k, p) in sets.enumerated() {
            let simulator = DeviceSimulator(p)
            let alone = try simulator.run(steps)
            hold(
                abs(traces[k].reads[0].conductance / alone.reads[0].conductance - 1), below: 5e-4,
                as: "a read in a lane at 330 K")
            #expect(ensemble.states[k].ambientTemperature == 330)
        }
    }

    @Test(
        "States of devices in lanes carry their ambient temperature: a run goes on from them to the last bit, also after another one"
    )
    func laneStates() throws {
        let ensemble = EnsembleSimulator((0..<8).map { _ in AssembledDevice(DeviceParameters()) })
        _ = ensemble.run([.hold(voltage: 0.6, duration: 10), .ambient(temperature: 330), .hold(voltage: 0.6, duration: 1)])
        let saved = ensemble.states
        let on = ensemble.run(Self.after)
        _ = ensemble.run([.ambient(temperature: 300), .hold(voltage: 0.6, duration: 1)])
        ensemble.states = saved
        let again = ensemble.run(Self.after)
        #expect(ensemble.inLanes == 8 && on[0].reads[0].conductance == again[0].reads[0].conductance)
    }

    @Test("Electrons with charge take over at the ambient temperature of the protocol")
    func charge() throws {
        let (trace, simulator) = try reads(
            [.ambient(temperature: 320), .pulse(amplitude: 4, width: 500e-6, base: 0.6), .hold(voltage: -1.5, duration: 1)],
            chargeThreshold: 0.025)
        #expect(trace.statistics.driftDiffusionSteps > 0)
        #expect(simulator.charged?.device.ambientTemperature == 320)
    }

    @Test("An ambient temperature that the device is not described for stops with the key and the limit, in lanes as well")
    func outOfRange() throws {
        var p = DeviceParameters()
        p.maximumTemperature = 400
        let steps: [Step] = [.hold(voltage: 0.6, duration: 1), .ambient(temperature: 450), .read()]
        let trace = DeviceSimulator(p).run(Waveform(steps: steps))
        let reason = try #require(trace.stopped?.reason)
        #expect(reason.contains("450") && reason.contains("maximum_temperature") && reason.contains("400"))
        #expect(trace.reads.isEmpty)
        let ensemble = EnsembleSimulator([AssembledDevice](repeating: AssembledDevice(p), count: 8))
        let traces = ensemble.run([.hold(voltage: 0.6, duration: 1), .ambient(temperature: 450), .read()])
        #expect(traces.allSatisfy { $0.stopped?.reason == reason && $0.reads.isEmpty })
    }
}
