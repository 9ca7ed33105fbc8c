import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

extension DeviceSimulator {
    /// Runs one segment on the path that its charge asks for.
    ///
    /// - Throws: `IntegrationFailure` when it cannot reach its end, `Trace.Cause` where the device is not described for it.
    func run(_ segment: Segment, origin: Double, recording: Recording, into trace: inout Trace) throws {
        if segment.kind == .read {
            trace.keep(
                Trace.Read(
                    time: segment.start, voltage: segment.from, conductance: try read(at: segment.from),
                    step: segment.step))
            return
        }
        if let ambient = segment.temperature {
            let most = device.device.maximumTemperature
            guard ambient < most else {
                throw Trace.Cause.outOfRange(detail: "at \(ambient) K: not below the device's maximum_temperature of \(most) K")
            }
            ambientTemperature = ambient
            return
        }
        let span = segment.duration
        guard span > 0 else { return }
        chargeRefused = false
        settlePath()
        drive(segment, from: 0)
        let pulse = segment.pulse ?? -1
        account = pulse >= 0 ? PulseAccount(start: active.moment(active.integrator.solution)) : nil
        // A corner makes du/dt jump: start again at first order; the integrator checks the first step against two half steps.
        let first = min(span * 0.02, lastStep > 0 ? lastStep * 0.2 : span * 1e-6)
        active.integrator.restart(step: max(first, min(span, 1) * 1e-9), time: 0)
        var sampler = Sampler(recording, duration: span)
        while true {
            let (wantsCharge, failure) = advance(segment, sampler: &sampler, into: &trace)
            if let failure {
                // Without its electrons' charge the device forms early: with it, it may survive.
                if active === plain, chargeThreshold.isFinite, failure.isMissingState,
                    takeCharge(at: plain.integrator.time, segment)
                {
                    continue
                }
                throw failure
            }
            guard wantsCharge else { break }
            if !takeCharge(at: plain.integrator.time, segment) { chargeRefused = true }
        }
        if let reason = readFailure { throw IntegrationFailure(time: active.integrator.time, stepSize: 0, reason: reason) }
        if wasCancelled { return }
        voltage = segment.to
        now = origin + segment.start + span
        account?.close(into: &trace, segment, end: segment.start + span)
        account = nil
    }

    /// Integrates on the active path until the segment's end, a failed read, an interruption, or a charge that counts.
    private func advance(
        _ segment: Segment, sampler: inout Sampler, into trace: inout Trace
    ) -> (wantsCharge: Bool, failure: IntegrationFailure?) {
        let (path, device, integrator) = (active, active.device, active.integrator)
        let pulse = segment.pulse ?? -1
        // The budget is there to end endless loops, not long protocols: it grows by a five-thousandth with every leg.
        integrator.options.stepBudget += device.options.stepBudget / 5000
        let watchesCharge = path === plain && !device.layout.hasElectrons && !chargeRefused && chargeThreshold.isFinite
        var previousDisplacement = device.rightDisplacement(integrator.solution)
        var previousTime = integrator.time
        var wantsCharge = false
        var watch = ChargeWatch()
        do {
            try integrator.advance(to: segment.duration, firstStep: segment.duration * 1e-6) { time, u in
                let h = time - previousTime
                lastStep = h
                let displacement = device.rightDisplacement(u)
                let displacementCurrent = device.device.area * (displacement - previousDisplacement) / h
                while let moment = sampler.exactTime(before: time) {
                    path.look(at: moment, now: time) { between, current in
                        let clock = trace.clock(segment.start + moment)
                        if let sample = sample(
                            between, time: clock, current: current, displacement: displacementCurrent, pulse: pulse)
                        {
                            trace.keep(sample)
                        }
                    }
                }
                let keep = sampler.keeps(time)
                if account != nil || keep {
                    let now = path.moment(u)
                    account?.add(step: h, end: now) { share in
                        path.look(at: time - h * (1 - share), now: time) { path.moment($0, current: $1) }
                    }
                    if keep,
                        let sample = sample(
                            u, time: trace.clock(segment.start + time), current: now.current, displacement: displacementCurrent,
                            pulse: pulse)
                    {
                        trace.keep(sample)
                    }
                }
                previousDisplacement = displacement
                previousTime = time
                if isCancelled?() == true { wasCancelled = true }
                if watchesCharge, time < segment.duration,
                    watch.exceeds(
                        chargeThreshold * ChargeWatch.share(voltage: device.voltage), current: device.recentCurrent(u),
                        look: { device.neglectedCharge(u) })
                {
                    wantsCharge = true
                }
                return readFailure == nil && !wasCancelled && !wantsCharge
            }
        } catch {
            return (false, error)
        }
        return (wantsCharge, nil)
    }

    private func drive(_ segment: Segment, from local: Double) {
        let rate = (segment.to - segment.from) / segment.duration
        active.device.drive(from: segment.from, rate: rate, at: 0)
        active.device.prepare(time: local)
    }

    /// Whether the electrons' charge would change the current by more than `share` of the threshold.
    private func chargeCounts(_ device: AssembledDevice, _ u: Row, share: Double = 1) -> Bool {
        abs(device.neglectedCharge(u)) > share * chargeThreshold * ChargeWatch.share(voltage: device.voltage)
    }

    /// The path with drift-diffusion electrons on the same grid; nil for a device that has none to give.
    func chargedPath() -> SolverPath? {
        if let charged { return charged }
        var device = plain.device.device
        guard device.electrons == .quasiStationary, device.layers[0].densityOfStates > 0 else { return nil }
        device.electrons = .driftDiffusion
        guard
            let assembled = try? AssembledDevice(
                device, options: plain.device.options, grid: plain.device.grid, resolvesIonicCurrent: false)
        else { return nil }
        assembled.ambientTemperature = ambientTemperature
        charged = SolverPath(assembled, initial: [Double](repeating: 0, count: assembled.unknowns))
        return charged
    }

    /// Goes over to electrons with charge at `local` seconds into a segment; false where they do not come to balance.
    private func takeCharge(at local: Double, _ segment: Segment) -> Bool {
        guard let path = chargedPath() else { return false }
        let rate = (segment.to - segment.from) / segment.duration
        let level = segment.from + rate * local
        path.device.restore(temperature: plain.device.temperature, voltage: level)
        do {
            try path.device.adopt(
                plain.integrator.solution.values, of: plain.device.layout, into: path.between.row, voltage: level)
        } catch {
            return false
        }
        path.integrator.reset(to: path.between.row, time: local)
        path.integrator.restart(step: max(0.1 * lastStep, 1e-9 * min(segment.duration, 1)))
        active = path
        drive(segment, from: local)
        return true
    }

    /// At a corner: back to quasi-stationary electrons where their charge counts for a fifth of the threshold at most.
    private func settlePath() {
        guard let charged, active === charged else { return }
        let u = plain.between.row
        plain.device.restore(temperature: charged.device.temperature, voltage: voltage)
        do {
            try plain.device.adopt(charged.integrator.solution.values, of: charged.device.layout, into: u, voltage: voltage)
            plain.device.drive(from: voltage, rate: 0, at: 0)
            plain.device.prepare(time: 0)
            try plain.device.settleHeat(u)
        } catch {
            return
        }
        guard !chargeCounts(plain.device, u, share: 0.2) else { return }
        plain.integrator.reset(to: u, time: 0)
        active = plain
    }
}
