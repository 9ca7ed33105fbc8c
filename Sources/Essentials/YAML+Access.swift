extension YAML {
    /// An error about this node, with file, line and place filled in.
    public func error(_ problem: String, value: String? = nil, expected: String? = nil) -> InputError {
        InputError(
            path.isEmpty ? "document" : path, value: value, problem: problem, expected: expected, source: source,
            line: line)
    }

    /// "a list", "a mapping" or the scalar itself, for error messages.
    public var kind: String {
        switch content {
        case .scalar(let text, _): return "\"\(text)\""
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        }
    }

    /// The entries of a mapping in file order; with `known`, any other key is refused with the closest known ones.
    public func mapping(known: [String]? = nil) throws(InputError) -> [Entry] {
        guard case .mapping(let entries) = content else {
            throw error(
                "is \(kind)", expected: "a mapping (key: value)" + (known.map { " with \($0.joined(separator: ", "))" } ?? ""))
        }
        if let known {
            for entry in entries where !known.contains(entry.key) {
                throw InputError(
                    entry.value.path, problem: "is not a known key",
                    expected: suggestion(for: entry.key, in: known).map { "perhaps \($0)" }
                        ?? "one of \(known.joined(separator: ", "))", source: source, line: entry.line)
            }
        }
        return entries
    }

    /// The value under a key, or nil when the key is not there or this is no mapping.
    public subscript(key: String) -> YAML? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The value under a key that must be there.
    public func required(_ key: String, example: String? = nil) throws(InputError) -> YAML {
        _ = try mapping()
        guard let value = self[key] else {
            throw InputError(
                path.isEmpty ? key : "\(path).\(key)", problem: "is missing", expected: example, source: source,
                line: line)
        }
        return value
    }

    /// The items of a list.
    public func list() throws(InputError) -> [YAML] {
        guard case .sequence(let items) = content else { throw error("is \(kind)", expected: "a list") }
        return items
    }

    /// The text of a scalar.
    public func string() throws(InputError) -> String {
        guard case .scalar(let text, _) = content else { throw error("is \(kind)", expected: "a text") }
        return text
    }

    /// A number without a unit; infinity passes, NaN does not.
    public func double() throws(InputError) -> Double {
        let text = try string()
        guard let value = Quantity.parseNumber(text), !value.isNaN else {
            throw error("is not a number", value: text, expected: "a number")
        }
        return value
    }

    /// A whole number.
    public func integer() throws(InputError) -> Int {
        let text = try string()
        guard let value = Int(text) else { throw error("is not a whole number", value: text, expected: "a whole number") }
        return value
    }

    /// true or false.
    public func bool() throws(InputError) -> Bool {
        let text = try string()
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw error("is neither true nor false", value: text, expected: "true or false")
        }
    }

    /// A value with its unit ("0.6 V", or a mapping with `value` and `unit`) in SI.
    public func quantity(_ dimension: PhysicalDimension, perCharge: Bool = false) throws(InputError) -> Double {
        do throws(InputError) {
            switch content {
            case .scalar(let text, _):
                return try Quantity.si(text, as: dimension, key: path, perCharge: perCharge)
            case .mapping:
                let number = try required("value").double()
                let symbol = try self["unit"]?.string() ?? "-"
                guard let unit = PhysicalUnit.named(symbol) else {
                    throw (self["unit"] ?? self).error(
                        "is not a known unit", value: symbol, expected: Quantity.rightUnits(dimension, perCharge: perCharge))
                }
                return try Quantity(number, unit).si(as: dimension, key: path, perCharge: perCharge)
            case .sequence:
                throw error("is a list", expected: Quantity.rightUnits(dimension, perCharge: perCharge))
            }
        } catch {
            throw error.located(in: source, line: line)
        }
    }
}
