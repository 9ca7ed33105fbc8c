import Essentials
import Foundation

/// Reads one sentence ("Pulse 3.5 V for 500 us") word by word.
///
/// Every refusal names the sentence, the word at fault and a sentence of the same kind that would be right.
struct Sentence {
    private let text: String
    private let words: [String]
    private var next = 0
    private var example = Verb.pulse.example

    /// The first words, each with an example.
    enum Verb: String, CaseIterable {
        case pulse, train, hold, rest, sweep, read, at
        var example: String {
            switch self {
            case .pulse: "Pulse 3.5 V for 500 us"
            case .train: "Train 100 x 4 V for 500 us with 0.1 s gaps"
            case .hold: "Hold 0.6 V for 375 s"
            case .rest: "Rest for 240 s"
            case .sweep: "Sweep 0 V to 2 V at 1 V/s"
            case .read: "Read at 0.6 V"
            case .at: "At 350 K"
            }
        }
    }

    init(_ text: String) {
        self.text = text
        words = Sentence.split(text)
    }

    /// The step that the sentence says, checked for sensible values.
    static func step(_ text: String) throws(InputError) -> Step {
        var sentence = Sentence(text)
        let step = try sentence.parse()
        do {
            try step.check()
        } catch {
            let value = error.value.map { " = \($0)" } ?? ""
            throw sentence.failure("\(error.key)\(value) \(error.problem)", expected: error.expected)
        }
        return step
    }

    private mutating func parse() throws(InputError) -> Step {
        let names = Verb.allCases.map { $0.rawValue.capitalized } + ["Repeat"]
        guard let first = words.first else {
            throw failure("is empty", expected: "one of \(names.joined(separator: ", "))")
        }
        guard let verb = Verb(rawValue: first.lowercased()) else {
            let near = suggestion(for: first, in: names).map { "perhaps \($0)" }
            if let near, let meant = Verb.allCases.first(where: { near.lowercased().contains($0.rawValue) }) {
                example = meant.example
            }
            throw failure(
                "\"\(first)\" is not something a protocol can do",
                expected: near ?? "one of \(names.joined(separator: ", "))")
        }
        example = verb.example
        next = 1
        let step = try parse(verb)
        if next < words.count { throw failure("\"\(words[next])\" is not understood here", expected: nil) }
        return step
    }

    private mutating func parse(_ verb: Verb) throws(InputError) -> Step {
        switch verb {
        case .pulse:
            let amplitude = try measure(.voltage, "the amplitude")
            try word("for")
            let width = try measure(.time, "the width")
            let options = try options(train: false)
            return .pulse(
                amplitude: amplitude, width: width, base: options.base, edge: options.edge ?? Step.jumpEdge)
        case .train: return try train()
        case .hold:
            let voltage = try measure(.voltage, "the voltage")
            try word("for")
            return .hold(voltage: voltage, duration: try measure(.time, "the duration"))
        case .rest:
            try word("for")
            return .rest(duration: try measure(.time, "the duration"))
        case .sweep:
            let from = peek("to") ? nil : try measure(.voltage, "the start")
            try word("to")
            let to = try measure(.voltage, "the end")
            try word("at")
            return .sweep(from: from, to: to, rate: try measure(.sweepRate, "the rate"))
        case .read:
            guard next < words.count else { return .read() }
            try word("at")
            return .read(voltage: try measure(.voltage, "the read voltage"))
        case .at: return .ambient(temperature: try measure(.temperature, "the ambient temperature"))
        }
    }

    private mutating func train() throws(InputError) -> Step {
        let count = try whole("the number of pulses")
        try word("x", "times", "×", "of")
        let amplitude = try measure(.voltage, "the amplitude")
        try word("for")
        let width = try measure(.time, "the width")
        let options = try options(train: true)
        let edge = options.edge ?? Step.trainEdge
        let gap: Double
        switch (options.gap, options.period) {
        case (let given?, nil): gap = given
        case (nil, let period?):
            gap = period - width - 2 * edge
            guard gap >= 0 else {
                throw failure(
                    "a period of \(Step.timeText(period)) is shorter than a pulse with its edges",
                    expected: "at least \(Step.timeUnit(width).rounded(width + 2 * edge, digits: 6))")
            }
        case (nil, nil):
            throw failure("does not say how far apart its pulses are", expected: "\"with 0.1 s gaps\" or \"every 0.2 s\"")
        case (_?, _?): throw failure("says both \"every\" and \"gaps\"", expected: "one of the two")
        }
        return .train(count: count, amplitude: amplitude, width: width, gap: gap, base: options.base, edge: edge)
    }

