import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

extension DeviceSimulator {
    /// What holds the voltage during a part of a segment.
    enum Mode: Equatable {
        /// The protocol's own voltage.
        case source
        /// A compliance or a current of the protocol, A.
        case current(Double)
    }

    /// Runs one segment on the path that its charge asks for.
    ///
    /// - Returns: how it ended, where that is not as it stood: a condition, a compliance, an imposed current.
    /// - Throws: `IntegrationFailure` when it cannot reach its end, `Trace.Cause` where the device is not described for it.
    func run(_ asked: Segment, origin: Double, recording: Recording, into trace: inout Trace) throws -> Waveform.Ending? {
        if asked.kind.isInstant {
            return try runInstant(asked, into: &trace)
        }
        guard asked.duration > 0 else { return nil }
        chargeRefused = false
        readMemory.forget()
        settlePath()
        let segment = try resolved(asked)
        segmentReadVoltage = segment.readVoltage
        defer { segmentReadVoltage = nil }
        mode = try firstMode(segment, into: &trace)
        drive(segment, from: 0)
        let pulse = segment.pulse ?? -1
        let u = active.integrator.solution
        account = pulse >= 0 ? PulseAccount(start: active.moment(u), spent: trace.energy(ofPulse: segment.pulse)) : nil
        series = pulse >= 0 && segment.compliance != nil ? PulseAccount(start: seriesMoment(u, segment, at: 0)) : nil
        let device = active.device
        profiler?.begin(at: segment.start, pulse: segment.pulse) { label, time in
            trace.profiles.append(.init(time: time, label: label, inside: device.inside(u)))
        }
        active.integrator.options.largestStep = segment.sine.map { 1 / ($0.frequency * Self.stepsPerPeriod) } ?? .infinity
        active.begin(segment.duration, lastStep: lastStep)
        var sampler = Sampler(recording, duration: segment.duration)
        let end = try march(segment, sampler: &sampler, recording: recording, into: &trace)
        if let reason = readFailure { throw IntegrationFailure(time: active.integrator.time, stepSize: 0, reason: reason) }
        if wasCancelled { return nil }
        if asked.current != nil, asked.kind == .edge, end.time >= segment.duration {
            throw Trace.Cause.outOfRange(
                detail: "no voltage within 20 V carries the imposed current of \(asked.current ?? 0) A")
        }
        let source = segment.voltage(after: end.time)
        voltage = mode == .source ? source : active.device.voltage
        now = origin + segment.start + end.time
        account?.close(into: &trace, segment, end: segment.start + end.time)
        series?.closeSeries(into: &trace, segment)
        (account, series) = (nil, nil)
        guard end.until != nil || mode != .source || asked.current != nil else { return nil }
        // Behind a compliance the source goes on from its own voltage, else from the device's.
        let isLimited = segment.compliance != nil
        return Waveform.Ending(
            segment: 0, voltage: isLimited ? source : voltage, duration: end.time,
            device: isLimited && mode != .source ? voltage : nil, depth: end.until?.depth)
    }

    /// Fewest steps in a period of a sine.
    private static let stepsPerPeriod = 24.0

    private func runInstant(_ segment: Segment, into trace: inout Trace) throws -> Waveform.Ending? {
        switch segment.kind {
        case .check:
            mode = .source
            segmentReadVoltage = segment.readVoltage
            defer { segmentReadVoltage = nil }
            active.device.drive(from: voltage, rate: 0, at: 0)
            guard case .until(let met)? = crossed(segment, active.integrator.solution, at: 0, untilOnly: true) else { break }
            trace.keep(
                Trace.Mark(
                    time: trace.clock(segment.start), voltage: voltage, step: segment.step, event: met.condition.text))
            let isLimited = abs(voltage - segment.to) > 1e-9
            return Waveform.Ending(
                segment: 0, voltage: segment.to, duration: 0, device: isLimited ? voltage : nil, depth: met.depth)
        case .read:
            trace.keep(
                Trace.Read(
                    time: segment.start, voltage: segment.from, conductance: try read(at: segment.from), step: segment.step))
        case .save: trace.saved[segment.name ?? "state"] = state
        default:
            let ambient = segment.temperature ?? device.device.ambientTemperature
            let most = device.device.maximumTemperature
            guard ambient < most else {
                throw Trace.Cause.outOfRange(detail: "at \(ambient) K: not below the device's maximum_temperature of \(most) K")
            }
            ambientTemperature = ambient
        }
        return nil
    }

