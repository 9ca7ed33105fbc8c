import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Up to eight devices in lanes that march through their segments in lock-step; those that cannot go on with the others are taken out.
final class EnsembleGroup {
    typealias Lanes = DeviceEnsemble.Lanes

    let ensemble: DeviceEnsemble
    private let integrator: AdaptiveIntegrator<DeviceEnsemble>
    private let between: RealStorage
    /// Lanes whose device still takes part.
    private(set) var active: [Int]
    private var traces: [Trace] = []
    private var accounts: [PulseAccount] = []
    private var watches = [ChargeWatch](repeating: ChargeWatch(), count: DeviceEnsemble.width)
    /// Lanes to be taken out after the present step.
    private var leaving: Set<Int> = []
    private var voltage: Lanes
    private var now = 0.0, lastStep = 0.0
    private var inventoryAtStart: Lanes
    private let sheets: [Int?]
    private var readVoltage = Lanes(repeating: 0.6)
    private var chargeThreshold = Double.infinity

    init?(_ devices: [AssembledDevice]) {
        guard let ensemble = DeviceEnsemble(devices) else { return nil }
        self.ensemble = ensemble
        let start = RealStorage(count: ensemble.unknowns)
        for (lane, occupant) in ensemble.occupants.enumerated() {
            ensemble.put(devices[occupant].freshState().unknowns, lane: lane, into: start.row)
        }
        var settings = AdaptiveIntegrator<DeviceEnsemble>.Options()
        settings.maximumOrder = ensemble.options.maximumOrder
        settings.stepBudget = ensemble.options.stepBudget
        // The first attempt without a state ends the integration: its device is taken out and sought for alone.
        settings.wallResolution = 1
        integrator = AdaptiveIntegrator(system: ensemble, initial: start.row.values, options: settings)
        between = RealStorage(count: ensemble.unknowns)
        active = Array(devices.indices)
        voltage = Lanes(repeating: 0)
        inventoryAtStart = ensemble.inventory(integrator.solution)
        sheets = [Device.SheetName.plane, Device.SheetName.oxygen, Device.SheetName.stored].map { ensemble.layout.sheet($0) }
    }

    /// The states of the devices, also of those taken out (theirs is worth nothing).
    var states: [DeviceState] {
        get {
            let (temperature, ambient) = (ensemble.temperature, ensemble.ambientTemperature)
            return ensemble.devices.indices.map { lane in
                DeviceState(
                    unknowns: ensemble.unknowns(lane: lane, of: integrator.solution), time: now, voltage: voltage[lane],
                    temperature: temperature[lane], lastStep: lastStep,
                    ambientTemperature: ambient[lane])
            }
        }
        set {
            let u = between.row
            var (temperature, ambient) = (Lanes(repeating: 300), Lanes(repeating: 300))
            for (lane, occupant) in ensemble.occupants.enumerated() {
                let state = newValue[min(occupant, newValue.count - 1)]
                ensemble.put(state.unknowns, lane: lane, into: u)
                (voltage[lane], temperature[lane]) = (state.voltage, state.temperature)
                ambient[lane] = state.ambientTemperature ?? ensemble.devices[occupant].device.ambientTemperature
            }
            ensemble.ambientTemperature = ambient
            integrator.reset(to: u, time: 0)
            ensemble.restore(temperature: temperature, voltage: voltage)
            // All states of a group come from the same protocol: one clock, and the most careful of the last steps.
            now = newValue[0].time
            lastStep = newValue.map(\.lastStep).min() ?? 0
            inventoryAtStart = ensemble.inventory(integrator.solution)
            ensemble.largestContent = Lanes(repeating: 0)
        }
    }

    /// Frozen-ion conductances at `voltage`, S; not a number where a read has no heat balance.
    func read(at asked: Lanes) -> Lanes {
        let level = asked.replacing(with: 1e-6, where: (asked .< 1e-6) .& (asked .> -1e-6))
        return ensemble.frozenRead(integrator.solution, at: level) / level
    }

