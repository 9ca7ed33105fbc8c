/// A value that a person gave and the program cannot take: what, where, and what would be right.
///
/// Every reader of a file, a sentence or a command-line argument throws this type, so that messages look alike:
/// `Materials/pt-sto-ti.yaml:12: eps_r: -3 is outside 1 ... 10000 (unitless); did you mean ...?`
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file (or "command line", "protocol") that the value stands in.
    public var source: String?
    /// Line in the file, from 1.
    public var line: Int?
    /// The key, option or sentence at fault.
    public var key: String
    /// The value as given, with its unit.
    public var value: String?
    /// What is wrong, in a few words.
    public var problem: String
    /// What would be right: the valid range with its unit, the closest keys, or an example.
    public var expected: String?

    /// An error about `key`; `source` and `line` say where it stands, as far as that is known.
    public init(
        _ key: String, value: String? = nil, problem: String, expected: String? = nil,
        source: String? = nil, line: Int? = nil
    ) {
        self.key = key
        self.value = value
        self.problem = problem
        self.expected = expected
        self.source = source
        self.line = line
    }

    /// One line; of what was read at most 200 characters at a time, and nothing in it that a screen would act on.
    public var description: String {
        var text = ""
        if let source { text += source.excerpt() + (line.map { ":\($0)" } ?? "") + ": " }
        text += key.excerpt()
        if let value { text += " = \(value.excerpt())" }
        text += ": \(problem.excerpt(400))"
        if let expected { text += "; expected \(expected.excerpt(1000))" }
        return text
    }

    /// The same error, told where it happened.
    public func located(in source: String, line: Int? = nil) -> InputError {
        var copy = self
        copy.source = self.source ?? source
        copy.line = self.line ?? line
        return copy
    }
}
