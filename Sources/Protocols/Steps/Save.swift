import Essentials

/// "Save as after-set": the state is kept under a name; takes no time.
struct SaveAction: StepAction {
    var name: String

    static let verb = Verb("Save", example: "Save as after-set") { sentence throws(InputError) in
        try sentence.word("as")
        return SaveAction(name: try sentence.name("the name of the state"))
    }

    var sentence: String { "Save as \(name)" }

    func check(depth: Int) throws(InputError) {
        let others = "0123456789-_.".unicodeScalars
        let allowed = name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || others.contains($0)) }
        guard allowed, (1...100).contains(name.count), name.first != ".", name.first != "-" else {
            throw InputError(
                "name of the state", value: "\"\(name)\"", problem: "cannot be that of a file",
                expected: "letters, digits, \"-\", \"_\" and \".\", beginning with a letter or digit")
        }
    }

    var isInstant: Bool { true }
    var pieceCount: Int { 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        var piece = Segment.piece(.save, voltage, voltage, 0)
        piece.name = name
        return piece
    }
}

extension Step {
    /// Keeps the state under `name` (letters, digits, "-", "_", "."); a later one of the same name takes its place.
    public static func save(name: String) -> Step { Step(SaveAction(name: name)) }
}
