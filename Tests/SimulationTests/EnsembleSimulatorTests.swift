import DeviceModel
import FiniteVolume
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Simulation

/// Devices run in lanes against `DeviceSimulator` on each.
struct EnsembleSimulatorTests {
    private static let steps: [Step] = [
        .hold(voltage: 0.6, duration: 10), .read(), .pulse(amplitude: 3.2, width: 200e-6, base: 0.6),
        .hold(voltage: 0.6, duration: 2),
        .read(voltage: 0.5), .sweep(from: 0.6, to: -0.5, rate: 10), .read(),
    ]

    private static func sets(_ count: Int) -> [DeviceParameters] {
        (0..<count).map { k in
            var p = DeviceParameters()
            let x = Double((3 * k) % 7) / 6 - 0.5
            p.compactCapacitance *= 1 + 0.05 * x
            p.forwardHopRate *= 1 + 0.2 * x
            p.platinumBarrier += 0.01 * x
            return p
        }
    }

    private func compare(_ together: Trace, _ alone: Trace, _ name: String) {
        #expect(together.reads.count == alone.reads.count && together.pulses.count == alone.pulses.count)
        for (a, b) in zip(together.reads, alone.reads) {
            #expect(a.time == b.time && a.step == b.step && a.voltage == b.voltage)
            hold(abs(a.conductance / b.conductance - 1), below: 5e-4, as: "read of \(name) at \(a.time) s")
        }
        for (a, b) in zip(together.pulses, alone.pulses) {
            #expect(a.start == b.start && a.end == b.end && a.amplitude == b.amplitude)
            hold(abs(a.energy / b.energy - 1), below: 1e-3, as: "pulse energy of \(name)")
            hold(abs(a.peakTemperature - b.peakTemperature), below: 0.05, as: "peak temperature of \(name)")
            hold(abs(a.endCurrent / b.endCurrent - 1), below: 1e-3, as: "current at the end of the pulse of \(name)")
        }
    }

    @Test(
        "Eleven devices, eight in lanes and three alone: reads, energies, temperatures and samples as each alone, to the tolerance"
    )
    func devices() throws {
        let sets = Self.sets(11)
        let ensemble = EnsembleSimulator(sets.map { AssembledDevice($0) })
        #expect(ensemble.inLanes == 8)
        let traces = ensemble.run(Self.steps, recording: .perDecade(3, first: 1e-5))
        #expect(ensemble.inLanes == 8)
        for (k, p) in sets.enumerated() {
            let simulator = DeviceSimulator(p)
            let alone = try simulator.run(Self.steps, recording: .perDecade(3, first: 1e-5))
            #expect(traces[k].stopped == nil)
            compare(traces[k], alone, "device \(k)")
            #expect(traces[k].samples.map(\.time) == alone.samples.map(\.time))
            #expect(traces[k].samples.map(\.pulse) == alone.samples.map(\.pulse))
            for (a, b) in zip(traces[k].samples, alone.samples) {
                hold(abs(a.conductance / b.conductance - 1), below: 1e-3, as: "sample of device \(k), conductance")
                hold(abs(a.latticeVacancies / b.latticeVacancies - 1), below: 1e-3, as: "sample of device \(k), vacancies")
            }
            hold(traces[k].statistics.inventoryDrift, below: 1e-11, as: "inventory drift of device \(k) in a lane")
            #expect(
                abs(ensemble.states[k].time - simulator.state.time) < 1e-9
                    && ensemble.states[k].voltage == simulator.state.voltage)
            hold(abs(ensemble.read()[k] / (try simulator.read()) - 1), below: 5e-4, as: "last read of device \(k)")
        }
        // The last three are alone: to the last bit.
        let last = try DeviceSimulator(sets[10]).run(Self.steps, recording: .perDecade(3, first: 1e-5))
        #expect(traces[10] == last)
    }

    @Test("A device that forms is run alone: its stop is that of DeviceSimulator, the other seven go on")
    func forming() throws {
        var sets = Self.sets(8)
        sets[2].thermalResistance *= 6
        let ensemble = EnsembleSimulator(sets.map { AssembledDevice($0) })
        let traces = ensemble.run(Self.steps)
        #expect(ensemble.inLanes == 7)
        let alone = DeviceSimulator(sets[2])
        let expected = alone.run(Waveform(steps: Self.steps), recording: .none)
        #expect(expected.stopped?.isElectroforming == true)
        #expect(traces[2] == expected)
        for k in [0, 3, 7] {
            compare(traces[k], try DeviceSimulator(sets[k]).run(Self.steps), "device \(k) beside one that forms")
        }
        // With new states all eight stand in lanes again.
        ensemble.states = sets.map { DeviceSimulator($0).state }
        #expect(ensemble.inLanes == 8)
    }

    @Test("One voltage a lane: eight amplitudes on one device, and one whose corners differ is run alone")
    func waveforms() throws {
        let device = AssembledDevice(DeviceParameters())
        let ensemble = EnsembleSimulator([AssembledDevice](repeating: device, count: 8))
        func steps(_ k: Int) -> [Step] {
            [
                .pulse(amplitude: 2 + 0.15 * Double(k), width: k == 5 ? 50e-6 : 100e-6, base: 0.6),
                .hold(voltage: 0.6, duration: 1e-3), .read(),
            ]
        }
        let traces = ensemble.run((0..<8).map { Waveform(steps: steps($0), readVoltage: 0.6) })
        #expect(ensemble.inLanes == 7)
        for k in 0..<8 { compare(traces[k], try DeviceSimulator(DeviceParameters()).run(steps(k)), "amplitude \(k)") }
    }

    @Test("The watch on the charge looks where its bound may lie beyond the threshold, and nowhere else")
    func watch() {
        var watch = ChargeWatch()
        var looks = 0
        func seen(_ current: Double, _ effect: Double) -> Bool {
            watch.exceeds(0.025, current: current) {
                looks += 1
                return effect
            }
        }
        #expect(!seen(1e-6, 0.001) && looks == 1)
        #expect(!seen(1.5e-6, 0.9) && looks == 1)
        #expect(!seen(3.1e-6, -0.01) && looks == 2)
        #expect(seen(5e-6, -0.03) && looks == 3)
        #expect(!seen(-5e-6, 0.001) && looks == 4)
    }
}