    private struct Options { var base, edge, gap, period: Double? }

    /// "from 0.6 V", "with 0.1 us edges and 0.1 s gaps", "every 0.2 s", in any order, each at most once.
    private mutating func options(train: Bool) throws(InputError) -> Options {
        var found = Options()
        func once(_ old: Double?, _ name: String) throws(InputError) {
            if old != nil { throw failure("says \"\(name)\" twice", expected: "each once") }
        }
        while next < words.count {
            if peek("from") {
                next += 1
                try once(found.base, "from")
                found.base = try measure(.voltage, "the base")
            } else if train, peek("every") {
                next += 1
                try once(found.period, "every")
                found.period = try measure(.time, "the period")
            } else if peek("with") || peek("and") {
                next += 1
                let time = try measure(.time, "an edge\(train ? " or a gap" : "")")
                if peek("edges") || peek("edge") {
                    try once(found.edge, "edges")
                    found.edge = time
                } else if train, peek("gaps") || peek("gap") {
                    try once(found.gap, "gaps")
                    found.gap = time
                } else {
                    throw unexpected(train ? "\"edges\" or \"gaps\"" : "\"edges\"")
                }
                next += 1
            } else {
                throw unexpected(
                    (train ? ["from", "with", "every"] : ["from", "with"]).map { "\"\($0)\"" }.joined(separator: ", ")
                        + " or the end of the sentence")
            }
        }
        return found
    }

    private func peek(_ word: String) -> Bool { next < words.count && words[next].lowercased() == word }

    private mutating func word(_ allowed: String...) throws(InputError) {
        guard next < words.count, allowed.contains(words[next].lowercased()) else { throw unexpected("\"\(allowed[0])\"") }
        next += 1
    }

    private mutating func whole(_ name: String) throws(InputError) -> Int {
        guard next < words.count, let value = Int(words[next]) else { throw unexpected("\(name), a whole number") }
        next += 1
        return value
    }

    private mutating func measure(_ dimension: PhysicalDimension, _ name: String) throws(InputError) -> Double {
        let units = Quantity.rightUnits(dimension)
        guard next < words.count, let number = Quantity.parseNumber(words[next]), number.isFinite else {
            throw unexpected("\(name), \(units)")
        }
        guard next + 1 < words.count, let unit = PhysicalUnit.named(words[next + 1]) else {
            next += 1
            throw unexpected("the unit of \(name): \(units)")
        }
        guard unit.dimension == dimension else {
            throw failure(
                "\"\(words[next]) \(words[next + 1])\" is a \(unit.dimension)", expected: "\(name), \(units)")
        }
        next += 2
        return unit.toSI(number)
    }

    private func unexpected(_ wanted: String) -> InputError {
        next < words.count
            ? failure("\"\(words[next])\" is not understood here", expected: wanted)
            : failure("ends too early", expected: wanted)
    }

    private func failure(_ problem: String, expected: String?) -> InputError {
        let right = "for example \"\(example)\""
        return InputError(
            "\"\(text)\"", problem: problem, expected: expected.map { "\($0), \(right)" } ?? right)
    }

    /// Words, with "3.5V" and "100x" taken apart.
    private static func split(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).flatMap { word -> [String] in
            let characters = Array(word)
            guard Quantity.parseNumber(String(word)) == nil else { return [String(word)] }
            for length in stride(from: min(characters.count - 1, 64), to: 0, by: -1) {
                let number = String(characters[..<length])
                guard let last = number.last, last.isNumber || last == ".", Quantity.parseNumber(number) != nil else {
                    continue
                }
                return [number, String(characters[length...])]
            }
            return [String(word)]
        }
    }
}