    /// Runs one waveform a device; traces of the devices that stayed, nil for those that were taken out.
    func run(_ waveforms: [Waveform], recording: Recording, readVoltage: Double, chargeThreshold: Double) -> [Trace?] {
        self.readVoltage = Lanes(repeating: readVoltage)
        self.chargeThreshold = chargeThreshold
        traces = waveforms.map { _ in Trace(limit: recording.limit) }
        let (origin, before) = (now, integrator.statistics)
        ensemble.drive(from: voltage, rate: Lanes(repeating: 0), at: 0)
        let u = integrator.solution
        sample(u, at: [Double](repeating: 0, count: traces.count), ensemble.electronCurrent(u), Lanes(repeating: 0), pulse: -1)
        var iterators = waveforms.enumerated().map { lane, waveform in
            Waveform(steps: waveform.steps, initialVoltage: voltage[lane], readVoltage: waveform.readVoltage).makeIterator()
        }
        takeOut(leaving)
        while let first = active.first, let lead = iterators[first].next() {
            var segments = iterators.map { _ in lead }
            for lane in active.dropFirst() {
                // Lock-step needs the same corners in time; voltages may differ.
                if let own = iterators[lane].next(), own.kind == lead.kind, own.duration == lead.duration,
                    own.pulse == lead.pulse
                {
                    segments[lane] = own
                } else {
                    leaving.insert(lane)
                }
            }
            takeOut(leaving)
            run(segments, recording: recording, origin: origin)
        }
        finish(since: before)
        return traces.enumerated().map { active.contains($0) ? $1 : nil }
    }

    /// One number a lane of the segments; lanes beyond them get the first's.
    private func lanes(_ segments: [Segment], _ value: (Segment) -> Double) -> Lanes {
        var result = Lanes(repeating: 0)
        for lane in 0..<Lanes.scalarCount {
            // A lane that was taken out follows the device that it is a copy of.
            let occupant = ensemble.occupants[lane]
            result[lane] = value(segments[min(occupant, segments.count - 1)])
        }
        return result
    }

