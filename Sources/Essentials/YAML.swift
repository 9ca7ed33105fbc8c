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
    let place: Place?

    /// Where in the tree: "geometry.thickness", "steps[3]"; the root's is empty. Cost: one text, put together when asked for.
    public var path: String { place?.path ?? "" }

    /// A step of the way to a node; put together only for a message, because a million nodes with their paths would fill the memory.
    final class Place: Sendable {
        private let above: Place?
        private let step: String

        init(_ above: Place?, key: String) { (self.above, step) = (above, above == nil ? key : ".\(key)") }
        init(_ above: Place?, index: Int) { (self.above, step) = (above, "[\(index)]") }

        var path: String {
            var steps: [String] = []
            var place: Place? = self
            while let now = place {
                steps.append(now.step)
                place = now.above
            }
            return steps.reversed().joined()
        }
    }

    init(_ content: Content, source: String, line: Int, place: Place?) {
        (self.content, self.source, self.line, self.place) = (content, source, line, place)
    }

    /// Bounds of a document: bytes, nodes, depth, and characters of a key.
    static let largestFile = 16 << 20, mostNodes = 1_000_000, deepest = 64, longestKey = 200

    /// Reads and parses a file. Throws `InputError` for a missing file, bad syntax, doubled keys, all with the line.
    public static func load(path: String) throws(InputError) -> YAML {
        try YAML(parsing: try AtomicFile.text(path, kind: "a YAML file", atMost: largestFile), source: path)
    }

    /// Parses YAML text; `source` names it in error messages.
    ///
    /// Anchors, aliases and tags are refused: no file of this project needs them, and a few lines of nested aliases stand for
    /// endless ones. At most 16 MiB, a million nodes and 64 levels. Cost: one pass.
    public init(parsing text: String, source: String) throws(InputError) {
        guard text.utf8.count <= Self.largestFile else {
            throw InputError(
                source, value: "\(text.utf8.count) bytes", problem: "is too large",
                expected: "at most \(Self.largestFile) bytes")
        }
        var text = text
        text.makeContiguousUTF8()
        let parsed = text.utf8.withContiguousStorageIfAvailable { bytes -> Result<YAML, InputError> in
            let reader = YAMLReader(bytes, source: source)
            defer { reader.end() }
            do throws(InputError) { return .success(try reader.document()) } catch { return .failure(error) }
        }
        guard let parsed else { throw InputError(source, problem: "cannot be read", expected: "a YAML document") }
        self = try parsed.get()
    }

    /// A single text under one key, as if it stood in a file: what "key=value" on a command line is read as.
    public init(key: String, text: String, source: String) {
        let value = YAML(.scalar(text, quoted: true), source: source, line: 1, place: Place(nil, key: key))
        self.init(.mapping([Entry(key: key, line: 1, value: value)]), source: source, line: 1, place: nil)
    }

    /// The text between double quotes, which reads back as the very same text, whatever is in it: how every name and path is written.
    public static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default:
                // What YAML may not hold as it is, or folds as a line end, and what a screen would act on.
                if String(scalar).visible == String(scalar), !(0xFFFE...0xFFFF).contains(scalar.value) {
                    out.unicodeScalars.append(scalar)
                } else {
                    let hex = String(scalar.value, radix: 16)
                    out += scalar.value > 0xFFFF ? "\\U" : "\\u"
                    out += String(repeating: "0", count: (scalar.value > 0xFFFF ? 8 : 4) - hex.count) + hex
                }
            }
        }
        return out + "\""
    }
}
