import Essentials

/// Which numbers are compared and how closely: `Validation/tolerances.yaml`.
public struct ValidationPlan: Sendable {
    /// A row that is still without our value.
    public struct Entry: Sendable, Equatable {
        public var id, figure, quantity: String
        public var paper: Double
        /// Path of the number (or of the statement that was read as one) in the paper's file.
        public var path: String
        public var unit: String
        public var tolerance: Double
        public var relation: Relation
        public var fitted: Bool
        public var kind, reason: String
    }

    /// Tolerance of one kind of cross-check, relative or absolute.
    public struct Closeness: Sendable, Equatable {
        public var relative: Double?
        public var absolute: Double?
        public var reason: String

        /// The relative tolerance around a reference value.
        public func tolerance(around reference: Double) -> Double {
            relative ?? (absolute ?? 0) / abs(reference)
        }
    }

    public var entries: [Entry]
    public var crossChecks: [String: Closeness]
    /// Lowest and highest forming voltage of the reference, V.
    public var formingLow, formingHigh: Double
    public var formingReason: String
    /// Half a printed unit of Table 1 (J) and of Table 2 (J per operation).
    public var tableOneHalfUnit, tableTwoHalfUnit: Double
    public var tableReason: String
    public var conservationLimit: Double
    public var conservationQuantity, conservationReason: String
    /// Paths that no row is for, with the reason.
    public var notCompared: [(path: String, reason: String)]

    static let closenessKeys = ["delta_f", "pulse_energy", "lambda", "long_term", "loop", "base", "decay"]
    static let sections = ["rows", "table2_from_table1", "requirements", "cross_check", "not_compared"]

    /// Loads the plan and looks up every number in the paper's file; throws `InputError` with file, line and key.
    public static func load(path: String, paper: PaperNumbers) throws -> ValidationPlan {
        try ValidationPlan(YAML.load(path: path), paper: paper)
    }

    public init(_ root: YAML, paper: PaperNumbers) throws {
        _ = try root.mapping(known: Self.sections)
        var seen: Set<String> = []
        entries = try root.required("rows").list().map { node in
            let entry = try Entry(node, paper: paper)
            guard seen.insert(entry.id).inserted else { throw node.error("has an id that another row has", value: entry.id) }
            return entry
        }
        let cross = try root.required("cross_check")
        _ = try cross.mapping(known: Self.closenessKeys + ["forming"])
        var checks: [String: Closeness] = [:]
        for key in Self.closenessKeys {
            let node = try cross.required(key, example: "{tolerance: 0.01, reason: ...}")
            _ = try node.mapping(known: ["tolerance", "absolute", "reason"])
            let closeness = Closeness(
                relative: try node["tolerance"].map(Self.tolerance), absolute: try node["absolute"].map(Self.tolerance),
                reason: try node.required("reason").string())
            guard (closeness.relative == nil) != (closeness.absolute == nil) else {
                throw node.error("needs one of `tolerance` and `absolute`", expected: "{tolerance: 0.01, reason: ...}")
            }
            checks[key] = closeness
        }
        crossChecks = checks
        let forming = try cross.required("forming")
        _ = try forming.mapping(known: ["low", "high", "unit", "reason"])
        formingLow = try forming.required("low").double()
        formingHigh = try forming.required("high").double()
        formingReason = try forming.required("reason").string()
        let tables = try root.required("table2_from_table1")
        _ = try tables.mapping(known: ["half_unit_mJ", "half_unit_pJ", "reason"])
        tableOneHalfUnit = try tables.required("half_unit_mJ").double() * 1e-3
        tableTwoHalfUnit = try tables.required("half_unit_pJ").double() * 1e-12
        tableReason = try tables.required("reason").string()
        let conservation = try root.required("requirements").required("conservation")
        conservationLimit = try conservation.required("value").double()
        conservationQuantity = try conservation.required("quantity").string()
        conservationReason = try conservation.required("reason").string()
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
            throw reference.error("is zero or not finite, so no relative error exists", expected: "a finite number other than 0")
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
