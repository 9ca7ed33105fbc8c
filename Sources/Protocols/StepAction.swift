import Essentials

/// What a step does: one type for each sentence, all of it in one file.
protocol StepAction: Equatable, Sendable {
    /// The sentence, without its terms; it reads back as the very same action.
    var sentence: String { get }
    /// Throws `InputError` naming the quantity, its value and its range when a value is out of range.
    func check(depth: Int) throws(InputError)
    /// Number of pieces of V(t).
    var pieceCount: Int { get }
    /// Piece `k`, where the voltage before the step is `voltage`: its start is left at 0, pulses are counted from the step's first.
    ///
    /// A piece that begins at another voltage than the one before it ended at is reached by an edge of `Step.jumpEdge`; one of no
    /// duration that is not instant is left out.
    func piece(_ k: Int, after voltage: Double) -> Segment
    /// Adds what the step takes and counts; by walking through its pieces unless the action knows better.
    func add(to extent: inout Extent)
    /// The piece that still follows when a condition ends the step within piece `k`: a pulse falls to its base; else nil.
    func pieceAfterStop(_ k: Int) -> Int?
    /// Steps that are to be unfolded instead of pieces.
    var repeated: (count: Int, steps: [Step])? { get }
    /// Whether the step takes no time, so that no terms apply to it.
    var isInstant: Bool { get }
    /// What a reader of the protocol should know, such as how a table was resampled.
    var remark: String? { get }
}

extension StepAction {
    func add(to extent: inout Extent) {
        let before = extent.voltage
        var pulses = 0
        for k in 0..<pieceCount {
            let piece = piece(k, after: before)
            extent.add(piece)
            if let pulse = piece.pulse { pulses = max(pulses, pulse + 1) }
        }
        extent.count(pulses: pulses)
    }

    func pieceAfterStop(_ k: Int) -> Int? { nil }
    var repeated: (count: Int, steps: [Step])? { nil }
    var isInstant: Bool { false }
    var remark: String? { nil }

    func isEqual(to other: any StepAction) -> Bool { (other as? Self) == self }
}

extension Segment {
    /// A straight piece of a step, s and V.
    static func piece(_ kind: Kind, _ from: Double, _ to: Double, _ duration: Double, pulse: Int? = nil) -> Segment {
        Segment(start: 0, duration: duration, from: from, to: to, kind: kind, pulse: pulse, step: 0)
    }

    /// Rise, top and fall (`k` = 0, 1, 2) of a pulse.
    static func pulse(_ k: Int, _ amplitude: Double, _ width: Double, base: Double, edge: Double, number: Int) -> Segment {
        switch k {
        case 0: piece(.edge, base, amplitude, edge, pulse: number)
        case 1: piece(.top, amplitude, amplitude, width, pulse: number)
        default: piece(.edge, amplitude, base, edge, pulse: number)
        }
    }
}

/// The first word of a sentence, an example, and how the rest is read.
struct Verb: Sendable {
    let word: String
    let example: String
    let parse: @Sendable (inout Sentence) throws(InputError) -> any StepAction

    init(
        _ word: String, example: String, _ parse: @escaping @Sendable (inout Sentence) throws(InputError) -> any StepAction
    ) {
        (self.word, self.example, self.parse) = (word, example, parse)
    }

    /// Every sentence that a protocol may hold, but for `Repeat` (`SentenceList`).
    static let all: [Verb] = [
        PulseAction.verb, PairAction.verb, TrainAction.verb, HoldAction.verb, HoldAction.rest, SweepAction.verb,
        StaircaseAction.verb, TriangleAction.verb, SineAction.verb, NoiseAction.verb, TableAction.verb, TerminalsAction.verb,
        ReadAction.verb, AmbientAction.verb, SaveAction.verb,
    ]
}
