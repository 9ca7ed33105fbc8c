import Essentials

/// "At 350 K": the ambient temperature from there on. A sentence that ends in "at 350 K" has it for itself (`StepTerms`).
struct AmbientAction: StepAction {
    var temperature: Double

    static let verb = Verb("At", example: "At 350 K") { sentence throws(InputError) in
        AmbientAction(temperature: try sentence.measure(.temperature, "the ambient temperature"))
    }

    var sentence: String { "At \(PhysicalUnit("K", .temperature).text(of: temperature))" }
    func check(depth: Int) throws(InputError) {
        try Step.inRange(temperature, Step.temperatureRange, .temperature, "ambient temperature")
    }
    var isInstant: Bool { true }
    var pieceCount: Int { 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        var piece = Segment.piece(.ambient, voltage, voltage, 0)
        piece.temperature = temperature
        return piece
    }
}

extension Step {
    /// Ambient temperature, K, from here on; takes no time, and V(t) goes on as it was.
    public static func ambient(temperature: Double) -> Step { Step(AmbientAction(temperature: temperature)) }
}
