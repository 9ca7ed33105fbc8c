import Essentials
import Foundation

/// Reads one sentence ("Pulse 3.5 V for 500 us") word by word.
///
/// Every refusal names the sentence, the word at fault and a sentence of the same kind that would be right. What follows the first word
/// is read by the step's own file (`Steps/`), the terms at the end by `StepTerms`.
struct Sentence {
    /// Where a sentence stands: the folder of the files that it names, and how deep in repeats it lies.
    struct Context {
        /// nil: the folder that the program runs in.
        var folder: String?
        var depth = 0
        var readsFiles = true

        var inner: Context { Context(folder: folder, depth: depth + 1, readsFiles: readsFiles) }
    }

    let context: Context
    private var text: String
    private let words: [Word]
    private var next = 0
    private var example = PulseAction.verb.example

    /// A word, and the stretch of text without spaces that it was taken from.
    private struct Word {
        var text: String
        var whole: String
        var stretch: Int
    }

    init(_ text: String, _ context: Context) {
        self.text = text
        self.context = context
        words = Sentence.split(text)
    }

    /// The step that the sentence says, checked for sensible values.
    static func step(_ text: String, _ context: Context = Context()) throws(InputError) -> Step {
        var sentence = Sentence(text, context)
        let step = try sentence.parse()
        try sentence.checked { () throws(InputError) in try step.check(depth: context.depth) }
        return step
    }

    /// The terms that follow the steps of a repeat, `text` being all that stands behind them.
    static func terms(_ text: String, of item: String, _ context: Context) throws(InputError) -> StepTerms {
        var sentence = Sentence(text, context)
        sentence.text = item
        sentence.example = "Repeat 30 times: [Pulse 2 V for 10 us; Rest for 1 ms] until G > 40 nS"
        let terms = try StepTerms(&sentence)
        try sentence.end()
        try sentence.checked { () throws(InputError) in try terms.check() }
        return terms
    }

    /// Tells an error of a check as one of the sentence.
    private func checked(_ check: () throws(InputError) -> Void) throws(InputError) {
        do {
            try check()
        } catch {
            let value = error.value.map { " = \($0)" } ?? ""
            throw failure("\(error.key)\(value) \(error.problem)", expected: error.expected)
        }
    }

    private mutating func parse() throws(InputError) -> Step {
        let names = Verb.all.map { $0.word } + ["Repeat"]
        guard let first = words.first?.text else {
            throw failure("is empty", expected: "one of \(names.joined(separator: ", "))")
        }
        guard let verb = Verb.all.first(where: { $0.word.lowercased() == first.lowercased() }) else {
            let near = suggestion(for: first, in: names).map { "perhaps \($0)" }
            if let near, let meant = Verb.all.first(where: { near.contains($0.word) }) { example = meant.example }
            throw failure(
                "\"\(first)\" is not something a protocol can do",
                expected: near ?? "one of \(names.joined(separator: ", "))")
        }
        example = verb.example
        next = 1
        let action = try verb.parse(&self)
        let terms = action.isInstant ? StepTerms() : try StepTerms(&self)
        try end()
        return Step(action, terms: terms)
    }

    private func end() throws(InputError) {
        if next < words.count { throw failure("\"\(words[next].text)\" is not understood here", expected: nil) }
    }

    // MARK: What the files of the steps read with

    /// The next word, as it stands there.
    var peeked: String? { next < words.count ? words[next].text : nil }

    /// The next word where it begins a term (`StepTerms`), or nil.
    var term: String? { peeked.map { $0.lowercased() }.flatMap { Self.termWords.contains($0) ? $0 : nil } }

    /// Words that begin a term; "at" only where no rate or frequency is wanted, "until" ends the step.
    static let termWords = ["until", "compliance", "at", "reading"]

    /// Whether the sentence goes on with something that is no term.
    var goesOn: Bool { next < words.count && term == nil }

    mutating func skip() { next += 1 }

    func peek(_ word: String) -> Bool { peeked?.lowercased() == word }

    /// Takes the next word if it is this one.
    mutating func takes(_ word: String) -> Bool {
        guard peek(word) else { return false }
        next += 1
        return true
    }

    mutating func word(_ allowed: String...) throws(InputError) {
        guard let given = peeked?.lowercased(), allowed.contains(given) else { throw unexpected("\"\(allowed[0])\"") }
        next += 1
    }

    mutating func whole(_ name: String) throws(InputError) -> Int {
        guard let given = peeked, let value = Int(given) else { throw unexpected("\(name), a whole number") }
        next += 1
        return value
    }

    /// A number without a unit.
    mutating func number(_ name: String) throws(InputError) -> Double {
        guard let given = peeked, let value = Quantity.parseNumber(given), value.isFinite else {
            throw unexpected("\(name), a number")
        }
        next += 1
        return value
    }

