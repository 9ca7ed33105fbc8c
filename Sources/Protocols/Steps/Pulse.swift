import Essentials

/// "Pulse 3.5 V for 500 us [from 0.6 V] [with 0.1 us edges]": linear rise, flat top, linear fall back to the base.
struct PulseAction: StepAction {
    var amplitude, width: Double
    /// nil: the voltage before.
    var base: Double?
    var edge: Double

    static let verb = Verb("Pulse", example: "Pulse 3.5 V for 500 us") { sentence throws(InputError) in
        let amplitude = try sentence.measure(.voltage, "the amplitude")
        try sentence.word("for")
        let width = try sentence.measure(.time, "the width")
        let options = try PulseOptions(&sentence, train: false)
        return PulseAction(amplitude: amplitude, width: width, base: options.base, edge: options.edge ?? Step.jumpEdge)
    }

    var sentence: String {
        "Pulse \(Step.volts(amplitude)) for \(Step.timeText(width))" + Step.from(base)
            + (edge == Step.jumpEdge ? "" : " with \(Step.timeText(edge)) edges")
    }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(amplitude, "amplitude")
        try Step.checkTime(width, "width")
        try Step.checkVoltage(base, "base")
        try Step.inRange(edge, Step.edgeRange, .time, "edge")
    }

    var pieceCount: Int { 3 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        .pulse(k, amplitude, width, base: base ?? voltage, edge: edge, number: 0)
    }

    func add(to extent: inout Extent) {
        extent.join(base ?? extent.voltage)
        extent.duration += width + 2 * edge
        extent.count(pulses: 1)
        extent.count(segments: 3)
    }

    func pieceAfterStop(_ k: Int) -> Int? { k < 2 ? 2 : nil }
}

extension Step {
    /// Rectangular pulse: linear rise within `edge`, flat top of `width`, linear fall within `edge` back to `base`.
    ///
    /// `base` nil means the voltage of the step before (0 V, or the base state's, at the start). Volts and seconds.
    public static func pulse(amplitude: Double, width: Double, base: Double? = nil, edge: Double = Step.jumpEdge) -> Step {
        Step(PulseAction(amplitude: amplitude, width: width, base: base, edge: edge))
    }
}

/// "from 0.6 V", "with 0.1 us edges and 0.1 s gaps", "every 0.2 s", in any order, each at most once.
struct PulseOptions {
    var base, edge, gap, period: Double?

    init(_ sentence: inout Sentence, train: Bool) throws(InputError) {
        func once(_ old: Double?, _ name: String) throws(InputError) {
            if old != nil { throw sentence.failure("says \"\(name)\" twice", expected: "each once") }
        }
        while sentence.goesOn {
            if sentence.takes("from") {
                try once(base, "from")
                base = try sentence.measure(.voltage, "the base")
            } else if train, sentence.takes("every") {
                try once(period, "every")
                period = try sentence.measure(.time, "the period")
            } else if sentence.takes("with") || sentence.takes("and") {
                let time = try sentence.measure(.time, "an edge\(train ? " or a gap" : "")")
                if sentence.peek("edges") || sentence.peek("edge") {
                    try once(edge, "edges")
                    edge = time
                } else if train, sentence.peek("gaps") || sentence.peek("gap") {
                    try once(gap, "gaps")
                    gap = time
                } else {
                    throw sentence.unexpected(train ? "\"edges\" or \"gaps\"" : "\"edges\"")
                }
                sentence.skip()
            } else {
                throw sentence.unexpected(
                    (train ? ["from", "with", "every"] : ["from", "with"]).map { "\"\($0)\"" }.joined(separator: ", ")
                        + " or the end of the sentence")
            }
        }
    }
}
