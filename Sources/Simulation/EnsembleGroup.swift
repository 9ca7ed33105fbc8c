import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Up to eight devices in lanes that march through their segments in lock-step; those that cannot go on with the others are taken out.
final class EnsembleGroup {
    typealias Lanes = DeviceEnsemble.Lanes

    let path: SolverPath<DeviceEnsemble>
    var ensemble: DeviceEnsemble { path.system }
    var integrator: AdaptiveIntegrator<DeviceEnsemble> { path.integrator }
    /// Lanes whose device still takes part.
    var active: [Int]
    var traces: [Trace] = []
    var accounts: [PulseAccount] = []
    var watches = [ChargeWatch](repeating: ChargeWatch(), count: DeviceEnsemble.width)
    /// Lanes to be taken out after the present step.
    var leaving: Set<Int> = []
    var voltage: Lanes
    var now = 0.0, lastStep = 0.0
    private var inventoryAtStart: Lanes
    let sheets: [Int?]
    var readVoltage = Lanes(repeating: 0.6)
    var chargeThreshold = DeviceSimulator.standardChargeThreshold

    init?(_ devices: [AssembledDevice]) {
        guard let ensemble = DeviceEnsemble(devices) else { return nil }
        let start = RealStorage(count: ensemble.unknowns)
        for (lane, occupant) in ensemble.occupants.enumerated() {
            ensemble.put(devices[occupant].freshState().unknowns, lane: lane, into: start.row)
        }
        // The first attempt without a state ends the integration: its device is taken out and sought for alone.
        path = SolverPath(ensemble, initial: start.row.values, wallResolution: 1)
        active = Array(devices.indices)
        voltage = Lanes(repeating: 0)
        inventoryAtStart = ensemble.inventory(path.integrator.solution)
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
            let u = path.between.row
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
        return ensemble.frozenRead(integrator.solution, at: level, countsCharge: chargeThreshold.isFinite) / level
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
    func lanes(_ segments: [Segment], _ value: (Segment) -> Double) -> Lanes {
        var result = Lanes(repeating: 0)
        for lane in 0..<Lanes.scalarCount {
            // A lane that was taken out follows the device that it is a copy of.
            let occupant = ensemble.occupants[lane]
            result[lane] = value(segments[min(occupant, segments.count - 1)])
        }
        return result
    }

    /// Takes lanes out: each gets a copy of a device that goes on.
    func takeOut(_ lanes: Set<Int>) {
        leaving = []
        guard !lanes.isEmpty else { return }
        active.removeAll { lanes.contains($0) }
        guard let healthy = active.first else { return }
        let gone = (0..<Lanes.scalarCount).filter { lanes.contains($0) || lanes.contains(ensemble.occupants[$0]) }
        let u = path.between.row
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
