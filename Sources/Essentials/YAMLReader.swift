import CYaml

/// Builds a tree from the events of libyaml, the parser that Yams brings: what must not be in a file is refused when it is met,
/// before anything is made of it.
final class YAMLReader {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let source: String
    private let bytes: UnsafeBufferPointer<UInt8>
    private var nodes = 0

    /// One event, copied out of the parser's memory.
    private enum Event {
        case scalar(String, quoted: Bool)
        case sequence, mapping, end, nothing
    }

    /// `bytes` must outlive this value; `end` must be called.
    init(_ bytes: UnsafeBufferPointer<UInt8>, source: String) {
        (self.bytes, self.source) = (bytes, source)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    func end() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The one document of the text.
    func document() throws(InputError) -> YAML {
        _ = try next(nil)  // beginning of the stream
        let (first, line) = try next(nil)
        guard case .nothing = first else {
            throw InputError(source, problem: "is empty", expected: "a YAML document")
        }
        _ = line
        let (event, start) = try next(nil)
        let root = try node(event, line: start, place: nil, depth: 0)
        _ = try next(nil)  // end of the document
        let (last, end) = try next(nil)
        guard case .end = last else {
            throw InputError(
                "document", problem: "is followed by another document", expected: "one document a file", source: source,
                line: end)
        }
        return root
    }

    private func node(_ event: Event, line: Int, place: YAML.Place?, depth: Int) throws(InputError) -> YAML {
        func refused(_ problem: String, _ expected: String, line: Int) -> InputError {
            InputError(name(place), problem: problem, expected: expected, source: source, line: line)
        }
        nodes += 1
        guard nodes <= YAML.mostNodes else {
            throw refused("has more than a million nodes", "a smaller file", line: line)
        }
        guard depth <= YAML.deepest else {
            throw refused("is nested more than \(YAML.deepest) deep", "fewer levels", line: line)
        }
        switch event {
        case .scalar(let text, let quoted): return YAML(.scalar(text, quoted: quoted), source: source, line: line, place: place)
        case .sequence:
            var items: [YAML] = []
            while true {
                let below = YAML.Place(place, index: items.count)
                let (event, start) = try next(below)
                if case .end = event { return YAML(.sequence(items), source: source, line: line, place: place) }
                items.append(try node(event, line: start, place: below, depth: depth + 1))
            }
        case .mapping:
            var entries: [YAML.Entry] = []
            var keys: Set<String> = []
            while true {
                let (event, start) = try next(place)
                if case .end = event { return YAML(.mapping(entries), source: source, line: line, place: place) }
                guard case .scalar(let key, _) = event else {
                    throw refused("has a key that is a list or a mapping", "plain words as keys", line: start)
                }
                guard key.unicodeScalars.count <= YAML.longestKey else {
                    throw refused("has a key of more than \(YAML.longestKey) characters", "plain words as keys", line: start)
                }
                guard keys.insert(key).inserted else {
                    throw InputError(
                        key, problem: "is given more than once", expected: "each key once", source: source, line: start)
                }
                let below = YAML.Place(place, key: key)
                let (value, valueStart) = try next(below)
                entries.append(
                    YAML.Entry(
                        key: key, line: start, value: try node(value, line: valueStart, place: below, depth: depth + 1)))
            }
        case .end, .nothing: throw refused("ends too early", "a YAML document", line: line)
        }
    }

    private func name(_ place: YAML.Place?) -> String { place?.path ?? "document" }

    /// The next event and its line. Streams and documents give `.nothing` at their beginning, `.end` where the stream ends.
    private func next(_ place: YAML.Place?) throws(InputError) -> (Event, line: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let line = 1 + Int(event.start_mark.line)
        func plain(_ anchor: UnsafeMutablePointer<UInt8>?, _ tag: UnsafeMutablePointer<UInt8>?) throws(InputError) {
            guard anchor == nil else { throw refused("has an anchor (&)") }
            guard tag == nil else { throw refused("has a tag (!)") }
        }
        func refused(_ problem: String) -> InputError {
            InputError(
                name(place), problem: problem + ", which is not read here", expected: "the value itself, or a text in quotes",
                source: source, line: line)
        }
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try plain(scalar.anchor, scalar.tag)
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isQuoted =
                scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE || scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE
            return (.scalar(text, quoted: isQuoted), line)
        case YAML_SEQUENCE_START_EVENT:
            try plain(event.data.sequence_start.anchor, event.data.sequence_start.tag)
            return (.sequence, line)
        case YAML_MAPPING_START_EVENT:
            try plain(event.data.mapping_start.anchor, event.data.mapping_start.tag)
            return (.mapping, line)
        case YAML_ALIAS_EVENT: throw refused("has an alias (*)")
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_STREAM_END_EVENT: return (.end, line)
        default: return (.nothing, line)
        }
    }

    private func syntaxError() -> InputError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be read"
        var line = 1 + Int(parser.pointee.problem_mark.line)
        if parser.pointee.error == YAML_READER_ERROR {
            let read = bytes.prefix(Int(clamping: parser.pointee.problem_offset))
            line = 1 + read.count { $0 == UInt8(ascii: "\n") }
        }
        return InputError(
            "YAML", problem: problem, expected: "valid YAML (check indentation, quotes and colons)", source: source,
            line: line)
    }
}
