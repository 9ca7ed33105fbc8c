import CompactModel
import Essentials
import Foundation
import Testing

@testable import Validation

@Suite("Validator")
struct ValidatorTests {
    /// Fed the prototype's own numbers, every cross-check agrees to round-off (1e-6 of the interpolated loops).
    @Test(arguments: [("device", 2), ("device-drift", 0)])
    func prototypeAgreesWithItself(name: String, formingRows: Int) throws {
        let outcome = try Validator.load(folder: validationFolder).validate(prototypeResults(name))
        let cross = outcome.rows.filter { $0.section == .crossCheck }
        #expect(cross.count == 12 * 2 + 13 + 6 * 2 + 9 + 8 + 3 + formingRows)
        #expect(Set(cross.map(\.id)).count == cross.count)
        for row in cross {
            #expect(row.pass, "\(row.id)")
            if row.relation == .equal { #expect(abs(row.relativeError) < 1e-9, "\(row.id): \(row.relativeError)") }
        }
        // The prototype's numbers bring no streams.
        #expect(outcome.notProduced == ["requirement.state_one_bias", "requirement.state_changing_bias"])
    }

    /// A device with one parameter changed is another device: nothing to hold against the prototype.
    @Test func anotherDeviceIsNotCrossChecked() throws {
        var results = try prototypeResults()
        results.synapse?.deviceDigest = "0"
        let outcome = try Validator.load(folder: validationFolder).validate(results)
        #expect(!outcome.rows.contains { $0.section == .crossCheck } && outcome.rows.contains { $0.section == .paper })
    }

    /// Set T's known misses fail, and what it meets passes (Docs/device-model.md, section 4).
    @Test func knownMissesShow() throws {
        let outcome = try Validator.load(folder: validationFolder).validate(prototypeResults())
        let pass = Dictionary(uniqueKeysWithValues: outcome.rows.map { ($0.id, $0.pass) })
        for id in [
            "fig2e.delta_f_2V", "fig2e.delta_f_3V", "fig3b.smallest", "fig3b.largest", "fig3e.lambda_min",
            "fig3e.lambda_max", "fig2a.direction", "fig2a.repeat_2V", "forming.above", "forming.about", "fig2f.levels",
            "fig2d.base_drift", "game.score", "gain.paper_lower", "gain.paper_upper", "requirement.conservation",
        ] {
            #expect(pass[id] == true, "\(id)")
        }
        for id in ["fig2e.delta_f_2.5V", "fig3c.exponent", "fig2f.last", "fig2a.repeat_minus2V", "fig3c.prefactor_unit"] {
            #expect(pass[id] == false, "\(id)")
        }
        #expect(outcome.rows.allSatisfy { $0.section != .tables || $0.pass })
    }

    /// Without results no row is invented; the tables' arithmetic needs none.
    @Test func nothingMeasuredNothingClaimed() throws {
        let validator = try Validator.load(folder: validationFolder)
        let outcome = validator.validate(ChainResults())
        #expect(outcome.rows.filter { $0.section == .crossCheck }.isEmpty)
        #expect(Set(outcome.rows.filter { $0.section == .paper }.map(\.id)) == ["gain.paper_lower", "gain.paper_upper"])
        #expect(outcome.notProduced.count == validator.plan.entries.count - 2 + 3)
        var broken = ChainResults()
        broken.leakRatio = .nan
        #expect(validator.validate(broken).rows.allSatisfy { $0.simulated.isFinite })
    }

    @Test(arguments: [
        (Relation.equal, 0.1, 0.1, true), (.equal, -0.11, 0.1, false), (.atLeast, -0.05, 0.1, true),
        (.atLeast, 5, 0, true), (.atLeast, -0.01, 0, false), (.atMost, 0.01, 0, false), (.atMost, -3, 0, true),
        (.above, 0, 0, false), (.above, 0.1, 0, true),
    ])
    func relations(relation: Relation, error: Double, tolerance: Double, holds: Bool) {
        #expect(relation.holds(relativeError: error, tolerance: tolerance) == holds)
    }

    /// ln G interpolated by a cubic is exact for G = exp(a + bV + cV^2 + dV^3).
    @Test func loopInterpolation() throws {
        func g(_ v: Double) -> Double { exp(-20 + 3 * v - 0.8 * v * v + 0.2 * v * v * v) }
        let up = stride(from: 0.0, through: 2.0001, by: 0.1).map { $0 }
        var voltage: [Double] = up
        voltage += up.reversed().dropFirst()
        voltage += voltage.dropFirst().map { -$0 }
        let loop = ChainResults.Loop(cycle: 1, voltage: voltage, current: voltage.map { $0 * g($0) })
        for v in [0.333, 1.01, 1.95] {
            let up = try #require(loop.conductance(at: v, on: .up))
            let back = try #require(loop.conductance(at: -v, on: .back))
            #expect(abs(up / g(v) - 1) < 1e-12)
            #expect(abs(back / g(-v) - 1) < 1e-12)
        }
        #expect(loop.conductance(at: 2, on: .up) == loop.conductance(at: 2, on: .down))
        #expect(loop.conductance(at: 2.5, on: .up) == nil)
        #expect(loop.direction == -1)
    }
}

@Suite("Results file")
struct ResultsFileTests {
    func file() throws -> ResultsFile {
        let validator = try Validator.load(folder: validationFolder)
        let results = try prototypeResults()
        return ResultsFile(
            outcome: validator.validate(results), results: results, published: validator.published,
            provenance: ["seed": "7"])
    }

