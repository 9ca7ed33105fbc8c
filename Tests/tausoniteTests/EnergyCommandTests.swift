import CompactModel
import Essentials
import Foundation
import GameAccount
import Testing

/// `tausonite energy` and `tausonite validate` as a person meets them.
@Suite struct EnergyCommandTests {
    /// The paper's synapse and a game of 6,826 steps at G = 0: the bias costs the paper's 35.6 mJ (12 nS, 0.6 V, 7.1 ms).
    private func inputs(in folder: URL) throws {
        try SynapseModel(
            weightMap: .init(minimumConductance: 12e-9, conductancePerUnit: 2e-9),
            update: .init(
                points: [.init(amplitude: 3, width: 1e-4, deltaConductance: 1e-9, energy: 1e-12, peakTemperature: 310)],
                step: 0.5, maximum: 20),
            energy: .init(
                prefactorPerNanosiemens: 30e-12 / pow(2, 1.52), prefactorPerUnit: 30e-12, exponent: 1.52,
                cornerExponent: 1.52, residual: 0),
            decay: .init(
                points: [.init(bias: 0, tau: 1, lambda: 0.37, residual: 0)],
                sigmoid: .init(height: 1, slope: 1, centre: 0, offset: 0, residual: 0), lambdaMinimum: 0.08,
                lambdaMaximum: 0.92, step: 1),
            levels: [.init(train: 1, afterTrain: 12e-9, read1s: 12e-9, read375s: 12e-9)], readVoltage: 0.6, device: "paper",
            deviceDigest: "0"
        ).save(path: folder.appendingPathComponent("synapse.yaml").path)
        let count = 64 * 2656
        try GameRecord(
            score: 21, steps: 6826, frameSkip: 1, capped: false, units: 64, inputs: 2656, deltaFStep: 0.5, deltaFMaximum: 20,
            lambdaMinimum: 0.08, lambdaMaximum: 0.92, updateSynapse: [7], updateLevel: [2], updateCount: [3],
            sumAbsoluteWeight: Array(repeating: 0, count: count), sumWeight: Array(repeating: 0, count: count),
            largestSynapse: 7, largestWeight: Array(repeating: 0, count: 6826),
            largestDeltaF: [1, 1, 1] + Array(repeating: 0, count: 6823), agent: "none", agentDigest: "0", seed: 1,
            policy: "greedy"
        ).save(path: folder.appendingPathComponent("game.json").path)
    }

