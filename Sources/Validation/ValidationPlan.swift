import Essentials

/// Which numbers are compared and how closely: `Validation/tolerances.yaml`.
package struct ValidationPlan: Sendable {
    /// A row that is still without our value.
    package struct Entry: Sendable, Equatable {
        package var id, figure, quantity: String
        package var paper: Double
        /// Path of the number (or of the statement that was read as one) in the paper's file.
        package var path: String
        package var unit: String
        package var tolerance: Double
        package var relation: Relation
        package var fitted: Bool
        package var kind, reason: String
    }

    /// A number of ours that may be a limit at most; its unit is 1.
    package struct Requirement: Sendable, Equatable {
        /// Name, without "requirement.".
        package var id, quantity: String
        package var limit: Double
        package var reason: String
        /// Every name; the values stand in `Validator`.
        static let known = ["conservation", "state_one_bias", "state_changing_bias"]
    }

    package var entries: [Entry]
    /// Half a printed unit of Table 1 (J) and of Table 2 (J per operation).
    package var tableOneHalfUnit, tableTwoHalfUnit: Double
    package var tableReason: String
    /// What the project asks of itself, in the file's order.
    package var requirements: [Requirement]
    /// Paths that no row is for, with the reason.
    package var notCompared: [(path: String, reason: String)]

    static let sections = ["rows", "table2_from_table1", "requirements", "not_compared"]

    /// Loads the plan and looks up every number in the paper's file; throws `InputError` with file, line and key.
    package static func load(path: String, paper: PaperNumbers) throws -> ValidationPlan {
        try ValidationPlan(YAML.load(path: path), paper: paper)
    }

    package init(_ root: YAML, paper: PaperNumbers) throws {
        _ = try root.mapping(known: Self.sections)
        var seen: Set<String> = []
        entries = try root.required("rows").list().map { node in
            let entry = try Entry(node, paper: paper)
            guard seen.insert(entry.id).inserted else { throw node.error("has an id that another row has", value: entry.id) }
            return entry
        }
        let tables = try root.required("table2_from_table1")
        _ = try tables.mapping(known: ["half_unit_mJ", "half_unit_pJ", "reason"])
        tableOneHalfUnit = try tables.required("half_unit_mJ").double() * 1e-3
        tableTwoHalfUnit = try tables.required("half_unit_pJ").double() * 1e-12
        tableReason = try tables.required("reason").string()
        let asked = try root.required("requirements")
        requirements = try asked.mapping(known: Requirement.known).map { entry in
            _ = try entry.value.mapping(known: ["quantity", "value", "reason"])
            return Requirement(
                id: entry.key, quantity: try entry.value.required("quantity").string(),
                limit: try entry.value.required("value").double(), reason: try entry.value.required("reason").string())
        }
        for id in Requirement.known { _ = try asked.required(id) }
        notCompared = try root.required("not_compared").mapping().map { entry in
            _ = try paper.node(entry.key)
            return (entry.key, try entry.value.string())
        }
    }

    static func tolerance(_ node: YAML) throws -> Double {
        let value = try node.double()
        guard value.isFinite, value >= 0 else {
            throw node.error("is not a tolerance", value: "\(value)", expected: "a relative error of at least 0, such as 0.1")
        }
        return value
    }
}

extension ValidationPlan.Entry {
    static let keys = [
        "id", "figure", "quantity", "paper", "statement", "kind", "unit", "relation", "tolerance", "fitted", "reason",
    ]

    init(_ node: YAML, paper numbers: PaperNumbers) throws {
        _ = try node.mapping(known: Self.keys)
        id = try node.required("id").string()
        figure = try node.required("figure").string()
        quantity = try node.required("quantity").string()
        let reference = try node.required("paper", example: "a number, or a path such as fig2a_iv_sweep.cycles.value")
        if let statement = node["statement"] {
            path = try statement.string()
            _ = try numbers.node(path)
            paper = try reference.double()
        } else {
            path = try reference.string()
            paper = try numbers.number(path)
        }
        guard paper != 0, paper.isFinite else {
            throw reference.error(
                "is zero or not finite, so no relative error exists", expected: "a finite number other than 0")
        }
        unit = try node.required("unit").string()
        guard PhysicalUnit.named(unit) != nil else {
            throw try node.required("unit").error("is not a known unit", value: unit, expected: "a unit such as nS")
        }
        tolerance = try ValidationPlan.tolerance(node.required("tolerance"))
        let relationText = try node["relation"]?.string() ?? "="
        guard let relation = Relation(rawValue: relationText) else {
            throw node.error(
                "has an unknown relation", value: relationText,
                expected: Relation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.relation = relation
        fitted = try node.required("fitted").bool()
        kind = try node["kind"]?.string() ?? "stated"
        reason = try node.required("reason").string()
    }
}
