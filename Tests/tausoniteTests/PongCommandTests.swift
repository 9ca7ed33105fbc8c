import CompactModel
import Essentials
import Foundation
import Pong
import TestSupport
import Testing

@testable import tausonite

/// `tausonite pong` as a person meets it, with the real game. Needs .venv (made by `make setup`).
@Suite(.serialized) struct PongCommandTests {
    static func synapse(in folder: URL) throws -> String {
        let path = folder.appendingPathComponent("synapse.yaml").path
        // The paper's printed numbers; the map's points play no part in a game.
        try SynapseModel(
            weightMap: .init(minimumConductance: 12.3e-9, conductancePerUnit: 2e-9),
            update: .init(
                points: [.init(amplitude: 3, width: 1e-4, deltaConductance: 1e-9, energy: 1e-12, peakTemperature: 310)],
                step: 0.5, maximum: 20),
            energy: .init(prefactorPerNanosiemens: 1e-12, prefactorPerUnit: 2e-12, exponent: 1, cornerExponent: 1, residual: 0),
            decay: .init(
                points: [.init(bias: 0, tau: 1, lambda: 0.37, residual: 0)],
                sigmoid: .init(height: 1, slope: 1, centre: 0, offset: 0, residual: 0), lambdaMinimum: 0.08,
                lambdaMaximum: 0.92, step: 1),
            levels: [.init(train: 1, afterTrain: 12e-9, read1s: 12e-9, read375s: 12e-9)], readVoltage: 0.6,
            device: "test", deviceDigest: "0"
        ).save(path: path)
        return path
    }

