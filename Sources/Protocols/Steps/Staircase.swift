import Essentials

/// "Staircase 0 V to 2 V by 0.1 V every 10 ms [with 1 us edges]": the levels 0, 0.1, ... 2 V, each held for a time, edges between them.
struct StaircaseAction: StepAction {
    var from, to, rise, width, edge: Double

    static let verb = Verb("Staircase", example: "Staircase 0 V to 2 V by 0.1 V every 10 ms") { sentence throws(InputError) in
        let from = try sentence.measure(.voltage, "the first level")
        try sentence.word("to")
        let to = try sentence.measure(.voltage, "the last level")
        try sentence.word("by")
        let rise = try sentence.measure(.voltage, "the rise")
        try sentence.word("every")
        let width = try sentence.measure(.time, "the time at each level")
        var edge = Step.jumpEdge
        if sentence.takes("with") {
            edge = try sentence.measure(.time, "an edge")
            try sentence.word("edges", "edge")
        }
        return StaircaseAction(from: from, to: to, rise: rise, width: width, edge: edge)
    }

    var sentence: String {
        "Staircase \(Step.volts(from)) to \(Step.volts(to)) by \(Step.volts(rise)) every \(Step.timeText(width))"
            + (edge == Step.jumpEdge ? "" : " with \(Step.timeText(edge)) edges")
    }

    private var steps: Double { abs(to - from) / rise }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(from, "first level")
        try Step.checkVoltage(to, "last level")
        try Step.inRange(rise, 1e-6...40, .voltage, "rise")
        try Step.checkTime(width, "time at each level")
        try Step.inRange(edge, Step.edgeRange, .time, "edge")
        guard from != to, abs(steps - steps.rounded()) < 1e-6 * max(steps, 1), steps > 0.5 else {
            throw InputError(
                "rise", value: Step.volts(rise),
                problem: "does not lead from \(Step.volts(from)) to \(Step.volts(to)) in whole steps",
                expected: "a part of \(PhysicalUnit("V", .voltage).rounded(abs(to - from)))")
        }
    }

    private func level(_ k: Int) -> Double {
        let last = Int(clamped: steps)
        return k >= last ? to : from + (to - from) * Double(k) / Double(last)
    }

    var pieceCount: Int { 2 * Int(clamped: steps) + 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let here = level(k / 2)
        return k % 2 == 0 ? .piece(.hold, here, here, width) : .piece(.edge, here, level(k / 2 + 1), edge)
    }

    func add(to extent: inout Extent) {
        extent.join(from)
        let count = Int(clamped: steps)
        extent.duration += Double(count + 1) * width + Double(count) * edge
        extent.count(segments: pieceCount)
        extent.voltage = to
    }
}

extension Step {
    /// Levels from `from` to `to` in steps of `rise` > 0 V, each held for `width` s, edges of `edge` s between them.
    public static func staircase(from: Double, to: Double, rise: Double, width: Double, edge: Double = Step.jumpEdge) -> Step {
        Step(StaircaseAction(from: from, to: to, rise: rise, width: width, edge: edge))
    }
}
