import Essentials

/// "Triangle 2 V at 1 kHz for 5 ms [around 0 V]": from the middle up to +A, down to -A and back, in straight pieces.
struct TriangleAction: StepAction {
    var amplitude, frequency, duration: Double
    /// nil: the voltage before.
    var mean: Double?

    static let verb = Verb("Triangle", example: "Triangle 2 V at 1 kHz for 5 ms around 0 V") { sentence throws(InputError) in
        let amplitude = try sentence.measure(.voltage, "the amplitude")
        try sentence.word("at")
        let frequency = try sentence.measure(.rate, "the frequency")
        try sentence.word("for")
        let duration = try sentence.measure(.time, "the duration")
        let mean = sentence.takes("around") ? try sentence.measure(.voltage, "the middle") : nil
        return TriangleAction(amplitude: amplitude, frequency: frequency, duration: duration, mean: mean)
    }

    var sentence: String {
        "Triangle \(Step.volts(amplitude)) at \(PhysicalUnit("Hz", .rate).text(of: frequency)) for \(Step.timeText(duration))"
            + (mean.map { " around \(Step.volts($0))" } ?? "")
    }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(amplitude, "amplitude")
        try Step.checkVoltage(mean, "middle")
        try Step.checkVoltage(abs(mean ?? 0) + abs(amplitude), "largest voltage")
        try Step.inRange(frequency, Step.frequencyRange, .rate, "frequency")
        try Step.checkTime(duration, "duration")
        guard quarters < 4e9 else {
            throw InputError(
                "triangle", problem: "has \(quarters / 4) periods", expected: "at most 1e9")
        }
    }

    /// Quarters of a period in all.
    private var quarters: Double { 4 * frequency * duration }
    /// 0, 1, 0, -1, 0, ... at the quarters.
    private func wave(_ quarter: Int) -> Double { [0, 1, 0, -1][quarter % 4] }

    /// A quarter up, halves from there on, and what is left of the last one.
    var pieceCount: Int { quarters <= 1 ? 1 : 1 + Int(clamped: (quarters - 1) / 2 - 1e-9, rounded: .up) }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let middle = mean ?? voltage
        let first = k == 0 ? 0 : 2 * k - 1, last = 2 * k + 1
        let end = k == pieceCount - 1 ? quarters : Double(last)
        let share = (end - Double(first)) / Double(last - first)
        let (a, b) = (wave(first), wave(last))
        return .piece(
            .sweep, middle + amplitude * a, middle + amplitude * (a + (b - a) * share), (end - Double(first)) / (4 * frequency))
    }

    func add(to extent: inout Extent) {
        let before = extent.voltage
        extent.join(mean ?? before)
        extent.duration += duration
        extent.count(segments: pieceCount)
        extent.voltage = piece(pieceCount - 1, after: before).to
    }
}

extension Step {
    /// Triangular wave of `amplitude` V around `mean` V (nil: the voltage before) at `frequency` Hz for `duration` s.
    public static func triangle(amplitude: Double, frequency: Double, duration: Double, mean: Double? = nil) -> Step {
        Step(TriangleAction(amplitude: amplitude, frequency: frequency, duration: duration, mean: mean))
    }
}
