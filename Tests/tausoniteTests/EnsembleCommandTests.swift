import ArgumentParser
import CompactModel
import Essentials
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import tausonite

/// `tausonite ensemble`, and what it hands to the game.
@Suite struct EnsembleCommandTests {
    /// The same seed writes the same bytes; the synapse gets its section; its spread is what the game then plays with.
    @Test func tablesAreWrittenAndTheSynapseCarriesTheSpread() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let extracted = try CommandLineTests.run(["extract", "--out", "synapse.yaml", "--quiet"], in: folder)
        #expect(extracted.code == 0, "\(extracted.error)")
        func run(_ name: String) throws -> [String: Any] {
            let outcome = try CommandLineTests.run(
                [
                    "ensemble", "--devices", "6", "--spread", "area=5%,platinum_barrier=5meV", "--limits", "G_min=1:100nS",
                    "--synapse", "synapse.yaml", "--step-noise", "0.4nS", "--out", name, "--quiet", "--json",
                ], in: folder)
            #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
            return try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
        }
        let summary = try run("a")
        _ = try run("b")
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        for file in ["ensemble.csv", "correlations.csv", "synapse.yaml"] { #expect(try text("a/\(file)") == text("b/\(file)")) }
        #expect(summary["good"] as? Int == 6 && (summary["quantities"] as? [Any])?.count == 16)
        #expect(try Table.load(path: folder.path + "/a/ensemble.csv").rows.count == 6)
        let synapse = try SynapseModel.load(path: folder.path + "/a/synapse.yaml")
        let measured = try #require(synapse.variability)
        #expect(measured.devices == 6 && measured.step > 0.01 && measured.step < 0.3)
        let options = try VariabilityOptions.parse(["--spread", "synapse", "--stuck", "1%"])
        let cell = try options.variability(synapse)
        #expect(cell.stepSpread == measured.step && cell.decaySpread == measured.decayTime && cell.stuckFraction == 0.01)
        #expect(abs(cell.stepNoise - 0.2) < 1e-12)  // 0.4 nS at 2 nS a unit
        var plain = synapse
        plain.variability = nil
        #expect(throws: InputError.self) { try options.variability(plain) }
        #expect(throws: InputError.self) { try options.variability(nil) }
    }

    @Test func noOptionIsNoVariability() throws {
        #expect(try VariabilityOptions.parse([]).variability(nil).isNone)
    }

    /// Exit code 2 and one line with key, value and what would be right.
    @Test(arguments: [
        (["--spread", "aria=5%"], "perhaps area"), (["--spread", "area=-5%"], "standard deviation"),
        (["--spread", "thickness=5 K"], "unit of temperature"), (["--spread", "area=5%", "--devices", "0"], "--devices = 0"),
        (["--spread", "area=5%", "--limits", "Gmin=1:2nS"], "perhaps G_min"),
        (["--spread", "area=5%", "--step-noise", "1V", "--out", "e"], "unit of voltage"),
        (["--spread", "area=5%", "--limits", "forming=4:5V"], "is not among"),
    ])
    func badInput(arguments: [String], words: String) throws {
        let outcome = try CommandLineTests.run(["ensemble", "--quiet"] + arguments)
        #expect(outcome.code == 2 && outcome.out.isEmpty, "\(outcome)")
        #expect(outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (["--spread", "20"], "0 ... 200 %"), (["--spread", "-5%"], "--spread = -5%"),
        (["--spread", "5nS"], "unit of conductance; expected 0 ... 200 %"),
        (["--stuck", "101%"], "0 ... 100 %"), (["--noise", "1V"], "unit of voltage"), (["--noise", "5uS"], "--noise"),
        (["--read-noise", "x"], "--read-noise"), (["--stuck-at", "1"], "has no unit"),
    ])
    func badVariability(arguments: [String], words: String) throws {
        // Options with a value that begins with a dash are written with "=".
        let options = try VariabilityOptions.parse(["\(arguments[0])=\(arguments[1])"])
        let synapse = SynapseModel(
            weightMap: .init(minimumConductance: 12e-9, conductancePerUnit: 2e-9),
            update: .init(points: [], step: 0.5, maximum: 20),
            energy: .init(
                prefactorPerNanosiemens: 1, prefactorPerUnit: 1, exponent: 1, cornerExponent: 1, residual: 0),
            decay: .init(
                points: [], sigmoid: .init(height: 1, slope: 1, centre: 0, offset: 0, residual: 0), lambdaMinimum: 0.1,
                lambdaMaximum: 0.9, step: 1), levels: [], readVoltage: 0.6, device: "t", deviceDigest: "0")
        let error = #expect(throws: InputError.self) { try options.variability(synapse) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}
