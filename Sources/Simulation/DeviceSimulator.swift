import DeviceModel
import Essentials
import FiniteVolume
import LinearAlgebra
import Protocols

/// Runs one device through voltage segments, keeping its state from one call to the next.
///
/// A device with quasi-stationary electrons is solved without their charge while that changes its current by less than
/// `chargeThreshold`; beyond it, and wherever the heat balance would lose its root, the same grid is solved with drift-diffusion
/// electrons until a corner of the voltage finds the charge unimportant again. `Trace.Statistics.driftDiffusionSteps` tells.
/// Not safe to share between threads; make one per thread (`init` costs microseconds) and hand states around.
public final class DeviceSimulator {
    /// The device as it was given.
    public var device: AssembledDevice { plain.device }
    /// Voltage of the frozen reads behind `Trace.Sample.conductance`, V.
    public var readVoltage: Double
    /// First-order change of the current by the electrons' charge from which on that charge is solved for.
    public var chargeThreshold = standardChargeThreshold
    /// What `chargeThreshold` is unless it is set.
    public static let standardChargeThreshold = 0.025
    /// Asked at every step: true ends the run with the trace so far.
    public var isCancelled: (() -> Bool)?
    /// Gets the trace so far while a run goes on.
    public var keeper: TraceKeeper?
    /// Shown every accepted step as a run goes on: its time from the start of the run (s), whether a stretch of the voltage ends there, and
    /// what gives the inside of the device there; see `InsideSeries`. Changes no bit of the run.
    public var watcher: ((_ time: Double, _ isCorner: Bool, _ inside: () -> DeviceProfile) -> Void)?
    /// Whether a run can be gone on with from its last corner (`checkpoint`); costs a copy of the state at each.
    public var remembersCorners = false

    /// Makes the runs of this simulator together with others' (`Lockstep`); nil: alone.
    var together: ((DeviceSimulator, Waveform, Recording, Bool) -> Trace)?

    typealias Path = SolverPath<AssembledDevice>
    let plain: Path
    /// The same device with drift-diffusion electrons, made when first needed.
    var charged: Path?
    var active: Path
    var inventoryAtStart: Double
    var lastStep = 0.0
    var voltage: Double
    /// Time of the present state, s; the integrator's own clock starts at zero in every segment.
    var now = 0.0
    /// Why the last frozen read for a sample failed, if it did.
    var readFailure: NewtonFailure?
    /// The pulse segment that is being run, and what a compliance takes of it.
    var account, series: PulseAccount?
    /// What holds the voltage at present.
    var mode = Mode.source
    /// V_read of the present segment where it has its own, V.
    var segmentReadVoltage: Double?
    /// Moments whose profiles are still to come.
    var profiler: Profiler?
    /// The last corner, and the endings of the present run, from where and when it began: device time, s, and V.
    var corner: Corner?
    var endings: [Waveform.Ending] = []
    var origin = 0.0, initialVoltage = 0.0
    var wasCancelled = false
    /// What the paths had counted when the present run began.
    var countedBefore: (plain: Statistics, charged: Statistics?) = (Statistics(), nil)
    /// Whether electrons with charge found no balance in this segment.
    var chargeRefused = false
    /// Of the present segment's samples: a run that goes on begins with a segment.
    let readMemory = ReadMemory()
    /// Places of the memristor's sheets, where the device has them.
    let plane, oxygen, stored: Int?

