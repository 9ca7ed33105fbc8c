/// How a simulated value must stand to its reference.
package enum Relation: String, Sendable, Codable, CaseIterable {
    case equal = "="
    case atLeast = ">="
    case atMost = "<="
    case above = ">"

    /// Whether a signed relative error meets the relation within a tolerance.
    package func holds(relativeError: Double, tolerance: Double) -> Bool {
        switch self {
        case .equal: abs(relativeError) <= tolerance
        case .atLeast: relativeError >= -tolerance
        case .atMost: relativeError <= tolerance
        case .above: relativeError > 0
        }
    }
}

/// One line of the validation table: a number of the paper (or of a reference) beside ours.
package struct ValidationRow: Equatable, Sendable, Codable {
    /// Which part of the table a row belongs to.
    package enum Section: String, Sendable, Codable, CaseIterable {
        /// Against the published number.
        case paper
        /// Arithmetic on published numbers: does our reading of the tables reproduce them?
        case tables
        /// What the project asks of itself.
        case requirement
        /// Against an independent program with the same equations and parameters.
        case crossCheck = "cross-check"

        package var title: String {
            switch self {
            case .paper: "The paper"
            case .tables: "The paper's tables from each other"
            case .requirement: "Requirements"
            case .crossCheck: "Cross-check against an independent prototype"
            }
        }
    }

    package var id, figure, quantity: String
    /// The reference value and ours, in `unit`.
    package var paper, simulated: Double
    package var unit: String
    /// (simulated - paper) / |paper|.
    package var relativeError: Double
    /// Relative; see `relation`.
    package var tolerance: Double
    package var pass: Bool
    /// Whether the reference was a target when the device file was calibrated.
    package var fitted: Bool
    package var relation: Relation
    package var section: Section
    /// "stated", "derived" (arithmetic on stated numbers), "reading" (words read as a number) or "computed".
    package var kind: String
    /// Why the tolerance is what it is.
    package var reason: String

    /// Compares the two values; the reference must not be zero, and both must be finite.
    package init(
        id: String, figure: String, quantity: String, paper: Double, simulated: Double, unit: String, tolerance: Double,
        relation: Relation = .equal, fitted: Bool, section: Section, kind: String, reason: String
    ) {
        precondition(paper != 0 && paper.isFinite && simulated.isFinite)
        self.id = id
        self.figure = figure
        self.quantity = quantity
        self.paper = paper
        self.simulated = simulated
        self.unit = unit
        self.tolerance = tolerance
        self.relation = relation
        self.fitted = fitted
        self.section = section
        self.kind = kind
        self.reason = reason
        relativeError = (simulated - paper) / abs(paper)
        // One part in 1e12 is round-off of the subtraction, not disagreement.
        pass = relation.holds(relativeError: relativeError, tolerance: tolerance + 1e-12)
    }

    enum CodingKeys: String, CodingKey {
        case id, figure, quantity, paper, simulated, unit, tolerance, pass, fitted, relation, section, kind, reason
        case relativeError = "relative_error"
    }
}
