import Essentials
import Foundation

extension Step {
    /// Reads sentences, separated by ";" or line ends, into steps.
    ///
    /// What a sentence may say stands in Docs/protocols.md; each is a file of `Steps/`. "Repeat 30 times: [a; b]" and "a * 100" repeat.
    /// Files that sentences name are sought in `folder` (nil: where the program runs). Throws `InputError` with the sentence, the word
    /// at fault and a sentence that would be right. Without `readsFiles` a sentence that names a file is refused: text from elsewhere
    /// must not decide what is opened.
    public static func parse(_ text: String, folder: String? = nil, readsFiles: Bool = true) throws(InputError) -> [Step] {
        try parse(text, Sentence.Context(folder: folder, readsFiles: readsFiles))
    }

    static func parse(_ text: String, _ context: Sentence.Context) throws(InputError) -> [Step] {
        guard context.depth < 10 else {
            throw InputError("repeat", problem: "is nested more than 10 deep", expected: "fewer levels", source: "protocol")
        }
        var steps: [Step] = []
        let items = try SentenceList.split(text)
        var index = 0
        while index < items.count {
            let item = items[index]
            index += 1
            if let (count, body) = try SentenceList.repeatHead(item) {
                var (inner, terms) = (body, StepTerms())
                if let (list, tail) = SentenceList.termsBehind(body) {
                    inner = list
                    terms = try Sentence.terms(tail, of: item, context)
                } else if !SentenceList.isBracketed(body) {
                    // Without brackets, a repeat reaches to the end of the list.
                    inner = ([body] + items[index...]).joined(separator: ";")
                    index = items.count
                }
                steps.append(try repeated(SentenceList.unwrapped(inner), count, item, context).with(terms))
            } else if let (body, count) = try SentenceList.multiplied(item) {
                steps.append(try repeated(SentenceList.unwrapped(body), count, item, context))
            } else if SentenceList.isBracketed(item) {
                steps += try parse(SentenceList.unwrapped(item), context.inner)
            } else {
                steps.append(try Sentence.step(SentenceList.unquoted(item), context))
            }
        }
        return steps
    }

    private static func repeated(_ body: String, _ count: Int, _ item: String, _ context: Sentence.Context)
        throws(InputError) -> Step
    {
        let step = Step.repeat(count: count, steps: try parse(body, context.inner))
        do {
            try step.check()
        } catch {
            throw SentenceList.failure(
                item, "\(error.key)\(error.value.map { " = \($0)" } ?? "") \(error.problem)", expected: error.expected)
        }
        return step
    }
}

/// The punctuation around sentences: separators, brackets, quotes, "Repeat n times:" and "* n".
enum SentenceList {
    static func failure(_ item: String, _ problem: String, expected: String? = nil) -> InputError {
        let example =
            "for example \"Repeat 30 times: [Sweep 0 V to 2 V at 1 V/s; Sweep 2 V to 0 V at 1 V/s]\" or \"Pulse 3 V for 100 us * 100\""
        return InputError(
            "\"\(item)\"", problem: problem, expected: expected.map { "\($0), \(example)" } ?? example, source: "protocol")
    }

    /// Splits at ";" and line ends, and at "," after a quoted sentence, outside brackets.
    static func split(_ text: String) throws(InputError) -> [String] {
        var items: [String] = []
        var item = ""
        var depth = 0
        for character in text {
            let afterQuote = item.last { !$0.isWhitespace }.map { $0 == "\"" || $0 == "'" || $0 == "]" } ?? false
            if depth == 0, character == ";" || character.isNewline || (character == "," && afterQuote) {
                items.append(item)
                item = ""
                continue
            }
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            guard depth >= 0 else { throw failure(text, "has a \"]\" without its \"[\"") }
            item.append(character)
        }
        guard depth == 0 else { throw failure(text, "has a \"[\" without its \"]\"") }
        items.append(item)
        return items.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// ("Repeat 30 times: body") -> (30, body); nil when the sentence does not start with "Repeat".
    static func repeatHead(_ item: String) throws(InputError) -> (Int, String)? {
        guard item.lowercased().hasPrefix("repeat") else { return nil }
        guard let colon = item.firstIndex(of: ":") else { throw failure(item, "has no \":\" after the number of times") }
        let head = item[..<colon].split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        guard head.count >= 2, head.count <= 3, head[0] == "repeat", let count = Int(head[1]),
            head.count == 2 || ["times", "x", "×"].contains(head[2])
        else { throw failure(item, "does not begin with \"Repeat\", a whole number and \"times:\"") }
        return (count, item[item.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }

    /// ("[a; b] until G > 40 nS") -> ("[a; b]", "until G > 40 nS"); nil where no terms follow a list in brackets.
    static func termsBehind(_ body: String) -> (list: String, terms: String)? {
        guard body.hasPrefix("[") else { return nil }
        var depth = 0
        for index in body.indices {
            if body[index] == "[" { depth += 1 }
            if body[index] == "]" { depth -= 1 }
            guard depth == 0 else { continue }
            let tail = body[body.index(after: index)...].trimmingCharacters(in: .whitespaces)
            let word = tail.prefix { !$0.isWhitespace }.lowercased()
            return Sentence.termWords.contains(word) ? (String(body[...index]), tail) : nil
        }
        return nil
    }

    /// ("body * 100") -> (body, 100); nil when there is no "*" outside brackets.
    static func multiplied(_ item: String) throws(InputError) -> (String, Int)? {
        guard let star = item.lastIndex(of: "*"), !item[star...].contains("]") else { return nil }
        let number = item[item.index(after: star)...].trimmingCharacters(in: .whitespaces)
        guard let count = Int(number) else { throw failure(item, "\"\(number)\" after \"*\" is not a whole number") }
        return (item[..<star].trimmingCharacters(in: .whitespaces), count)
    }

    /// Whether the text is one bracketed list from its first to its last character.
    static func isBracketed(_ text: String) -> Bool {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return false }
        var depth = 0
        for (offset, character) in text.enumerated() {
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            if depth == 0, offset < text.count - 1 { return false }
        }
        return true
    }

    static func unwrapped(_ text: String) -> String {
        isBracketed(text) ? String(text.dropFirst().dropLast()) : text
    }

    static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
