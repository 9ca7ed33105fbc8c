import DeviceModel
import Essentials
import Foundation
import LinearAlgebra
import Protocols
import Simulation

/// Fits a device to its targets: Levenberg-Marquardt as a trust region within bounds, resumable after every iteration.
///
/// Residual r_i = ln(ours/target)/sigma_i (or the difference over sigma_i); cost = sum r_i^2, which is chi^2. Sigmas
/// are stated, so the covariance of the parameters is (J^T J)^-1 without a further factor.
package struct Calibration: Sendable {
    package let problem: CalibrationProblem
    /// Iterations at most.
    package var iterationLimit = 20

    /// What is kept between iterations, and on disk.
    package struct State: Codable, Sendable, Equatable {
        /// SHA-256 of everything that decides the course: device, targets, bounds, free keys.
        package var fingerprint: String
        /// The device file as given, and where it was said to lie.
        package var device: String
        /// What was done to the start, in words.
        package var remarks: [String]
        /// Values at the device as given, before any adjustment.
        package var before: CalibrationProblem.Evaluation
        package var optimiser: BoundedLeastSquares
        /// Refits without one target each, as far as done: id, values there, point.
        package var leftOut: [LeftOut] = []
    }

    /// A fit without one target.
    package struct LeftOut: Codable, Sendable, Equatable {
        package var id: String
        /// SI value that the fit without it predicts.
        package var predicted: Double
        package var cost: Double
    }

    package init(_ problem: CalibrationProblem, iterationLimit: Int = 20) {
        self.problem = problem
        self.iterationLimit = iterationLimit
    }

    /// Identity of the problem by its content, wherever its files lie and whatever they are called; a state belongs to one.
    package var fingerprint: String {
        let targets =
            problem.targets.targets.map(\.identity) + problem.targets.traces.map(\.identity)
        let free = problem.free.map { "\($0.key) \($0.bounds)" }
        let isStandard = problem.chargeThreshold == DeviceSimulator.standardChargeThreshold
        let charge = isStandard ? [] : ["charge \(problem.chargeThreshold)"]
        return Digest.sha256(([problem.device.yaml] + targets + free + charge).joined(separator: "\n"))
    }

    /// Evaluates the device as given and prepares the first iteration.
    ///
    /// `start` replaces the file's own values on the scaled axes: for tests of robustness. Throws `InputError`.
    package func begin(from start: [Double]? = nil, progress: ProgressHandler? = nil) throws -> State {
        progress?(Progress("evaluating the start", fraction: 0))
        let given = start ?? problem.start
        let before = problem.evaluateTolerantly(given)
        let (point, remarks) = try StartAdjustment(problem: problem).adjust(given)
        guard let residuals = problem.residuals(point) else {
            throw InputError(
                problem.device.name, problem: "cannot be evaluated", expected: "a device whose runs reach their end")
        }
        return State(
            fingerprint: fingerprint, device: problem.device.yaml, remarks: remarks, before: before,
            optimiser: BoundedLeastSquares(
                start: point, residuals: residuals, lower: problem.free.map(\.lower), upper: problem.free.map(\.upper),
                steps: problem.free.map(\.difference), largestMove: 1))
    }

    /// Iterates until two-sided slopes foresee or bring no gain (`BoundedLeastSquares.Ending`) or the limit is reached; `save` sees
    /// the state after every iteration.
    package func run(_ state: inout State, save: ((State) throws -> Void)? = nil, progress: ProgressHandler? = nil) throws {
        let limit = iterationLimit
        while state.optimiser.iterations < limit, !state.optimiser.isConverged {
            try iterate(&state.optimiser, problem, shown: "fitting", of: limit, progress: progress)
            try save?(state)
        }
    }

    /// Refits without each of the targets in `ids`, from the fitted point, and predicts what was left out.
    package func leaveOneOut(
        _ state: inout State, ids: [String], iterations: Int = 3, save: ((State) throws -> Void)? = nil,
        progress: ProgressHandler? = nil
    ) throws {
        for (index, id) in ids.enumerated() where !state.leftOut.contains(where: { $0.id == id }) {
            guard let place = problem.targets.targets.firstIndex(where: { $0.id == id }) else { continue }
            var reduced = problem.targets
            reduced.targets.remove(at: place)
            let bounds = Dictionary(uniqueKeysWithValues: problem.free.map { ($0.key, $0.bounds) })
            var smaller = try CalibrationProblem(
                device: problem.device, targets: reduced, free: problem.free.map(\.key), bounds: bounds)
            smaller.options = problem.options
            smaller.chargeThreshold = problem.chargeThreshold
            guard let residuals = smaller.residuals(state.optimiser.parameters) else { continue }
            var fit = BoundedLeastSquares(
                start: state.optimiser.parameters, residuals: residuals, lower: problem.free.map(\.lower),
                upper: problem.free.map(\.upper), steps: problem.free.map(\.difference), largestMove: 1)
            while fit.iterations < iterations, !fit.isConverged {
                try iterate(
                    &fit, smaller, shown: "leaving out \(index + 1) of \(ids.count)", of: iterations, progress: progress)
            }
            if let value = problem.evaluateTolerantly(fit.parameters).values[place] {
                state.leftOut.append(LeftOut(id: id, predicted: value, cost: fit.cost))
            }
            try save?(state)
        }
    }

    private func iterate(
        _ optimiser: inout BoundedLeastSquares, _ problem: CalibrationProblem, shown stage: String, of limit: Int,
        progress: ProgressHandler?
    ) throws {
        let tally = Tally(total: Double(problem.free.count * (optimiser.differences == .twoSided ? 2 : 1) + 16))
        let count = optimiser.iterations
        let done = Double(count)
        let cost = optimiser.cost
        try optimiser.iterate { points in
            problem.residuals(points) {
                progress?(
                    Progress(
                        stage, fraction: (done + tally.add(1)) / Double(limit),
                        detail: "iteration \(count + 1) of at most \(limit), cost \(String(format: "%.2f", cost))"))
            }
        }
    }

    /// The fitted device: values with status `fitted` and `source` as their source.
    package func fittedDevice(_ state: State, source: String) throws -> DeviceDescription {
        var device = problem.device
        let values = problem.parameters(at: state.optimiser.parameters)
        // A constant permittivity stays constant; the lower of the two numbers goes first, so that the order between
        // them always holds.
        let keepConstant = values.highFieldPermittivity != problem.base.highFieldPermittivity
        func setHigh() throws {
            try device.set(
                "high_field_permittivity", toSI: values.highFieldPermittivity, status: .assumed,
                source: "equal to permittivity: constant")
        }
        if keepConstant, values.permittivity < problem.base.permittivity { try setHigh() }
        for parameter in problem.free {
            try device.set(parameter.key, toSI: values[keyPath: parameter.specification.path], status: .fitted, source: source)
        }
        if keepConstant { try setHigh() }
        return device
    }
}

