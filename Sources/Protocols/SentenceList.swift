import Essentials
import Foundation

extension Step {
    /// Reads sentences, separated by ";" or line ends, into steps.
    ///
    /// A sentence is one of "Pulse 3.5 V for 500 us [from 0.6 V] [with 0.1 us edges]", "Train 100 x 4 V for 500 us with
    /// 0.1 s gaps" (or "every 0.2 s"), "Hold 0.6 V for 375 s", "Rest for 240 s", "Sweep 0 V to 2 V at 1 V/s",
    /// "Read [at 0.6 V]", "At 350 K" (ambient temperature from there on). "Repeat 30 times: [a; b]" and "a * 100" repeat. Throws `InputError` with the sentence, the
    /// word at fault and a sentence that would be right.
    public static func parse(_ text: String) throws(InputError) -> [Step] { try parse(text, depth: 0) }

    static func parse(_ text: String, depth: Int) throws(InputError) -> [Step] {
        guard depth < 10 else {
            throw InputError("repeat", problem: "is nested more than 10 deep", expected: "fewer levels", source: "protocol")
        }
        var steps: [Step] = []
        let items = try SentenceList.split(text)
        var index = 0
        while index < items.count {
            let item = items[index]
            index += 1
            if let (count, body) = try SentenceList.repeatHead(item) {
                // Without brackets, a repeat reaches to the end of the list.
                var inner = body
                if !SentenceList.isBracketed(body) {
                    inner = ([body] + items[index...]).joined(separator: ";")
                    index = items.count
                }
                steps.append(try repeated(SentenceList.unwrapped(inner), count, item, depth))
            } else if let (body, count) = try SentenceList.multiplied(item) {
                steps.append(try repeated(SentenceList.unwrapped(body), count, item, depth))
            } else if SentenceList.isBracketed(item) {
                steps += try parse(SentenceList.unwrapped(item), depth: depth + 1)
            } else {
                steps.append(try Sentence.step(SentenceList.unquoted(item)))
            }
        }
        return steps
    }

    private static func repeated(_ body: String, _ count: Int, _ item: String, _ depth: Int) throws(InputError) -> Step {
        let step = Step.repeat(count: count, steps: try parse(body, depth: depth + 1))
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