    @Test func energyCountsAGame() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try inputs(in: folder)
        let arguments = ["energy", "--synapse", "synapse.yaml", "--game", "game.json"]
        let text = try CommandLineTests.run(arguments, in: folder)
        #expect(text.code == 0, "\(text.error)")
        #expect(text.out.split(separator: "\n").contains { $0.contains("ours: paper") && $0.hasSuffix(" 35.6") })
        #expect(text.out.contains("ours: slow") && text.out.contains("GPU, optimal, FP16"))
        let json = try CommandLineTests.run(arguments + ["--json", "--reading", "slow", "--out", "energy.json"], in: folder)
        #expect(json.code == 0, "\(json.error)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        let readings = try #require(object["readings"] as? [[String: Any]])
        let decay = try #require(readings.first?["decay"] as? Double)
        #expect(readings.count == 1 && abs(decay - 169_984 * 12e-9 * 0.36 * 6826) < 1e-6)
        let deltaF = try #require(readings.first?["delta_f"] as? Double)
        #expect(abs(deltaF - 3 * 30e-12) < 1e-20)
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("energy.json").path))
    }

    /// The second half of the account, as text and as JSON, and its figures in a folder.
    @Test func peripheryIsCounted() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try inputs(in: folder)
        let arguments = ["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--periphery"]
        let text = try CommandLineTests.run(arguments, in: folder)
        #expect(text.code == 0, "\(text.error)")
        for words in ["norm: reading every synapse", "digital cell, 7 nm", "Reading `slow`, steps of 1000 ms"] {
            #expect(text.out.contains(words), "\(words)")
        }
        let plain = try CommandLineTests.run(Array(arguments.dropLast()) + ["--json"], in: folder)
        #expect(!plain.out.contains("periphery"))
        let json = try CommandLineTests.run(arguments + ["--json", "--reading", "paper", "--quiet"], in: folder)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        let periphery = try #require(object["periphery"] as? [String: Any])
        let rows = try #require(periphery["rows"] as? [[String: Any]])
        let norm = try #require(rows.first { $0["key"] as? String == "norm" }?["energy"] as? [String: Double])
        // 169,984 synapses, 6,826 steps, 1.67 pJ (0.3 to 5.1) a conversion.
        let reads = 169_984.0 * 6826.0
        for (end, conversion) in [("low", 0.3e-12), ("middle", 1.67e-12), ("high", 5.1e-12)] {
            let energy = try #require(norm[end])
            #expect(abs(energy / (reads * conversion) - 1) < 1e-12, "\(end)")
        }
        #expect((periphery["entries"] as? [Any])?.count == 22 && (periphery["readings"] as? [Any])?.count == 1)
    }

    @Test func figuresNeedThePeriphery() throws {
        let outcome = try CommandLineTests.run(["energy", "--synapse", "a", "--game", "b", "--figures", "drawn"])
        #expect(outcome.code == 64 && outcome.error.contains("--figures needs --periphery"), "\(outcome.error)")
    }

    @Test(.enabled(if: (try? PythonLocation(package: "vl-convert-python").find()) != nil, "needs .venv; run `make setup`"))
    func peripheryIsDrawn() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try inputs(in: folder)
        let arguments = ["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--periphery", "--figures", "drawn"]
        let outcome = try CommandLineTests.run(arguments, in: folder)
        #expect(outcome.code == 0 && outcome.error.contains("wrote drawn/gain-counted"), "\(outcome.error)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("drawn").path).sorted()
        #expect(
            names == ["break-even", "gain-counted"].flatMap { name in ["png", "svg", "vl.json"].map { "\(name).\($0)" } })
    }

    /// Exit code 2, the words that name the fault, and no file touched.
    @Test(arguments: [
        (["energy", "--synapse", "nowhere.yaml", "--game", "game.json"], "nowhere.yaml"),
        (["energy", "--synapse", "synapse.yaml", "--game", "cut.json"], "cut.json"),
        (["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--reading", "fast"], "time-consistent"),
        (["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--published", "synapse.yaml"], "energy"),
        (
            ["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--periphery", "--energies", "nowhere.yaml"],
            "nowhere.yaml"
        ),
        (
            ["energy", "--synapse", "synapse.yaml", "--game", "game.json", "--periphery", "--energies", "synapse.yaml"],
            "converters"
        ),
        (["validate", "--results", "nowhere.json"], "nowhere.json"),
        (["validate", "--results", "cut.json"], "cut.json"),
    ])
    func badInput(arguments: [String], words: String) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try inputs(in: folder)
        try Data("{\"rows\": [".utf8).write(to: folder.appendingPathComponent("cut.json"))
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let outcome = try CommandLineTests.run(arguments, in: folder)
        #expect(outcome.code == 2, "\(outcome.error)")
        #expect(outcome.error.hasPrefix("error:") && outcome.error.contains(words), "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }

    /// Rows that fail leave the exit code at 0, but for --strict.
    @Test func validatePrintsTheTable() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func row(_ id: String, _ simulated: Double, _ pass: Bool) -> String {
            """
            {"id": "\(id)", "figure": "2e", "quantity": "dF \(id)", "paper": 10, "simulated": \(simulated), "unit": "nS",
             "relative_error": \((simulated - 10) / 10), "tolerance": 0.1, "pass": \(pass), "fitted": true, "relation": "=",
             "section": "paper", "kind": "stated", "reason": "test"}
            """
        }
        let text = """
            {"rows": [\(row("near", 9.5, true)), \(row("far", 14, false))], "not_produced": [], "conservation": {},
             "provenance": {"seed": "1"}}
            """
        try Data(text.utf8).write(to: folder.appendingPathComponent("results.json"))
        let arguments = ["validate", "--results", "results.json"]
        let table = try CommandLineTests.run(arguments, in: folder)
        #expect(table.code == 0, "\(table.error)")
        #expect(table.out.contains("dF near") && table.out.contains("FAIL") && table.out.contains("1 of 2 rows pass"))
        let failures = try CommandLineTests.run(arguments + ["--failures", "--strict"], in: folder)
        #expect(failures.code == 1 && !failures.out.contains("dF near") && failures.out.contains("dF far"))
        let json = try CommandLineTests.run(arguments + ["--json"], in: folder)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
        #expect(rows.count == 2 && rows[1]["pass"] as? Bool == false)
    }
}
