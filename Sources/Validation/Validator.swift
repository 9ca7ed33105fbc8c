import CompactModel
import Energy
import Essentials
import Foundation

/// Holds the chain's results against the paper, against the paper's own tables, and against the prototype.
package struct Validator: Sendable {
    package var plan: ValidationPlan
    package var published: PublishedEnergy
    /// The prototype's numbers for the devices that it computed.
    package var references: [ReferenceDevice]

    /// All rows, and the ids of rows that the results have no value for.
    package struct Outcome: Sendable, Equatable {
        package var rows: [ValidationRow]
        package var notProduced: [String]
        package var failures: [ValidationRow] { rows.filter { !$0.pass } }
    }

    /// Reads the plan, the paper's numbers and the prototype's from a `Validation` folder.
    package static func load(folder: String) throws -> Validator {
        let paper = try PaperNumbers.load(path: "\(folder)/weilenmann2024.yaml")
        let plan = try ValidationPlan.load(path: "\(folder)/tolerances.yaml", paper: paper)
        for entry in plan.entries where Validator.sources(entry.id) == nil {
            throw InputError(
                entry.id, problem: "is a row that no result belongs to",
                expected: suggestion(for: entry.id, in: Array(MeasuredValues.sources.keys)).map { "perhaps \($0)" },
                source: "\(folder)/tolerances.yaml")
        }
        return Validator(
            plan: plan, published: try PublishedEnergy.load(path: "\(folder)/weilenmann2024.yaml"),
            references: try referenceFolders(in: "\(folder)/reference").map(ReferenceDevice.load))
    }

    /// Folders with a `reference.yaml` in them, in alphabetical order.
    private static func referenceFolders(in folder: String) -> [String] {
        let manager = FileManager.default
        guard let names = try? manager.contentsOfDirectory(atPath: folder) else { return [] }
        return names.sorted().map { "\(folder)/\($0)" }.filter { manager.fileExists(atPath: $0 + "/reference.yaml") }
    }

    package init(plan: ValidationPlan, published: PublishedEnergy, references: [ReferenceDevice]) {
        self.plan = plan
        self.published = published
        self.references = references
    }

    /// The independent prototype's numbers for a device file of this digest; nil where there are none.
    package func reference(for digest: String) -> ReferenceDevice? { references.first { $0.deviceDigest == digest } }

    /// - Parameter crossCheck: results that the independent prototype's are held against: the same chain with the electrons' charge left
    ///   out, as the prototype does; `results` where there are none.
    ///
    /// Compares; never throws, never hides a row: what has no value is listed in `notProduced`.
    package func validate(_ results: ChainResults, crossCheck: ChainResults? = nil) -> Outcome {
        var rows: [ValidationRow] = []
        var missing: [String] = []
        for entry in plan.entries {
            // Stated units are symbols that the plan's reader has checked.
            guard let unit = PhysicalUnit.named(entry.unit), let value = Validator.sources(entry.id)?(self, results),
                value.isFinite
            else {
                missing.append(entry.id)
                continue
            }
            rows.append(
                ValidationRow(
                    id: entry.id, figure: entry.figure, quantity: entry.quantity, paper: entry.paper,
                    simulated: unit.fromSI(value), unit: entry.unit, tolerance: entry.tolerance,
                    relation: entry.relation, fitted: entry.fitted, section: .paper, kind: entry.kind,
                    reason: entry.reason))
        }
        rows += tableRows()
        for asked in plan.requirements {
            guard let value = Validator.requirement(asked.id, results), value.isFinite else {
                missing.append("requirement.\(asked.id)")
                continue
            }
            rows.append(
                ValidationRow(
                    id: "requirement.\(asked.id)", figure: "text", quantity: asked.quantity, paper: asked.limit,
                    simulated: value,
                    unit: "1", tolerance: 0, relation: .atMost, fitted: false, section: .requirement, kind: "stated",
                    reason: asked.reason))
        }
        // Only the very file that the prototype computed, without a changed parameter, can be held against its numbers.
        if let digest = results.synapse?.deviceDigest, let reference = reference(for: digest) {
            rows += CrossCheck(reference: reference, results: crossCheck ?? results).rows()
        }
        return Outcome(rows: rows, notProduced: missing)
    }

    /// Our value for a row: from the chain, or, for the gains, from the published tables too.
    private static func sources(_ id: String) -> Source? {
        switch id {
        case "gain.paper_lower": return { v, _ in v.published.bestGPU.total / v.published.memristor.total }
        case "gain.paper_upper": return { v, _ in v.published.worstGPU.total / v.published.memristor.total }
        case "gain.ours_lower": return { v, r in r.account?.reading(.paper).gains[v.published.bestGPU.key] }
        case "gain.ours_upper": return { v, r in r.account?.reading(.paper).gains[v.published.worstGPU.key] }
        default:
            guard let source = MeasuredValues.sources[id] else { return nil }
            return { _, results in source(results) }
        }
    }

    /// Our value for what the project asks of itself.
    private static func requirement(_ id: String, _ results: ChainResults) -> Double? {
        switch id {
        case "conservation": results.conservationDrift
        case "state_one_bias": results.synapse?.reduction?.stateErrors.oneBias
        case "state_changing_bias": results.synapse?.reduction?.stateErrors.changingBias
        default: nil
        }
    }

    private typealias Source = @Sendable (Validator, ChainResults) -> Double?

    /// Every printed entry of Table 2 against Table 1 over the number of operations.
    func tableRows() -> [ValidationRow] {
        let operations = Double(published.synapses) * Double(published.steps)
        let derived = EnergyTables(account: nil, published: published).derivedPerOperation
        return derived.flatMap { row -> [ValidationRow] in
            guard let printed = published.perOperation.first(where: { $0.key == row.key }) else { return [] }
            return zip(EnergyRow.columnKeys, zip(row.columns, printed.columns)).compactMap { column, pair in
                guard let ours = pair.0, let theirs = pair.1, theirs > 0 else { return nil }
                let allowance = plan.tableTwoHalfUnit + plan.tableOneHalfUnit / operations
                return ValidationRow(
                    id: "table2.\(row.key).\(column)", figure: "Table 2",
                    quantity: "\(row.name), \(column), per operation from Table 1", paper: theirs * 1e12,
                    simulated: ours * 1e12, unit: "pJ", tolerance: allowance / theirs, fitted: false,
                    section: .tables, kind: "stated", reason: plan.tableReason)
            }
        }
    }
}
