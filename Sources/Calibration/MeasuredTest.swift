import CompactModel
import Essentials
import Foundation
import Protocols

/// Both models against what no fit saw of a user's measurements.
package struct MeasuredTest: Sendable {
    package var linear: SynapseModel
    package var state: LumpedDevice?

    package init(linear: SynapseModel, state: LumpedDevice?) {
        self.linear = linear
        self.state = state
    }

    /// Held-out pulses, biases, and the second halves of `whole`'s traces; and what could not be compared.
    package func rows(_ held: MeasuredData) -> (rows: [SynapseModel.Measured.HeldOut], remarks: [String]) {
        var rows: [SynapseModel.Measured.HeldOut] = []
        var remarks: [String] = []
        let chain = LinearSynapse(linear)
        let base = state?.levels.first
        func inside(_ run: LumpedRun) -> LumpedRun? { run.isLost || run.clipped > 0 ? nil : run }
        for p in held.measurements.pulses {
            var own: Double?
            if let state, let base {
                var run = LumpedRun(state, from: base.state)
                run.pulse(p.amplitude, for: p.width)
                run.hold(state.readVoltage, for: 2e-3)
                own = inside(run).map { ($0.conductance - base.conductance) / p.step - 1 }
            }
            rows.append(.init(name: p.name, linear: chain.step(p.amplitude, p.width) / p.step - 1, state: own))
        }
        for d in held.measurements.decays {
            var own: Double?
            if let state, let base {
                var run = LumpedRun(state, from: base.state)
                run.hold(d.bias, for: 30)
                let before = run.conductance
                run.pulse(d.amplitude, for: d.width)
                let even = MeasuredData.even(d.times)
                var (values, reached) = ([Double](), 0.0)
                for k in even {
                    run.hold(d.bias, for: d.times[k] - reached)
                    reached = d.times[k]
                    values.append(run.conductance - before)
                }
                let tau = Fits.exponential(times: even.map { d.times[$0] }, values: values)?.tau
                own = inside(run).flatMap { _ in tau.map { $0 / d.tau - 1 } }
            }
            rows.append(.init(name: d.name, linear: chain.decayTime(at: d.bias) / d.tau - 1, state: own))
        }
        for trace in held.traces {
            guard trace.quantity == .conductance, trace.experiment.startsFromBaseState,
                let walk = TraceWalk(trace.experiment)
            else {
                remarks.append(
                    "\(trace.name) is not tested: only conductances are, under pulses, trains and holds from the base state")
                continue
            }
            rows.append(course(trace, walk, base))
        }
        return (rows, remarks)
    }

    private func course(_ trace: TraceTarget, _ walk: TraceWalk, _ base: LumpedDevice.Level?) -> SynapseModel.Measured.HeldOut {
        let half = trace.times.count / 2
        func error(_ model: [Double]) -> Double {
            Fits.relativeError(
                model[half...].map { $0 - model[0] }, of: trace.values[half...].map { $0 - trace.values[0] })
        }
        var chain = LinearSynapse(linear)
        let own = walk.course(at: trace.times) {
            chain.hold($0, for: $1)
        } pulse: {
            _ = chain.pulse($0, for: $1)
        } conductance: {
            chain.weight
        }
        var lumped: Double?
        if let state, let base {
            var run = LumpedRun(state, from: base.state)
            let found = walk.course(at: trace.times) {
                run.hold($0, for: $1)
            } pulse: {
                run.pulse($0, for: $1)
            } conductance: {
                run.conductance
            }
            lumped = run.isLost ? nil : error(found)
        }
        let file = URL(fileURLWithPath: trace.name).lastPathComponent
        return .init(
            name: "F in \(file) from \(String(format: "%.4g", trace.times[half])) s", linear: error(own),
            state: lumped)
    }
}

/// A protocol as pulses and holds.
struct TraceWalk: Sendable {
    private struct Part: Sendable {
        var voltage, duration: Double
        var isPulse: Bool
    }
    private var parts: [Part] = []

    /// Nil where anything but pulses, holds and reads is in it.
    init?(_ experiment: Experiment) {
        for segment in experiment.waveform {
            switch segment.kind {
            case .top: parts.append(Part(voltage: segment.to, duration: segment.duration, isPulse: true))
            // The edges of a pulse last as long at its base.
            case .edge where segment.pulse != nil:
                let isRise = abs(segment.to) > abs(segment.from)
                parts.append(Part(voltage: isRise ? segment.from : segment.to, duration: segment.duration, isPulse: false))
            case .edge, .hold: parts.append(Part(voltage: segment.to, duration: segment.duration, isPulse: false))
            case .read: break
            default: return nil
            }
            guard segment.isPlain else { return nil }
        }
    }

    /// The conductance at each time; within a pulse that at its end.
    func course(
        at times: [Double], hold: (Double, Double) -> Void, pulse: (Double, Double) -> Void, conductance: () -> Double
    ) -> [Double] {
        var (found, now) = ([Double](), 0.0)
        for part in parts {
            let end = now + part.duration
            if part.isPulse {
                pulse(part.voltage, part.duration)
                now = end
            }
            while found.count < times.count, times[found.count] <= end {
                let t = times[found.count]
                if t > now {
                    hold(part.voltage, t - now)
                    now = t
                }
                found.append(conductance())
            }
            if end > now { hold(part.voltage, end - now) }
            now = end
        }
        while found.count < times.count { found.append(conductance()) }
        return found
    }
}