    /// The memristor of a parameter set.
    public convenience init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions(), readVoltage: Double = 0.6)
    {
        self.init(AssembledDevice(parameters, options: options), readVoltage: readVoltage)
    }

    /// Any device, such as a description's.
    ///
    /// - Throws: `InputError` for a device that cannot be solved.
    public convenience init(_ device: Device, options: SolverOptions = SolverOptions(), readVoltage: Double = 0.6)
        throws(InputError)
    {
        self.init(try AssembledDevice(device, options: options), readVoltage: readVoltage)
    }

    /// Any device that was put together before.
    public init(_ device: AssembledDevice, readVoltage: Double = 0.6) {
        self.readVoltage = readVoltage
        plane = device.layout.sheet(Device.SheetName.plane)
        oxygen = device.layout.sheet(Device.SheetName.oxygen)
        stored = device.layout.sheet(Device.SheetName.stored)
        let fresh = device.freshState()
        plain = Path(device, initial: fresh.unknowns)
        active = plain
        inventoryAtStart = device.inventory(plain.integrator.solution)
        voltage = fresh.voltage
    }

    /// The present state; assign to branch from a saved one. It holds n where electrons carry charge at that time.
    public var state: DeviceState {
        get {
            DeviceState(
                unknowns: active.integrator.solution.values, time: now, voltage: voltage,
                temperature: active.device.temperature, lastStep: lastStep, ambientTemperature: ambientTemperature,
                keptInventory: active.device.keptInventory)
        }
        set {
            if newValue.unknowns.count != plain.device.unknowns { _ = chargedPath() }
            active = newValue.unknowns.count == plain.device.unknowns ? plain : charged ?? plain
            precondition(newValue.unknowns.count == active.device.unknowns, "the state belongs to another grid")
            active.integrator.reset(to: newValue.unknowns, time: 0)
            now = newValue.time
            ambientTemperature = newValue.ambientTemperature ?? device.device.ambientTemperature
            active.device.restore(temperature: newValue.temperature, voltage: newValue.voltage)
            voltage = newValue.voltage
            lastStep = newValue.lastStep
            inventoryAtStart = active.device.inventory(active.integrator.solution)
            // One that is not this state's but for round-off belongs to another.
            let kept = newValue.keptInventory.flatMap { abs($0 - inventoryAtStart) <= 1e-6 * abs(inventoryAtStart) ? $0 : nil }
            for path in [plain, charged] { path?.device.keptInventory = kept }
            active.device.largestContent = 0
        }
    }

    /// Ambient temperature, K.
    public internal(set) var ambientTemperature: Double {
        get { plain.device.ambientTemperature }
        set {
            // What it is already would be a change of the temperature by round-off.
            for path in [plain, charged] {
                if let path, path.device.ambientTemperature != newValue { path.device.ambientTemperature = newValue }
            }
        }
    }

    /// Runs an experiment from the present state, which must be at the experiment's initial voltage (a jump becomes an edge).
    ///
    /// `readsSamples` says whether a frozen read is made at every sample kept; without it their conductance is not a number.
    /// Electroforming, failed solves and an interruption end the run: the trace so far comes back with `stopped` set.
    ///
    /// - Parameter profiles: when the inside of the device is kept in the trace.
    public func run(
        _ waveform: Waveform, recording: Recording = .everyStep, readsSamples: Bool = true, profiles: ProfileRequest? = nil,
        progress: ((Double) -> Void)? = nil
    ) -> Trace {
        let waveform = Waveform(steps: waveform.steps, initialVoltage: voltage, readVoltage: waveform.readVoltage)
        if let together { return together(self, waveform, recording, readsSamples) }
        return runAlone(waveform, recording: recording, readsSamples: readsSamples, profiles: profiles, progress: progress)
    }

    func runAlone(
        _ waveform: Waveform, recording: Recording, readsSamples: Bool, profiles: ProfileRequest? = nil,
        progress: ((Double) -> Void)? = nil
    ) -> Trace {
        (origin, initialVoltage) = (now, voltage)
        endings = []
        profiler = profiles.map { Profiler($0) }
        // What the device began with: round-off of many runs does not add up, and a saved state carries it along.
        let inventory = active.device.keptInventory ?? active.device.inventory(active.integrator.solution)
        for path in [plain, charged] {
            path?.forgetSteps()
            path?.device.keptInventory = inventory
        }
        let trace = Trace(limit: recording.limit, readsSamples: readsSamples)
        return run(waveform.makeIterator(), trace, isResumed: false, recording: recording, progress: progress)
    }

    /// Goes on with a run of the same waveform that was cut, from its last corner: the trace is that of the whole run, to the same bits.
    ///
    /// `recording` must be that of the run that was cut.
    public func resume(
        _ checkpoint: Checkpoint, _ waveform: Waveform, recording: Recording = .everyStep, progress: ((Double) -> Void)? = nil
    ) -> Trace {
        state = checkpoint.state
        (origin, initialVoltage) = (checkpoint.origin, checkpoint.initialVoltage)
        inventoryAtStart = checkpoint.inventoryAtStart
        plain.device.largestContent = checkpoint.largestContent
        for path in [plain, charged] { path?.device.keptInventory = checkpoint.keptInventory }
        plain.remember(checkpoint.steps)
        if let steps = checkpoint.chargedSteps { chargedPath()?.remember(steps) } else { charged?.forgetSteps() }
        profiler = checkpoint.profiler
        endings = checkpoint.endings
        var iterator = Waveform(
            steps: waveform.steps, initialVoltage: initialVoltage, readVoltage: waveform.readVoltage
        ).makeIterator()
        var next = 0
        while iterator.count < checkpoint.segments, iterator.next() != nil {
            guard next < endings.count, endings[next].segment == iterator.count else { continue }
            iterator.ended(endings[next])
            next += 1
        }
        return run(iterator, checkpoint.trace, isResumed: true, recording: recording, progress: progress)
    }

    private func run(
        _ start: Waveform.Iterator, _ before: Trace, isResumed: Bool, recording: Recording, progress: ((Double) -> Void)?
    ) -> Trace {
        var (trace, iterator) = (before, start)
        countedBefore = (plain.integrator.statistics, charged?.integrator.statistics)
        (readFailure, wasCancelled, corner) = (nil, false, nil)
        if !isResumed {
            recordStart(into: &trace)
            watcher?(0, true) { self.active.device.inside(self.active.integrator.solution) }
        }
        if remembersCorners { noteCorner(&trace, segments: iterator.count) }
        while let segment = iterator.next() {
            do {
                if var ending = try run(segment, origin: origin, recording: recording, into: &trace) {
                    ending.segment = iterator.count
                    iterator.ended(ending)
                    endings.append(ending)
                }
            } catch let failure as IntegrationFailure {
                stop(&trace, .init(failure.reason), stepSize: failure.stepSize, in: segment)
                break
            } catch let cause as Trace.Cause {
                stop(&trace, cause, stepSize: 0, in: segment)
                break
            } catch {
                break
            }
            if wasCancelled {
                stop(&trace, .interrupted, stepSize: 0, in: segment)
                break
            }
            if remembersCorners { noteCorner(&trace, segments: iterator.count) }
            progress?(now - origin)
        }
        if trace.stopped == nil { showEnd(&trace) }
        count(&trace, at: active.integrator.solution)
        return trace
    }

    /// Profiles that are due where the protocol ends.
    private func showEnd(_ trace: inout Trace) {
        guard profiler != nil else { return }
        active.device.drive(from: voltage, rate: 0, at: 0)
        let (device, u) = (active.device, active.integrator.solution)
        profiler?.begin(at: now - origin, pulse: nil) { label, time in
            trace.profiles.append(.init(time: time, label: label, inside: device.inside(u)))
        }
    }

    /// Moments of the last run's profiles that it did not come to.
    public var missedProfiles: [String] { profiler?.missed ?? [] }

    /// Runs steps without recording anything but pulses and reads.
    ///
    /// - Throws: `Trace.Stop` when the run cannot reach its end.
    @discardableResult
    public func run(
        _ steps: [Step], recording: Recording = .none, readsSamples: Bool = true
    ) throws(Trace.Stop) -> Trace {
        let trace = run(
            Waveform(steps: steps, initialVoltage: voltage, readVoltage: readVoltage), recording: recording,
            readsSamples: readsSamples)
        if let stop = trace.stopped { throw stop }
        return trace
    }
}
