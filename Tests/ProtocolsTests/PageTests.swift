import Protocols
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        let steps = try Step.parse("Train 100 x 4 V for 500 us with 0.1 s gaps; Rest for 240 s")
        let experiment = try Experiment(name: "one train", steps: steps, startsFromBaseState: false)
        let duration = Waveform(steps: steps).reduce(0) { $0 + $1.duration }
        #expect(experiment.pulseCount == 100 && abs(duration - 249.95) < 0.01)
    }
}
