import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Up to eight devices in lanes that march through their segments in lock-step; those that cannot go on with the others are taken out.
///
/// Each device decides for itself when its electrons' charge counts, as `DeviceSimulator` does. While that of one does, all are solved with
/// three unknowns a node, and the others' electrons are left out of Poisson's equation.
final class EnsembleGroup {
    typealias Lanes = DeviceEnsemble.Lanes
    typealias Path = SolverPath<DeviceEnsemble>

    let plain: Path
    /// The same devices with three unknowns a node, made when first needed.
    var charged: Path?
    /// The one of the two that is marching.
    var path: Path
    /// Devices whose electrons carry charge at present.
    var charging: Set<Int> = []
    var ensemble: DeviceEnsemble { path.system }
    var integrator: AdaptiveIntegrator<DeviceEnsemble> { path.integrator }
    /// Lanes whose device still takes part.
    var active: [Int]
    var traces: [Trace] = []
    var accounts: [PulseAccount] = []
    var watches = [ChargeWatch](repeating: ChargeWatch(), count: DeviceEnsemble.width)
    /// Steps that each device has taken with charged electrons.
    var chargedSteps = [Int](repeating: 0, count: DeviceEnsemble.width)
    /// Lanes to be taken out after the present step, and devices that want their electrons' charge from there on.
    var leaving: Set<Int> = []
    var wanting: Set<Int> = []
    var voltage: Lanes
    /// Each device's time when its state was put in, s, and what has passed since.
    private var clocks: [Double]
    var now = 0.0
    var lastStep = 0.0
    var inventoryAtStart: Lanes
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
        plain = SolverPath(ensemble, initial: start.values, wallResolution: 1)
        path = plain
        active = Array(devices.indices)
        clocks = [Double](repeating: 0, count: devices.count)
        voltage = Lanes(repeating: 0)
        inventoryAtStart = ensemble.inventory(plain.integrator.solution)
        sheets = [Device.SheetName.plane, Device.SheetName.oxygen, Device.SheetName.stored].map { ensemble.layout.sheet($0) }
    }

    /// The states of the devices, also of those taken out (theirs is worth nothing).
    var states: [DeviceState] {
        get {
            let (temperature, ambient) = (ensemble.temperature, ensemble.ambientTemperature)
            return ensemble.devices.indices.map { lane in
                DeviceState(
                    unknowns: unknowns(lane, of: integrator.solution), time: clocks[lane] + now, voltage: voltage[lane],
                    temperature: temperature[lane], lastStep: lastStep, ambientTemperature: ambient[lane])
            }
        }
        set {
            let plainCount = plain.system.layout.count
            charging = Set(newValue.indices.filter { newValue[$0].unknowns.count != plainCount })
            path = charging.isEmpty ? plain : chargedPath() ?? plain
            let u = path.between.row
            var (temperature, ambient) = (Lanes(repeating: 300), Lanes(repeating: 300))
            for (lane, occupant) in ensemble.occupants.enumerated() {
                let state = newValue[min(occupant, newValue.count - 1)]
                ensemble.put(fitted(state.unknowns), lane: lane, into: u)
                (voltage[lane], temperature[lane]) = (state.voltage, state.temperature)
                ambient[lane] = state.ambientTemperature ?? ensemble.devices[occupant].device.ambientTemperature
            }
            for other in [plain, charged] { other?.system.ambientTemperature = ambient }
            ensemble.charge(charging)
            ensemble.restore(temperature: temperature, voltage: voltage)
            ensemble.solveElectrons(u, of: Set(ensemble.devices.indices).subtracting(charging))
            integrator.reset(to: u, time: 0)
            // One step serves all: the most careful of the last ones.
            (clocks, now) = (newValue.map(\.time), 0)
            lastStep = newValue.map(\.lastStep).min() ?? 0
            inventoryAtStart = ensemble.inventory(integrator.solution)
            for other in [plain, charged] { other?.system.largestContent = Lanes(repeating: 0) }
        }
    }

    /// Runs one waveform a device; traces of the devices that stayed, nil for those that were taken out.
    func run(
        _ waveforms: [Waveform], recording: Recording, readsSamples: Bool, readVoltage: Double, chargeThreshold: Double
    ) -> [Trace?] {
        self.readVoltage = Lanes(repeating: readVoltage)
        self.chargeThreshold = chargeThreshold
        traces = waveforms.map { _ in Trace(limit: recording.limit, readsSamples: readsSamples) }
        let origin = now
        let inventory = ensemble.inventory(integrator.solution)
        for path in [plain, charged] { path?.system.keptInventory = inventory }
        let before = [plain, charged].map { $0?.integrator.statistics ?? .init() }
        chargedSteps = chargedSteps.map { _ in 0 }
        for path in [plain, charged] { path?.forgetSteps() }
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
        for other in [plain, charged] where other !== path {
            if let other { other.system.replace(gone, by: healthy, in: other.between.row) }
        }
        charging.subtract(lanes)
        for lane in gone { inventoryAtStart[lane] = inventoryAtStart[healthy] }
        let u = path.between.row
        u.assign(integrator.solution)
        ensemble.replace(gone, by: healthy, in: u)
        ensemble.charge(charging)
        integrator.reset(to: u, time: integrator.time)
        integrator.restart(step: 0.2 * lastStep)
    }

    private func finish(since before: [AdaptiveIntegrator<DeviceEnsemble>.Statistics]) {
        let u = integrator.solution
        let (inventory, lattice) = (ensemble.inventory(u), ensemble.latticeVacancies(u))
        for lane in active {
            for (path, start) in zip([plain, charged], before) {
                guard let after = path?.integrator.statistics else { continue }
                traces[lane].statistics.steps += after.steps - start.steps
                traces[lane].statistics.rejections += after.rejections - start.rejections
                traces[lane].statistics.newtonIterations += after.newtonIterations - start.newtonIterations
            }
            traces[lane].statistics.driftDiffusionSteps = chargedSteps[lane]
            let content = ensemble.layout.sheets.indices.reduce(abs(lattice[lane])) {
                $0 + abs(ensemble.value($1, of: u)[lane])
            }
            let largest = [plain, charged].map { $0?.system.largestContent[lane] ?? 0 }.max() ?? 0
            traces[lane].statistics.inventoryDrift = abs(inventory[lane] - inventoryAtStart[lane]) / max(largest, content)
        }
    }
}
