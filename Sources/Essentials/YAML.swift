import Foundation
import Yams

/// A node of a YAML file that knows its line and its place, so that every complaint about it can be exact.
///
/// The tree is plain data (no parser state) and can cross threads. Scalars keep their text: a reader decides whether
/// "0.6 V" is a voltage or a name.
public struct YAML: Sendable {
    /// One key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key as written.
        public let key: String
        /// Line of the key in its source, from 1.
        public let line: Int
        /// What stands behind the key.
        public let value: YAML
    }

    /// What a node holds; `quoted` tells "0.6" from 0.6.
    public enum Content: Sendable {
        /// A single text, and whether it stood in quotes.
        case scalar(String, quoted: Bool)
        /// A list.
        case sequence([YAML])
        /// Keys with values, in the order of the file.
        case mapping([Entry])
    }

    /// What the node holds.
    public let content: Content
    /// The file, or what the text is called.
    public let source: String
    /// Line from 1.
    public let line: Int
    /// Where in the tree: "geometry.thickness", "steps[3]"; the root's is empty.
    public let path: String

    /// Reads and parses a file. Throws `InputError` for a missing file, bad syntax, doubled keys, all with the line.
    public static func load(path: String) throws(InputError) -> YAML {
        let data = try AtomicFile.read(path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw InputError(path, problem: "is not UTF-8 text", expected: "a YAML file")
        }
        return try YAML(parsing: text, source: path)
    }

    /// Parses YAML text; `source` names it in error messages.
    public init(parsing text: String, source: String) throws(InputError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw YAML.inputError(error, source: source)
        }
        guard let node else {
            throw InputError(source, problem: "is empty", expected: "a YAML document")
        }
        var budget = 1_000_000
        try self.init(node, source: source, path: "", line: 1, budget: &budget)
    }

    /// `budget` bounds the tree: nested aliases of a few lines could otherwise unfold without end.
    private init(_ node: Node, source: String, path: String, line: Int, budget: inout Int) throws(InputError) {
        self.source = source
        self.path = path
        self.line = node.mark?.line ?? line
        budget -= 1
        guard budget > 0 else {
            throw InputError(
                path.isEmpty ? "document" : path, problem: "has more than a million nodes",
                expected: "a smaller file without nested aliases", source: source, line: self.line)
        }
        switch node {
        case .scalar(let scalar):
            let quoted = [.singleQuoted, .doubleQuoted].contains(scalar.style)
            content = .scalar(scalar.string, quoted: quoted)
        case .sequence(let sequence):
            var items: [YAML] = []
            for (index, item) in sequence.enumerated() {
                items.append(
                    try YAML(item, source: source, path: "\(path)[\(index)]", line: self.line, budget: &budget))
            }
            content = .sequence(items)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let keyLine = key.mark?.line ?? self.line
                guard case .scalar(let scalar) = key else {
                    throw InputError(
                        path.isEmpty ? "document" : path, problem: "has a key that is a list or a mapping",
                        expected: "plain words as keys", source: source, line: keyLine)
                }
                let name = scalar.string
                let below = path.isEmpty ? name : "\(path).\(name)"
                entries.append(
                    Entry(
                        key: name, line: keyLine,
                        value: try YAML(value, source: source, path: below, line: keyLine, budget: &budget)))
            }
            content = .mapping(entries)
        case .alias:
            throw InputError(
                path.isEmpty ? "document" : path, problem: "refers to an anchor that is not there", source: source,
                line: self.line)
        }
    }

    private static func inputError(_ error: any Error, source: String) -> InputError {
        switch error as? YamlError {
        case .duplicatedKeysInMapping(let keys, let context):
            return InputError(
                keys.first ?? "key", problem: "is given more than once", expected: "each key once", source: source,
                line: context.mark.line)
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return InputError(
                "YAML", problem: problem, expected: "valid YAML (check indentation, quotes and colons)",
                source: source, line: mark.line)
        default:
            return InputError("YAML", problem: "cannot be read (\(error))", expected: "valid YAML", source: source)
        }
    }
}
