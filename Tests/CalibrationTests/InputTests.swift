import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Testing
import Validation

/// What a person may get wrong, and what they are told.
struct InputTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test("The shipped targets load: 36 numbers, each with a reason and a positive sigma; bounds lie inside the catalogue")
    func shippedTargets() throws {
        let targets = try Samples.paperTargets()
        #expect(targets.targets.count == 36)
        #expect(targets.targets.allSatisfy { !$0.reason.isEmpty && $0.sigma > 0 })
        let base = try #require(targets.targets.first { $0.id == "fig2f.base" })
        #expect(abs(base.value - 12e-9) < 1e-20 && base.isRelative)
        let problem = try CalibrationProblem(
            device: DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti-store.yaml"), targets: targets)
        #expect(problem.free.map(\.key).contains("thermal_resistance"))
        #expect(problem.free.first { $0.key == "permittivity" }!.bounds == 91...320)
    }

    @Test(
        "Wrong rows of a CSV file are named with file, line and column",
        arguments: [
            ("amplitude_V,width_us\n3,100\n", "delta_F_nS"),
            ("amplitude_V,width_us,delta_F_nS\n3,100,x\n", "cells.csv:2: delta_F_nS"),
            ("amplitude_V,width_us,delta_F_nS\n3,100,-1\n", "above 0 nS"),
            ("amplitude_V,width_us,delta_F_nS\n30,100,1\n", "-20 ... 20 V"),
            ("amplitude_V,width_us,delta_F_nS\n3,100\n", "2 fields"), ("", "no rows"),
        ])
    func cells(text: String, part: String) {
        var targets = CalibrationTargets()
        let told = message { try targets.addCells(csv: text, source: "cells.csv", sigma: 0.05) }
        #expect(told.contains(part), "\(told)")
    }

    @Test("Unknown parameters, empty target lists and bounds outside the catalogue are refused with what would be right")
    func problems() throws {
        let device = try DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti-store.yaml")
        let targets = try Samples.paperTargets()
        #expect(message { _ = try CalibrationProblem(device: device, targets: targets, free: ["are"]) }.contains("area"))
        #expect(
            message { _ = try CalibrationProblem(device: device, targets: CalibrationTargets()) }.contains(
                "at least one target"))
        #expect(
            message { _ = try CalibrationProblem(device: device, targets: targets, free: ["area"], bounds: ["area": 0...1]) }
                .contains("valid range"))
        #expect(
            message { _ = try CalibrationProblem(device: device, targets: targets, free: ["oxygen_capacity"]) }.contains(
                "logarithmic"))
    }

    @Test("Unknown observables and missing sigmas of a targets file are named with their line")
    func targetsFile() throws {
        let paper = try PaperNumbers.load(path: Samples.repository + "/Validation/weilenmann2024.yaml")
        func told(_ text: String) throws -> String {
            let path = NSTemporaryDirectory() + "targets-\(UInt64.random(in: 0 ... .max)).yaml"
            defer { try? FileManager.default.removeItem(atPath: path) }
            try AtomicFile.write(text, to: path)
            return message { _ = try CalibrationTargets.load(path: path, paper: paper) }
        }
        let row =
            "targets:\n  - {id: a, measures: WHAT, quantity: q, paper: 12, statement: fig2f_long_term_levels.range, unit: nS, reason: r"
        #expect(try told(row.replacing("WHAT", with: "bass") + ", sigma_percent: 5}").contains("not measured"))
        #expect(try told(row.replacing("WHAT", with: "base") + "}").contains("sigma"))
        #expect(try told(row.replacing("WHAT", with: "base") + ", sigma_percent: 5}") == "")
    }

    @Test("Set T forms between 4.3 and 4.5 V within 10 ms, closed in to 0.01 V; a wrong range is refused")
    func forming() throws {
        var search = FormingSearch(DeviceParameters())
        (search.from, search.to, search.step) = (4.2, 4.6, 0.2)
        let outcome = try search.run()
        let (forms, survives) = (try #require(outcome.forms), try #require(outcome.survives))
        #expect(forms > 4.3 && forms < 4.5 && forms - survives <= 0.01 + 1e-9 && forms > survives)
        search.to = search.from
        #expect(message { _ = try search.run() }.contains("--to"))
        // Towards negative voltages; -2 V from the base state is survived.
        (search.from, search.to, search.step) = (-1, -2, 0.5)
        let negative = try search.run()
        #expect(negative.forms == nil && negative.survives == -2 && negative.trials.map(\.amplitude) == [-1, -1.5, -2])
    }
}
