import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// One segment in lock-step: integration, samples, energies of pulses, and who has to leave.
extension EnsembleGroup {
    /// Runs one segment a device; those that cannot follow are taken out.
    func run(_ segments: [Segment], recording: Recording, origin: Double) {
        // Conditions, sines and imposed currents are for devices that run alone.
        let own = Set(active.filter { !segments[$0].isPlain })
        if !own.isEmpty { takeOut(own) }
        guard let leader = active.first else { return }
        let lead = segments[leader]
        if lead.kind == .read {
            let level = lanes(segments) { $0.from }
            let conductance = read(at: level)
            for lane in active {
                if conductance[lane].isNaN { leaving.insert(lane) }
                traces[lane].keep(
                    Trace.Read(
                        time: segments[lane].start, voltage: level[lane], conductance: conductance[lane],
                        step: segments[lane].step))
            }
            takeOut(leaving)
            return
        }
        if lead.kind == .ambient {
            for lane in active
            where !(segments[lane].temperature! < ensemble.devices[lane].device.maximumTemperature) { leaving.insert(lane) }
            takeOut(leaving)
            ensemble.ambientTemperature = lanes(segments) { $0.temperature ?? 300 }
            return
        }
        let span = lead.duration
        guard span > 0 else { return }
        let pulse = lead.pulse ?? -1
        settlePath()
        func drive() {
            ensemble.drive(from: lanes(segments) { $0.from }, rate: lanes(segments) { ($0.to - $0.from) / span }, at: 0)
        }
        drive()
        accounts =
            pulse >= 0
            ? moments(integrator.solution).enumerated().map { lane, start in
                PulseAccount(start: start, spent: lane < traces.count ? traces[lane].energy(ofPulse: pulse) : 0)
            } : []
        path.begin(span, lastStep: lastStep)
        watches = watches.map { _ in ChargeWatch() }
        var sampler = Sampler(recording, duration: span)
        while !active.isEmpty {
            do {
                try advance(segments, sampler: &sampler, pulse: pulse)
            } catch {
                let culprits = Set(ensemble.culprits(of: error.reason).map { ensemble.occupants[$0] })
                // Without its electrons' charge a device forms early: with it, it may survive.
                if error.isMissingState, chargeThreshold.isFinite, charging.isDisjoint(with: culprits) {
                    wanting.formUnion(culprits)
                } else {
                    leaving.formUnion(culprits)
                }
            }
            if leaving.isEmpty, wanting.isEmpty { break }
            let reached = integrator.time
            takeOut(leaving)
            wanting.formIntersection(active)
            if reached >= span || active.isEmpty { break }
            if !wanting.isEmpty {
                takeCharge(of: wanting.union(soonWanting(segments)), at: reached, segments)
                takeOut(leaving)
                wanting = []
                if active.isEmpty { break }
            }
            drive()
            ensemble.prepare(time: reached)
        }
        voltage = lanes(segments) { $0.to }
        now = origin + lead.start + span
        for lane in active where pulse >= 0 {
            accounts[lane].close(into: &traces[lane], segments[lane], end: segments[lane].start + span)
        }
    }

    /// Integrates until the segment's end or until a device has to leave.
    private func advance(_ segments: [Segment], sampler: inout Sampler, pulse: Int) throws(IntegrationFailure) {
        let span = segments[active[0]].duration
        func keep(_ u: Row, local time: Double, displacement: Lanes) {
            sample(u, at: segments.map { $0.start + time }, ensemble.electronCurrent(u), displacement, pulse: pulse)
        }
        try path.march(to: span, .init(segments), area: lanes(of: { $0.area }), sampler: &sampler) {
            moment, u, _, displacement in
            keep(u, local: moment, displacement: displacement)
        } step: { step, u in
            let time = step.time
            lastStep = step.length
            if pulse >= 0 { account(u, step) }
            if step.isKept { keep(u, local: time, displacement: step.displacementCurrent) }
            for lane in charging { chargedSteps[lane] += 1 }
            if time < span, chargeThreshold.isFinite, charging.count < active.count {
                let (current, voltage) = (ensemble.recentCurrent(u), ensemble.voltage)
                for lane in active
                where !charging.contains(lane)
                    && watches[lane].exceeds(
                        chargeThreshold * ChargeWatch.share(voltage: voltage[lane]), current: current[lane],
                        look: { neglectedCharge(u, lane) })
                { wanting.insert(lane) }
            }
            return leaving.isEmpty && wanting.isEmpty
        }
    }

    /// Adds a step to every lane's pulse; lanes that ask for the same moment inside it share the look there.
    private func account(_ u: Row, _ step: SolverPath<DeviceEnsemble>.Step) {
        let end = moments(u)
        var seen: [(share: Double, moments: [PulseAccount.Moment])] = []
        for lane in active {
            accounts[lane].add(step: step.length, end: end[lane]) { share in
                if let known = seen.first(where: { $0.share == share }) { return known.moments[lane] }
                let between = path.look(at: step.time - step.length * (1 - share), now: step.time) { u, _ in moments(u) }
                seen.append((share, between))
                return between[lane]
            }
        }
    }

    private func lanes(of value: (Device) -> Double) -> Lanes {
        var result = Lanes(repeating: 0)
        for (lane, occupant) in ensemble.occupants.enumerated() { result[lane] = value(ensemble.devices[occupant].device) }
        return result
    }

    /// What the devices do at `u` at their present voltages and temperatures.
    private func moments(_ u: Row) -> [PulseAccount.Moment] {
        let (current, voltage, temperature) = (ensemble.electronCurrent(u), ensemble.voltage, ensemble.temperature)
        return (0..<Lanes.scalarCount).map {
            PulseAccount.Moment(power: voltage[$0] * current[$0], current: current[$0], temperature: temperature[$0])
        }
    }

    /// One sample of every device; those whose read has no heat balance leave.
    func sample(_ u: Row, at times: [Double], _ current: Lanes, _ displacement: Lanes, pulse: Int) {
        let isRead = traces[0].readsSamples
        let conductance = isRead ? read(u, at: readVoltage) : Lanes(repeating: .nan)
        let (voltage, temperature, lattice) = (ensemble.voltage, ensemble.temperature, ensemble.latticeVacancies(u))
        func shown(_ place: Int?, _ lane: Int) -> Double { place.map { max(ensemble.value($0, of: u)[lane], 0) } ?? 0 }
        for lane in active {
            if isRead, conductance[lane].isNaN {
                leaving.insert(lane)
                continue
            }
            traces[lane].keep(
                Trace.Sample(
                    time: traces[lane].clock(times[lane]), voltage: voltage[lane], current: current[lane],
                    totalCurrent: current[lane] + displacement[lane], conductance: conductance[lane],
                    temperature: temperature[lane],
                    latticeVacancies: max(lattice[lane], 0), planeVacancies: shown(sheets[0], lane),
                    interfacialOxygen: shown(sheets[1], lane), storedOxygen: shown(sheets[2], lane), pulse: pulse))
        }
    }
}
