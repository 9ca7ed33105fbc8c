import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Where a path stood between two steps.
struct Place {
    private var memory: AdaptiveIntegrator<AssembledDevice>.Snapshot
    private let temperature, voltage: Double

    init(_ path: SolverPath<AssembledDevice>) {
        memory = path.integrator.snapshot
        (temperature, voltage) = (path.device.temperature, path.device.voltage)
    }

    func restore(_ path: SolverPath<AssembledDevice>) {
        path.integrator.snapshot = memory
        path.device.restore(temperature: temperature, voltage: voltage)
    }
}

/// Moments at which something sets in: found by taking the step before them again, shorter and shorter.
extension DeviceSimulator {
    /// What is met within a segment.
    enum Crossing {
        case until(Segment.Until)
        /// A compliance sets in at this current, A; one of this size lets go.
        case setsIn(Double), letsGo(Double)
        /// A ramp comes to the current that is to be imposed.
        case arrives
    }

    /// A compliance sets in where the current is this share above it, so that setting in and letting go do not meet.
    static let slack = 1e-6
    /// A moment is found to this share of the step that holds it.
    private static let resolution = 1e-9

    /// Each crossing and by how much its quantity is beyond it, relative to its scale; at least 0 where it is met.
    private func crossings(_ segment: Segment, _ u: Row, at time: Double, untilOnly: Bool = false) -> [(Crossing, Double)] {
        let device = active.device
        let current = device.imposedCurrent ?? device.electronCurrent(u)
        var found = segment.until.map { until -> (Crossing, Double) in
            let value =
                switch until.condition.measure {
                case .current: current
                case .size: abs(current)
                case .voltage: device.voltage
                case .temperature: device.temperature
                case .conductance: (try? conductance(u, at: sampleReadVoltage)) ?? .nan
                }
            let excess = until.condition.excess(value) / max(abs(until.condition.threshold), 1e-30)
            // A read without a heat balance ends the run by itself.
            return (.until(until), excess.isNaN ? -1 : excess)
        }
        if !untilOnly, let asked = segment.current, segment.kind == .edge {
            found.append((.arrives, (segment.to > segment.from ? current - asked : asked - current) / abs(asked)))
        }
        guard !untilOnly, let limit = segment.compliance else { return found }
        switch mode {
        case .source:
            found.append((.setsIn(current < 0 ? -limit : limit), abs(current) / limit - 1 - Self.slack))
        case .current(let imposed):
            let lost = segment.voltage(after: time) - device.voltage
            found.append((.letsGo(limit), -(imposed < 0 ? -lost : lost) - Self.slack))
        }
        return found
    }

    /// The largest excess of all crossings.
    func excess(_ segment: Segment, _ u: Row, at time: Double) -> Double {
        crossings(segment, u, at: time).reduce(-.infinity) { max($0, $1.1) }
    }

    /// What is met at `u`; conditions before the compliance.
    func crossed(_ segment: Segment, _ u: Row, at time: Double, untilOnly: Bool) -> Crossing? {
        guard segment.isWatched else { return nil }
        return crossings(segment, u, at: time, untilOnly: untilOnly).first { $0.1 >= 0 }?.0
    }

    /// The moment at which the largest excess passes zero, between a place before it and a step beyond it: the false position method in
    /// Illinois form, each look a step of the integrator from the same place. The path is left anywhere.
    ///
    /// Source: M. Dowell, P. Jarratt, BIT 11, 168 (1971).
    func locate(
        _ path: Path, _ segment: Segment, from start: (place: Place, excess: Double), to end: (time: Double, excess: Double)
    ) throws -> Double {
        start.place.restore(path)
        var (low, below) = (path.integrator.time, min(start.excess, -1e-300))
        var (high, above) = (end.time, end.excess)
        let width = high - low
        var side = 0
        for _ in 0..<60 where high - low > Self.resolution * width && above > 1e-10 {
            var middle = (low * above - high * below) / (above - below)
            if !(middle > low && middle < high) { middle = 0.5 * (low + high) }
            // Not closer to an end than what is left to find.
            middle = min(max(middle, low + 0.5 * Self.resolution * width), high - 0.5 * Self.resolution * width)
            start.place.restore(path)
            try path.integrator.advance(to: middle, firstStep: middle - low) { _, _ in true }
            let now = excess(segment, path.integrator.solution, at: middle)
            if now >= 0 {
                (high, above) = (middle, now)
                if side == 1 { below *= 0.5 }
                side = 1
            } else {
                (low, below) = (middle, now)
                if side == -1 { above *= 0.5 }
                side = -1
            }
        }
        return high
    }
}
