import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

@testable import tausonite

/// The commands of Docs/protocols.md, in their order; and what the options of protocols, states and profiles refuse.
@Suite struct ProtocolPageTests {
    @Test("Every command of the page runs and writes what the page says")
    func commandsRun() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("Docs"), withDestinationURL: URL(fileURLWithPath: Repository.path("Docs")))
        let commands = try DocumentationTests.commands(in: "Docs/protocols.md")
        #expect(commands.count > 15)
        for command in commands {
            let outcome = try CommandLineTests.run(Array(DocumentationTests.words(command).dropFirst()), in: folder)
            #expect(outcome.code == 0, "\(command): \(outcome.error)")
        }
        func read(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
        }
        // What the table of columns names is the header.
        let header = try read("inside.profiles.csv").prefix { $0 != "\n" }.split(separator: ",").map(String.init)
        let page = try Repository.text("Docs/protocols.md")
        for column in header { #expect(page.contains("`\(column)`"), "\(column)") }
        #expect(try read("compliance.csv").prefix { $0 != "\n" }.hasSuffix(",source_voltage_V"))
        // The longer run is the shorter one and more.
        let (short, long) = (try read("retention.csv"), try read("longer.csv"))
        #expect(long.hasPrefix(short.split(separator: "\n").dropLast().joined(separator: "\n")))
        let record = try JSONDecoder().decode(
            RunRecord.self, from: Data(contentsOf: folder.appendingPathComponent("spike.json")))
        #expect(record.experiment.contains("Waveform 0 s 0.6 V, 0 s 2.5 V"))
    }

    @Test("Every sentence in the page's table is read, with and without what stands in brackets")
    func sentencesRead() throws {
        var seen = 0
        for line in try Repository.text("Docs/protocols.md").split(separator: "\n") where line.hasPrefix("| `") {
            let cell = line.dropFirst(2).components(separatedBy: " | ")[0].replacingOccurrences(of: "\\|", with: "|")
            for (k, sentence) in cell.components(separatedBy: "`").enumerated() where k % 2 == 1 {
                guard let first = sentence.first, first.isUppercase, !sentence.contains("a; b"), !sentence.contains(".csv")
                else {
                    continue
                }
                seen += 1
                let full = sentence.replacingOccurrences(of: "[", with: "").replacingOccurrences(of: "]", with: "")
                var bare = ""
                var depth = 0
                for character in sentence {
                    if character == "[" { depth += 1 }
                    if depth == 0 { bare.append(character) }
                    if character == "]" { depth -= 1 }
                }
                for text in [full, bare] { #expect(throws: Never.self, "\(text)") { try Step.parse(text) } }
            }
        }
        #expect(seen > 15, "\(seen)")
    }

    @Test(
        "Wrong states, tables and moments are refused with exit code 2 and what would be right",
        arguments: [
            (["--from-state", "nowhere.json", "Read"], "nowhere.json"),
            (["--from-state", "other.json", "Read"], "is not the state"),
            (["--from-state", "state.json"], "no run that was cut"),
            (["--from-state", "state.json", "--base-state", "Read"], "lose"),
            (["--from-state", "state.json", "--device", "Docs/examples/two-layers.yaml", "Read"], "another device or grid"),
            (["--waveform", "nowhere.csv"], "nowhere.csv"), (["Read", "--profiles", "soon"], "10 us after pulse 1"),
            (["Hold 1 V for 1 s", "--profiles", "2 s"], "up to 1 s"), (["Save as a/b"], "letters, digits"),
            (["Hold 1 V for 1 s until G > 1 V"], "a conductance in"),
            (["Read", "--out", "a.csv", "--save-state", "a.json"], "is the side file of --out as well"),
        ])
    func refused(arguments: [String], words: String) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try "{}".write(to: folder.appendingPathComponent("other.json"), atomically: true, encoding: .utf8)
        if arguments.contains("state.json") {
            let made = try CommandLineTests.run(
                ["simulate", "--no-base-state", "Rest for 1 s", "--save-state", "state.json", "--quiet"], in: folder)
            #expect(made.code == 0, "\(made.error)")
        }
        let outcome = try CommandLineTests.run(["simulate"] + arguments, in: folder)
        #expect(outcome.code == 2 && outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
    }

    @Test("Admittance: JSON, CSV and a figure; ranges that make no sense are refused")
    func admittance() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = ["admittance", "--no-base-state", "--hold", "1 ms", "--bias", "-0.2 V to 0.2 V by 0.2 V"]
        let outcome = try CommandLineTests.run(
            run + [
                "--frequency", "1 kHz to 1 MHz", "--per-decade", "1", "--json", "--quiet", "--out", "y.csv", "--figure",
                "y.svg",
            ],
            in: folder)
        #expect(outcome.code == 0, "\(outcome.error)")
        let result = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
        #expect((result["points"] as? [[String: Any]])?.count == 12)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["y.csv", "y.svg", "y.vl.json"])
        for (option, value) in [
            ("--frequency", "1 nHz"), ("--frequency", "1 V"), ("--bias", "30 V"), ("--bias", "0 V to 1 V"),
            ("--figure", "y.txt"),
        ] {
            let refused = try CommandLineTests.run(["admittance", option, value], in: folder)
            #expect(refused.code == 2 && refused.error.contains(option), "\(refused.error)")
        }
    }
}
