import Energy
import Essentials
import Foundation
import Testing

@testable import Validation

@Suite("Validation plan")
struct PlanTests {
    /// Every number that the paper's file holds is either compared by a row or listed with a reason why not.
    @Test func everyNumberOfThePaperIsAccountedFor() throws {
        let paper = try PaperNumbers.load(path: validationFolder + "/weilenmann2024.yaml")
        let validator = try Validator.load(folder: validationFolder)
        var covered = validator.plan.entries.map(\.path) + validator.plan.notCompared.map(\.path)
        let derived = validator.tableRows()
        covered += validator.published.perGame.map { "energy.table2_pJ_per_flop.\($0.key)" }
        #expect(derived.count == 4 * 6 + 4)
        let numbers = paper.numericPaths()
        #expect(numbers.count > 100)
        for path in numbers {
            let known = covered.contains { path == $0 || path.hasPrefix($0 + ".") || path.hasPrefix($0 + "[") }
            #expect(known, "\(path) has neither a row nor a reason")
        }
    }

    /// Each row has a source in the chain and each source a row: nothing measured goes uncompared.
    @Test func rowsAndSourcesMatch() throws {
        let plan = try Validator.load(folder: validationFolder).plan
        let ids = Set(plan.entries.map(\.id)).subtracting([
            "gain.paper_lower", "gain.paper_upper", "gain.ours_lower", "gain.ours_upper",
        ])
        #expect(ids == Set(MeasuredValues.sources.keys))
    }

    /// Tolerances of device figures follow the stated rule: the larger of 10 % and half a unit of the last printed digit,
    /// except where a reason says "stricter".
    @Test func tolerancesAreWithinTheRule() throws {
        let plan = try Validator.load(folder: validationFolder).plan
        for entry in plan.entries {
            #expect(entry.tolerance <= 0.167 + 1e-12, "\(entry.id)")
            #expect(!entry.reason.isEmpty)
            #expect(PhysicalUnit.named(entry.unit) != nil)
        }
    }

    @Test func aBrokenPlanIsNamed() throws {
        let paper = try PaperNumbers.load(path: validationFolder + "/weilenmann2024.yaml")
        let good = try String(contentsOfFile: validationFolder + "/tolerances.yaml", encoding: .utf8)
        let cases: [(String, String, String)] = [
            ("paper: fig2a_iv_sweep.cycles.value", "paper: fig2a_iv_sweep.cylces.value", "cylces"),
            ("tolerance: 0.167", "tolerance: -0.167", "at least 0"),
            ("relation: \">=\"", "relation: \"=>\"", "relation"),
            ("id: fig2a.direction", "id: fig2a.cycles", "another row"),
            ("unit: nS", "unit: nF", "unit"),
            ("delta_f[1].value", "delta_f[7].value", "0 ..< 3"),
            ("    fitted: true", "    fited: true", "fitted"),
        ]
        for (old, new, word) in cases {
            let range = try #require(good.range(of: old))
            let text = good.replacingCharacters(in: range, with: new)
            let error = #expect(throws: InputError.self) {
                try ValidationPlan(YAML(parsing: text, source: "tolerances.yaml"), paper: paper)
            }
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "no error") lacks \(word)")
        }
    }
}

extension PaperNumbers {
    /// The paths of all numbers that stand alone (not inside a text), in file order.
    func numericPaths() -> [String] {
        var paths: [String] = []
        func visit(_ node: YAML, _ path: String) {
            switch node.content {
            case .scalar(let text, let quoted):
                if !quoted, Quantity.parseNumber(text)?.isFinite == true { paths.append(path) }
            case .sequence(let items):
                for (i, item) in items.enumerated() { visit(item, "\(path)[\(i)]") }
            case .mapping(let entries):
                for entry in entries { visit(entry.value, path.isEmpty ? entry.key : "\(path).\(entry.key)") }
            }
        }
        visit(root, "")
        return paths
    }
}
