import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// Finds the voltage at which a device forms: the amplitude of least size whose heat balance loses its root within a hold.
///
/// Every trial is one pulse from the base state. A scan in even steps shows the course; bisection then closes the gap
/// between the highest amplitude below the first that forms and that one.
public struct FormingSearch: Sendable {
    /// What is tried.
    public var device: Device
    /// Grid and tolerances.
    public var options = SolverOptions()
    /// Duration of the pulse's top, s.
    public var hold = 10e-3
    /// First and last amplitude and size of the step of the scan, V; towards negative voltages `to` lies below `from`.
    public var from = 3.5, to = 5.0, step = 0.1
    /// Width of the final bracket, V.
    public var resolution = 0.01

    /// What was tried and what came out.
    public struct Outcome: Codable, Sendable, Equatable {
        /// All trials in the order of their amplitude.
        public var trials: [Trial]
        /// Smallest amplitude found to form and largest found not to, V; nil when no or every amplitude forms.
        public var forms: Double?
        /// Largest amplitude found not to form, V; nil when no or every amplitude forms.
        public var survives: Double?
        /// s.
        public var hold: Double
    }

    /// One pulse from the base state.
    public struct Trial: Codable, Sendable, Equatable {
        /// V.
        public var amplitude: Double
        /// Time into the pulse at which the heat balance lost its root, s; nil when it held.
        public var time: Double?
        /// Highest temperature of the pulse, K, and current at its end, A.
        public var peakTemperature, current: Double
    }

    /// A search on this device.
    public init(_ device: Device) { self.device = device }

    /// The memristor of a parameter set.
    public init(_ parameters: DeviceParameters) { self.init(Device(parameters)) }

    /// Runs scan and bisection. Cost: some 20 pulses of about a millisecond of one core each.
    ///
    /// Throws `InputError` for a scan that is none, `CampaignFailure` when a run fails for another reason than forming.
    public func run(progress: ProgressHandler? = nil) throws -> Outcome {
        try check()
        let simulator = DeviceSimulator(try AssembledDevice(device, options: options))
        let base = simulator.run(Waveform(steps: Experiment.baseStateSteps), recording: .none)
        if let stop = base.stopped { throw CampaignFailure(run: "base state", reason: stop.reason) }
        let start = simulator.state
        let count = Int(clamped: min(abs(to - from) / step + 1e-9, 1e9), rounded: .down) + 1
        let direction = to > from ? 1.0 : -1
        let tally = Tally(total: Double(count))
        var trials = try concurrentMap(count) { index in
            let trial = try attempt(from + direction * Double(index) * step, start)
            progress?(
                Essentials.Progress(
                    "forming scan", fraction: tally.add(1), detail: "\(PhysicalUnit.shortest(trial.amplitude)) V"))
            return trial
        }
        guard let first = trials.firstIndex(where: { $0.time != nil }) else {
            return Outcome(trials: trials, forms: nil, survives: trials.last?.amplitude, hold: hold)
        }
        guard first > 0 else { return Outcome(trials: trials, forms: trials[0].amplitude, survives: nil, hold: hold) }
        var (low, high) = (trials[first - 1].amplitude, trials[first].amplitude)
        while abs(high - low) > resolution * (1 + 1e-9) {
            let trial = try attempt(0.5 * (low + high), start)
            trials.append(trial)
            if trial.time == nil { low = trial.amplitude } else { high = trial.amplitude }
        }
        return Outcome(
            trials: trials.sorted { direction * $0.amplitude < direction * $1.amplitude }, forms: high, survives: low,
            hold: hold)
    }

    private func check() throws(InputError) {
        func demand(_ condition: Bool, _ key: String, _ value: Double, _ unit: String, _ expected: String) throws(InputError) {
            if !condition { throw InputError(key, value: "\(value) \(unit)", problem: "is out of range", expected: expected) }
        }
        try demand(Step.voltageRange.contains(from), "--from", from, "V", "-20 ... 20 V")
        try demand(Step.voltageRange.contains(to) && to != from, "--to", to, "V", "another voltage than --from, -20 ... 20 V")
        try demand(
            step >= 1e-3 && abs(to - from) / step <= 10_000, "--step", step, "V",
            "at least 0.001 V, and no more than 10,000 steps"
        )
        try demand(Step.timeRange.contains(hold), "--hold", hold, "s", "1e-9 ... 1e9 s")
        try demand(resolution >= 1e-6, "resolution", resolution, "V", "at least 1e-6 V")
    }

    private func attempt(_ amplitude: Double, _ start: DeviceState) throws -> Trial {
        let simulator = DeviceSimulator(try AssembledDevice(device, options: options))
        simulator.state = start
        let trace = simulator.run(
            Waveform(steps: [.pulse(amplitude: amplitude, width: hold)], initialVoltage: start.voltage), recording: .none)
        if let stop = trace.stopped, !stop.isElectroforming {
            throw CampaignFailure(run: "\(PhysicalUnit.shortest(amplitude)) V", reason: stop.reason)
        }
        return Trial(
            amplitude: amplitude, time: trace.stopped?.time,
            peakTemperature: trace.pulses.map(\.peakTemperature).max() ?? device.ambientTemperature,
            current: trace.stopped?.current ?? trace.pulses.last?.endCurrent ?? 0)
    }
}