    private func run(_ segments: [Segment], recording: Recording, origin: Double) {
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
        func drive() {
            ensemble.drive(from: lanes(segments) { $0.from }, rate: lanes(segments) { ($0.to - $0.from) / span }, at: 0)
        }
        drive()
        accounts = pulse >= 0 ? moments(integrator.solution).map { PulseAccount(start: $0) } : []
        let first = min(span * 0.02, lastStep > 0 ? lastStep * 0.2 : span * 1e-6)
        integrator.restart(step: max(first, min(span, 1) * 1e-9), time: 0)
        watches = watches.map { _ in ChargeWatch() }
        var sampler = Sampler(recording, duration: span)
        while !active.isEmpty {
            integrator.options.stepBudget += ensemble.options.stepBudget / 5000
            do {
                try advance(segments, sampler: &sampler, pulse: pulse)
            } catch {
                leaving.formUnion(ensemble.culprits(of: error.reason))
            }
            if leaving.isEmpty { break }
            let reached = integrator.time
            takeOut(leaving)
            if reached >= span { break }
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
        let area = lanes(of: { $0.area })
        var previousDisplacement = ensemble.rightDisplacement(integrator.solution)
        var previousTime = integrator.time
        try integrator.advance(to: span, firstStep: span * 1e-6) { time, u in
            let h = time - previousTime
            lastStep = h
            let displacement = ensemble.rightDisplacement(u)
            let displacementCurrent = area * (displacement - previousDisplacement) / h
            while let moment = sampler.exactTime(before: time) {
                look(at: moment, now: time) { between in
                    sample(
                        between, at: segments.map { $0.start + moment }, ensemble.electronCurrent(between), displacementCurrent,
                        pulse: pulse)
                }
            }
            let keep = sampler.keeps(time)
            if pulse >= 0 {
                let end = moments(u)
                var seen: [(share: Double, moments: [PulseAccount.Moment])] = []
                for lane in active {
                    accounts[lane].add(step: h, end: end[lane]) { share in
                        if let known = seen.first(where: { $0.share == share }) { return known.moments[lane] }
                        let between = look(at: time - h * (1 - share), now: time) { moments($0) }
                        seen.append((share, between))
                        return between[lane]
                    }
                }
            }
            if keep {
                sample(u, at: segments.map { $0.start + time }, ensemble.electronCurrent(u), displacementCurrent, pulse: pulse)
            }
            previousDisplacement = displacement
            previousTime = time
            if time < span, chargeThreshold.isFinite {
                let (current, voltage) = (ensemble.recentCurrent(u), ensemble.voltage)
                for lane in active
                where watches[lane].exceeds(
                    chargeThreshold * ChargeWatch.share(voltage: voltage[lane]), current: current[lane],
                    look: { ensemble.neglectedCharge(u, lane: lane) })
                { leaving.insert(lane) }
            }
            return leaving.isEmpty
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

    /// Calls `look` with the states at `moment` inside the last step, heat in balance there; the ensemble is put back afterwards.
    private func look<Result>(at moment: Double, now time: Double, _ look: (Row) -> Result) -> Result {
        let temperature = ensemble.temperature
        integrator.interpolate(at: moment, into: between.row)
        ensemble.prepare(time: moment)
        // A balance without a root between two steps that have one: the temperatures stay.
        try? ensemble.settleHeat(between.row)
        let result = look(between.row)
        ensemble.prepare(time: time)
        ensemble.restore(temperature: temperature, voltage: ensemble.voltage)
        return result
    }

    /// One sample of every device; those whose read has no heat balance leave.
    private func sample(_ u: Row, at times: [Double], _ current: Lanes, _ displacement: Lanes, pulse: Int) {
        let level = readVoltage.replacing(with: 1e-6, where: (readVoltage .< 1e-6) .& (readVoltage .> -1e-6))
        let conductance = ensemble.frozenRead(u, at: level) / level
        let (voltage, temperature, lattice) = (ensemble.voltage, ensemble.temperature, ensemble.latticeVacancies(u))
        func shown(_ place: Int?, _ lane: Int) -> Double { place.map { max(ensemble.value($0, of: u)[lane], 0) } ?? 0 }
        for lane in active {
            if conductance[lane].isNaN {
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

    /// Takes lanes out: each gets a copy of a device that goes on.
    private func takeOut(_ lanes: Set<Int>) {
        leaving = []
        guard !lanes.isEmpty else { return }
        active.removeAll { lanes.contains($0) }
        guard let healthy = active.first else { return }
        let gone = (0..<Lanes.scalarCount).filter { lanes.contains($0) || lanes.contains(ensemble.occupants[$0]) }
        let u = between.row
        u.assign(integrator.solution)
        ensemble.replace(gone, by: healthy, in: u)
        integrator.reset(to: u, time: integrator.time)
        integrator.restart(step: 0.2 * lastStep)
    }

    private func finish(since before: AdaptiveIntegrator<DeviceEnsemble>.Statistics) {
        let (after, u) = (integrator.statistics, integrator.solution)
        let (inventory, lattice, largest) = (ensemble.inventory(u), ensemble.latticeVacancies(u), ensemble.largestContent)
        for lane in active {
            traces[lane].statistics.steps = after.steps - before.steps
            traces[lane].statistics.rejections = after.rejections - before.rejections
            traces[lane].statistics.newtonIterations = after.newtonIterations - before.newtonIterations
            let content = ensemble.layout.sheets.indices.reduce(abs(lattice[lane])) {
                $0 + abs(ensemble.value($1, of: u)[lane])
            }
            traces[lane].statistics.inventoryDrift = abs(inventory[lane] - inventoryAtStart[lane]) / max(largest[lane], content)
        }
    }
}
