import DeviceModel
import Essentials
import FiniteVolume
import LinearAlgebra
import Protocols

/// The way through one segment: from one change of what holds the voltage to the next, on the path that the electrons' charge asks for.
extension DeviceSimulator {
    /// How far a segment was run, and the condition that ended it.
    typealias End = (time: Double, until: Segment.Until?)

    /// What made a part of a segment end before its time.
    private enum Turn {
        case none, cancelled, wantsCharge
        case crossing(time: Double)
    }

    static func setsIn(_ limit: Double) -> String { "compliance \(PhysicalUnit("A", .current).text(of: limit)) sets in" }
    static func letsGo(_ limit: Double) -> String { "compliance \(PhysicalUnit("A", .current).text(of: limit)) lets go" }

    func march(_ segment: Segment, sampler: inout Sampler, recording: Recording, into trace: inout Trace) throws -> End {
        // A condition that holds already takes no time.
        if let met = crossed(segment, active.integrator.solution, at: 0, untilOnly: true) {
            return try ended(by: met, segment, at: 0, recording: recording, into: &trace) ?? (0, nil)
        }
        var (idle, lastTurn) = (0, -1.0)
        while true {
            let turn: Turn
            do {
                turn = try advance(segment, sampler: &sampler, recording: recording, into: &trace)
            } catch let failure as IntegrationFailure {
                // Without its electrons' charge the device forms early: with it, it may survive.
                if active === plain, chargeThreshold.isFinite, failure.isMissingState,
                    takeCharge(at: plain.integrator.time, segment)
                {
                    continue
                }
                throw failure
            }
            switch turn {
            case .none, .cancelled: return (active.integrator.time, nil)
            case .wantsCharge: if !takeCharge(at: plain.integrator.time, segment) { chargeRefused = true }
            case .crossing(let time):
                guard let met = crossed(segment, active.integrator.solution, at: time, untilOnly: false) else { continue }
                if let end = try ended(by: met, segment, at: time, recording: recording, into: &trace) { return end }
                idle = time > lastTurn ? 0 : idle + 1
                lastTurn = time
                guard idle < 20 else {
                    throw Trace.Cause.outOfRange(detail: "the compliance sets in and lets go without end")
                }
            }
        }
    }

    /// Goes on from the moment at which something was met: nil where the segment does.
    private func ended(
        by met: Crossing, _ segment: Segment, at time: Double, recording: Recording, into trace: inout Trace
    ) throws -> End? {
        let event: String
        var end: End?
        switch met {
        case .arrives: return (time, nil)
        case .until(let until):
            event = until.condition.text
            end = (time, until)
        case .setsIn(let current):
            event = Self.setsIn(abs(current))
            voltage = active.device.voltage
            mode = .current(current)
        case .letsGo(let limit):
            event = Self.letsGo(limit)
            mode = .source
        }
        trace.keep(
            Trace.Mark(
                time: trace.clock(segment.start + time), voltage: active.device.voltage, step: segment.step, event: event))
        guard end == nil else { return end }
        // The slope of the voltage jumps: a corner.
        drive(segment, from: time)
        active.integrator.restart(step: max(0.1 * lastStep, 1e-9 * min(segment.duration, 1)))
        account?.turn()
        series?.turn()
        return nil
    }

    /// Integrates on the active path until the segment's end, a failed read, an interruption, a charge that counts, or a crossing, which is
    /// found at its moment.
    private func advance(
        _ segment: Segment, sampler: inout Sampler, recording: Recording, into trace: inout Trace
    ) throws -> Turn {
        let path = active
        guard segment.isWatched else {
            return try advance(path, to: segment.duration, segment, sampler: &sampler, into: &trace, accepts: nil)
        }
        var (memory, before) = (Place(path), excess(segment, path.integrator.solution, at: path.integrator.time))
        var beyond: (time: Double, excess: Double)?
        let turn = try advance(path, to: segment.duration, segment, sampler: &sampler, into: &trace) { time, u in
            let now = self.excess(segment, u, at: time)
            if now >= 0 {
                beyond = (time, now)
                return false
            }
            (memory, before) = (Place(path), now)
            return true
        }
        guard let beyond else { return turn }
        let time = try locate(path, segment, from: (memory, before), to: beyond)
        memory.restore(path)
        // The same step again, no further than the crossing, with all that is seen on the way.
        let mayKeep = recording != .none
        let last = try advance(path, to: time, segment, sampler: &sampler, into: &trace, accepts: nil, keepsEnd: mayKeep)
        if case .none = last { return .crossing(time: time) }
        return last
    }

    private func advance(
        _ path: Path, to target: Double, _ segment: Segment, sampler: inout Sampler, into trace: inout Trace,
        accepts: ((Double, Row) -> Bool)?, keepsEnd: Bool = false
    ) throws(IntegrationFailure) -> Turn {
        let device = path.device
        let pulse = segment.pulse ?? -1
        let watchesCharge = path === plain && !device.layout.hasElectrons && !chargeRefused && chargeThreshold.isFinite
        var wantsCharge = false
        var watch = ChargeWatch()
        func keep(_ u: Row, local time: Double, current: Double, displacement: Double) {
            let source = segment.compliance == nil ? nil : segment.voltage(after: time)
            let time = trace.clock(segment.start + time)
            if let sample = sample(
                u, time: time, current: current, displacement: displacement, pulse: pulse, isRead: trace.readsSamples,
                source: source)
            {
                trace.keep(sample)
            }
        }
        try path.march(to: target, segment.shape, area: device.device.area, sampler: &sampler, accepts: accepts) {
            moment, u, isBalanced, displacement in
            let current = path.current(u, isBalanced: isBalanced)
            keep(u, local: moment, current: current, displacement: displacement)
        } step: { step, u in
            let time = step.time
            lastStep = step.length
            let isKept = step.isKept || (keepsEnd && time >= target)
            if account != nil || isKept {
                let now = path.moment(u)
                account?.add(step: step.length, end: now) { share in
                    path.look(at: time - step.length * (1 - share), now: time) {
                        path.moment($0, current: path.current($0, isBalanced: $1))
                    }
                }
                series?.add(step: step.length, end: seriesMoment(u, segment, at: time, current: now.current)) { share in
                    let local = time - step.length * (1 - share)
                    return path.look(at: local, now: time) { u, isBalanced in
                        self.seriesMoment(u, segment, at: local, current: path.current(u, isBalanced: isBalanced))
                    }
                }
                if isKept { keep(u, local: time, current: now.current, displacement: step.displacementCurrent) }
            }
            while let (moment, label) = profiler?.next(before: segment.start + time) {
                let inside = path.look(at: moment - segment.start, now: time) { u, _ in device.inside(u) }
                trace.profiles.append(.init(time: moment, label: label, inside: inside))
            }
            watcher?(segment.start + time, time >= segment.duration) { device.inside(u) }
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
        return wasCancelled ? .cancelled : wantsCharge && readFailure == nil ? .wantsCharge : .none
    }
}

extension Segment {
    /// Whether something may end it, or change what holds the voltage.
    var isWatched: Bool { compliance != nil || !until.isEmpty || (current != nil && kind == .edge) }

    /// What it shares with those whose steps it may take again: of its voltages alone, so that nothing else may shape its course.
    var shape: StretchMemories.Shape? { isWatched || current != nil || sine != nil ? nil : .init([self]) }
}
