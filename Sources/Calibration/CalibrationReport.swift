import DeviceModel
import Essentials
import Foundation
import LinearAlgebra

/// The outcome of a calibration in the units of the files: what JSON and tables are made of.
package struct CalibrationReport: Codable, Sendable, Equatable {
    package struct Row: Codable, Sendable, Equatable {
        package var id, quantity, unit, relation: String
        package var target, sigma: Double
        package var sigma_is_relative: Bool
        package var before, after: Double?
        /// (ours - target) in sigmas, as the fit sees it.
        package var before_sigmas, after_sigmas: Double?
        /// Value that a fit without this target predicts.
        package var predicted_without: Double?
        package var reason, source: String
    }

    package struct TraceRow: Codable, Sendable, Equatable {
        package var name, quantity: String
        package var samples: Int
        /// rms of ln(ours / measured).
        package var before, after: Double?
    }

    package struct Parameter: Codable, Sendable, Equatable {
        package var key, symbol, unit: String
        package var start, fitted: Double
        /// 95 % interval; nil where the data do not fix the parameter.
        package var low, high: Double?
        package var bound_low, bound_high: Double
        package var at_bound: Bool
    }

    package struct Direction: Codable, Sendable, Equatable {
        package var singular_value: Double
        package var determined: Bool
        package var combination: String
    }

    /// What carries the decay of F at the read voltage, and the read, at the fitted point.
    package struct Mechanism: Codable, Sendable, Equatable {
        /// Decay time, s, with and without transport in the layer; 1/e time, s.
        package var tau, tau_without_transport, fall_time: Double
        /// Share of the pulse's vacancies beyond the first plane at the 1/e time; of a read's change in the left half.
        package var beyond_first_plane: Double
        package var left_share: Double?
    }

    package var device, fingerprint: String
    package var mechanism: Mechanism?
    package var remarks: [String]
    package var rows: [Row]
    package var traces: [TraceRow]
    package var parameters: [Parameter]
    package var directions: [Direction]
    package var cost_before: Double?
    package var cost_start: Double
    package var cost_after: Double
    package var iterations, evaluations: Int
    package var converged: Bool
    /// "flat", "stalled" (`BoundedLeastSquares.Ending`), or "limit".
    package var ending: String
    package var history: [Double]

    /// Evaluates the fitted point and its central Jacobian. Cost: 2 p + 1 evaluations.
    package init(_ calibration: Calibration, _ state: Calibration.State, progress: ProgressHandler? = nil) throws {
        let problem = calibration.problem
        let optimiser = state.optimiser
        progress?(Progress("uncertainties", fraction: 0))
        let after = problem.evaluateTolerantly(optimiser.parameters)
        mechanism = problem.mechanism(optimiser.parameters)
        let jacobian = try optimiser.centralJacobian { problem.residuals($0) }
        let uncertainty = Uncertainty(columns: jacobian)
        device = problem.device.name
        fingerprint = state.fingerprint
        remarks = state.remarks
        rows = problem.targets.targets.enumerated().map { index, target in
            let unit = PhysicalUnit.named(target.unit) ?? PhysicalUnit("-", .none)
            let (a, b) = (state.before.values[index], after.values[index])
            return Row(
                id: target.id, quantity: target.quantity, unit: target.unit, relation: target.relation.rawValue,
                target: unit.fromSI(target.value), sigma: target.isRelative ? target.sigma : unit.fromSI(target.sigma),
                sigma_is_relative: target.isRelative, before: a.map(unit.fromSI), after: b.map(unit.fromSI),
                before_sigmas: a.map(target.residual), after_sigmas: b.map(target.residual),
                predicted_without: state.leftOut.first { $0.id == target.id }.map { unit.fromSI($0.predicted) },
                reason: target.reason,
                source: target.source)
        }
        traces = problem.targets.traces.enumerated().map { index, trace in
            func rms(_ residuals: [Double]?) -> Double? {
                residuals.map { ($0.reduce(0) { $0 + $1 * $1 } / Double($0.count)).squareRoot() * trace.sigma }
            }
            return TraceRow(
                name: trace.name, quantity: trace.quantity.rawValue, samples: trace.times.count,
                before: rms(state.before.traceResiduals[index]), after: rms(after.traceResiduals[index]))
        }
        let given = problem.base
        parameters = problem.free.enumerated().map { index, free in
            let s = free.specification
            let scaled = optimiser.parameters[index]
            let deviation = uncertainty?.deviations[index]
            // Beyond a factor e^5 an interval says nothing.
            let half = deviation.map { 1.96 * $0 }.flatMap { $0 < 5 ? $0 : nil }
            func plain(_ x: Double) -> Double { s.unit.fromSI(free.isLogarithmic ? exp(x) : free.value(x)) }
            return Parameter(
                key: s.key, symbol: s.symbol, unit: s.unit.symbol, start: s.unit.fromSI(given[keyPath: s.path]),
                fitted: plain(scaled),
                low: half.map { plain(scaled - $0) }, high: half.map { plain(scaled + $0) },
                bound_low: s.unit.fromSI(free.bounds.lowerBound),
                bound_high: s.unit.fromSI(free.bounds.upperBound),
                at_bound: scaled <= free.lower + 1e-9 || scaled >= free.upper - 1e-9)
        }
        let names = problem.free.map { $0.isLogarithmic ? "ln \($0.specification.symbol)" : "\($0.specification.symbol)/V_T" }
        directions = (uncertainty?.directions ?? []).map {
            Direction(
                singular_value: $0.singularValue, determined: $0.isDetermined, combination: Uncertainty.text($0, names: names))
        }
        cost_before = problem.residuals(state.before).map { $0.reduce(0) { $0 + $1 * $1 } }
        cost_start = optimiser.history.first ?? optimiser.cost
        cost_after = optimiser.cost
        iterations = optimiser.iterations
        evaluations = optimiser.evaluations
        converged = optimiser.isConverged
        ending = optimiser.ending?.rawValue ?? "limit"
        history = optimiser.history
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