    /// V/s of the edge that leads to an imposed current: 2 V within `Step.jumpEdge`.
    private static let slew = 2 / Step.jumpEdge

    /// The segment with the voltage that only the device knows: a steady ramp to where it carries the current, which ends there.
    private func resolved(_ asked: Segment) throws -> Segment {
        guard let current = asked.current, asked.kind == .edge else { return asked }
        active.device.drive(from: voltage, rate: 0, at: 0)
        let carries = active.device.electronCurrent(active.integrator.solution)
        var segment = asked
        (segment.from, segment.to) = (voltage, carries < current ? Step.voltageRange.upperBound : Step.voltageRange.lowerBound)
        segment.duration = abs(segment.to - segment.from) / Self.slew
        return segment
    }

    /// What holds the voltage at the start: a compliance that was in force stays so, and one that is new sets in at once where the
    /// device carries more.
    private func firstMode(_ segment: Segment, into trace: inout Trace) throws -> Mode {
        if segment.kind == .imposed, let current = segment.current { return .current(current) }
        guard let limit = segment.compliance else { return .source }
        active.device.drive(from: voltage, rate: 0, at: 0)
        let current = active.device.electronCurrent(active.integrator.solution)
        let signed = current < 0 ? -limit : limit
        if abs(voltage - segment.from) > 1e-9 { return .current(signed) }
        guard abs(current) > limit * (1 + 1e-6) else { return .source }
        guard let level = active.device.voltage(carrying: signed, active.integrator.solution, limit: abs(voltage)) else {
            return .source
        }
        try jump(to: level)
        trace.keep(
            Trace.Mark(time: trace.clock(segment.start), voltage: level, step: segment.step, event: Self.setsIn(limit)))
        return .current(signed)
    }

    /// Takes the voltage to `level` at once, every ion where it is.
    private func jump(to level: Double) throws {
        let (device, u) = (active.device, active.between.row)
        u.assign(active.integrator.solution)
        do {
            if device.layout.hasElectrons {
                try device.jump(u, to: level)
            } else if !device.solvePoisson(u, voltage: level) {
                throw NewtonFailure.tooManyIterations(lastCorrection: .infinity, unknown: "psi at a compliance")
            }
        } catch let failure as NewtonFailure {
            throw IntegrationFailure(time: now, stepSize: 0, reason: failure)
        }
        active.integrator.reset(to: u, time: 0)
        voltage = level
    }

    func drive(_ segment: Segment, from local: Double) {
        switch mode {
        case .current(let current): active.device.drive(current: current, from: active.device.voltage)
        case .source:
            if let sine = segment.sine {
                active.device.drive(sine.value(at:), at: local)
            } else {
                let rate = (segment.to - segment.from) / segment.duration
                active.device.drive(from: segment.from, rate: rate, at: 0)
            }
        }
        active.device.prepare(time: local)
    }

    /// What a compliance takes at `local` seconds into a segment.
    func seriesMoment(_ u: Row, _ segment: Segment, at local: Double, current: Double? = nil) -> PulseAccount.Moment {
        let device = active.device
        let current = current ?? device.electronCurrent(u)
        let lost = mode == .source ? 0 : segment.voltage(after: local) - device.voltage
        return PulseAccount.Moment(power: lost * current, current: current, temperature: device.temperature)
    }
}
