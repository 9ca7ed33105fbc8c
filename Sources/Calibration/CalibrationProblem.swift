import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// A device, its free parameters and the targets: everything that turns a point of the parameter space into residuals.
package struct CalibrationProblem: Sendable {
    package let device: DeviceDescription
    /// The flat parameters of `device`, among which the free ones are.
    let base: DeviceParameters
    package let free: [FreeParameter]
    package let targets: CalibrationTargets
    package var options = SolverOptions()
    /// As that of a campaign; infinite leaves the electrons' charge out: several times faster, good enough for a first approach.
    package var chargeThreshold = DeviceSimulator.standardChargeThreshold

    /// `keys` names the free parameters (default: those that the device file calls `fitted`); `bounds` overrides the
    /// targets' bounds.
    ///
    /// Throws `InputError` for a stack other than the memristor, unknown keys, empty lists, or a value that is infinite or zero and cannot move.
    package init(
        device: DeviceDescription, targets: CalibrationTargets, free keys: [String]? = nil,
        bounds: [String: ClosedRange<Double>] = [:]
    ) throws {
        self.device = device
        self.targets = targets
        base = try device.parameters
        let known = try device.shortEntries
        let entries =
            try keys.map { keys in
                try keys.map { key in
                    let path = try device.entry(key).path
                    guard let found = known.first(where: { $0.entry.path == path }) else {
                        throw InputError(
                            key, problem: "is no parameter of the memristor", expected: known.map(\.key).joined(separator: ", ")
                        )
                    }
                    return found
                }
            } ?? known.filter { $0.status == .fitted }
        guard !entries.isEmpty else {
            throw InputError(
                "--free", problem: "names no parameter and none is `fitted` in the device file",
                expected: "for example platinum_barrier,area")
        }
        for key in bounds.keys where !entries.contains(where: { $0.key == key }) {
            throw InputError(
                key, problem: "has bounds but is not free", expected: "one of \(entries.map(\.key).joined(separator: ", "))")
        }
        var seen: Set<String> = []
        free = try entries.compactMap { entry -> FreeParameter? in
            guard seen.insert(entry.key).inserted else { return nil }
            let parameter = try FreeParameter(entry.specification, bounds: bounds[entry.key] ?? targets.bounds[entry.key])
            guard entry.value.isFinite, !parameter.isLogarithmic || entry.value > 0 else {
                throw InputError(
                    entry.key, value: entry.number, problem: "cannot move on a logarithmic scale",
                    expected: "a finite value above 0, or leave it out of --free")
            }
            return parameter
        }
        guard targets.targets.count + targets.traces.reduce(0, { $0 + $1.times.count }) > 0 else {
            throw InputError("targets", problem: "is empty", expected: "at least one target")
        }
    }

    /// The device file's own values on the scaled axes, moved into the bounds.
    package var start: [Double] {
        free.map { min(max($0.scaled(base[keyPath: $0.specification.path]), $0.lower), $0.upper) }
    }

    /// The parameter set of a point.
    package func parameters(at point: [Double]) -> DeviceParameters {
        var p = base
        for (parameter, scaled) in zip(free, point) { p[keyPath: parameter.specification.path] = parameter.value(scaled) }
        // A constant permittivity stays constant.
        if base.highFieldPermittivity == base.permittivity {
            p.highFieldPermittivity = p.permittivity
        }
        return p
    }

    /// Simulated values, one per target (nil where its run failed), and the residuals of the traces.
    package struct Evaluation: Sendable, Equatable, Codable {
        package var values: [Double?]
        package var traceResiduals: [[Double]?]
        /// Why values are missing.
        package var failures: [String] = []
    }

    /// The campaign that the targets need, no more.
    func campaign(_ parameters: DeviceParameters) -> Campaign {
        var campaign = Campaign(measuring: targets.targets.map(\.observable), on: Device(parameters), options: options)
        campaign.chargeThreshold = chargeThreshold
        return campaign
    }

    /// What carries the decay and the read at a point; nil where a run fails.
    func mechanism(_ point: [Double]) -> CalibrationReport.Mechanism? {
        var campaign = Campaign(parameters(at: point), options: options)
        campaign.chargeThreshold = chargeThreshold
        campaign.parts = []
        campaign.weighsTransport = true
        campaign.sharesRead = true
        guard let (measured, _) = try? campaign.attempt(), let transport = measured.probes.transport else { return nil }
        return .init(
            tau: transport.tau, tau_without_transport: transport.tauWithout, fall_time: transport.fallTime,
            beyond_first_plane: transport.beyondFirstPlane, left_share: measured.probes.leftShareOfChange)
    }

    /// Everything that can be measured at a point; failures are listed, not thrown. Cost: 0.3 s of one core for the
    /// paper's targets.
    package func evaluateTolerantly(_ point: [Double], progress: ProgressHandler? = nil) -> Evaluation {
        let campaign = campaign(parameters(at: point))
        do {
            let (measured, failures) = try campaign.attempt(progress: progress)
            return evaluation(campaign, measured, failures: failures.map(\.description), at: point)
        } catch {
            return Evaluation(
                values: targets.targets.map { _ in nil }, traceResiduals: targets.traces.map { _ in nil },
                failures: ["\(error)"])
        }
    }

    /// Residuals at a point, nil when any run fails; on the calling thread, or with those of other seats.
    package func residuals(_ point: [Double], seat: Lockstep.Seat? = nil) -> [Double]? {
        var campaign = campaign(parameters(at: point))
        campaign.seat = seat
        guard let measured = try? campaign.runSerially() else { return nil }
        return residuals(evaluation(campaign, measured, failures: [], at: point))
    }

    /// Residuals at many points: eight at a time in SIMD lanes, the eights spread over the cores.
    package func residuals(_ points: [[Double]], done: (@Sendable () -> Void)? = nil) -> [[Double]?] {
        let width = DeviceEnsemble.width
        let batches = stride(from: 0, to: points.count, by: width).map { $0..<min($0 + width, points.count) }
        return concurrentMap(batches.count) { index in
            let batch = batches[index]
            return Lockstep.map(batch.count) { seat in
                defer { done?() }
                return residuals(points[batch.lowerBound + seat.index], seat: seat)
            }
        }.flatMap { $0 }
    }

    /// All residuals of an evaluation; nil when a value is missing or not finite.
    package func residuals(_ evaluation: Evaluation) -> [Double]? {
        var result: [Double] = []
        for (target, value) in zip(targets.targets, evaluation.values) {
            guard let value, value.isFinite else { return nil }
            result.append(target.residual(value))
        }
        for trace in evaluation.traceResiduals {
            guard let trace, trace.allSatisfy(\.isFinite) else { return nil }
            result += trace
        }
        return result.allSatisfy(\.isFinite) ? result : nil
    }

    private func evaluation(
        _ campaign: Campaign, _ measured: Characterisation, failures: [String], at point: [Double]
    ) -> Evaluation {
        var result = Evaluation(
            values: targets.targets.map { $0.observable.value(in: measured, of: campaign).flatMap { $0.isFinite ? $0 : nil } },
            traceResiduals: [],
            failures: failures)
        let parameters = parameters(at: point)
        for trace in targets.traces {
            switch trace.residuals(parameters, options: options) {
            case .success(let values): result.traceResiduals.append(values)
            case .failure(let failure):
                result.traceResiduals.append(nil)
                result.failures.append("\(trace.name): \(failure.description)")
            }
        }
        return result
    }
}

extension TraceTarget {
    /// ln(simulated / measured) / sigma at each kept sample.
    func residuals(_ parameters: DeviceParameters, options: SolverOptions) -> Result<[Double], Trace.Stop> {
        let simulator = DeviceSimulator(parameters, options: options, readVoltage: experiment.readVoltage)
        if experiment.startsFromBaseState {
            let base = simulator.run(
                .init(steps: Experiment.baseStateSteps, readVoltage: experiment.readVoltage), recording: .none)
            if let stop = base.stopped { return .failure(stop) }
        }
        let trace = simulator.run(experiment.waveform, recording: .everyStep)
        if let stop = trace.stopped { return .failure(stop) }
        var low = 0
        return .success(
            zip(times, values).map { time, measured in
                while low + 2 < trace.samples.count, trace.samples[low + 1].time < time { low += 1 }
                let (a, b) = (trace.samples[low], trace.samples[min(low + 1, trace.samples.count - 1)])
                let (x, y) = quantity == .current ? (a.current, b.current) : (a.conductance, b.conductance)
                let share = b.time > a.time ? min(max((time - a.time) / (b.time - a.time), 0), 1) : 1
                return log(max((x + share * (y - x)) / measured, 1e-6)) / sigma
            })
    }
}
