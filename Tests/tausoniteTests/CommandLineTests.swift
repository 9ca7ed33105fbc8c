import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// The program as a person meets it: what it prints, where, and with which exit code.
@Suite struct CommandLineTests {
    static let root = Repository.root
    static let program = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("tausonite")

    struct Outcome {
        var code: Int32
        var out, error: String
    }

    static func run(_ arguments: [String], in folder: URL = root, environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        if !environment.isEmpty { process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 } }
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let out = Pipe()
        let error = Pipe()
        process.standardOutput = out
        process.standardError = error
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, out: text, error: complaint)
    }

    static func folder() throws -> URL {
        let url = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("tausonite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    @Test func simulateWritesATraceThatRunsAgain() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sentences = ["Hold 0.6 V for 10 s", "Pulse 3 V for 100 us", "Hold 0.6 V for 60 s", "Read"]
        // From another folder, by a relative device path: the program finds its own files.
        let first = try Self.run(["simulate"] + sentences + ["--out", "a.csv", "--json"], in: folder)
        #expect(first.code == 0 && first.error.contains("wrote a.csv"), "\(first.error)")
        let record = try #require(try JSONSerialization.jsonObject(with: Data(first.out.utf8)) as? [String: Any])
        #expect((record["pulses"] as? [Any])?.count == 1 && (record["reads"] as? [Any])?.count == 1)
        let header = try String(contentsOf: folder.appendingPathComponent("a.csv"), encoding: .utf8).prefix { $0 != "\n" }
        #expect(header.hasPrefix("time_s,voltage_V,current_A"))
        let second = try Self.run(["simulate", "--again", "a.json", "--out", "b.csv", "--quiet"], in: folder)
        #expect(second.code == 0 && second.error.isEmpty)
        #expect(
            try Data(contentsOf: folder.appendingPathComponent("a.csv"))
                == Data(contentsOf: folder.appendingPathComponent("b.csv")))
    }

    /// The device is the same, though a run again is read from what the side file holds of it; so is its digest.
    @Test func runsAgainNameTheSameDevice() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func digest(_ name: String) throws -> String {
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            return try #require(record["device_sha256"] as? String)
        }
        for set in [[], ["--set", "area=3000 nm2"]] {
            let runs = [
                ["simulate", "Hold 0.6 V for 1 s", "--out", "a.csv", "-q"] + set,
                ["simulate", "--again", "a.json", "--out", "b.csv", "-q"],
                ["simulate", "--again", "b.json", "Pulse 2 V for 20 us", "--out", "c.csv", "-q"],
            ]
            for run in runs { #expect(try Self.run(run, in: folder).code == 0) }
            #expect(try digest("a.json") == digest("b.json") && digest("b.json") == digest("c.json"))
        }
        #expect(
            try Self.run(["simulate", "--again", "a.json", "--set", "area=2000 nm2", "--out", "d.csv", "-q"], in: folder).code
                == 0)
        #expect(try digest("d.json") != digest("a.json"))
    }

    /// Programs read what --json prints: one value that parses, on standard output alone.
    @Test(
        "Every command that computes on a device runs from another folder and prints JSON that parses",
        arguments: [
            ["simulate", "Pulse 3 V for 100 us", "--out", "trace.csv"], ["extract", "--out", "synapse.yaml"],
            ["forming", "--hold", "1 ms", "--from", "4.2", "--to", "4.6", "--step", "0.2"], ["levels", "--trains", "1"],
            ["fuzz", "--runs", "3"], ["ensemble", "--devices", "5", "--spread", "area=5%", "--out", "ensemble"],
        ])
    func printsJSON(arguments: [String]) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try Self.run(arguments + ["--json", "--quiet"], in: folder)
        #expect(outcome.code == 0, "\(outcome.error)")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.out.utf8))
        #expect((value as? [String: Any])?.isEmpty == false, "\(outcome.out.prefix(200))")
    }

    @Test func calibrateFitsAUsersCellsAndGoesOn() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("amplitude_V,width_us,delta_F_nS\n2.5,100,5.5\n3,100,9.5\n".utf8).write(
            to: folder.appendingPathComponent("cells.csv"))
        let common = [
            "calibrate", "--data", "cells.csv", "--data-only", "--free", "forward_hop_energy", "--out", "mine.yaml", "--quiet",
        ]
        let first = try Self.run(common + ["--iterations", "1"], in: folder)
        #expect(first.code == 0, "\(first.error)")
        #expect(
            try DeviceDescription.load(path: folder.appendingPathComponent("mine.yaml").path).parameters.forwardHopEnergy
                != DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).parameters.forwardHopEnergy)
        let second = try Self.run(common + ["--iterations", "2", "--resume", "mine.state.json", "--json"], in: folder)
        #expect(second.code == 0, "\(second.error)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(second.out.utf8)) as? [String: Any])
        #expect(
            report["cost_after"] as? Double ?? .infinity < (report["cost_before"] as? Double ?? 0), "\(report.keys.sorted())")
    }

    @Test(
        "The stacks of Docs/examples run from another folder, with either law of the electrons, and run again from their JSON file",
        arguments: [
            ("pt-hfo2-ti", "quasi_stationary", "Pulse 2 V for 100 us"),
            ("pt-hfo2-ti", "drift_diffusion", "Pulse 2 V for 100 us"),
            ("two-layers", "quasi_stationary", "Hold -1 V for 1 s"), ("two-layers", "drift_diffusion", "Hold -1 V for 1 s"),
        ])
    func otherStacks(name: String, electrons: String, sentence: String) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let device = ["--device", "Docs/examples/\(name).yaml", "--no-base-state", "--electrons", electrons]
        let outcome = try Self.run(["simulate", sentence, "--out", "a.csv", "--quiet", "--json"] + device, in: folder)
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
        let record = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
        // The side file holds the device as it ran, without its materials' files.
        let description = try DeviceDescription(yaml: #require(record["device_file"] as? String))
        #expect(description.electrons.rawValue == electrons)
        let again = try Self.run(["simulate", "--again", "a.json", "--no-base-state", "--out", "b.csv", "--quiet"], in: folder)
        #expect(again.code == 0, "\(again.error)")
        #expect(
            try Data(contentsOf: folder.appendingPathComponent("a.csv"))
                == Data(contentsOf: folder.appendingPathComponent("b.csv")))
    }

    @Test(
        "A file of the old form is read with a note how to convert it, and parameters --out does; calibrate names the stack it needs"
    )
    func oldForm() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = Repository.path("Tests/DeviceModelTests/Fixtures/old-form/pt-sto-ti-traps.yaml")
        let outcome = try Self.run(["parameters", "--device", old, "--out", "new.yaml"], in: folder)
        #expect(
            outcome.code == 0 && outcome.error.contains("tausonite parameters --device \(old) --out new.yaml"),
            "\(outcome.error)")
        let new = folder.appendingPathComponent("new.yaml").path
        #expect(try DeviceDescription.load(path: new).device == DeviceDescription.load(path: old).device)
        let quiet = try Self.run(["parameters", "--device", new], in: folder)
        #expect(quiet.code == 0 && quiet.error.isEmpty, "\(quiet.error)")
        let stack = try Self.run(["calibrate", "--device", "Docs/examples/two-layers.yaml", "--out", "fit.yaml"], in: folder)
        #expect(stack.code == 2 && stack.error.contains("one-layer memristor"), "\(stack.error)")
    }

    @Test func electroformingKeepsTheTraceAndSaysSo() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try Self.run(["simulate", "Pulse 4.65 V for 10 ms", "--out", "forming.csv"], in: folder)
        #expect(outcome.code == 3 && outcome.error.contains("electroforming"))
        let lines = try String(contentsOf: folder.appendingPathComponent("forming.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 10)
    }

    /// Exit code 2, one line beginning "error:", nothing written.
    @Test(arguments: [
        (["Pulse 3 V fro 100 us"], "\"fro\""), (["Pulse 3 V for -100 us"], "width"), (["Dance"], "one of Pulse"),
        (["--protocol", "nowhere.yaml"], "nowhere.yaml"), (["Read", "--device", "nowhere.yaml"], "nowhere.yaml"),
        (["Read", "--set", "phi_B=1eV"], "platinum_barrier"), (["Read", "--set", "thickness=40s"], "a length in nm"),
        (["Read", "--read-voltage", "3 s"], "a voltage in V"), (["Read", "--read-voltage", "0 V"], "1 mV"),
        (["Read", "--record", "sometimes"], "20/decade"), (["Read", "--record", "3 samples"], "1000 samples"),
        (["--again", "nowhere.json"], "side file"),
        (["Read", "--out", "."], "folder"),
        (["Read", "--out", "side.json"], "ending"), (["Read", "--out", "/proc/none/trace.csv"], "/proc/none/trace.csv"),
    ])
    func badInput(arguments: [String], words: String) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try Self.run(["simulate"] + arguments, in: folder)
        #expect(outcome.code == 2 && outcome.out.isEmpty)
        #expect(outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func helpHasExamples() throws {
        let help = try Self.run(["simulate", "--help"])
        #expect(help.code == 0 && help.out.contains("tausonite simulate \"Hold 0.6 V for 10 s\""))
        #expect(try Self.run(["simulate"]).code == 64)
        #expect(try Self.run(["nonsense"]).code == 64)
    }
}
