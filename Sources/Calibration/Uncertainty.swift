import Essentials
import Foundation
import LinearAlgebra

/// What the data say about the parameters at a fitted point.
///
/// Covariance (J^T J)^-1 on the scaled axes (J: residuals per unit of ln p or of p/V_T), with J = U S V^T: direction k
/// of V has the standard deviation 1/s_k. Linear theory: a parameter at a bound or far from Gaussian has no such interval.
package struct Uncertainty: Codable, Sendable, Equatable {
    /// One direction of the parameter space, best known first.
    package struct Direction: Codable, Sendable, Equatable {
        package var singularValue: Double
        /// Component along each free parameter, unit vector.
        package var components: [Double]
        /// One standard deviation along it is at most a factor of two (or 18 mV for potentials).
        package var isDetermined: Bool
    }

    package var directions: [Direction]
    /// One standard deviation of each free parameter on its scaled axis; nil where the data do not fix it.
    package var deviations: [Double?]

    /// Standard deviation up to which a direction counts as determined: ln 2.
    package static let limit = log(2.0)

    /// From the columns of the Jacobian; nil when they are not finite.
    package init?(columns: [[Double]]) {
        guard let count = columns.first?.count, count > 0 else { return nil }
        let rows = (0..<count).map { i in columns.map { $0[i] } }
        guard let decomposition = SingularValues(rows: rows) else { return nil }
        directions = zip(decomposition.values, decomposition.directions).map { value, vector in
            // The sign of a singular vector is free: its largest component is shown positive.
            let largest = vector.max { abs($0) < abs($1) } ?? 1
            return Direction(
                singularValue: value, components: largest < 0 ? vector.map { -$0 } : vector,
                isDetermined: value * Self.limit >= 1)
        }
        let floor = 1e-10 * (decomposition.values.first ?? 0)
        let decided = directions
        deviations = columns.indices.map { j in
            var variance = 0.0
            for direction in decided {
                let share = direction.components[j] * direction.components[j]
                if direction.singularValue > floor {
                    variance += share / (direction.singularValue * direction.singularValue)
                } else if share > 1e-6 {
                    return nil
                }
            }
            return variance.squareRoot()
        }
    }

    /// "0.82 ln A - 0.51 phi_B/V_T", components above a fifth, largest first.
    package static func text(_ direction: Direction, names: [String]) -> String {
        let parts = zip(names, direction.components).filter { abs($0.1) >= 0.2 }.sorted { abs($0.1) > abs($1.1) }
        return parts.enumerated().map { index, part in
            let sign = part.1 < 0 ? (index == 0 ? "-" : "- ") : (index == 0 ? "" : "+ ")
            return "\(sign)\(String(format: "%.2f", abs(part.1))) \(part.0)"
        }.joined(separator: " ")
    }
}