    /// The keys that other programs rely on.
    @Test func shapeAsSpecified() throws {
        let data = try file().json()
        let parsed = try JSONSerialization.jsonObject(with: data)
        let object = try #require(parsed as? [String: Any])
        let rows = try #require(object["rows"] as? [[String: Any]])
        for key in ["id", "figure", "quantity", "paper", "simulated", "unit", "relative_error", "tolerance", "pass", "fitted"] {
            #expect(rows.allSatisfy { $0[key] != nil }, "\(key)")
        }
        let energy = try #require(object["energy"] as? [String: Any])
        let memristor = try #require(energy["memristor_mJ"] as? [String: Double])
        #expect(Set(memristor.keys) == ["delta_f", "decay", "total"])
        #expect(abs(memristor["delta_f"]! + memristor["decay"]! - memristor["total"]!) < 1e-9)
        #expect(
            (energy["gpu_mJ"] as? [String: [String: Double]])?["gpu_optimal_fp16"]?["total"].map { abs($0 - 3463.9) < 1e-9 }
                == true)
        #expect((energy["gain"] as? [String: Double])?["lower"] != nil)
        #expect(Set((energy["readings"] as? [String: Any] ?? [:]).keys) == ["paper", "time-consistent", "slow"])
        let game = try #require(object["game"] as? [String: Any])
        #expect(game["score"] as? Int == 21 && game["steps"] as? Int == 6826 && game["nonzero_updates"] as? Int == 102)
        #expect((object["conservation"] as? [String: Double])?["relative_drift"] == 3e-13)
        #expect((object["provenance"] as? [String: String])?["seed"] == "7")
        for row in rows {
            let paper = try #require(row["paper"] as? Double)
            let simulated = try #require(row["simulated"] as? Double)
            let error = try #require(row["relative_error"] as? Double)
            #expect(abs((simulated - paper) / abs(paper) - error) < 1e-12)
        }
    }

    @Test func roundTripAndDamage() throws {
        let path = NSTemporaryDirectory() + "tausonite-results-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try file()
        try file.write(to: path)
        let back = try ResultsFile.load(path: path)
        #expect(back == file)
        let data = try file.json()
        try AtomicFile.write(data.prefix(data.count / 2), to: path)
        #expect(throws: InputError.self) { try ResultsFile.load(path: path) }
        let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\"simulated\"", with: "\"simulatd\"")
        try AtomicFile.write(text, to: path)
        let error = #expect(throws: InputError.self) { try ResultsFile.load(path: path) }
        #expect(error?.description.contains("simulated") == true && error?.description.contains("rows[0]") == true)
        #expect(throws: InputError.self) { try ResultsFile.load(path: path + ".none") }
    }

    /// One line per row, marks in front, columns aligned.
    @Test func table() throws {
        let file = try file()
        let text = ValidationTable.text(file.rows, notProduced: ["x.y"])
        let lines = text.split(separator: "\n")
        #expect(lines.count(where: { $0.hasPrefix("  ok ") || $0.hasPrefix("  FAIL") }) == file.rows.count)
        #expect(text.contains("Not produced by this run: x.y"))
        let failing = ValidationTable.text(file.rows, failuresOnly: true)
        #expect(!failing.contains("\n  ok ") && failing.contains("  FAIL"))
        #expect(failing.hasSuffix(ValidationTable.summary(file.rows) + "\n"))
        #expect(ValidationTable.value(0.0808, "1") == "0.0808" && ValidationTable.value(6826, "1") == "6826")
        #expect(ValidationTable.value(12.328, "nS") == "12.3 nS" && ValidationTable.value(3e-13, "1") == "3.00e-13")
        #expect(ValidationTable.percent(0.00001) == "0 %" && ValidationTable.percent(-0.068) == "-6.8 %")
    }
}
