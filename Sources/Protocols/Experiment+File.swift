import Essentials
import Foundation

extension Experiment {
    /// From sentences; each may itself be a list ("a; b") or a repeat. See `Step.parse`, also for `folder` and `readsFiles`.
    public init(
        name: String = "protocol", sentences: [String], readVoltage: Double = 0.6, startsFromBaseState: Bool = true,
        folder: String? = nil, readsFiles: Bool = true
    ) throws(InputError) {
        var steps: [Step] = []
        for sentence in sentences {
            do {
                steps += try Step.parse(sentence, folder: folder, readsFiles: readsFiles)
            } catch {
                throw error.located(in: "protocol")
            }
        }
        try self.init(name: name, steps: steps, readVoltage: readVoltage, startsFromBaseState: startsFromBaseState)
    }

    /// Reads a YAML protocol file:
    ///
    ///     name: two pulses
    ///     read_voltage: 0.6 V        # optional
    ///     base_state: true           # optional
    ///     steps:
    ///       - Hold 0.6 V for 10 s
    ///       - repeat: 2
    ///         steps: [Pulse 3 V for 100 us, Hold 0.6 V for 60 s]
    ///         until: G > 40 nS       # optional
    ///
    /// Throws `InputError` with file and line for unknown or missing keys, sentences that do not parse, and values out
    /// of range.
    public static func load(path: String) throws(InputError) -> Experiment {
        let root = try YAML.load(path: path)
        let fallback = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        return try Experiment(yaml: root, fallbackName: fallback)
    }

    /// From a parsed YAML document; see `load(path:)`. A bare list is a list of steps.
    public init(yaml root: YAML, fallbackName: String = "protocol") throws(InputError) {
        if case .sequence = root.content {
            let steps = try Experiment.steps(of: root, depth: 0)
            try self.init(name: fallbackName, steps: steps, at: root)
            return
        }
        _ = try root.mapping(known: ["name", "read_voltage", "base_state", "steps"])
        let listed = try root.required("steps", example: "steps: [Hold 0.6 V for 10 s, Pulse 3 V for 100 us]")
        try self.init(
            name: try root["name"]?.string() ?? fallbackName, steps: try Experiment.steps(of: listed, depth: 0),
            readVoltage: try root["read_voltage"]?.quantity(.voltage) ?? 0.6,
            startsFromBaseState: try root["base_state"]?.bool() ?? true, at: root["read_voltage"] ?? listed)
    }

    private init(
        name: String, steps: [Step], readVoltage: Double = 0.6, startsFromBaseState: Bool = true, at node: YAML
    ) throws(InputError) {
        do {
            try self.init(
                name: name, steps: steps, readVoltage: readVoltage, startsFromBaseState: startsFromBaseState)
        } catch let refused {
            var error = refused
            error.source = nil
            throw error.located(in: node.source, line: node.line)
        }
    }

    private static func steps(of node: YAML, depth: Int) throws(InputError) -> [Step] {
        guard depth < 10 else { throw node.error("is nested more than 10 deep", expected: "fewer levels") }
        var steps: [Step] = []
        for item in try node.list() {
            do {
                steps += try parse(item, depth: depth)
            } catch let refused {
                var error = refused
                if error.source == "protocol" { error.source = nil }
                throw error.located(in: item.source, line: item.line)
            }
        }
        return steps
    }

    private static func parse(_ item: YAML, depth: Int) throws(InputError) -> [Step] {
        switch item.content {
        case .scalar(let text, _): return try Step.parse(text, context(item, depth))
        case .sequence: return try steps(of: item, depth: depth + 1)
        case .mapping(let entries):
            // "- Repeat 30 times: [...]" is a YAML mapping whose key is the head of the sentence.
            if entries.count == 1, entries[0].key.lowercased().hasPrefix("repeat "),
                let (count, _) = try SentenceList.repeatHead(entries[0].key + ":")
            {
                return [try checked(count, inside(entries[0].value, depth))]
            }
            _ = try item.mapping(known: ["repeat", "steps", "until"])
            let count = try item.required("repeat", example: "repeat: 30").integer()
            let inner = try steps(of: item.required("steps", example: "steps: [...]"), depth: depth + 1)
            guard let until = item["until"] else { return [try checked(count, inner)] }
            let terms = try Sentence.terms("until " + until.string(), of: "repeat", context(item, depth))
            return [try checked(count, inner).with(terms)]
        }
    }

    private static func inside(_ value: YAML, _ depth: Int) throws(InputError) -> [Step] {
        if case .scalar(let text, _) = value.content {
            return try Step.parse(SentenceList.unwrapped(text), context(value, depth + 1))
        }
        return try steps(of: value, depth: depth + 1)
    }

    /// Files that sentences name lie beside the file of the protocol.
    private static func context(_ node: YAML, _ depth: Int) -> Sentence.Context {
        Sentence.Context(folder: URL(fileURLWithPath: node.source).deletingLastPathComponent().path, depth: depth)
    }

    private static func checked(_ count: Int, _ steps: [Step]) throws(InputError) -> Step {
        let step = Step.repeat(count: count, steps: steps)
        try step.check()
        return step
    }

    /// The experiment as a protocol file that reads back as the very same experiment.
    public var yaml: String {
        var lines = [
            "name: \(YAML.quoted(name))", "read_voltage: \(PhysicalUnit("V", .voltage).text(of: readVoltage))",
            "base_state: \(startsFromBaseState)", "steps:",
        ]
        lines += steps.map { "  - \(YAML.quoted($0.sentence))" }
        return lines.joined(separator: "\n") + "\n"
    }
}
