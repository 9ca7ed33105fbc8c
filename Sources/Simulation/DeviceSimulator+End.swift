import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// How a run's trace ends, at the end of its protocol or before.
extension DeviceSimulator {
    typealias Statistics = AdaptiveIntegrator<AssembledDevice>.Statistics

    /// Ends a trace inside a segment.
    func stop(_ trace: inout Trace, _ cause: Trace.Cause, stepSize: Double, in segment: Segment) {
        let local = segment.kind.isInstant ? 0 : min(active.integrator.time, segment.duration)
        if segment.duration > 0 {
            voltage =
                mode != .source || segment.current != nil
                ? active.device.voltage
                : segment.sine?.value(at: local) ?? segment.from + (segment.to - segment.from) * local / segment.duration
        }
        active.device.drive(from: voltage, rate: 0, at: 0)
        now += local
        let u = active.integrator.solution
        // What was spent until here belongs to the pulse.
        account?.close(into: &trace, segment, end: segment.start + local)
        series?.closeSeries(into: &trace, segment)
        (account, series) = (nil, nil)
        trace.stopped = Trace.Stop(
            time: segment.start + local, voltage: voltage, temperature: active.device.temperature,
            current: active.device.electronCurrent(u), cause: cause, stepSize: stepSize)
    }

    /// Gives the trace as an interruption at the accepted state `u` would leave it to the keeper; changes nothing of the run.
    func keep(_ trace: Trace, _ u: Row, local time: Double, in segment: Segment, with keeper: TraceKeeper) {
        let device = active.device
        var soFar = trace
        account?.close(into: &soFar, segment, end: segment.start + time)
        series?.closeSeries(into: &soFar, segment)
        count(&soFar, at: u)
        soFar.stopped = Trace.Stop(
            time: segment.start + time, voltage: device.voltage, temperature: device.temperature,
            current: device.recentCurrent(u), cause: .interrupted)
        keeper.keep(soFar)
    }

    /// Writes the run's numbers of steps and the drift of its inventory up to `u` into its trace.
    func count(_ trace: inout Trace, at u: Row) {
        func add(_ path: Path, since start: Statistics) {
            let after = path.integrator.statistics
            trace.statistics.steps += after.steps - start.steps
            trace.statistics.rejections += after.rejections - start.rejections
            trace.statistics.newtonIterations += after.newtonIterations - start.newtonIterations
            if path.device.layout.hasElectrons { trace.statistics.driftDiffusionSteps += after.steps - start.steps }
        }
        add(plain, since: countedBefore.plain)
        if let charged { add(charged, since: countedBefore.charged ?? Statistics()) }
        let device = active.device
        let content = device.layout.sheets.indices.reduce(abs(device.latticeVacancies(u))) { $0 + abs(u[$1]) }
        let scale = max(plain.device.largestContent, charged?.device.largestContent ?? 0, content)
        trace.statistics.inventoryDrift = abs(device.inventory(u) - inventoryAtStart) / scale
    }
}
