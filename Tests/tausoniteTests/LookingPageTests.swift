import CompactModel
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// The commands of Docs/looking.md, in their order; what plot and explore refuse; and the explorer's page in a browser.
@Suite(.serialized) struct LookingPageTests {
    @Test("Every command of the page runs, and the figures it names are there and small")
    func commandsRun() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("Docs"), withDestinationURL: URL(fileURLWithPath: Repository.path("Docs")))
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml")),
            to: folder.appendingPathComponent("synapse.yaml"))
        // Figures need the converter of .venv, which is sought beside the program.
        let commands = try DocumentationTests.commands(in: "Docs/looking.md").filter { !$0.hasPrefix("tausonite serve") }
        #expect(commands.count > 8)
        for command in commands {
            let outcome = try CommandLineTests.run(Array(DocumentationTests.words(command).dropFirst()), in: folder)
            #expect(outcome.code == 0, "\(command): \(outcome.error)")
        }
        let page = try Repository.text("Docs/looking.md")
        for piece in page.components(separatedBy: "](figures/").dropFirst() {
            let path = Repository.path("Docs/figures/\(piece.prefix { $0 != ")" })")
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(size < 150_000, "\(path): \(size) bytes")
        }
        if Browser.missing == nil {
            let synapse = LinearSynapse(
                try SynapseModel.load(path: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml")))
            let outcome = try Browser.run(
                "explore.py",
                [
                    folder.appendingPathComponent("explore.html").path, "2.75", "40", "-0.35",
                    "\(synapse.step(2.75, 40e-6) * 1e9)",
                    "\(synapse.decayTime(at: -0.35))",
                ])
            #expect(outcome.code == 0, "\(outcome.text)")
            let one = try Browser.run("explore.py", [folder.appendingPathComponent("one.html").path, "0", "0", "0", "0", "0"])
            #expect(one.code == 0, "\(one.text)")
        }
    }

    @Test(
        "Wrong panels, moments, labels and endings are refused with exit code 2 and what would be right",
        arguments: [
            (["plot", "t.csv", "--out", "f.gif"], ".pdf"), (["plot", "t.csv", "--out", "f.svg", "--what", "V, W"], "I-V"),
            (["plot", "t.csv", "--out", "f.svg", "--what", "T"], "temperature_K"),
            (["plot", "t.csv", "--out", "f.svg", "--what", "band"], "--profiles"),
            (["plot", "nowhere.csv", "--out", "f.svg"], "nowhere.csv"),
            (["plot", "t.csv", "--out", "none/x/f.svg", "--label", "a", "--label", "b"], "1, or none"),
            (["plot", "t.csv", "--out", "f.svg", "--since", "soon"], "last pulse"),
            (["plot", "t.csv", "--out", "f.svg", "--since", "9 s"], "leaves nothing"),
            (["plot", "t.csv", "--out", "f.svg", "--since", "pulse 3"], "no such pulse"),
            (["plot", "t.csv", "--out", "f.svg", "--what", "retention"], "no such pulse"),
            (["plot", "bad.csv", "--out", "f.svg"], "bad.csv:3: voltage_V"),
            (["plot", "back.csv", "--out", "f.svg"], "runs backwards"),
            (["plot", "t.csv", "t.csv", "--out", "f.svg"], "names two runs alike"),
            (["plot", "b.csv", "--out", "f.svg"], "time_s"), (["plot", "other.json", "--out", "f.svg"], "side file"),
            (["explore", "other.json", "--out", "e.html"], "side file"),
            (["explore", "--synapse", "nowhere.yaml", "--out", "e.html"], "nowhere.yaml"),
            (["simulate", "Read", "--plot", "f.tiff"], "--plot"), (["serve", "--limit", "0"], "--limit"),
            (["serve", "--device", "nowhere.yaml"], "nowhere.yaml"),
        ])
    func refused(arguments: [String], words: String) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("t.csv", "time_s,voltage_V\n0,1\n1,2\n2,1\n"), ("bad.csv", "time_s,voltage_V\n0,1\n1,high\n"),
            ("back.csv", "time_s,voltage_V\n1,1\n0,2\n"), ("b.csv", "x,y\n1,2\n"), ("other.json", "{}"),
        ] {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let outcome = try CommandLineTests.run(arguments, in: folder)
        #expect(outcome.code == 2 && outcome.error.contains(words), "\(outcome.code) \(outcome.error)")
        #expect(outcome.error.hasPrefix("error: ") && outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
}
