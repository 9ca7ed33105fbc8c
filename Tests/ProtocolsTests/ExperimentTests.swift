import Essentials
import Foundation
import TestSupport
import Testing

@testable import Protocols

/// Protocol files: what they say, what they may not say, and that writing and reading are inverse.
@Suite struct ExperimentTests {
    static let text = """
        name: loops and pulses
        read_voltage: 0.5 V
        base_state: false
        steps:
          - Hold 0.6 V for 10 s
          - repeat: 2
            steps:
              - Pulse 3 V for 100 us
              - [Read, Hold 0.6 V for 60 s]
          - Repeat 3 times: [Sweep 0 V to 2 V at 1 V/s, Sweep to 0 V at 1 V/s]
          - Repeat 2 times: Read
          - Pulse 2 V for 20 us * 4
        """

    @Test func readsAFile() throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let experiment = try Experiment.load(path: folder.appendingPathComponent("loops.yaml").path)
        #expect(experiment == (try Experiment(yaml: YAML(parsing: Self.text, source: "t"))))
        #expect(experiment.name == "loops and pulses" && experiment.readVoltage == 0.5 && !experiment.startsFromBaseState)
        #expect(experiment.steps.count == 5)
        #expect(experiment.pulseCount == 2 + 4 && experiment.readCount == 2 + 2)
        // 10 + 2 (60 + 100.2 us) + 3 (2 + 2) + 4 (20.2 us), joints: 0 -> 0.6, 0.6 -> 0 before the first sweep; volts over V/s
        #expect(abs(experiment.duration - (10 + 2 * (60 + 100.2e-6) + 12 + 4 * 20.2e-6 + 2e-7)) < 1e-9)
    }

    @Test func writesWhatItReads() throws {
        let experiment = try Experiment(yaml: YAML(parsing: Self.text, source: "t"))
        #expect(try Experiment(yaml: YAML(parsing: experiment.yaml, source: "t")) == experiment)
        let odd = try Experiment(
            name: "a \"b\": \\ c", steps: [.pulse(amplitude: 1 / 3.0, width: 1e-4 / 3, base: -0.1, edge: 7e-8 / 3)])
        #expect(try Experiment(yaml: YAML(parsing: odd.yaml, source: "t")) == odd)
    }

    @Test(arguments: [
        ("step: [Read]\n", 1, "step"), ("name: x\n", 1, "steps"), ("steps:\n  - Read\n  - Reed\n", 3, "\"Reed\""),
        ("steps:\n  - Read\nread_voltage: 0.6 s\n", 3, "read_voltage"),
        ("steps:\n  - Read\nread_voltage: 90 V\n", 3, "read voltage"),
        ("steps:\n  - repeat: x\n    steps: [Read]\n", 2, "repeat"),
        ("steps:\n  - repeat: 0\n    steps: [Read]\n", 2, "number of repeats"),
        ("steps:\n  - Read\n  - repeat: 2\n    stepps: [Read]\n", 4, "stepps"), ("steps: Read\n", 1, "steps"),
        ("steps:\n  - Hold: 3\n", 2, "Hold"), ("steps: []\n", 1, "protocol"),
        ("steps:\n  - Read\n  - repeat: 3\n    steps:\n      - Pulse 2 V for 3 volts\n", 5, "\"Pulse"),
        ("base_state: maybe\nsteps: [Read]\n", 1, "base_state"),
    ])
    func wrongFilesNameLineAndKey(text: String, line: Int, key: String) {
        let error = #expect(throws: InputError.self) {
            try Experiment(yaml: YAML(parsing: text, source: "t.yaml"))
        }
        #expect(error?.source == "t.yaml" && error?.line == line, "\(error?.description ?? "")")
        #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
    }

    @Test func theBaseStateEndsAtTheReadVoltageOfThePaper() throws {
        let fromBase = try Experiment(sentences: ["Pulse 3 V for 100 us"])
        #expect(Array(fromBase.waveform).first?.from == 0.6)
        let fresh = try Experiment(sentences: ["Pulse 3 V for 100 us"], startsFromBaseState: false)
        #expect(Array(fresh.waveform).first?.from == 0)
        let base = Array(Waveform(steps: Experiment.baseStateSteps))
        #expect(base.map(\.duration) == [1000, Step.jumpEdge, 300] && base.last?.to == 0.6)
    }

    /// The shipped examples: what they count is what the figures of the paper ask for.
    /// SET train: 100 pulses of 502 us, 99 gaps of 0.1 s, 240 s, 375 s; loops: 1000 s and five times 8 V at 1 V/s;
    /// short-term: 15 pulses of 0.1 to 0.1002 ms, each with 60.002 s after it.
    @Test(arguments: [("set-train", 100, 2, 624.9502), ("loops", 0, 0, 1040.0), ("short-term", 15, 15, 900.0315)])
    func examples(name: String, pulses: Int, reads: Int, seconds: Double) throws {
        let experiment = try Experiment.load(path: Repository.path("Docs/examples/\(name).yaml"))
        #expect(experiment.pulseCount == pulses && experiment.readCount == reads)
        #expect(abs(experiment.duration - seconds) < 1e-3)
    }
}
