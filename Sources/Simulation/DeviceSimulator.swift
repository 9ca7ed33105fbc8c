import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra
import Protocols

/// Runs one device through voltage segments, keeping its state from one call to the next.
///
/// Not safe to share between threads; make one per thread (`init` costs microseconds) and hand states around.
public final class DeviceSimulator {
    public let device: AssembledDevice
    /// Voltage of the frozen reads behind `Trace.Sample.conductance`, V.
    public var readVoltage: Double
    private let integrator: AdaptiveIntegrator<AssembledDevice>
    private let between: RealStorage
    private var inventoryAtStart: Double
    private var lastStep = 0.0
    private var voltage: Double
    /// Time of the present state, s; the integrator's own clock starts at zero in every segment.
    private var now = 0.0
    /// Why the last frozen read for a sample failed, if it did.
    private var readFailure: NewtonFailure?
    /// Places of the memristor's sheets, where the device has them.
    private let plane, oxygen, stored: Int?

    /// The memristor of a parameter set.
    public convenience init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions(), readVoltage: Double = 0.6) {
        self.init(AssembledDevice(parameters, options: options), readVoltage: readVoltage)
    }

    /// Any device that was put together before.
    public init(_ device: AssembledDevice, readVoltage: Double = 0.6) {
        self.device = device
        let options = device.options
        plane = device.layout.sheet(Device.SheetName.plane)
        oxygen = device.layout.sheet(Device.SheetName.oxygen)
        stored = device.layout.sheet(Device.SheetName.stored)
        self.readVoltage = readVoltage
        let fresh = device.freshState()
        var settings = AdaptiveIntegrator<AssembledDevice>.Options()
        settings.maximumOrder = options.maximumOrder
        settings.stepBudget = options.stepBudget
        integrator = AdaptiveIntegrator(system: device, initial: fresh.unknowns, options: settings)
        between = RealStorage(count: device.unknowns)
        inventoryAtStart = device.inventory(integrator.solution)
        voltage = fresh.voltage
    }

    /// The present state; assign to branch from a saved one.
    public var state: DeviceState {
        get {
            DeviceState(
                unknowns: integrator.solution.values, time: now, voltage: voltage,
                temperature: device.temperature, lastStep: lastStep)
        }
        set {
            precondition(newValue.unknowns.count == device.unknowns, "the state belongs to another grid")
            integrator.reset(to: newValue.unknowns, time: 0)
            now = newValue.time
            device.restore(temperature: newValue.temperature, voltage: newValue.voltage)
            voltage = newValue.voltage
            lastStep = newValue.lastStep
            inventoryAtStart = device.inventory(integrator.solution)
            device.largestContent = 0
        }
    }

    /// Frozen-ion conductance at `voltage` (default: the read voltage), S; leaves the state untouched.
    ///
    /// Throws when the read itself would run away thermally.
    public func read(at voltage: Double? = nil) throws -> Double {
        // At 0 V the conductance is the slope there: I/V at a microvolt.
        let asked = voltage ?? readVoltage
        let level = abs(asked) < 1e-6 ? 1e-6 : asked
        do {
            return try device.frozenRead(integrator.solution, at: level) / level
        } catch {
            throw IntegrationFailure(time: now, stepSize: 0, reason: error)
        }
    }

    /// Runs an experiment from the present state, which must be at the experiment's initial voltage (a jump becomes an edge).
    ///
    /// Electroforming and failed solves end the run: the trace so far comes back with `stopped` set.
    public func run(
        _ waveform: Waveform, recording: Recording = .everyStep, progress: ((Double) -> Void)? = nil
    ) -> Trace {
        var trace = Trace(limit: recording.limit)
        let origin = now
        let before = integrator.statistics
        readFailure = nil
        recordStart(into: &trace)
        for segment in Waveform(steps: waveform.steps, initialVoltage: voltage, readVoltage: waveform.readVoltage) {
            do {
                try run(segment, origin: origin, recording: recording, into: &trace)
            } catch let failure as IntegrationFailure {
                stop(&trace, failure, in: segment)
                break
            } catch {
                break
            }
            progress?(now - origin)
        }
        finish(&trace, since: before)
        return trace
    }

    /// Runs steps without recording anything but pulses and reads.
    ///
    /// - Throws: `IntegrationFailure` when the run cannot reach its end.
    @discardableResult
    public func run(_ steps: [Step], recording: Recording = .none) throws -> Trace {
        let trace = run(Waveform(steps: steps, initialVoltage: voltage, readVoltage: readVoltage), recording: recording)
        if let stop = trace.stopped { throw stop }
        return trace
    }

    private func run(
        _ segment: Segment, origin: Double, recording: Recording, into trace: inout Trace
    ) throws {
        if segment.kind == .read {
            trace.keep(
                Trace.Read(
                    time: segment.start, voltage: segment.from, conductance: try read(at: segment.from),
                    step: segment.step))
            return
        }
        let span = segment.duration
        guard span > 0 else { return }
        // The budget is there to end endless loops, not long protocols: it grows by a five-thousandth with every segment.
        integrator.options.stepBudget += device.options.stepBudget / 5000
        device.drive(from: segment.from, rate: (segment.to - segment.from) / span, at: 0)
        let pulse = segment.pulse ?? -1
        let u = integrator.solution
        var account = PulseAccount(power: pulse >= 0 ? segment.from * device.electronCurrent(u) : 0)
        // A corner makes du/dt jump: start again at first order; the integrator checks the first step against two half steps.
        let first = min(span * 0.02, lastStep > 0 ? lastStep * 0.2 : span * 1e-6)
        integrator.restart(step: max(first, span * 1e-9), time: 0)
        var sampler = Sampler(recording, duration: span)
        var previousDisplacement = device.rightDisplacement(u)
        var previousTime = 0.0
        var last = 0.0
        try integrator.advance(to: span, firstStep: span * 1e-6) { time, u in
            let h = time - previousTime
            last = h
            let displacement = device.rightDisplacement(u)
            let displacementCurrent = device.device.area * (displacement - previousDisplacement) / h
            while let moment = sampler.exactTime(before: time) {
                integrator.interpolate(at: moment, into: between.row)
                let temperature = device.temperature
                device.prepare(time: moment)
                try? device.settleHeat(between.row)
                if let sample = sample(
                    between.row, time: trace.clock(segment.start + moment), current: device.electronCurrent(between.row),
                    displacement: displacementCurrent, pulse: pulse)
                {
                    trace.keep(sample)
                }
                device.prepare(time: time)
                device.restore(temperature: temperature, voltage: device.voltage)
            }
            let keep = sampler.keeps(time)
            if pulse >= 0 || keep {
                let current = device.electronCurrent(u)
                let voltage = device.voltage
                account.add(power: voltage * current, current: current, step: h, temperature: device.temperature)
                if keep, let sample = sample(
                    u, time: trace.clock(segment.start + time), current: current, displacement: displacementCurrent, pulse: pulse)
                {
                    trace.keep(sample)
                }
            }
            previousDisplacement = displacement
            previousTime = time
            return readFailure == nil
        }
        if let reason = readFailure { throw IntegrationFailure(time: integrator.time, stepSize: 0, reason: reason) }
        lastStep = last
        voltage = segment.to
        now = origin + segment.start + span
        if pulse >= 0 { account.close(into: &trace, segment) }
    }

    private func recordStart(into trace: inout Trace) {
        let u = integrator.solution
        device.drive(from: voltage, rate: 0, at: 0)
        if let sample = sample(u, time: 0, current: device.electronCurrent(u), displacement: 0, pulse: -1) {
            trace.keep(sample)
        }
    }

    /// One sample; nil when the read at `readVoltage` has no heat balance (kept in `readFailure`, which ends the run).
    private func sample(_ u: Row, time: Double, current: Double, displacement: Double, pulse: Int) -> Trace.Sample? {
        let conductance: Double
        do {
            let level = abs(readVoltage) < 1e-6 ? 1e-6 : readVoltage
            conductance = try device.frozenRead(u, at: level) / level
        } catch {
            readFailure = readFailure ?? error
            return nil
        }
        return Trace.Sample(
            time: time, voltage: device.voltage, current: current, totalCurrent: current + displacement,
            conductance: conductance, temperature: device.temperature, latticeVacancies: device.latticeVacancies(u),
            planeVacancies: plane.map { u[$0] } ?? 0, interfacialOxygen: oxygen.map { u[$0] } ?? 0,
            storedOxygen: stored.map { u[$0] } ?? 0, pulse: pulse)
    }

    private func stop(_ trace: inout Trace, _ failure: IntegrationFailure, in segment: Segment) {
        var forming = false
        if case .noState = failure.reason { forming = true }
        let local = segment.kind == .read ? 0 : integrator.time
        let shown = IntegrationFailure(
            time: segment.start + local, stepSize: failure.stepSize, reason: failure.reason)
        if segment.kind != .read { voltage = segment.from + (segment.to - segment.from) * local / segment.duration }
        device.drive(from: voltage, rate: 0, at: 0)
        now += local
        trace.stopped = Trace.Stop(
            time: shown.time, voltage: voltage, temperature: device.temperature,
            current: device.electronCurrent(integrator.solution),
            reason: forming ? shown.description : "\(shown.description), \(voltage) V, \(device.temperature) K", isElectroforming: forming)
    }

    private func finish(
        _ trace: inout Trace, since before: AdaptiveIntegrator<AssembledDevice>.Statistics
    ) {
        let after = integrator.statistics
        trace.statistics.steps = after.steps - before.steps
        trace.statistics.rejections = after.rejections - before.rejections
        trace.statistics.newtonIterations = after.newtonIterations - before.newtonIterations
        let u = integrator.solution
        let content = device.layout.sheets.indices.reduce(abs(device.latticeVacancies(u))) { $0 + abs(u[$1]) }
        trace.statistics.inventoryDrift = abs(device.inventory(u) - inventoryAtStart) / max(device.largestContent, content)
    }
}

extension Trace {
    /// A sample's time, not before the sample before it: after years of protocol a sum of durations may round down by a digit.
    fileprivate func clock(_ time: Double) -> Double { max(time, samples.last?.time ?? time) }
}

extension Trace.Stop: Error, CustomStringConvertible {
    public var description: String { reason }
}
