import Essentials

/// "Train 100 x 4 V for 500 us with 0.1 s gaps [from 0 V]": equal pulses, gaps between them and none after the last.
///
/// Without `from` a train starts from 0 V and keeps its gaps there, as the paper's does.
struct TrainAction: StepAction {
    var count: Int
    var amplitude, width, gap, base, edge: Double

    static let verb = Verb("Train", example: "Train 100 x 4 V for 500 us with 0.1 s gaps") { sentence throws(InputError) in
        let count = try sentence.whole("the number of pulses")
        try sentence.word("x", "times", "×", "of")
        let amplitude = try sentence.measure(.voltage, "the amplitude")
        try sentence.word("for")
        let width = try sentence.measure(.time, "the width")
        let options = try PulseOptions(&sentence, train: true)
        let edge = options.edge ?? Step.trainEdge
        let gap: Double
        switch (options.gap, options.period) {
        case (let given?, nil): gap = given
        case (nil, let period?):
            gap = period - width - 2 * edge
            guard gap >= 0 else {
                throw sentence.failure(
                    "a period of \(Step.timeText(period)) is shorter than a pulse with its edges",
                    expected: "at least \(Step.timeUnit(width).rounded(width + 2 * edge, digits: 6))")
            }
        case (nil, nil):
            throw sentence.failure(
                "does not say how far apart its pulses are", expected: "\"with 0.1 s gaps\" or \"every 0.2 s\"")
        case (_?, _?): throw sentence.failure("says both \"every\" and \"gaps\"", expected: "one of the two")
        }
        return TrainAction(
            count: count, amplitude: amplitude, width: width, gap: gap, base: options.base ?? Step.trainBase, edge: edge)
    }

    var sentence: String {
        "Train \(count) x \(Step.volts(amplitude)) for \(Step.timeText(width)) with \(Step.timeText(gap)) gaps"
            + (edge == Step.trainEdge ? "" : " and \(Step.timeText(edge)) edges") + Step.from(base)
    }

    func check(depth: Int) throws(InputError) {
        try Step.countInRange(count, "number of pulses")
        try Step.checkVoltage(amplitude, "amplitude")
        try Step.checkTime(width, "width")
        try Step.inRange(gap, 0...Step.timeRange.upperBound, .time, "gap")
        try Step.checkVoltage(base, "base")
        try Step.inRange(edge, Step.edgeRange, .time, "edge")
    }

    /// Rise, top, fall and gap of each, but for the last gap.
    var pieceCount: Int { 4 * count - 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        k % 4 == 3
            ? .piece(.hold, base, base, gap) : .pulse(k % 4, amplitude, width, base: base, edge: edge, number: k / 4)
    }

    func add(to extent: inout Extent) {
        extent.join(base)
        extent.duration += Double(count) * (width + 2 * edge) + Double(count - 1) * gap
        extent.count(pulses: count)
        extent.count(segments: (gap > 0 ? 4 : 3).multipliedSaturated(count) - (gap > 0 ? 1 : 0))
    }

    func pieceAfterStop(_ k: Int) -> Int? { k % 4 < 2 ? k - k % 4 + 2 : nil }
}

extension Step {
    /// Base of a train that names none, V: the paper's trains start from 0 V.
    public static let trainBase = 0.0

    /// `count` pulses with `gap` seconds at `base` between the end of one fall and the start of the next rise; no gap
    /// after the last. Volts and seconds.
    public static func train(
        count: Int, amplitude: Double, width: Double, gap: Double, base: Double = Step.trainBase, edge: Double = Step.trainEdge
    ) -> Step {
        Step(TrainAction(count: count, amplitude: amplitude, width: width, gap: gap, base: base, edge: edge))
    }
}
