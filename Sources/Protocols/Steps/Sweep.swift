import Essentials

/// "Sweep 0 V to 2 V at 1 V/s", "Sweep to 0 V at 1 V/s": a linear ramp.
struct SweepAction: StepAction {
    /// nil: the voltage before.
    var from: Double?
    var to, rate: Double

    static let verb = Verb("Sweep", example: "Sweep 0 V to 2 V at 1 V/s") { sentence throws(InputError) in
        let from = sentence.peek("to") ? nil : try sentence.measure(.voltage, "the start")
        try sentence.word("to")
        let to = try sentence.measure(.voltage, "the end")
        try sentence.word("at")
        return SweepAction(from: from, to: to, rate: try sentence.measure(.sweepRate, "the rate"))
    }

    var sentence: String {
        "Sweep \(from.map { "\(Step.volts($0)) " } ?? "")to \(Step.volts(to)) at "
            + PhysicalUnit("V/s", .sweepRate).text(of: rate)
    }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(from, "start of the sweep")
        try Step.checkVoltage(to, "end of the sweep")
        try Step.inRange(rate, Step.rateRange, .sweepRate, "sweep rate")
        if from == to {
            throw InputError(
                "sweep", value: "\(to) V to \(to) V", problem: "goes nowhere",
                expected: "two different voltages, or a hold: \"Hold 0.6 V for 10 s\"")
        }
    }

    var pieceCount: Int { 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let first = from ?? voltage
        return .piece(.sweep, first, to, abs(to - first) / rate)
    }
}

extension Step {
    /// Linear ramp to a voltage at `rate` > 0 in V/s; `from` nil means the voltage of the step before.
    public static func sweep(from: Double?, to: Double, rate: Double) -> Step {
        Step(SweepAction(from: from, to: to, rate: rate))
    }
}
