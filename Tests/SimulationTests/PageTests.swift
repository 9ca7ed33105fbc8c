import DeviceModel
import Protocols
import Simulation
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        let simulator = DeviceSimulator(DeviceParameters())
        let trace = try simulator.run(Step.parse("Hold 0.6 V for 1 s; Pulse 3 V for 100 us; Read"))
        let energy = trace.pulses[0].energy
        let conductance = trace.reads[0].conductance
        #expect(energy > 1e-12 && conductance > 1e-9)
    }
}
