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
        account =
            pulse >= 0
            ? PulseAccount(start: active.moment(active.integrator.solution), spent: trace.energy(ofPulse: segment.pulse)) : nil
        active.begin(span, lastStep: lastStep)
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
        let (path, device) = (active, active.device)
        let pulse = segment.pulse ?? -1
        let watchesCharge = path === plain && !device.layout.hasElectrons && !chargeRefused && chargeThreshold.isFinite
        var wantsCharge = false
        var watch = ChargeWatch()
        func keep(_ u: Row, local time: Double, current: Double, displacement: Double) {
            let time = trace.clock(segment.start + time)
            if let sample = sample(
                u, time: time, current: current, displacement: displacement, pulse: pulse, isRead: trace.readsSamples)
            {
                trace.keep(sample)
            }
        }
        do {
            try path.march(to: segment.duration, .init([segment]), area: device.device.area, sampler: &sampler) {
                moment, u, isBalanced, displacement in
                let current = path.current(u, isBalanced: isBalanced)
                keep(u, local: moment, current: current, displacement: displacement)
            } step: { step, u in
                let time = step.time
                lastStep = step.length
                if account != nil || step.isKept {
                    let now = path.moment(u)
                    account?.add(step: step.length, end: now) { share in
                        path.look(at: time - step.length * (1 - share), now: time) {
                            path.moment($0, current: path.current($0, isBalanced: $1))
                        }
                    }
                    if step.isKept { keep(u, local: time, current: now.current, displacement: step.displacementCurrent) }
                }
                if isCancelled?() == true { wasCancelled = true }
                if let keeper, keeper.isDue() { self.keep(trace, u, local: time, in: segment, with: keeper) }
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

    func drive(_ segment: Segment, from local: Double) {
        let rate = (segment.to - segment.from) / segment.duration
        active.device.drive(from: segment.from, rate: rate, at: 0)
        active.device.prepare(time: local)
    }
}
