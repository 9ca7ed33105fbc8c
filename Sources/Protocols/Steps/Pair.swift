import Essentials

/// "Pair of pulses 3 V for 100 us 10 ms apart [from 0.6 V]": two equal pulses, `gap` between the end of the first and the start of the
/// second.
struct PairAction: StepAction {
    var amplitude, width, gap: Double
    /// nil: the voltage before.
    var base: Double?
    var edge: Double

    static let verb = Verb("Pair", example: "Pair of pulses 3 V for 100 us 10 ms apart") { sentence throws(InputError) in
        try sentence.word("of")
        try sentence.word("pulses")
        let amplitude = try sentence.measure(.voltage, "the amplitude")
        try sentence.word("for")
        let width = try sentence.measure(.time, "the width")
        let gap = try sentence.measure(.time, "the time between the pulses")
        try sentence.word("apart")
        let options = try PulseOptions(&sentence, train: false)
        return PairAction(
            amplitude: amplitude, width: width, gap: gap, base: options.base, edge: options.edge ?? Step.jumpEdge)
    }

    var sentence: String {
        "Pair of pulses \(Step.volts(amplitude)) for \(Step.timeText(width)) \(Step.timeText(gap)) apart" + Step.from(base)
            + (edge == Step.jumpEdge ? "" : " with \(Step.timeText(edge)) edges")
    }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(amplitude, "amplitude")
        try Step.checkTime(width, "width")
        try Step.checkTime(gap, "time between the pulses")
        try Step.checkVoltage(base, "base")
        try Step.inRange(edge, Step.edgeRange, .time, "edge")
    }

    var pieceCount: Int { 7 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let base = base ?? voltage
        return k == 3
            ? .piece(.hold, base, base, gap) : .pulse(k % 4, amplitude, width, base: base, edge: edge, number: k / 4)
    }

    func pieceAfterStop(_ k: Int) -> Int? { k % 4 < 2 ? k - k % 4 + 2 : nil }
}

extension Step {
    /// Two pulses, `gap` seconds between the end of the first one's fall and the start of the second one's rise. Volts and seconds.
    public static func pair(
        amplitude: Double, width: Double, gap: Double, base: Double? = nil, edge: Double = Step.jumpEdge
    ) -> Step { Step(PairAction(amplitude: amplitude, width: width, gap: gap, base: base, edge: edge)) }
}
