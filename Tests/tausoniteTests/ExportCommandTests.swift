import Essentials
import Foundation
import TestSupport
import Testing

/// `tausonite export` as a person meets it.
@Suite struct ExportCommandTests {
    static let synapse = Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml")

    @Test func writesEveryFormatAndTheBench() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (format, words) in [
            ("spice", [".subckt tausonite_synapse", "--format spice --model state --level 3"]),
            ("verilog-a", ["module tausonite_synapse(p, n, g);", "after 3 SET trains"]), ("json", ["tausonite-adapter-1"]),
        ] {
            let level = format == "json" ? [] : ["--level", "3", "--bench", "bench-\(format)"]
            let run = try CommandLineTests.run(
                ["export", Self.synapse, "--format", format, "--out", "out-\(format)"] + level, in: folder)
            #expect(run.code == 0 && run.out.isEmpty && run.error.contains("wrote out-\(format)"), "\(run.error)")
            let text = try String(contentsOf: folder.appendingPathComponent("out-\(format)"), encoding: .utf8)
            for word in words { #expect(text.contains(word), "\(format)") }
        }
        let netlist = try String(contentsOf: folder.appendingPathComponent("bench-spice/bench-4.cir"), encoding: .utf8)
        #expect(netlist.contains("tausonite_synapse") && netlist.contains("uic"))
        _ = try Table.load(
            path: folder.appendingPathComponent("bench-spice/bench-1.csv").path,
            columns: ["time_s", "conductance_nS"])
    }

    @Test func refusesWhatDoesNotFit() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func complaint(_ arguments: [String]) throws -> String {
            let run = try CommandLineTests.run(["export"] + arguments + ["--out", "x"], in: folder)
            #expect(run.code == 2 && run.out.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("x").path))
            return run.error
        }
        #expect(try complaint([Self.synapse, "--format", "spice", "--level", "9"]).contains("--level = 9"))
        #expect(try complaint([Self.synapse, "--format", "json", "--check"]).contains("--format spice"))
        #expect(try complaint([Self.synapse, "--format", "spice", "--state", "no.json"]).contains("no.json"))
        // A state model of another device.
        let other = try String(contentsOfFile: Self.synapse, encoding: .utf8).replacingOccurrences(
            of: "device_sha256: \"c", with: "device_sha256: \"d")
        try other.write(to: folder.appendingPathComponent("other.yaml"), atomically: true, encoding: .utf8)
        let state = Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.state.json")
        #expect(
            try complaint(["other.yaml", "--format", "spice", "--state", state]).contains("is not the device of other.yaml"))
    }
}
