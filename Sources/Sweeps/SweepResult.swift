import CompactModel
import Essentials
import Simulation

/// What one point of a sweep came to.
package struct SweepResult: Codable, Equatable, Sendable {
    /// Number of the point, from 0.
    package var point: Int
    /// SI values in the order of the outputs; nil where there is none.
    package var values: [Double?]
    /// Why values are missing; nil where none is.
    package var failure: Failure?
    /// The same in words, with time and place.
    package var reason: String?

    /// Why a point has no value.
    package enum Failure: String, Codable, Sendable, CaseIterable {
        /// The values contradict each other or lie outside their ranges, or the protocol cannot be read with them.
        case refused
        /// The heat balance has no solution.
        case electroforming
        /// The solver: Newton's iteration, a step too small, a number that is not finite, a singular matrix, too many steps.
        case newton, step_too_small, not_finite, singular_matrix, step_budget
        /// The protocol asks for what the device is not described for.
        case out_of_range
        /// The run is whole and has no such number: no such read, no pulse, a decay that is none.
        case not_measured

        init(_ cause: Trace.Cause) {
            self =
                switch cause {
                case .electroforming: .electroforming
                case .singularMatrix: .singular_matrix
                case .notFinite: .not_finite
                case .newton: .newton
                case .stepTooSmall: .step_too_small
                case .stepBudget: .step_budget
                case .outOfRange: .out_of_range
                case .interrupted: .not_measured
                }
        }
    }

    init(_ point: Int, outputs: Int) {
        self.point = point
        values = Array(repeating: nil, count: outputs)
    }

    mutating func fail(_ failure: Failure, _ reason: String) {
        if self.failure == nil { self.failure = failure }
        self.reason = self.reason.map { $0 == reason ? $0 : "\($0); \(reason)" } ?? reason
    }
}
