import Calibration
import DeviceModel
import Essentials
import Foundation
import Protocols
import Testing

/// A state belongs to its data by their content, and is read only whole.
struct StateTests {
    private func problem(_ source: String, cells: String = "3,100,9.7\n") throws -> CalibrationProblem {
        var targets = CalibrationTargets()
        try targets.addCells(csv: "amplitude_V,width_us,delta_F_nS\n2,100,2.8\n" + cells, source: source, sigma: 0.05)
        let experiment = try Experiment(
            name: URL(fileURLWithPath: source).lastPathComponent, sentences: ["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"])
        try targets.addTrace(
            csv: "time_s,conductance_nS\n0.1,20\n0.5,18\n1,17\n", source: source, experiment: experiment, sigma: 0.05)
        return try CalibrationProblem(
            device: DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti-store.yaml"), targets: targets,
            free: ["forward_hop_rate", "redox_potential"])
    }

    @Test("The data decide which fit a state belongs to, not what their file is called or where it lies")
    func fingerprints() throws {
        let one = Calibration(try problem("cells.csv")).fingerprint
        #expect(one == Calibration(try problem("../elsewhere/./my cells.csv")).fingerprint)
        #expect(one != Calibration(try problem("cells.csv", cells: "3,100,9.8\n")).fingerprint)
    }

    @Test("Arrays of another length, counts and numbers that none can be are refused, and nothing traps")
    func damagedStates() throws {
        let calibration = Calibration(try problem("cells.csv"))
        let state = try calibration.begin()
        let path = NSTemporaryDirectory() + "tausonite-state-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try state.save(path: path)
        #expect(try Calibration.State.load(path: path, for: calibration) == state)
        let whole = try #require(try JSONSerialization.jsonObject(with: state.json()) as? [String: Any])
        let optimiser = try #require(whole["optimiser"] as? [String: Any])
        let changes: [(String, Any)] = [
            ("parameters", [1.0]), ("parameters", [1e300, 1e300]), ("residuals", [0.1]), ("lower", [0.0, 0.0, 0.0]),
            ("upper", [1e300, 1e300]), ("steps", [0.0]), ("iterations", Int.max), ("iterations", -1), ("evaluations", Int.max),
            ("history", [Double]()), ("radius", 1e300), ("radius", -1.0), ("cost", 1e300), ("tolerance", 0.0),
            ("largestMove", 1e300),
        ]
        for (key, value) in changes {
            var damaged = whole
            damaged["optimiser"] = optimiser.merging([key: value]) { $1 }
            try AtomicFile.write(JSONSerialization.data(withJSONObject: damaged), to: path)
            #expect(throws: InputError.self, "\(key): \(value)") { try Calibration.State.load(path: path, for: calibration) }
        }
        for (key, value) in [
            ("before", ["values": [Double](), "traceResiduals": [[Double]](), "failures": [String]()]),
            ("leftOut", [["id": "nobody", "predicted": 1.0, "cost": 1.0]]),
        ] as [(String, Any)] {
            try AtomicFile.write(JSONSerialization.data(withJSONObject: whole.merging([key: value]) { $1 }), to: path)
            #expect(throws: InputError.self, "\(key)") { try Calibration.State.load(path: path, for: calibration) }
        }
    }
}