extension Calibration.State {
    /// chi^2 of the present point, iterations so far, and whether they came to their end.
    package var cost: Double { optimiser.cost }
    package var iterations: Int { optimiser.iterations }
    /// Values of the free parameters on the scaled axes.
    package var point: [Double] { optimiser.parameters }
    package var isConverged: Bool { optimiser.isConverged }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }

    /// Writes aside and renames, so that a kill leaves the old or the new state, never half of one.
    package func save(path: String) throws { try AtomicFile.write(try json(), to: path) }

    /// Reads a state and checks that it belongs to `calibration`. Throws `InputError`.
    package static func load(path: String, for calibration: Calibration) throws -> Self {
        let data = try AtomicFile.read(path)
        guard let state = try? JSONDecoder().decode(Self.self, from: data) else {
            throw InputError(path, problem: "is not the state of a calibration", expected: "a file that calibrate wrote")
        }
        guard state.fingerprint == calibration.fingerprint else {
            throw InputError(
                path, problem: "belongs to another calibration",
                expected: "the same device, targets, data, free parameters and bounds")
        }
        if let fault = state.fault(for: calibration.problem) {
            throw InputError(path, problem: fault, expected: "the state as calibrate wrote it")
        }
        return state
    }

    /// What in the state does not fit the problem that it belongs to.
    private func fault(for problem: CalibrationProblem) -> String? {
        let (targets, traces) = (problem.targets.targets, problem.targets.traces)
        guard before.values.count == targets.count, before.traceResiduals.count == traces.count,
            zip(before.traceResiduals, traces).allSatisfy({ $0 == nil || $0?.count == $1.times.count }),
            before.values.allSatisfy({ abs($0 ?? 0) <= 1e100 }),
            before.traceResiduals.allSatisfy({ $0?.allSatisfy { abs($0) <= 1e100 } ?? true })
        else { return "has other values before the fit than the targets ask for" }
        guard leftOut.allSatisfy({ left in targets.contains { $0.id == left.id } && left.cost >= 0 && left.cost <= 1e100 }),
            Set(leftOut.map(\.id)).count == leftOut.count, leftOut.allSatisfy({ abs($0.predicted) <= 1e100 })
        else { return "leaves out targets that are not there, or twice" }
        return optimiser.fault(
            lower: problem.free.map(\.lower), upper: problem.free.map(\.upper), steps: problem.free.map(\.difference),
            residuals: targets.count + traces.reduce(0) { $0 + $1.times.count }, largestMove: 1)
    }
}
