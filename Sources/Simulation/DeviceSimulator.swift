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

    let plain: SolverPath
    /// The same device with drift-diffusion electrons, made when first needed.
    var charged: SolverPath?
    var active: SolverPath
    private var inventoryAtStart: Double
    var lastStep = 0.0
    var voltage: Double
    /// Time of the present state, s; the integrator's own clock starts at zero in every segment.
    var now = 0.0
    /// Why the last frozen read for a sample failed, if it did.
    var readFailure: NewtonFailure?
    /// The pulse segment that is being run.
    var account: PulseAccount?
    var wasCancelled = false
    /// Whether electrons with charge found no balance in this segment.
    var chargeRefused = false
    /// Places of the memristor's sheets, where the device has them.
    private let plane, oxygen, stored: Int?

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
        plain = SolverPath(device, initial: fresh.unknowns)
        active = plain
        inventoryAtStart = device.inventory(plain.integrator.solution)
        voltage = fresh.voltage
    }

    /// The present state; assign to branch from a saved one. It holds n where electrons carry charge at that time.
    public var state: DeviceState {
        get {
            DeviceState(
                unknowns: active.integrator.solution.values, time: now, voltage: voltage,
                temperature: active.device.temperature, lastStep: lastStep, ambientTemperature: ambientTemperature)
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

    /// Frozen-ion conductance at `voltage` (default: the read voltage), S; leaves the state untouched.
    ///
    /// Throws when the read itself would run away thermally.
    public func read(at voltage: Double? = nil) throws(IntegrationFailure) -> Double {
        do {
            return try conductance(active.integrator.solution, at: voltage ?? readVoltage)
        } catch {
            throw IntegrationFailure(time: now, stepSize: 0, reason: error)
        }
    }

    /// Resistance of the two halves of the device in a read at the read voltage, each with its contact, Ohm.
    ///
    /// - Throws: `NewtonFailure` where the read's band cannot be found.
    public func resistanceHalves() throws(NewtonFailure) -> (left: Double, right: Double) {
        let device = active.device
        let band = try device.readBand(active.integrator.solution, at: readVoltage)
        let profile = device.resistanceProfile(band.row, voltage: readVoltage)
        let (x, middle) = (device.grid.nodes, 0.5 * device.grid.length)
        let i = max((x.firstIndex { $0 > middle } ?? 1) - 1, 0)
        let left = profile[i] + (profile[i + 1] - profile[i]) * (middle - x[i]) / (x[i + 1] - x[i])
        return (left, profile[profile.count - 1] - left)
    }

    /// At 0 V the conductance is the slope there: I/V at a microvolt.
    func conductance(_ u: Row, at asked: Double) throws(NewtonFailure) -> Double {
        let level = abs(asked) < 1e-6 ? 1e-6 : asked
        return try active.device.frozenRead(u, at: level) / level
    }

    /// Runs an experiment from the present state, which must be at the experiment's initial voltage (a jump becomes an edge).
    ///
    /// Electroforming, failed solves and an interruption end the run: the trace so far comes back with `stopped` set.
    public func run(
        _ waveform: Waveform, recording: Recording = .everyStep, progress: ((Double) -> Void)? = nil
    ) -> Trace {
        var trace = Trace(limit: recording.limit)
        let origin = now
        let before = (plain.integrator.statistics, charged?.integrator.statistics)
        readFailure = nil
        wasCancelled = false
        recordStart(into: &trace)
        for segment in Waveform(steps: waveform.steps, initialVoltage: voltage, readVoltage: waveform.readVoltage) {
            do {
                try run(segment, origin: origin, recording: recording, into: &trace)
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
            progress?(now - origin)
        }
        finish(&trace, since: before)
        return trace
    }

    /// Runs steps without recording anything but pulses and reads.
    ///
    /// - Throws: `Trace.Stop` when the run cannot reach its end.
    @discardableResult
    public func run(_ steps: [Step], recording: Recording = .none) throws(Trace.Stop) -> Trace {
        let trace = run(Waveform(steps: steps, initialVoltage: voltage, readVoltage: readVoltage), recording: recording)
        if let stop = trace.stopped { throw stop }
        return trace
    }

    private func recordStart(into trace: inout Trace) {
        let u = active.integrator.solution
        active.device.drive(from: voltage, rate: 0, at: 0)
        if let sample = sample(u, time: 0, current: active.device.electronCurrent(u), displacement: 0, pulse: -1) {
            trace.keep(sample)
        }
    }

    /// One sample; nil when the read at `readVoltage` has no heat balance (kept in `readFailure`, which ends the run).
    ///
    /// A deficit of round-off in a density (`isAdmissible`) is shown as none.
    func sample(_ u: Row, time: Double, current: Double, displacement: Double, pulse: Int) -> Trace.Sample? {
        let conductance: Double
        do {
            conductance = try self.conductance(u, at: readVoltage)
        } catch {
            readFailure = readFailure ?? error
            return nil
        }
        func shown(_ place: Int?) -> Double { place.map { max(u[$0], 0) } ?? 0 }
        return Trace.Sample(
            time: time, voltage: active.device.voltage, current: current, totalCurrent: current + displacement,
            conductance: conductance, temperature: active.device.temperature,
            latticeVacancies: max(active.device.latticeVacancies(u), 0), planeVacancies: shown(plane),
            interfacialOxygen: shown(oxygen), storedOxygen: shown(stored), pulse: pulse)
    }

    private func stop(_ trace: inout Trace, _ cause: Trace.Cause, stepSize: Double, in segment: Segment) {
        let local = segment.kind.isInstant ? 0 : min(active.integrator.time, segment.duration)
        if segment.duration > 0 {
            voltage = segment.from + (segment.to - segment.from) * local / segment.duration
        }
        active.device.drive(from: voltage, rate: 0, at: 0)
        now += local
        let u = active.integrator.solution
        // What was spent until here belongs to the pulse.
        account?.close(into: &trace, segment, end: segment.start + local)
        account = nil
        trace.stopped = Trace.Stop(
            time: segment.start + local, voltage: voltage, temperature: active.device.temperature,
            current: active.device.electronCurrent(u), cause: cause, stepSize: stepSize)
    }

    typealias Statistics = AdaptiveIntegrator<AssembledDevice>.Statistics

    private func finish(_ trace: inout Trace, since before: (plain: Statistics, charged: Statistics?)) {
        func add(_ path: SolverPath, since start: Statistics) {
            let after = path.integrator.statistics
            trace.statistics.steps += after.steps - start.steps
            trace.statistics.rejections += after.rejections - start.rejections
            trace.statistics.newtonIterations += after.newtonIterations - start.newtonIterations
            if path.device.layout.hasElectrons { trace.statistics.driftDiffusionSteps += after.steps - start.steps }
        }
        add(plain, since: before.plain)
        if let charged { add(charged, since: before.charged ?? Statistics()) }
        let (u, device) = (active.integrator.solution, active.device)
        let content = device.layout.sheets.indices.reduce(abs(device.latticeVacancies(u))) { $0 + abs(u[$1]) }
        let scale = max(plain.device.largestContent, charged?.device.largestContent ?? 0, content)
        trace.statistics.inventoryDrift = abs(device.inventory(u) - inventoryAtStart) / scale
    }
}

extension Trace {
    /// A sample's time, not before the sample before it: after years of protocol a sum of durations may round down by a digit.
    func clock(_ time: Double) -> Double { max(time, samples.last?.time ?? time) }
}
