import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import Testing

/// A run that is cut goes on from its last corner to the same bits, whatever cut it.
struct ResumeTests {
    static let protocols = [
        "Pulse 3 V for 100 us; Hold 0.6 V for 1 s; Read; Pulse 2 V for 20 us; Save as mid; Hold 0.6 V for 1 s",
        "Train 6 x 4 V for 500 us with 0.1 s gaps; Rest for 10 s; Hold 0.6 V for 1 s",
        "Repeat 20 times: [Pulse 2.5 V for 20 us; Hold 0.6 V for 1 ms] until G > 17 nS; Sweep 0 V to 3 V at 10 V/s until I > 1 uA; Hold 0.6 V for 1 s",
        "Pulse 3.5 V for 500 us compliance 1 uA; Hold 1 uA for 1 ms; Hold 0.6 V for 1 ms at 340 K; Hold 0.6 V for 1 s",
    ]

    @Test(
        "Cut after any share of the steps, gone on with in another simulator from a file: trace, energies, marks, reads and state are the whole run's",
        arguments: protocols, [Recording.everyStep, .atMost(60)])
    func sameBits(text: String, recording: Recording) throws {
        let base = try Bench.base().state
        let experiment = try Experiment(sentences: [text])
        let request = try ProfileRequest("0 s, 1 ms after pulse 1, 20 ms")
        func simulator() -> DeviceSimulator {
            let simulator = DeviceSimulator(DeviceParameters())
            simulator.state = base
            simulator.remembersCorners = true
            return simulator
        }
        let whole = simulator()
        let expected = whole.run(experiment.waveform, recording: recording, profiles: request)
        #expect(expected.stopped == nil)
        for share in [0.05, 0.3, 0.62, 0.9] {
            let first = simulator()
            var left = Int(share * Double(expected.statistics.steps))
            first.isCancelled = {
                left -= 1
                return left < 0
            }
            let cut = first.run(experiment.waveform, recording: recording, profiles: request)
            #expect(cut.stopped?.cause == .interrupted)
            let kept = try #require(first.checkpoint(cut))
            let read = try JSONDecoder().decode(Checkpoint.self, from: JSONEncoder().encode(kept))
            #expect(read == kept)
            let second = simulator()
            let trace = second.resume(read, experiment.waveform, recording: recording)
            #expect(trace == expected, "\(share)")
            #expect(second.state == whole.state)
        }
    }

    @Test("Saved states hold what the run had there; a state begins a run like the run that left it")
    func saved() throws {
        let simulator = try Bench.base()
        let trace = simulator.run(
            try Experiment(sentences: ["Pulse 3 V for 100 us", "Save as a", "Hold 0.6 V for 1 s"]).waveform)
        let state = try #require(trace.saved["a"])
        let other = DeviceSimulator(DeviceParameters())
        other.state = state
        try other.run([.hold(voltage: 0.6, duration: 1)])
        #expect(other.state.unknowns == simulator.state.unknowns && other.state.lastStep == simulator.state.lastStep)
        let read = try JSONDecoder().decode(DeviceState.self, from: JSONEncoder().encode(state))
        #expect(read == state)
    }

    @Test("A file with numbers that no run leaves, or with lists of another length, is refused; nothing traps on it")
    func damagedFiles() throws {
        let simulator = try Bench.base()
        simulator.remembersCorners = true
        let experiment = try Experiment(sentences: [Self.protocols[2]])
        var left = 200
        simulator.isCancelled = {
            left -= 1
            return left < 0
        }
        let trace = simulator.run(experiment.waveform, recording: .atMost(60))
        let checkpoint = try #require(simulator.checkpoint(trace))
        let path = NSTemporaryDirectory() + "tausonite-cut-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = StateFile(
            device: "d", deviceDigest: "", deviceFile: "", state: checkpoint.state,
            cut: .init(experiment: experiment.yaml, record: "60 samples", profiles: nil, start: nil, checkpoint: checkpoint))
        try file.save(path: path)
        #expect(try StateFile.load(path: path).cut?.checkpoint == checkpoint)
        let whole = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
        let thinning = ["limit": 60, "offered": 10, "stride": 0]
        let ending: [String: Any] = ["segment": 1, "voltage": 0.6, "duration": 1.0, "depth": -1]
        let changes: [([String], Any)] = [
            (["state", "temperature"], 0.0), (["state", "temperature"], 1e308), (["state", "voltage"], 1e308),
            (["state", "lastStep"], -1.0), (["state", "time"], 1e300), (["state", "ambientTemperature"], -5.0),
            (["state", "unknowns"], [1e300]), (["cut", "checkpoint", "segments"], -1),
            (["cut", "checkpoint", "segments"], Int.max),
            (["cut", "checkpoint", "statistics", "steps"], Int.max), (["cut", "checkpoint", "statistics", "rejections"], -1),
            (["cut", "checkpoint", "thinnings"], [Any]()),
            (["cut", "checkpoint", "thinnings"], [thinning, thinning, thinning, thinning]),
            (["cut", "checkpoint", "endings"], [ending]), (["cut", "checkpoint", "samples"], "AAAA"),
            (["cut", "checkpoint", "samples"], Data(repeating: 0xff, count: 104).base64EncodedString()),
            (["cut", "checkpoint", "initialVoltage"], 1e300), (["cut", "checkpoint", "state", "temperature"], -1.0),
        ]
        func changed(_ object: [String: Any], _ path: ArraySlice<String>, _ value: Any) -> [String: Any] {
            var object = object
            let key = path.first!
            object[key] = path.count == 1 ? value : changed(object[key] as? [String: Any] ?? [:], path.dropFirst(), value)
            return object
        }
        for (keys, value) in changes {
            try JSONSerialization.data(withJSONObject: changed(whole, keys[...], value)).write(to: URL(fileURLWithPath: path))
            #expect(throws: InputError.self, "\(keys): \(value)") { try StateFile.load(path: path) }
        }
    }

    @Test("Densities below 0 and potentials of kilovolts fit no device")
    func statesThatFitNoDevice() throws {
        let simulator = try Bench.base()
        let good = simulator.state
        try good.checkFits(simulator.device, source: "state")
        for (place, value) in [(0, -1e18), (good.unknowns.count - 1, -1e26), (good.unknowns.count - 2, 2e3)] {
            var state = good
            state.unknowns[place] = value
            #expect(throws: InputError.self, "\(place)") { try state.checkFits(simulator.device, source: "state") }
        }
    }
}
