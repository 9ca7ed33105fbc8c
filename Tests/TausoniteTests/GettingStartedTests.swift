import Foundation
import Tausonite
import Testing

/// The page "Getting started" of the documentation: its code stands here as well (`DocumentationTests` compares them), runs, and gives what
/// the page says.
@Suite struct GettingStartedTests {
    @Test func thePageDoesWhatItSays() throws {
        let device = try DeviceDescription.setP
        let simulator = try DeviceSimulator(device.device)
        try simulator.run(Experiment.baseStateSteps)
        let before = try simulator.read()
        let trace = try simulator.run(Step.parse("Pulse 3 V for 100 us from 0.6 V; Hold 0.6 V for 2 ms"))
        let step = try simulator.read() - before
        let energy = trace.pulseEnergy
        #expect(abs(step - 9.95e-9) < 0.05e-9 && abs(energy - 1026e-12) < 2e-12)

        let thinner = try device.setting(["thickness=30nm", "platinum_barrier=0.75eV"])
        #expect(thinner.device.thickness == 30e-9)
        #expect(throws: InputError.self) { try device.setting(["thicknes=30nm"]) }

        let measured = try Campaign(device.device).run()
        let synapse = SynapseModel(measured, readVoltage: 0.6, device: device.name, deviceDigest: device.digest)
        #expect(synapse?.decay.points.count == 13)
    }

    /// The code of README.md.
    @Test func theReadMeDoesWhatItSays() throws {
        let simulator = try DeviceSimulator(DeviceDescription.setT.device)
        try simulator.run(Experiment.baseStateSteps)
        let trace = try simulator.run(Step.parse("Pulse 3 V for 100 us from 0.6 V"))
        #expect(trace.pulses.count == 1)
    }
}
