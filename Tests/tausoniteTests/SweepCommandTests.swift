import Essentials
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// `tausonite sweep` as a person and a cluster meet it.
@Suite struct SweepCommandTests {
    /// Some 20 ms a point.
    static let points = 24
    static let sweep = [
        "sweep", "Pulse {amplitude} for {width}", "Hold 0.6 V for 2 ms", "Read", "--vary", "amplitude=2 V, 3 V, 4.9 V",
        "--vary",
        "width=10 us to 10 ms in 8 log", "--output", "G of the last read", "--output", "energy of pulse 1",
    ]

    static func read(_ name: String, _ folder: URL) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

    /// The table by one thread, which all others are held to.
    static func whole(in folder: URL) throws -> Data {
        let outcome = try CommandLineTests.run(sweep + ["--out", "whole", "--threads", "1", "--quiet"], in: folder)
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
        return try read("whole/sweep.csv", folder)
    }

    @Test("The table has units, failures as rows, and the same bytes for any number of threads, shards and processes")
    func sameBytes() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Self.whole(in: folder)
        let table = try Table(csv: String(decoding: whole, as: UTF8.self), source: "sweep.csv")
        #expect(
            table.columns == ["point", "amplitude_V", "width_us", "G_last_read_nS", "energy_pulse_1_pJ", "failure", "reason"])
        #expect(table.rows.count == Self.points)
        let formed = try table.rows.filter { try $0.text("failure") == "electroforming" }
        #expect(try !formed.isEmpty && formed.count < 10 && (try formed.allSatisfy { try $0.text("G_last_read_nS").isEmpty }))
        // Threads, and units of several points.
        let threads = try CommandLineTests.run(
            Self.sweep + ["--out", "threads", "--threads", "4", "--batch", "5", "--quiet"], in: folder)
        #expect(threads.code == 0)
        #expect(try Self.read("threads/sweep.csv", folder) == whole)
        // Shards: the last one lays all together.
        for shard in 1...3 {
            let part = try CommandLineTests.run(Self.sweep + ["--out", "shards", "--shard", "\(shard)/3"], in: folder)
            #expect(
                part.code == 0 && part.error.contains(shard == 3 ? "wrote shards/sweep.csv" : "\(8 * shard) of 24 units"),
                "\(part.error)")
        }
        #expect(try Self.read("shards/sweep.csv", folder) == whole)
        // Without a folder the table is printed, and so are four processes on one folder.
        let printed = try CommandLineTests.run(Self.sweep + ["--quiet"], in: folder)
        #expect(Data(printed.out.utf8) == whole)
        let codes = try concurrentMap(4) { _ in
            try CommandLineTests.run(Self.sweep + ["--out", "four", "--threads", "1", "--quiet"], in: folder)
        }
        #expect(codes.allSatisfy { $0.code == 0 }, "\(codes)")
        #expect(try Self.read("four/sweep.csv", folder) == whole)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/four/claims").isEmpty)
    }

    @Test("A kill (kill -9) costs what was under way; the same command does the rest; Ctrl-C says so")
    func goesOn() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Self.whole(in: folder)
        func units(_ study: String) -> Int {
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(study)/units")) ?? []).count {
                $0.hasSuffix(".json")
            }
        }
        for (signal, study) in [(SIGKILL, "killed"), (SIGINT, "stopped")] {
            let process = Process()
            process.executableURL = CommandLineTests.program
            process.arguments = Self.sweep + ["--out", study, "--threads", "1"]
            process.currentDirectoryURL = folder
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            while process.isRunning, units(study) < 3 { usleep(1000) }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            let left = units(study)
            #expect(left < Self.points && !FileManager.default.fileExists(atPath: "\(folder.path)/\(study)/sweep.csv"))
            if signal == SIGINT { #expect(process.terminationStatus == 130) }
            let next = try CommandLineTests.run(Self.sweep + ["--out", study, "--json", "--quiet"], in: folder)
            let summary = try #require(try JSONSerialization.jsonObject(with: Data(next.out.utf8)) as? [String: Any])
            #expect(summary["made"] as? Int == Self.points - left && (summary["points"] as? [Any])?.count == Self.points)
            #expect(try Self.read("\(study)/sweep.csv", folder) == whole)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(study)").sorted()
            #expect(names == ["claims", "study.json", "sweep.csv", "units"], "\(names)")
        }
    }

    @Test("Another device, protocol, plan or output is refused; so is what is no plan")
    func refused() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let base = ["sweep", "Pulse {v} for 1 us", "Read", "--out", "s", "--quiet"]
        let (vary, output) = (["--vary", "v=1 V, 2 V"], ["--output", "G of read 1"])
        #expect(try CommandLineTests.run(base + vary + output, in: folder).code == 0)
        for (arguments, words) in [
            (base + vary + output + ["--set", "area=1e5nm2"], "another device"),
            (base + vary + output + ["--read-voltage", "0.5 V"], "another protocol"),
            (base + ["--vary", "v=1 V, 3 V"] + output, "another plan"),
            (base + vary + ["--output", "energy of pulse 1"], "another outputs"),
            (base + vary + ["--output", "G of read"], "energy of the last pulse"),
            (base + ["--vary", "w=1 V, 2 V"] + output, "{v}"),
            (base + vary + output + ["--design", "saltely"], "perhaps saltelli"),
            (base + vary + output + ["--design", "sobol"], "a range"),
            (base + vary + output + ["--shard", "3/2"], "i from 1 to n"), (base + ["--vary", "v=30 V, 40 V"] + output, "20 V"),
            (base + vary + output + ["--step", "1 V", "--design", "elasticities"], "--step"),
            (base + vary + output + ["--points", "no.csv"], "no.csv"),
        ] {
            let outcome = try CommandLineTests.run(arguments, in: folder)
            #expect(
                outcome.code == 2 && outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count == 1)
        }
        // Every point refused: the table is there, and the code says that nothing came out.
        let none = try CommandLineTests.run(
            ["sweep", "--vary", "area=0.1 nm2, 0.2 nm2", "--output", "base", "--out", "none", "--quiet"], in: folder)
        #expect(none.code == 3 && none.out.contains("2 refused"), "\(none)")
    }

    @Test("Indices, elasticities and both figures")
    func sensitivities() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = ["sweep", "--output", "base", "--figure", "--quiet", "--vary"]
        let indices = try CommandLineTests.run(
            run + ["area=+-10%", "--vary", "platinum_barrier=+-0.5%", "--design", "saltelli", "--samples", "16", "--out", "a"],
            in: folder)
        #expect(indices.code == 0, "\(indices.error)")
        let table = try Table.load(path: folder.path + "/a/sensitivities.csv")
        #expect(table.rows.count == 4 && table.columns == ["output", "variable", "kind", "value", "error"])
        let elastic = try CommandLineTests.run(run + ["area", "--design", "elasticities", "--out", "b"], in: folder)
        #expect(elastic.code == 0, "\(elastic.error)")
        #expect(try abs(try Table.load(path: folder.path + "/b/sensitivities.csv").rows[0].number("value") - 1) < 0.05)
        for study in ["a", "b"] {
            for name in ["sweep", "sensitivities"] {
                for kind in ["png", "svg", "vl.json"] {
                    #expect(
                        FileManager.default.fileExists(atPath: "\(folder.path)/\(study)/\(name).\(kind)"),
                        "\(study)/\(name).\(kind)")
                }
            }
        }
    }
}