    /// Dimension of the number with its unit that comes next; nil where there is none.
    var dimension: PhysicalDimension? {
        guard next + 1 < words.count, Quantity.parseNumber(words[next].text) != nil else { return nil }
        return PhysicalUnit.named(words[next + 1].text)?.dimension
    }

    mutating func measure(_ dimension: PhysicalDimension, _ name: String) throws(InputError) -> Double {
        let units = Quantity.rightUnits(dimension)
        guard let given = peeked, let number = Quantity.parseNumber(given), number.isFinite else {
            throw unexpected("\(name), \(units)")
        }
        guard next + 1 < words.count, let unit = PhysicalUnit.named(words[next + 1].text) else {
            next += 1
            throw unexpected("the unit of \(name): \(units)")
        }
        guard unit.dimension == dimension else {
            throw failure(
                "\"\(given) \(words[next + 1].text)\" is \(unit.dimension == .none ? "a bare number" : "a \(unit.dimension)")",
                expected: "\(name), \(units)")
        }
        next += 2
        return unit.toSI(number)
    }

    /// The name of a file or of a state, as it stands there, with what quotes hold together.
    mutating func name(_ what: String) throws(InputError) -> String {
        guard next < words.count else { throw unexpected(what) }
        let first = words[next]
        while next < words.count, words[next].stretch == first.stretch { next += 1 }
        return SentenceList.unquoted(first.whole)
    }

    /// The steps of a list in brackets.
    mutating func list(_ name: String) throws(InputError) -> [Step] {
        guard let given = peeked, SentenceList.isBracketed(given) else {
            throw unexpected("\(name) in brackets")
        }
        next += 1
        return try Step.parse(SentenceList.unwrapped(given), context.inner)
    }

    func unexpected(_ wanted: String) -> InputError {
        next < words.count
            ? failure("\"\(words[next].text)\" is not understood here", expected: wanted)
            : failure("ends too early", expected: wanted)
    }

    func failure(_ problem: String, expected: String?) -> InputError {
        let right = "for example \"\(example)\""
        return InputError(
            "\"\(Self.shortened(text))\"", problem: problem, expected: expected.map { "\($0), \(right)" } ?? right)
    }

    /// A sentence for a message: a table of thousands of points is not printed.
    private static func shortened(_ text: String) -> String { text.count > 400 ? text.prefix(400) + " ..." : text }

    /// Words, with "3.5V", "100x" and commas taken apart, lists in brackets and quoted names kept whole.
    private static func split(_ text: String) -> [Word] {
        var words: [Word] = []
        for (stretch, whole) in stretches(text).enumerated() {
            guard !whole.hasPrefix("["), !whole.hasPrefix("\""), !whole.hasPrefix("'") else {
                words.append(Word(text: whole, whole: whole, stretch: stretch))
                continue
            }
            var rest = Substring(whole)
            while !rest.isEmpty {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                for part in parts(String(rest[..<end])) { words.append(Word(text: part, whole: whole, stretch: stretch)) }
                rest = rest[end...]
                if rest.popFirst() != nil { words.append(Word(text: ",", whole: whole, stretch: stretch)) }
            }
        }
        return words
    }

    /// Stretches without spaces outside brackets and quotes.
    private static func stretches(_ text: String) -> [String] {
        var result: [String] = []
        var stretch = ""
        var depth = 0
        var quote: Character?
        func finish() {
            if !stretch.isEmpty { result.append(stretch) }
            stretch = ""
        }
        for character in text {
            if let open = quote {
                stretch.append(character)
                if character == open {
                    quote = nil
                    if depth == 0 { finish() }
                }
                continue
            }
            switch character {
            case "\"" where depth > 0 || stretch.isEmpty, "'" where depth > 0 || stretch.isEmpty:
                quote = character
                stretch.append(character)
            case "[":
                if depth == 0 { finish() }
                depth += 1
                stretch.append(character)
            case "]" where depth > 0:
                depth -= 1
                stretch.append(character)
                if depth == 0 { finish() }
            case _ where depth == 0 && character.isWhitespace: finish()
            default: stretch.append(character)
            }
        }
        finish()
        return result
    }

    private static func parts(_ word: String) -> [String] {
        guard !word.isEmpty else { return [] }
        let characters = Array(word)
        guard Quantity.parseNumber(word) == nil else { return [word] }
        for length in stride(from: min(characters.count - 1, 64), to: 0, by: -1) {
            let number = String(characters[..<length])
            guard let last = number.last, last.isNumber || last == ".", Quantity.parseNumber(number) != nil else { continue }
            return [number, String(characters[length...])]
        }
        return [word]
    }
}
