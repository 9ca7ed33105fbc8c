import Essentials

/// One number of `Validation/periphery.yaml`: a published value with its range, its technology node, and where it is from.
package struct PublishedEntry: Equatable, Sendable, Codable {
    /// How the value was checked.
    package enum Status: String, CaseIterable, Sendable, Codable {
        /// Seen in the source itself.
        case read
        /// Seen in the source's abstract.
        case abstract
        /// Computed from public data, as the source says.
        case computed
        /// Seen in another source, which names this one.
        case quoted
        /// From memory, not checked.
        case recalled
        /// Our own estimate.
        case estimate
    }

    /// "converters.adc".
    package var key: String
    /// The value and its ends, SI.
    package var estimate: Estimate
    /// The unit that the file gives them in; everything else as in the file.
    package var unit, node, source, range: String
    package var status: Status
    /// Who gives the source's number, where it was not seen there itself.
    package var quotedBy: String?

    private static let known = ["value", "low", "high", "unit", "node", "status", "source", "quoted_by", "range"]

    /// Reads an entry; the three numbers are in `unit`, which must be one of `dimension`.
    ///
    /// Throws `InputError` naming file, line and key for a missing or unknown key, a number that is negative or not finite, an
    /// order other than low <= value <= high, a unit of another dimension, an unknown status, and `quoted` without `quoted_by`.
    init(_ node: YAML, key: String, dimension: PhysicalDimension) throws(InputError) {
        _ = try node.mapping(known: Self.known)
        self.key = key
        let written = try node.required("unit", example: Quantity.rightUnits(dimension))
        guard let unit = PhysicalUnit.named(try written.string()) else {
            throw written.error("is not a known unit", value: try written.string(), expected: Quantity.rightUnits(dimension))
        }
        guard unit.dimension == dimension else {
            throw written.error(
                "is a unit of \(unit.dimension)", value: unit.symbol, expected: Quantity.rightUnits(dimension))
        }
        func number(_ name: String) throws(InputError) -> Double {
            let entry = try node.required(name, example: "a number in \(unit.symbol)")
            let value = try entry.double()
            guard value.isFinite, value >= 0 else {
                throw entry.error(
                    "is negative or not finite", value: "\(value) \(unit.symbol)", expected: "0 \(unit.symbol) or more")
            }
            return value
        }
        let (low, value, high) = (try number("low"), try number("value"), try number("high"))
        guard low <= value, value <= high else {
            throw node.error(
                "has its numbers out of order", value: "low \(low), value \(value), high \(high) \(unit.symbol)",
                expected: "low <= value <= high")
        }
        estimate = Estimate(low: unit.toSI(low), middle: unit.toSI(value), high: unit.toSI(high))
        self.unit = unit.symbol
        func text(_ name: String) throws(InputError) -> String {
            let entry = try node.required(name, example: "a sentence; see the head of the shipped file")
            let text = try entry.string()
            guard !text.isEmpty else { throw entry.error("is empty", expected: "a sentence") }
            return text
        }
        self.node = try text("node")
        source = try text("source")
        range = try text("range")
        let status = try text("status")
        guard let known = Status(rawValue: status) else {
            throw try node.required("status").error(
                "is not a known status", value: status,
                expected: Status.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.status = known
        quotedBy = try node["quoted_by"]?.string()
        if known == .quoted, quotedBy == nil {
            _ = try node.required("quoted_by", example: "who gives the source's number")
        }
    }
}
