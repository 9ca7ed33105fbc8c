import Essentials

/// "Hold 0.6 V for 375 s", "Rest for 240 s", "Hold 1 uA for 10 ms": a constant voltage or a constant current.
struct HoldAction: StepAction {
    enum Level: Equatable, Sendable {
        /// V, A.
        case voltage(Double), current(Double)
    }
    var level: Level
    var duration: Double

    static let verb = Verb("Hold", example: "Hold 0.6 V for 375 s") { sentence throws(InputError) in
        let level: Level =
            sentence.dimension == .current
            ? .current(try sentence.measure(.current, "the current")) : .voltage(try sentence.measure(.voltage, "the voltage"))
        try sentence.word("for")
        return HoldAction(level: level, duration: try sentence.measure(.time, "the duration"))
    }

    static let rest = Verb("Rest", example: "Rest for 240 s") { sentence throws(InputError) in
        try sentence.word("for")
        return HoldAction(level: .voltage(0), duration: try sentence.measure(.time, "the duration"))
    }

    var sentence: String {
        let time = " for \(Step.timeText(duration))"
        switch level {
        case .voltage(let voltage):
            return (voltage == 0 && voltage.sign == .plus ? "Rest" : "Hold \(Step.volts(voltage))") + time
        case .current(let current): return "Hold \(PhysicalUnit("A", .current).text(of: current))" + time
        }
    }

    func check(depth: Int) throws(InputError) {
        switch level {
        case .voltage(let voltage): try Step.checkVoltage(voltage, "voltage")
        case .current(let current):
            try Step.inRange(current, Step.currentRange, .current, "current")
            guard abs(current) >= 1e-15 else {
                throw InputError(
                    "current", value: PhysicalUnit("A", .current).text(of: current),
                    problem: "is too close to zero to be imposed",
                    expected: "at least 1e-15 A either way, such as 1 uA; \"Rest for 240 s\" is 0 V")
            }
        }
        try Step.checkTime(duration, "duration")
    }

    var pieceCount: Int { 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        switch level {
        case .voltage(let level): return .piece(.hold, level, level, duration)
        case .current(let current):
            var piece = Segment.piece(.imposed, voltage, voltage, duration)
            piece.current = current
            return piece
        }
    }
}

extension Step {
    /// Constant voltage for a time; V and s.
    public static func hold(voltage: Double, duration: Double) -> Step {
        Step(HoldAction(level: .voltage(voltage), duration: duration))
    }

    /// Constant electron current for a time, reached within an edge of `jumpEdge`; A and s.
    public static func hold(current: Double, duration: Double) -> Step {
        Step(HoldAction(level: .current(current), duration: duration))
    }

    /// Zero volts for a time, s.
    public static func rest(duration: Double) -> Step { .hold(voltage: 0, duration: duration) }
}
