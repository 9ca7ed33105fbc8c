import DeviceModel
import Essentials
import Foundation
import LinearAlgebra

/// The outcome of a calibration in the units of the files: what JSON and tables are made of.
public struct CalibrationReport: Codable, Sendable, Equatable {
    public struct Row: Codable, Sendable, Equatable {
        public var id, quantity, unit, relation: String
        public var target, sigma: Double
        public var sigma_is_relative: Bool
        public var before, after: Double?
        /// (ours - target) in sigmas, as the fit sees it.
        public var before_sigmas, after_sigmas: Double?
        /// Value that a fit without this target predicts.
        public var predicted_without: Double?
        public var reason, source: String
    }

    public struct TraceRow: Codable, Sendable, Equatable {
        public var name, quantity: String
        public var samples: Int
        /// rms of ln(ours / measured).
        public var before, after: Double?
    }

    public struct Parameter: Codable, Sendable, Equatable {
        public var key, symbol, unit: String
        public var start, fitted: Double
        /// 95 % interval; nil where the data do not fix the parameter.
        public var low, high: Double?
        public var bound_low, bound_high: Double
        public var at_bound: Bool
    }

    public struct Direction: Codable, Sendable, Equatable {
        public var singular_value: Double
        public var determined: Bool
        public var combination: String
    }

    public var device, fingerprint: String
    public var remarks: [String]
    public var rows: [Row]
    public var traces: [TraceRow]
    public var parameters: [Parameter]
    public var directions: [Direction]
    public var cost_before: Double?
    public var cost_start: Double
    public var cost_after: Double
    public var iterations, evaluations: Int
    public var converged: Bool
    /// "flat", "stalled" (`BoundedLeastSquares.Ending`), or "limit".
    public var ending: String
    public var history: [Double]

    /// Evaluates the fitted point and its central Jacobian. Cost: 2 p + 1 evaluations.
    public init(_ calibration: Calibration, _ state: Calibration.State, progress: ProgressHandler? = nil) throws {
        let problem = calibration.problem
        let optimiser = state.optimiser
        progress?(Progress("uncertainties", fraction: 0))
        let after = problem.evaluateTolerantly(optimiser.parameters)
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

    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
