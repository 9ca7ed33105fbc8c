import Essentials

/// "Noise 50 mV for 1 s every 1 ms seed 7 [around 0.6 V]": straight lines between independent normal levels.
///
/// `deviation` is the standard deviation of the levels (cut at six of them); between them the voltage runs straight, so that its root
/// mean square over time is sqrt(2/3) of that. Level k hangs on the seed and k alone.
struct NoiseAction: StepAction {
    var deviation, duration, interval: Double
    var seed: Int
    /// nil: the voltage before.
    var mean: Double?

    static let verb = Verb("Noise", example: "Noise 50 mV for 1 s every 1 ms seed 7") { sentence throws(InputError) in
        let deviation = try sentence.measure(.voltage, "the standard deviation")
        try sentence.word("for")
        let duration = try sentence.measure(.time, "the duration")
        try sentence.word("every")
        let interval = try sentence.measure(.time, "the time between levels")
        try sentence.word("seed")
        let seed = try sentence.whole("the seed")
        let mean = sentence.takes("around") ? try sentence.measure(.voltage, "the middle") : nil
        return NoiseAction(deviation: deviation, duration: duration, interval: interval, seed: seed, mean: mean)
    }

    var sentence: String {
        "Noise \(Step.volts(deviation)) for \(Step.timeText(duration)) every \(Step.timeText(interval)) seed \(seed)"
            + (mean.map { " around \(Step.volts($0))" } ?? "")
    }

    func check(depth: Int) throws(InputError) {
        try Step.inRange(deviation, 0...3, .voltage, "standard deviation")
        try Step.checkVoltage(mean, "middle")
        try Step.checkVoltage(abs(mean ?? 0) + 6 * deviation, "middle and six standard deviations")
        try Step.checkTime(duration, "duration")
        try Step.checkTime(interval, "time between levels")
        guard (0...Int(Int32.max)).contains(seed) else {
            throw InputError("seed", value: "\(seed)", problem: "is out of range", expected: "0 to \(Int32.max)")
        }
        guard duration / interval <= 1e9 else {
            throw InputError("noise", problem: "has \(duration / interval) levels", expected: "at most 1e9")
        }
    }

    /// Level k; the noise begins and ends in its middle.
    private func level(_ k: Int) -> Double {
        guard k > 0, k < pieceCount else { return 0 }
        var random = SeededGenerator(seed: UInt64(seed), stream: UInt64(k))
        return deviation * min(max(random.normal(), -6), 6)
    }

    var pieceCount: Int { max(1, Int(clamped: duration / interval - 1e-9, rounded: .up)) }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let middle = mean ?? voltage
        let end = k == pieceCount - 1 ? duration : Double(k + 1) * interval
        return .piece(.sweep, middle + level(k), middle + level(k + 1), end - Double(k) * interval)
    }

    func add(to extent: inout Extent) {
        extent.join(mean ?? extent.voltage)
        extent.duration += duration
        extent.count(segments: pieceCount)
    }
}

extension Step {
    /// Noise of this standard deviation (V) around `mean` V (nil: the voltage before), a new level every `interval` s for `duration` s.
    public static func noise(deviation: Double, duration: Double, interval: Double, seed: Int, mean: Double? = nil) -> Step {
        Step(NoiseAction(deviation: deviation, duration: duration, interval: interval, seed: seed, mean: mean))
    }
}
