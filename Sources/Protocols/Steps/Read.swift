import Essentials

/// "Read", "Read at 0.6 V": the conductance with every ion where it is.
struct ReadAction: StepAction {
    var voltage: Double?

    static let verb = Verb("Read", example: "Read at 0.6 V") { sentence throws(InputError) in
        guard sentence.peeked != nil else { return ReadAction(voltage: nil) }
        try sentence.word("at")
        return ReadAction(voltage: try sentence.measure(.voltage, "the read voltage"))
    }

    var sentence: String { voltage.map { "Read at \(Step.volts($0))" } ?? "Read" }
    func check(depth: Int) throws(InputError) { if let voltage { try Step.checkRead(voltage) } }
    var isInstant: Bool { true }
    var pieceCount: Int { 1 }

    /// Not a number: the waveform's own read voltage.
    func piece(_ k: Int, after before: Double) -> Segment { .piece(.read, voltage ?? .nan, voltage ?? .nan, 0) }
}

extension Step {
    /// Frozen-ion read: takes no time and leaves the state bit for bit as it was; nil means the experiment's read voltage.
    public static func read(voltage: Double? = nil) -> Step { Step(ReadAction(voltage: voltage)) }
}
