import DeviceModel
import Foundation
import LinearAlgebra
import Protocols
import Simulation
import TestSupport
import Testing

/// The default path against drift-diffusion electrons throughout, at the voltages and states where their charge counts.
struct ElectronChargeTests {
    /// A pulse (none at 0.6 V), 10 ms at 0.6 V, then the voltage that is looked at.
    private static let cases: [(pulse: Double, voltage: Double)] = [
        (0.6, 3.5), (0.6, 4), (0.6, 4.5), (0.6, -2), (0.6, -3), (3, -1.5), (3, -2), (3, -3), (3.5, -0.75), (3.5, -1),
        (3.5, -1.5), (3.5, -2), (3.5, -3),
    ]

    /// Current (A) and temperature (K) at the end of 100 us at `voltage`, and whether that forms.
    private func hold(_ simulator: DeviceSimulator, at voltage: Double) throws -> (
        current: Double, temperature: Double, formed: Bool
    ) {
        let trace = simulator.run(
            Waveform(steps: [.hold(voltage: voltage, duration: 100e-6)], initialVoltage: 0.6, readVoltage: 0.6))
        let last = try #require(trace.samples.last)
        return (last.current, last.temperature, trace.stopped?.isElectroforming ?? false)
    }

    /// W in S (0.6 V, 240 s after the last pulse) and the peak temperature of a SET train.
    private func train(_ device: AssembledDevice, _ start: [Double]?) throws -> (weight: Double, peak: Double) {
        let simulator = DeviceSimulator(device)
        if let start { simulator.state = DeviceState(unknowns: start, time: 0, voltage: 0, temperature: 300) }
        let trace = try simulator.run([
            .hold(voltage: 0, duration: 1000), .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1, base: 0, edge: 1e-6),
            .hold(voltage: 0, duration: 240), .hold(voltage: 0.6, duration: 1),
        ])
        return (try simulator.read(), trace.pulses.map(\.peakTemperature).max() ?? 0)
    }

    @Test(
        "Close to the thermal fold (4 V): W after a SET train agrees with drift-diffusion electrons to 2 %, the peak temperature to 1 K",
        arguments: ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift"])
    func setTrain(name: String) throws {
        let device = try Device.load(name)
        var reference = device
        reference.electrons = .driftDiffusion
        let charged = try AssembledDevice(reference)
        let (found, expected) = (try train(try AssembledDevice(device), nil), try train(charged, try charged.restState()))
        TestSupport.hold(
            abs(found.weight / expected.weight - 1), below: 0.02,
            as: "\(name): default path against drift-diffusion electrons, W after a SET train, relative")
        TestSupport.hold(
            abs(found.peak - expected.peak), below: 1,
            as: "\(name): default path against drift-diffusion electrons, peak temperature of a SET train, K")
    }

    @Test(
        "Currents of -3 to 4.5 V agree with drift-diffusion electrons to 2 % after any pulse, and both form or both do not",
        arguments: ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"])
    func agreement(name: String) throws {
        let device = try Device.load(name)
        var reference = device
        reference.electrons = .driftDiffusion
        let plain = try AssembledDevice(device)
        var worst = 0.0
        for (pulse, voltage) in Self.cases {
            let simulator = DeviceSimulator(plain)
            try simulator.run([
                .hold(voltage: 0.6, duration: 100), .pulse(amplitude: pulse, width: 500e-6, base: 0.6),
                .hold(voltage: 0.6, duration: 0.01),
            ])
            // The same ions, electrons in balance with them.
            let charged = try AssembledDevice(reference, grid: plain.grid)
            let start = RealStorage(count: charged.unknowns)
            var state = simulator.state
            try charged.adopt(state.unknowns, of: plain.layout, into: start.row, voltage: 0.6)
            state.unknowns = start.values
            let full = DeviceSimulator(charged)
            full.state = state
            let (found, expected) = (try hold(simulator, at: voltage), try hold(full, at: voltage))
            #expect(found.formed == expected.formed, "\(name), \(pulse) V, then \(voltage) V: \(found), reference \(expected)")
            if !expected.formed { worst = max(worst, abs(found.current / expected.current - 1)) }
        }
        TestSupport.hold(
            worst, below: 0.02, as: "\(name): default path against drift-diffusion electrons, current at -3 to 4.5 V, relative")
    }
}

extension Device {
    /// A device file of Materials.
    static func load(_ name: String) throws -> Device {
        Device(try DeviceDescription.load(path: Repository.path("Materials/\(name).yaml")).parameters)
    }
}
