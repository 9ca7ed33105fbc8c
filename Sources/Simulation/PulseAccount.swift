import Protocols

/// Integral of V I over a segment of a pulse, under its own error control.
///
/// Each accepted step is integrated by the parabola through its ends and the end before. Where that one is not far enough from the
/// trapezium to be trusted, Simpson's rule on the integrator's interpolant takes over, halved until it agrees with the trapezium.
/// Error: `tolerance` of each step's energy and of a thousandth of what the pulse has spent before, so of the whole.
struct PulseAccount {
    /// Relative.
    static let tolerance = 5e-4
    private static let deepest = 6
    private static let slight = 1e-3
    /// A parabola serves up to this many tolerances from the trapezium, over a step at most this much longer than the one before.
    private static let parabola = 4.0, longest = 9.0

    private(set) var energy = 0.0
    private var previousPower: Double
    /// Length and slope of the step before.
    private var previous: (step: Double, slope: Double)?
    private(set) var peak: Double
    private var lastCurrent = 0.0
    /// Energy of the pulse's segments before this one, J.
    private let spent: Double

    /// What a device does at one moment.
    struct Moment { var power, current, temperature: Double }

    init(start: Moment, spent: Double = 0) {
        self.spent = spent
        previousPower = start.power
        lastCurrent = start.current
        peak = start.temperature
    }

    /// Adds the step of length `step` that ends at `end`; `inside` gives the moment at a share of the step.
    mutating func add(step h: Double, end: Moment, inside: (Double) -> Moment) {
        let slope = (end.power - previousPower) / h
        let size = 0.5 * (abs(previousPower) + abs(end.power)) * h + Self.slight * abs(spent + energy)
        peak = max(peak, end.temperature)
        lastCurrent = end.current
        defer {
            previousPower = end.power
            previous = (h, slope)
        }
        // Of three points the parabola bends by (slope - slope before) / (h + h before), which takes that times h^3 / 6 from the trapezium.
        if let previous, h <= Self.longest * previous.step {
            let bend = (slope - previous.slope) / (h + previous.step) * h * h * h / 6
            if abs(bend) <= Self.parabola * Self.tolerance * size {
                energy += 0.5 * (previousPower + end.power) * h - bend
                return
            }
        }
        energy += simpson(0, previousPower, 1, end.power, depth: 0, floor: Self.slight * abs(spent + energy) / h, inside) * h
    }

    private mutating func simpson(
        _ a: Double, _ fa: Double, _ b: Double, _ fb: Double, depth: Int, floor: Double, _ inside: (Double) -> Moment
    ) -> Double {
        let middle = inside(0.5 * (a + b))
        peak = max(peak, middle.temperature)
        let trapezium = 0.5 * (fa + fb) * (b - a)
        let value = (fa + 4 * middle.power + fb) * (b - a) / 6
        // Simpson's own error is far below its difference from the trapezium.
        if depth >= Self.deepest || abs(value - trapezium) <= 10 * Self.tolerance * (abs(value) + floor) { return value }
        return simpson(a, fa, 0.5 * (a + b), middle.power, depth: depth + 1, floor: floor, inside)
            + simpson(0.5 * (a + b), middle.power, b, fb, depth: depth + 1, floor: floor, inside)
    }

    /// Forgets the step before: the power bends here.
    mutating func turn() { previous = nil }

    /// Adds what a compliance took in this segment to its pulse in the trace, which `close` has opened.
    func closeSeries(into trace: inout Trace, _ segment: Segment) {
        guard segment.pulse != nil, !trace.pulses.isEmpty else { return }
        trace.seriesEnergy += energy
        trace.pulses[trace.pulses.count - 1].seriesEnergy += energy
    }

    /// Adds this segment, run up to `end` (s), to its pulse in the trace, opening it if it is the first one.
    func close(into trace: inout Trace, _ segment: Segment, end: Double) {
        guard let index = segment.pulse else { return }
        if index >= trace.pulseCount {
            trace.keep(
                Trace.Pulse(
                    start: segment.start, end: segment.start, amplitude: segment.to, energy: 0, peakTemperature: 0,
                    endCurrent: 0))
        }
        let last = trace.pulses.count - 1
        trace.pulseEnergy += energy
        trace.pulses[last].end = end
        trace.pulses[last].energy += energy
        trace.pulses[last].peakTemperature = max(trace.pulses[last].peakTemperature, peak)
        if segment.kind == .top { trace.pulses[last].amplitude = segment.to }
        // The top's last current; where a pulse ends before its top, that of its rise.
        if segment.kind == .top || trace.pulses[last].endCurrent == 0 { trace.pulses[last].endCurrent = lastCurrent }
    }
}
