import Essentials

extension Step {
    /// The step as a sentence that reads back as the very same step.
    public var sentence: String {
        switch self {
        case .pulse(let amplitude, let width, let base, let edge):
            return "Pulse \(Step.volts(amplitude)) for \(Step.timeText(width))" + Step.from(base)
                + (edge == Step.jumpEdge ? "" : " with \(Step.timeText(edge)) edges")
        case .train(let count, let amplitude, let width, let gap, let base, let edge):
            return "Train \(count) x \(Step.volts(amplitude)) for \(Step.timeText(width)) with \(Step.timeText(gap)) gaps"
                + (edge == Step.trainEdge ? "" : " and \(Step.timeText(edge)) edges") + Step.from(base)
        case .hold(let voltage, let duration):
            return voltage == 0 && voltage.sign == .plus
                ? "Rest for \(Step.timeText(duration))" : "Hold \(Step.volts(voltage)) for \(Step.timeText(duration))"
        case .sweep(let from, let to, let rate):
            return "Sweep \(from.map { "\(Step.volts($0)) " } ?? "")to \(Step.volts(to)) at "
                + PhysicalUnit("V/s", .sweepRate).text(of: rate)
        case .read(let voltage):
            return voltage.map { "Read at \(Step.volts($0))" } ?? "Read"
        case .ambient(let temperature): return "At \(PhysicalUnit("K", .temperature).text(of: temperature))"
        case .repeat(let count, let steps):
            return "Repeat \(count) times: [\(steps.map(\.sentence).joined(separator: "; "))]"
        }
    }

    private static func volts(_ value: Double) -> String { PhysicalUnit("V", .voltage).text(of: value) }
    private static func from(_ base: Double?) -> String { base.map { " from \(volts($0))" } ?? "" }

    /// A time in the unit that gives the handiest number: "500 us", "100 ms", "375 s".
    static func timeText(_ seconds: Double) -> String { timeUnit(seconds).text(of: seconds) }

    static func timeUnit(_ seconds: Double) -> PhysicalUnit {
        let size = abs(seconds)
        let (symbol, exponent) =
            size >= 1 || size == 0 ? ("s", 0) : size >= 1e-3 ? ("ms", -3) : size >= 1e-6 ? ("us", -6) : ("ns", -9)
        return PhysicalUnit(symbol, .time, exponent: exponent)
    }
}

extension Step: CustomStringConvertible {
    public var description: String { sentence }
}
