import Foundation
import Tausonite
import TestSupport
import Testing

/// The library as a user meets it: one import, the shipped devices, a pulse.
@Suite struct ShippedDeviceTests {
    private static let materials = Repository.path("Materials")

    /// What is embedded is what lies in the folder: same bytes, same parameters.
    @Test func embeddedDevicesAreTheFiles() throws {
        let embedded = [
            "pt-sto-ti.yaml": try DeviceDescription.setP, "pt-sto-ti-store.yaml": try DeviceDescription.setT,
            "pt-sto-ti-drift.yaml": try DeviceDescription.setD, "pt-sto-ti-traps.yaml": try DeviceDescription.setW,
        ]
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.materials).filter { $0.hasSuffix(".yaml") }
        #expect(Set(files) == Set(embedded.keys))
        for (file, device) in embedded {
            let path = "\(Self.materials)/\(file)"
            #expect(device.digest == Digest.sha256(try AtomicFile.read(path)), "\(file)")
            #expect(device.entries == (try DeviceDescription.load(path: path).entries), "\(file)")
        }
        #expect(try [DeviceDescription.setP, .setT, .setD, .setW].map(\.name) == ["set P", "set T", "set D", "set W"])
    }

    /// Conductance (nS) at the 0.6 V read, from the base state that every figure starts from.
    private func based(_ device: DeviceDescription) throws -> (simulator: DeviceSimulator, conductance: Double) {
        let simulator = try DeviceSimulator(device.device)
        try simulator.run(Experiment.baseStateSteps)
        return (simulator, try simulator.read() * 1e9)
    }

    /// Set W from its file: base and step of a 3 V pulse of 100 us (Docs/F-and-W.md: 11.92 nS, 10.11 nS), forgotten after a minute.
    @Test func aPulseOnSetW() throws {
        let (simulator, base) = try based(.setW)
        #expect(abs(base - 11.92) < 0.01)
        let pulse = try simulator.run([.pulse(amplitude: 3, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 2e-3)])
        let step = try simulator.read() * 1e9 - base
        #expect(abs(step / 10.11 - 1) < 0.01)
        #expect(abs(pulse.pulseEnergy * 1e12 / 550.4 - 1) < 0.01)
        #expect(pulse.statistics.inventoryDrift < 1e-9)
        try simulator.run([.hold(voltage: 0.6, duration: 60)])
        #expect(abs(try simulator.read() * 1e9 - base) < 0.05)
    }

    /// Its traps fill in 4 V pulses and keep the long-term weight: 12.49 nS is left after one train, 12.20 without them.
    @Test func theTrapsOfSetWKeepAWeight() throws {
        func left(_ device: DeviceDescription) throws -> Double {
            let (simulator, _) = try based(device)
            try simulator.run([
                .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1, base: 0), .hold(voltage: 0, duration: 240),
                .hold(voltage: 0.6, duration: 10),
            ])
            return try simulator.read() * 1e9
        }
        let device = try DeviceDescription.setW
        #expect(abs(try left(device) - 12.49) < 0.05)
        #expect(abs(try left(device.setting(["trap_capture_rate=0/s"])) - 12.20) < 0.05)
    }

    /// The other rooms come with the same import.
    @Test func everythingIsThere() throws {
        let experiment = try Experiment(steps: Step.parse("Hold 0.6 V for 1 s; Pulse 3 V for 100 us"))
        #expect(experiment.pulseCount == 1)
        #expect(try Campaign(DeviceDescription.setT.parameters).readVoltage == 0.6)
        #expect(NetworkShape.pong().synapses == 169_984)
    }
}
