import Essentials
import Foundation
import TestSupport
import Testing

/// From somebody's CSV to a synapse in ngspice: the commands of Docs/own-data.md.
@Suite struct OwnDataTests {
    static func example() throws -> URL {
        let folder = try CommandLineTests.folder()
        for name in ["pulses.csv", "decays.csv", "reads.csv", "trace.csv", "stream.yaml"] {
            try FileManager.default.copyItem(
                atPath: Repository.path("Docs/examples/own-data/\(name)"), toPath: folder.appendingPathComponent(name).path)
        }
        return folder
    }

    static let hasNgspice = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/ngspice") }

    @Test(.enabled(if: hasNgspice, "ngspice is not installed: apt-get install ngspice"))
    func theTutorialRuns() throws {
        let folder = try Self.example()
        defer { try? FileManager.default.removeItem(at: folder) }
        let commands = try DocumentationTests.commands(in: "Docs/own-data.md").filter { !$0.contains("--free") }
        #expect(commands.count == 3)
        var outputs: [String] = []
        for command in commands {
            let run = try CommandLineTests.run(Array(DocumentationTests.words(command).dropFirst()), in: folder)
            #expect(run.code == 0, "\(command): \(run.error)")
            outputs.append(run.out)
        }
        // What was held out, what was missing, and the page's own table.
        let page = try Repository.text("Docs/own-data.md")
        for words in ["held out (seed 1)", "tau at", "F in trace.csv from", "remark: no dF, 3 V, 20 us"] {
            #expect(outputs[0].contains(words) && page.contains(words), "\(outputs[0])")
        }
        let errors = outputs[1].split(separator: "\n").dropFirst().compactMap {
            Double($0.dropLast(2).split(separator: " ").last ?? "")
        }
        #expect(errors.count == 4 && errors.allSatisfy { $0 < 1 })
        let text = try String(contentsOf: folder.appendingPathComponent("mine.yaml"), encoding: .utf8)
        #expect(text.contains("measured:") && text.contains("  seed: 1\n"))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("bench/bench-4.cir").path))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let folder = try Self.example()
        defer { try? FileManager.default.removeItem(at: folder) }
        func complaint(_ arguments: [String]) throws -> String {
            let run = try CommandLineTests.run(["extract", "--out", "x.yaml"] + arguments, in: folder)
            #expect(run.code != 0 && run.out.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("x.yaml").path))
            return run.error
        }
        #expect(
            try complaint(["--data", "pulses.csv", "--data", "decays.csv", "--linear-only"]).contains(
                "no read of the base state"))
        #expect(try complaint(["--data", "trace.csv", "--linear-only"]).contains("without its protocol"))
        #expect(try complaint(["--data", "pulses.csv", "--tables", "t"]).contains("--tables"))
        #expect(try complaint(["--linear-only"]).contains("--data"))
    }
}

/// The exported PyTorch module beside `pong evaluate`, step by step.
@Suite struct TorchTests {
    static let torch: PythonTool? = {
        guard let tool = PythonTool(importing: "torch", variable: "TAUSONITE_TORCH_PYTHON") else { return nil }
        return (try? tool.run(["-c", "import ale_py, numpy"]).code) == 0 ? tool : nil
    }()

    @Test(.enabled(if: torch != nil, "no Python with torch, ale-py and numpy: Scripts/setup.sh --with torch"))
    func theModuleGivesTheSameBits() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let agent = Repository.path("Validation/pong/agent-skip4.safetensors")
        let synapse = ExportCommandTests.synapse
        let game = try CommandLineTests.run(
            [
                "pong", "evaluate", "--agent", agent, "--synapse", synapse, "--frame-limit", "400", "--save-answers",
                "a.safetensors",
            ],
            in: folder)
        #expect(game.code == 0, "\(game.error)")
        let export = try CommandLineTests.run(["export", synapse, "--format", "pytorch", "--out", "agent.py"], in: folder)
        #expect(export.code == 0, "\(export.error)")
        let tool = try #require(Self.torch)
        let ran = try tool.run(
            ["agent.py", agent, "--answers", "a.safetensors", "--ordered", "--steps", "90"], in: folder)
        #expect(ran.code == 0, "\(ran.out)")
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(ran.out.utf8)) as? [String: Any])
        #expect(answer["parts_at_step"] is NSNull && answer["steps"] as? Int == 90)
        #expect(answer["h"] as? Double == 0 && answer["logits"] as? Double == 0)
    }
}