    @Test func agentIsMadeAndPlaysAndLeavesARecord() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let synapse = try Self.synapse(in: folder)
        for name in ["a", "b"] {
            let made = try CommandLineTests.run(
                ["pong", "init", "--out", "\(name).safetensors", "--seed", "3", "--gamma-range", "50", "--actions", "3"],
                in: folder)
            #expect(made.code == 0, "\(made.error)")
        }
        func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
        #expect(try bytes("a.safetensors") == bytes("b.safetensors"))
        let played = try CommandLineTests.run(
            [
                "pong", "evaluate", "--agent", "a.safetensors", "--synapse", synapse, "--out", "game.json",
                "--save-actions", "actions.json", "--frame-limit", "300", "--json",
            ], in: folder)
        #expect(played.code == 0, "\(played.error)")
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(played.out.utf8)) as? [String: Any])
        #expect(((summary["games"] as? [[String: Any]])?[0]["steps"] as? Int) == 300)
        let record = try #require(try JSONSerialization.jsonObject(with: bytes("game.json")) as? [String: Any])
        #expect(record["steps"] as? Int == 300 && record["lambda_maximum"] as? Double == 0.92)
        #expect(record["nonzero_updates"] as? Int == (summary["updates"] as? [String: Any])?["nonzero"] as? Int)
        let actions = try #require(try JSONSerialization.jsonObject(with: bytes("actions.json")) as? [String: Any])
        let codes = try #require((actions["games"] as? [[String: Any]])?[0]["codes"] as? [Int])
        #expect(codes.count == 300 && Set(codes).isSubset(of: [0, 3, 4]))
    }

    /// A game on pairs of devices, its energies, and its synapses on the device; the same seed plays the same game.
    @Test func devicesPlayAndAreReplayed() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let synapse = Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml")
        let made = try CommandLineTests.run(
            ["pong", "init", "--out", "a.safetensors", "--seed", "3", "--gamma-range", "50", "--actions", "3"], in: folder)
        #expect(made.code == 0, "\(made.error)")
        // The second time with the C library's variants for processors without AVX2 and FMA.
        let summaries = try ["", "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable"].map { tunables in
            let played = try CommandLineTests.run(
                [
                    "pong", "evaluate", "--agent", "a.safetensors", "--synapse", synapse, "--cell", "device", "--frame-limit",
                    "200",
                    "--traces", "3", "--out", "game.json", "--json",
                ], in: folder, environment: ["GLIBC_TUNABLES": tunables])
            #expect(played.code == 0, "\(played.error)")
            var summary = try #require(try JSONSerialization.jsonObject(with: Data(played.out.utf8)) as? [String: Any])
            summary["seconds"] = nil
            return summary
        }
        let summary = summaries[0]
        #expect(NSDictionary(dictionary: summary) == NSDictionary(dictionary: summaries[1]))
        let devices = try #require(summary["devices"] as? [[String: Any]])
        let pulses = try #require(devices[0]["pulses"] as? Int)
        #expect(pulses == (summary["updates"] as? [String: Any])?["nonzero"] as? Int && pulses > 10_000)
        #expect((devices[0]["relative_error"] as? Double).map { $0 > 0.05 && $0 < 1 } ?? false)
        let energy = try CommandLineTests.run(
            [
                "energy", "--synapse", synapse, "--game", "game.json", "--published",
                Repository.path("Validation/weilenmann2024.yaml"),
            ], in: folder)
        #expect(
            energy.code == 0 && energy.out.contains("Pairs as the devices of this game did it, reading paper:"), "\(energy)")
        #expect(!energy.out.contains("reading time-consistent:\n  dF"))
        let film = ["pong", "watch", "game.json", "--out", "game.html"]
        let refused = try CommandLineTests.run(film, in: folder)
        #expect(refused.code == 2 && refused.error.contains("--synapse"), "\(refused.error)")
        let watched = try CommandLineTests.run(film + ["--synapse", synapse], in: folder)
        #expect(watched.code == 0, "\(watched.error)")
        let arguments = ["replay", "game.json", "--synapse", synapse, "--device", Repository.path("Materials/pt-sto-ti.yaml")]
        let replayed = try CommandLineTests.run(
            arguments + ["--synapses", "2", "--steps", "20", "--out", "r", "--json"], in: folder)
        #expect(replayed.code == 0, "\(replayed.error)")
        let found = try #require(try JSONSerialization.jsonObject(with: Data(replayed.out.utf8)) as? [String: Any])
        #expect((found["synapses"] as? [[String: Any]])?.count == 2 && found["steps"] as? Int == 20)
        let errors = try #require(found["error"] as? [String: Double])
        #expect(errors["state"] ?? 1 < 0.05 && errors["tables"] ?? 1 < 0.1 && errors["network"] ?? 0 > 0.1, "\(errors)")
        for file in ["r.csv", "r.png", "r.svg", "r.vl.json"] {
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path), "\(file)")
        }
        for (wrong, words) in [
            (["--synapses", "4"], "--traces 4"), (["--steps", "500"], "1 ... "), (["--reading", "slowest"], "slowest"),
        ] {
            let refused = try CommandLineTests.run(arguments + wrong, in: folder)
            #expect(refused.code == 2 && refused.error.contains(words), "\(refused.error)")
        }
    }

    /// Three rows, a table and its JSON; sticky games come with what each frame took.
    @Test func agentsAreRatedByProtocol() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let synapse = try Self.synapse(in: folder)
        let made = try CommandLineTests.run(
            ["pong", "init", "--out", "a.safetensors", "--gamma-range", "50", "--actions", "3", "--frame-skip", "4"], in: folder
        )
        #expect(made.code == 0)
        let rated = try CommandLineTests.run(
            [
                "pong", "protocol", "--agent", "a.safetensors", "--synapse", synapse, "--games", "3", "--frame-limit", "400",
                "--out", "p.json",
                "--quiet",
            ], in: folder)
        #expect(rated.code == 0, "\(rated.error)")
        let rows = rated.out.split(separator: "\n")
        #expect(rows.count == 5 && rows[2].hasPrefix("sticky, greedy") && rows[4].hasPrefix("starts, greedy"), "\(rated.out)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let table = try decoder.decode(
            PongProtocol.Table.self, from: Data(contentsOf: folder.appendingPathComponent("p.json")))
        #expect(table.rows.map(\.statistics.games).prefix(2) == [3, 3] && table.sticky == 0.25 && table.frameSkip == 4)
        let last = table.rows[2].statistics
        #expect(last.games == last.distinct && (1...31).contains(last.games) && table.rows[0].statistics.framesPerGame == 400)
        for row in table.rows {
            let cost = try #require(row.cost)
            #expect(
                cost.nonzeroUpdates > 0 && cost.share > 0 && cost.share <= 1 && cost.deltaFEnergy > 0 && cost.biasEnergy > 0)
        }
        let played = try CommandLineTests.run(
            [
                "pong", "evaluate", "--agent", "a.safetensors", "--exact-noops", "7", "--sticky", "0.25", "--frame-limit",
                "400",
                "--save-actions", "actions.json", "--json", "--quiet",
            ], in: folder)
        #expect(played.code == 0, "\(played.error)")
        let saved = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent("actions.json")))
                as? [String: Any])
        let game = try #require((saved["games"] as? [[String: Any]])?.first)
        #expect(
            game["noops"] as? Int == 7 && (game["frame_codes"] as? [Int])?.count == 393 && saved["sticky"] as? Double == 0.25)
    }

    /// Exit code 2, one line beginning "error:", nothing written.
    @Test(arguments: [
        (["init", "--out", "x.safetensors", "--actions", "NOOP,JUMP"], "JUMP"),
        (["init", "--out", "x.safetensors", "--gamma-range", "0"], "--gamma-range"),
        (["init", "--out", "/proc/none/x.safetensors"], "/proc/none"),
        (["evaluate", "--agent", "nowhere.safetensors"], "nowhere.safetensors"),
        (["evaluate", "--agent", "cut.safetensors"], "truncated"),
        (["evaluate", "--agent", "cut.safetensors", "--out", "game.json"], "--synapse"),
        (["evaluate", "--agent", "cut.safetensors", "--sticky", "2"], "truncated"),
        (["evaluate", "--agent", "cut.safetensors", "--spread", "20%", "--out", "game.json"], "--out"),
        (["evaluate", "--agent", "cut.safetensors", "--cell", "device"], "--synapse"),
        (["evaluate", "--agent", "cut.safetensors", "--cell", "device", "--synapse", "s.yaml", "--stuck", "1%"], "devices"),
        (["protocol", "--agent", "nowhere.safetensors"], "nowhere.safetensors"),
        (["protocol", "--agent", "cut.safetensors"], "truncated"),
        (["train", "--config", "Validation/pong/ppo.yaml", "--set", "sticky=2", "--out", "run"], "sticky"),
        (["train", "--config", "Validation/pong/ppo.yaml", "--set", "energy_weight=1e-7", "--out", "run"], "delta_f_step"),
        (["train", "--config", "nowhere.yaml", "--out", "run"], "nowhere.yaml"),
        (["train", "--config", "Validation/pong/ppo.yaml", "--set", "rollouts=3", "--out", "run"], "rollout"),
        (["train", "--out", "run", "--resume"], "no run to resume"),
        (["sweep", "--ranges", "0.5:0.1", "--out", "run"], "--ranges"), (["sweep", "--seeds", "x", "--out", "run"], "--seeds"),
        (["curve", "--log", "nowhere.csv", "--out", "figure"], "nowhere.csv"),
    ])
    func badInput(arguments: [String], words: String) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cut = folder.appendingPathComponent("cut.safetensors")
        try Data([200, 0, 0, 0, 0, 0, 0, 0, 0x7b]).write(to: cut)
        let outcome = try CommandLineTests.run(["pong"] + arguments, in: folder)
        #expect(outcome.code == 2 && outcome.out.isEmpty, "\(outcome)")
        #expect(outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["cut.safetensors"])
    }

    /// A disk that fills up while a checkpoint is written: exit code 2 and one line; both checkpoints of before stay whole,
    /// nothing half-written is left, and the run goes on to the agent of a run that nothing happened to.
    ///
    /// The limit on the size of a file stands in for the disk: a write beyond it fails in the same place (here in the
    /// checkpoint of 9 MB, not in the agent file of 2 MB).
    @Test func fullDiskLosesNothing() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = [
            "name=full", "environments=2", "rollout=8", "minibatches=2", "epochs=1", "total_steps=96", "checkpoint_seconds=0",
            "log_updates=1", "noops=5",
        ].flatMap { ["--set", $0] }
        let begin = ["pong", "train", "--config", "Validation/pong/ppo.yaml", "--quiet"] + settings
        #expect(try CommandLineTests.run(begin + ["--out", "whole"], in: folder).code == 0)
        // A run of the same settings that got as far as two checkpoints.
        let process = Process()
        process.executableURL = CommandLineTests.program
        process.arguments = begin + ["--out", "full"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while process.isRunning, ((try? rows(folder, "full").count) ?? 0) < 4 { usleep(2000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        let run = folder.appendingPathComponent("full")
        // The next checkpoint must not fit; 2 environments need 9 MB, an agent 2.1 MB.
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = [
            "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" pong train --resume --quiet --out full",
            CommandLineTests.program.path,
        ]
        shell.currentDirectoryURL = folder
        let errors = Pipe()
        shell.standardError = errors
        shell.standardOutput = FileHandle.nullDevice
        func checkpoint() throws -> Data { try Data(contentsOf: run.appendingPathComponent("checkpoint.safetensors")) }
        let before = try checkpoint()
        try shell.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(shell.terminationReason == .exit && shell.terminationStatus == 2, "\(said)")
        #expect(
            said.hasPrefix("error: ") && said.contains("checkpoint.safetensors") && said.contains("cannot be written"),
            "\(said)")
        #expect(said.split(separator: "\n").count == 1)
        #expect(try checkpoint() == before)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: run.path).contains { $0.hasSuffix(".tmp") })
        #expect(try CommandLineTests.run(["pong", "train", "--resume", "--quiet", "--out", "full"], in: folder).code == 0)
        #expect(
            try Data(contentsOf: folder.appendingPathComponent("whole/agent.safetensors"))
                == Data(contentsOf: run.appendingPathComponent("agent.safetensors")))
        #expect(try rows(folder, "whole") == rows(folder, "full"))
    }

    /// A run that is killed (kill -9) at random moments and resumed ends in the same agent, bit for bit, as one that is
    /// left alone; and the helper of a killed run ends by itself.
    @Test func killedRunsEndAsIfNothingHadHappened() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = [
            "name=kill", "environments=2", "rollout=8", "minibatches=2", "epochs=1", "total_steps=640",
            "checkpoint_seconds=0", "log_updates=1", "noops=5",
        ].flatMap { ["--set", $0] }
        let begin = ["pong", "train", "--config", "Validation/pong/ppo.yaml", "--quiet"] + settings
        let whole = try CommandLineTests.run(begin + ["--out", "whole"], in: folder)
        #expect(whole.code == 0, "\(whole.error)")
        var random = SystemRandomNumberGenerator()
        var kills = 0
        var done = false
        while !done {
            let exists = FileManager.default.fileExists(atPath: folder.appendingPathComponent("cut/config.yaml").path)
            let process = Process()
            process.executableURL = CommandLineTests.program
            process.arguments = exists ? ["pong", "train", "--resume", "--quiet", "--out", "cut"] : begin + ["--out", "cut"]
            process.currentDirectoryURL = folder
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            if kills < 4 {
                let before = try? log(folder, "cut")
                // Killed once it has got somewhere, after a moment of chance.
                while process.isRunning, (try? log(folder, "cut")) == before { usleep(5000) }
                usleep(UInt32.random(in: 0..<200_000, using: &random))
                let helpers = children(of: process.processIdentifier)
                if process.isRunning {
                    kill(process.processIdentifier, SIGKILL)
                    kills += 1
                }
                process.waitUntilExit()
                for helper in helpers {
                    for _ in 0..<400 where kill(helper, 0) == 0 && !isZombie(helper) { usleep(10_000) }
                    #expect(kill(helper, 0) != 0 || isZombie(helper), "the helper ends when its parent is killed")
                }
            } else {
                process.waitUntilExit()
            }
            if process.terminationReason == .exit {
                #expect(process.terminationStatus == 0)
                done = true
            }
        }
        #expect(kills >= 1)
        #expect(
            try Data(contentsOf: folder.appendingPathComponent("whole/agent.safetensors"))
                == Data(contentsOf: folder.appendingPathComponent("cut/agent.safetensors")))
        #expect(try rows(folder, "whole") == rows(folder, "cut"))
        #expect(try rows(folder, "whole").count == 41)
    }

    private func log(_ folder: URL, _ run: String) throws -> Int {
        try Data(contentsOf: folder.appendingPathComponent("\(run)/log.csv")).count
    }

    /// The log without the clock's three columns.
    private func rows(_ folder: URL, _ run: String) throws -> [[Substring]] {
        try String(contentsOf: folder.appendingPathComponent("\(run)/log.csv"), encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(3) }.map(Array.init)
    }

    private func children(of process: Int32) -> [Int32] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { Int32($0) }
    }

    /// Dead, but not yet collected by whoever inherited it.
    private func isZombie(_ process: Int32) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
        return text.split(separator: ")").last?.hasPrefix(" Z") == true
    }
}
