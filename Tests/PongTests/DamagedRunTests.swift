import Essentials
import Foundation
import Testing

@testable import NeuralNetwork
@testable import Pong

/// Names, numbers and arrays that a run's files may not have.
@Suite struct DamagedRunTests {
    private let folder = NSTemporaryDirectory() + "tausonite-damaged-\(UUID().uuidString)"

    /// A configuration reads back as it is, whatever its names are: a run that trained to its end could else never be resumed.
    @Test(arguments: ["a: b", "#", "[x]", "%a", "\"", "'", "two\nlines", "\u{2028}", " a ", "*x", "null", ""])
    func namesReadBack(name: String) throws {
        var settings = SmallRun.configuration
        (settings.name, settings.start, settings.teacher) = (name, "dir/\(name)/x", "\(name)t")
        #expect(try TrainingConfiguration(parsing: settings.text, source: "config.yaml") == settings)
        let set = try SmallRun.configuration.setting(["name=a: b #c", "start=x: y", "name=\"quoted\""])
        #expect(set.name == "quoted" && set.start == "x: y")
    }

    @Test func absurdSettingsAreRefused() throws {
        for change in [
            "delta_f_step=1e-30", "delta_f_step=1e-300", "delta_f_step=5e-324", "delta_f_max=nan", "total_steps=1e300",
        ] {
            #expect(throws: InputError.self) { _ = try SmallRun.configuration.setting([change]) }
        }
    }

    /// Numbers that no run has, and arrays of another length, are errors of the checkpoint; the one before is taken.
    @Test func damagedCheckpointsAreRefused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = SmallRun.configuration
        settings.totalSteps = 32
        try Trainer(configuration: settings, folder: folder, resume: false).run()
        let path = folder + "/checkpoint.safetensors"
        try FileManager.default.removeItem(atPath: folder + "/checkpoint-previous.safetensors")
        let good = try Safetensors.load(path: path)
        func refused(_ key: String, _ change: (inout Safetensors) -> Void) throws {
            var file = good
            change(&file)
            try file.save(path: path)
            let error = #expect(throws: InputError.self) { _ = try Trainer(configuration: nil, folder: folder, resume: true) }
            #expect(error?.description.contains(key) == true, "\(error?.description ?? "resumed")")
        }
        for key in ["agent_steps", "updates", "games", "log_bytes", "steps_before"] {
            for bad in ["9223372036854775807", "-1", "nan", "9223372036854775808", ""] {
                try refused(key) { $0.metadata[key] = bad }
            }
        }
        for bad in ["nan", "inf", "1e300", "-1"] { try refused("wall_seconds") { $0.metadata["wall_seconds"] = bad } }
        try refused("adam.steps") { $0.append(Tensor("adam.steps", shape: [1], [Int64.max])) }
        for (name, value) in [("games.next_noops", 2_000_000_000), ("games.score", -2_000_000_000), ("games.steps", -1)]
            as [(String, Int32)]
        {
            try refused(name) { $0.append(Tensor(name, shape: [2], [value, 0])) }
            try refused(name) { $0.append(Tensor(name, shape: [3], [0, 0, 0] as [Int32])) }
        }
        try refused("history.score") {
            $0.append(Tensor("history.score", shape: [200], [Int32](repeating: 0, count: 200)))
            $0.append(Tensor("history.length", shape: [200], [Int32](repeating: 0, count: 200)))
        }
        try refused("adam.v") { file in
            let v = file["adam.v.critic.bias"]!
            file.append(Tensor("adam.v.critic.bias", shape: v.shape, [-1] as [Float]))
        }
        try good.save(path: path)
        _ = try Trainer(configuration: nil, folder: folder, resume: true)
    }

    /// Sums over stages stay within an integer; seeds of 64 bits keep all of them.
    @Test func logsAndSweepsAreBounded() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func curve(_ list: String, steps: String = "100", core: String = "1") throws -> [LearningCurve] {
            try AtomicFile.write(
                "agent_steps,games,mean_score_100,core_s\n\(steps),100,-20,\(core)\n", to: folder + "/l.csv")
            try AtomicFile.write("curves:\n  - {name: a, logs: [\(list)]}\n", to: folder + "/c.yaml")
            return try LearningCurve.load(list: folder + "/c.yaml")
        }
        #expect(try curve("{log: l.csv, until: 50}, l.csv")[0].agentSteps == 150)
        #expect(throws: InputError.self) { _ = try curve("{log: l.csv, until: 9223372036854775807}") }
        #expect(throws: InputError.self) { _ = try curve("{log: l.csv, until: -5}") }
        for steps in ["9e18", "1e300", "-1", "0.5"] {
            #expect(throws: InputError.self) { _ = try curve("l.csv", steps: steps) }
        }
        #expect(throws: InputError.self) { _ = try curve("l.csv", core: "1e308") }
        let sweep = LambdaSweep(runs: [
            .init(lambda: 0...1, seed: .max, points: [.init(agentSteps: 1, coreSeconds: 1, score: 2)])
        ])
        try sweep.save(path: folder + "/s.csv")
        #expect(try LambdaSweep.load(path: folder + "/s.csv") == sweep)
    }
}
