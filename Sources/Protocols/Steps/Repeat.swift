import Essentials

/// "Repeat 30 times: [a; b]" and "a * 30"; read by `SentenceList`, because it holds other sentences.
struct RepeatAction: StepAction {
    var count: Int
    var steps: [Step]

    var sentence: String { "Repeat \(count) times: [\(steps.map(\.sentence).joined(separator: "; "))]" }

    func check(depth: Int) throws(InputError) {
        try Step.countInRange(count, "number of repeats")
        guard !steps.isEmpty else {
            throw InputError(
                "repeat", problem: "has no steps inside",
                expected: "at least one, such as \"Repeat 30 times: Pulse 3 V for 100 us\"")
        }
        for step in steps { try step.check(depth: depth + 1) }
    }

    var pieceCount: Int { 0 }
    func piece(_ k: Int, after voltage: Double) -> Segment { .piece(.hold, voltage, voltage, 0) }
    var repeated: (count: Int, steps: [Step])? { (count, steps) }
}

extension Step {
    /// The steps inside, `count` times.
    public static func `repeat`(count: Int, steps: [Step]) -> Step { Step(RepeatAction(count: count, steps: steps)) }
}
