import DeviceModel
import Protocols
import Simulation

extension Campaign {
    /// Figs. 3a-c: repeats of one pulse from the base state, dF read after `readDelay`.
    func measureCell(_ bench: Bench, amplitude: Double, width: Double) throws -> Characterisation.PulseCell {
        var cell = Characterisation.PulseCell(amplitude: amplitude, width: width)
        let simulator = bench.simulator
        for index in 0..<max(repeats, 1) {
            let start = simulator.state
            let before = try simulator.read()
            let wasCharged = simulator.chargesElectrons
            let pulse = try bench.run([
                .pulse(amplitude: amplitude, width: width, base: readVoltage),
                .hold(voltage: readVoltage, duration: readDelay),
            ])
            cell.deltaConductance.append(
                wasCharged == simulator.chargesElectrons
                    ? try simulator.read() - before : try Self.chargedStep(simulator, since: start))
            cell.energy.append(pulse.pulses.reduce(0) { $0 + $1.energy })
            cell.peakTemperature.append(pulse.pulses.map(\.peakTemperature).max() ?? 0)
            let rest = try bench.run(
                [.hold(voltage: readVoltage, duration: restBetweenRepeats - readDelay)],
                recording: index == 0 ? .perDecade(20, first: 1e-3) : .none)
            if index == 0 {
                cell.course = rest.samples.map { .init(time: $0.time + readDelay, value: $0.conductance - before) }
            }
        }
        return cell
    }

    /// The change of a read since `start`, both with the electrons' charge: where their law has changed in between; the state stays.
    static func chargedStep(_ simulator: DeviceSimulator, since start: DeviceState) throws -> Double {
        let end = simulator.state
        defer { simulator.state = end }
        let after = try simulator.chargedRead()
        simulator.state = start
        return after - (try simulator.chargedRead())
    }

    /// Figs. 3d-e: 30 s at the bias, one pulse, decay at the bias; F relative to the value held before the pulse.
    func measureDecay(_ bench: Bench, bias: Double, pulse: PulseShape? = nil) throws -> Characterisation.DecayRun {
        let pulse = pulse ?? PulseShape(amplitude: decayAmplitude, width: decayWidth)
        try bench.run([.hold(voltage: bias, duration: holdBeforeDecay)])
        let before = try bench.simulator.read()
        try bench.run([.pulse(amplitude: pulse.amplitude, width: pulse.width, base: bias)])
        let decay = try bench.run([.hold(voltage: bias, duration: fitEnd * 1.001)], recording: .perDecade(8, first: 1e-5))
        let (course, fit) = self.decay(decay.samples, before: before)
        guard let fit else { throw CampaignFailure(run: bench.name, reason: noDecay) }
        return .init(
            amplitude: pulse.amplitude, width: pulse.width, bias: bias, before: before, course: course, tau: fit.tau,
            residual: fit.residual)
    }

    /// F over a decay and its single exponential between `fitStart` and `fitEnd`: the one definition of tau. `before`: G held there, S.
    func decay(
        _ samples: [Trace.Sample], before: Double
    ) -> (course: [Characterisation.Point], fit: (tau: Double, residual: Double)?) {
        let course = samples.map { Characterisation.Point(time: $0.time, value: $0.conductance - before) }
        let window = course.filter { $0.time >= fitStart * 0.999 && $0.time <= fitEnd }
        return (course, Fits.exponential(times: window.map(\.time), values: window.map(\.value)))
    }

    /// Why a decay has no tau.
    var noDecay: String {
        "the short-term weight does not decay between \(fitStart) s and \(fitEnd) s, no exponential fits it"
    }

    /// Figs. 2d-e: rounds of short pulses, evenly spaced over 375 s at the read voltage; returns G at the end, and
    /// once the last pulse has decayed, as well.
    func measureShortTerm(_ bench: Bench) throws -> (Characterisation.ShortTermRun, after: Double, settled: Double) {
        var run = Characterisation.ShortTermRun()
        let simulator = bench.simulator
        let count = shortTermRounds * shortTermAmplitudes.count
        let spacing = shortTermDuration / Double(count)
        let width = 100e-6
        var time = 0.0
        func rest(_ duration: Double, _ recording: Recording) throws {
            let trace = try bench.run([.hold(voltage: readVoltage, duration: duration)], recording: recording)
            run.course += trace.samples.map { .init(time: time + $0.time, value: $0.conductance) }
            time += duration
        }
        // The first pulse comes half a spacing into the run, the last leaves half a spacing to decay.
        try rest(spacing / 2, .exactInterval(0.5))
        for index in 0..<count {
            let amplitude = shortTermAmplitudes[index % shortTermAmplitudes.count]
            let before = try simulator.read()
            let start = time
            let pulse = try bench.run([.pulse(amplitude: amplitude, width: width, base: readVoltage)])
            time += pulse.pulses.last.map { $0.end } ?? 0
            try rest(readDelay, .corners)
            run.pulses.append(
                .init(time: start, amplitude: amplitude, width: width, deltaConductance: try simulator.read() - before))
            let gap = index == count - 1 ? spacing / 2 : spacing
            try rest(gap - (time - start), .exactInterval(0.25))
        }
        let after = try simulator.read()
        try bench.run([.hold(voltage: readVoltage, duration: settleAfterPulses - spacing / 2)])
        return (run, after, try simulator.read())
    }

    /// G 60 s after one decay pulse over G before it; and, from the same start, G after 375 s without any pulse, and as long after as
    /// the short pulses are left to settle.
    func measureLeak(_ bench: Bench) throws -> (ratio: Double, held: Double, settled: Double) {
        let simulator = bench.simulator
        let base = simulator.state
        try bench.run([.hold(voltage: readVoltage, duration: shortTermDuration)])
        let held = try simulator.read()
        let spacing = shortTermDuration / Double(shortTermRounds * shortTermAmplitudes.count)
        try bench.run([.hold(voltage: readVoltage, duration: settleAfterPulses - spacing / 2)])
        let settled = try simulator.read()
        simulator.state = base
        let before = try simulator.read()
        try bench.run([
            .pulse(amplitude: decayAmplitude, width: decayWidth, base: readVoltage),
            .hold(voltage: readVoltage, duration: 60),
        ])
        return (try simulator.read() / before, held, settled)
    }
}
