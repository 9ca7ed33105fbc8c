import Foundation

/// A number that the model is fitted to.
package struct CalibrationTarget: Sendable, Equatable, Codable {
    package enum Relation: String, Sendable, Codable, CaseIterable {
        case equal = "="
        case atLeast = ">="
        case atMost = "<="
    }

    /// Which number of a campaign is compared.
    package var observable: Observable
    package var id, quantity, unit: String
    /// Target in SI units.
    package var value: Double
    /// One standard deviation: of ln(value) when `isRelative`, else in SI units.
    package var sigma: Double
    package var isRelative: Bool
    package var relation: Relation
    /// Why sigma is what it is, and where the number comes from.
    package var reason, source: String

    package init(
        observable: Observable, id: String, quantity: String, unit: String, value: Double, sigma: Double,
        isRelative: Bool = true, relation: Relation = .equal, reason: String, source: String
    ) {
        self.observable = observable
        self.id = id
        self.quantity = quantity
        self.unit = unit
        self.value = value
        self.sigma = sigma
        self.isRelative = isRelative
        self.relation = relation
        self.reason = reason
        self.source = source
    }

    /// What decides the course of a fit: not where the number was read, nor why it has its sigma.
    var identity: String { "\(id) \(observable) \(value) \(sigma) \(isRelative) \(relation.rawValue)" }

    /// r = ln(simulated / value) / sigma, or (simulated - value) / sigma; zero on the allowed side of a one-sided target.
    ///
    /// A simulated value that is not positive counts as 1e-6 of a relative target: far off, and finite.
    package func residual(_ simulated: Double) -> Double {
        let miss = isRelative ? log(max(simulated / value, 1e-6)) : simulated - value
        switch relation {
        case .equal: return miss / sigma
        case .atLeast: return min(miss, 0) / sigma
        case .atMost: return max(miss, 0) / sigma
        }
    }
}
