import Essentials
import Foundation

/// A Vega-Lite specification of `Figures/`, to be filled with data.
///
/// In the file, `"data": {"name": "loops"}` says where a table of rows goes, a text such as "$times" where a value does (a
/// domain, ticks, a title with a number in it), and a text such as "@ours" is a role of `Palette`. Everything else about a figure
/// stands in its file.
struct FigureTemplate {
    private let name: String
    private let specification: JSON

    /// Parses the bytes of an embedded file; throws `InputError` with name and line when they are no JSON.
    init(_ name: String, _ bytes: [UInt8]) throws(InputError) {
        self.name = name
        specification = try JSON(YAML(parsing: String(decoding: bytes, as: UTF8.self), source: name))
    }

    /// The specification with the theme, `data` as its named tables and `values` in place of "$key"; layers and panels of a
    /// table without rows are left out, with their legends.
    ///
    /// Throws `InputError` when a table or value of the file is not given, or one is given that the file does not name.
    func filled(data: [String: [JSON]], values: [String: JSON] = [:]) throws(InputError) -> JSON {
        var left = (data: Set(data.keys), values: Set(values.keys))
        guard case .object(var entries) = try fill(specification, data, values, &left) else {
            throw InputError(name, problem: "is no JSON object", expected: "a Vega-Lite specification")
        }
        if let unused = left.data.union(left.values).min() {
            throw InputError(unused, problem: "has no place in the figure", expected: "a name in the file", source: name)
        }
        entries.append(("config", try Self.theme()))
        entries.append(("datasets", .object(data.sorted { $0.key < $1.key }.map { ($0, .array($1.map(Self.typeset))) })))
        return .object(entries)
    }

    private func fill(
        _ json: JSON, _ data: [String: [JSON]], _ values: [String: JSON], _ left: inout (data: Set<String>, values: Set<String>)
    ) throws(InputError) -> JSON {
        switch json {
        case .string(let text) where text.first == "$":
            let key = String(text.dropFirst())
            left.values.remove(key)
            guard let value = values[key] else { throw missing(text) }
            return Self.typeset(value)
        case .array(let items):
            var filled: [JSON] = []
            for item in items {
                let view = try fill(item, data, values, &left)
                if !Self.isEmpty(view, data) { filled.append(view) }
            }
            return .array(filled)
        case .object(let entries):
            var filled: [(String, JSON)] = []
            for (key, value) in entries {
                if key == "data", case .string(let table)? = value["name"] {
                    left.data.remove(table)
                    guard data[table] != nil else { throw missing(table) }
                }
                filled.append((key, try fill(value, data, values, &left)))
            }
            return .object(filled)
        default: return json
        }
    }

    /// Whether this is a view of a table without rows, or one of such views only.
    private static func isEmpty(_ view: JSON, _ data: [String: [JSON]]) -> Bool {
        if case .string(let table)? = view["data"]?["name"] { return data[table]?.isEmpty == true }
        if case .array(let layers)? = view["layer"] { return layers.isEmpty }
        return false
    }

    private func missing(_ key: String) -> InputError {
        InputError(key, problem: "is not given", expected: "data for every name in the file", source: name)
    }

    /// Axis, legend and title style, in roles.
    static func theme() throws(InputError) -> JSON {
        try JSON(YAML(parsing: String(decoding: PackageResources.theme_json, as: UTF8.self), source: "theme.json"))
    }

    /// Symbols as they are printed (ΔF, µs, Λ), in every text of the data.
    static func typeset(_ json: JSON) -> JSON {
        switch json {
        case .string(let text):
            var result = text
            for (plain, set) in [("dF", "ΔF"), ("(us)", "(µs)"), ("Lambda", "Λ"), ("^1.52", "¹·⁵²")] {
                result = result.replacingOccurrences(of: plain, with: set)
            }
            result = result.replacingOccurrences(of: "([0-9]) us\\b", with: "$1 µs", options: .regularExpression)
            return .string(result)
        case .array(let items): return .array(items.map(typeset))
        case .object(let entries): return .object(entries.map { ($0.0, typeset($0.1)) })
        default: return json
        }
    }
}

extension JSON {
    /// A file in JSON, read as the YAML that it also is; throws `InputError` with the line of a bare word.
    init(_ node: YAML) throws(InputError) {
        switch node.content {
        case .scalar(let text, quoted: true): self = .string(text)
        case .scalar("null", _): self = .null
        case .scalar("true", _): self = true
        case .scalar("false", _): self = false
        case .scalar(let text, _):
            guard let value = Double(text), value.isFinite else {
                throw node.error("is neither a number nor in quotes", value: text, expected: "a value of JSON")
            }
            self = .number(value)
        case .sequence(let nodes):
            var items: [JSON] = []
            for node in nodes { items.append(try JSON(node)) }
            self = .array(items)
        case .mapping(let nodes):
            var entries: [(String, JSON)] = []
            for node in nodes { entries.append((node.key, try JSON(node.value))) }
            self = .object(entries)
        }
    }

    static func numbers(_ values: [Double]) -> JSON { .array(values.map(JSON.number)) }
    static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
}

/// Where a logarithmic axis has its ticks.
enum LogarithmicAxis {
    /// Powers of ten, with 2 and 5 between them when there are few; none when the range is none.
    static func ticks(_ range: [Double]) -> JSON {
        let (low, high) = (range[0], range[1])
        guard low > 0, high > low else { return [] }
        let first = Int(clamped: log10(low), rounded: .down)
        let last = Int(clamped: log10(high), rounded: .up)
        let steps: [Double] = high / low < 200 ? [1, 2, 5] : high / low < 500 ? [1, 3] : [1]
        return .numbers(
            (first...last).flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
                .filter { $0 >= low * 0.999 && $0 <= high * 1.001 })
    }
}
