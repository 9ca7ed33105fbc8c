import Foundation

/// A number with its unit, as a person wrote it: "3.5 V", "500us", "6 cm2/(V s)".
public struct Quantity: Hashable, Sendable {
    /// The number as written.
    public var number: Double
    /// The unit as written.
    public var unit: PhysicalUnit

    /// `number` of `unit`.
    public init(_ number: Double, _ unit: PhysicalUnit) {
        self.number = number
        self.unit = unit
    }

    /// The value in SI units.
    public var si: Double { unit.toSI(number) }

    /// Reads number and unit; a number alone is unitless.
    ///
    /// Throws `InputError` naming `key` when the number or the unit is not one.
    public init(parsing text: String, key: String) throws(InputError) {
        let (numberText, unitText) = Quantity.split(text)
        guard let number = Quantity.parseNumber(numberText) else {
            throw InputError(
                key, value: text, problem: "\"\(numberText.isEmpty ? text : numberText)\" is not a number",
                expected: "a number with its unit, such as \"3.5 V\" or \"500 us\"")
        }
        guard let unit = PhysicalUnit.named(unitText) else {
            let near = closest(to: unitText, in: PhysicalUnit.table.map(\.symbol))
            throw InputError(
                key, value: text, problem: "\"\(unitText)\" is not a known unit",
                expected: near.isEmpty
                    ? "one such as nm, V, s, us, nS, 1/m3, cm2/(V s), K/W" : "perhaps \(near.joined(separator: " or "))")
        }
        self.init(number, unit)
    }

    /// Reads `text` and gives its SI value, refusing any dimension but `dimension`.
    ///
    /// With `perCharge`, an energy (eV) is taken where a voltage is wanted, and is divided by the elementary charge.
    /// Infinity passes, NaN does not. Throws `InputError` naming the units that would be right.
    public static func si(
        _ text: String, as dimension: PhysicalDimension, key: String, perCharge: Bool = false
    ) throws(InputError) -> Double {
        try Quantity(parsing: text, key: key).si(as: dimension, key: key, perCharge: perCharge)
    }

    /// The SI value, refusing any dimension but `dimension`; see `si(_:as:key:perCharge:)`.
    public func si(as dimension: PhysicalDimension, key: String, perCharge: Bool = false) throws(InputError) -> Double {
        guard !number.isNaN else {
            throw InputError(key, value: "nan", problem: "is not a number", expected: "a finite number")
        }
        if unit.dimension == dimension { return si }
        if perCharge, dimension == .voltage, unit.dimension == .energy {
            // eV -> V without a detour through joules, so that 0.1 eV is exactly 0.1 V.
            if unit.multiple == PhysicalUnit.elementaryCharge {
                return PhysicalUnit("", .none, exponent: unit.exponent).toSI(number)
            }
            return si / PhysicalUnit.elementaryCharge
        }
        throw InputError(
            key, value: description,
            problem: unit.dimension == .none
                ? "has no unit" : "\(unit.symbol) is a unit of \(unit.dimension)",
            expected: Quantity.rightUnits(dimension, perCharge: perCharge))
    }

    /// "a voltage in V, mV": what an error message says would have been right.
    public static func rightUnits(_ dimension: PhysicalDimension, perCharge: Bool = false) -> String {
        if dimension == .none { return "a number without a unit (or \"-\")" }
        var symbols = PhysicalUnit.all(of: dimension).map(\.symbol)
        if perCharge { symbols += ["eV", "meV"] }
        let name = "\(dimension)"
        let article = "aeio".contains(name.first ?? "x") ? "an" : "a"
        return "\(article) \(name) in \(symbols.joined(separator: ", "))"
    }

    /// Splits "500us" and "3.5 V" into number and unit text.
    private static func split(_ text: String) -> (String, String) {
        let characters = Array(text.trimmingCharacters(in: .whitespaces))
        // The longest beginning (no number has more than 64 characters) that reads as a number, so that "1e3s" is 1e3 s and "5 eV" is 5 eV.
        var end = 0
        for length in stride(from: min(characters.count, 64), to: 0, by: -1)
        where parseNumber(String(characters[..<length])) != nil {
            end = length
            break
        }
        if end == 0 {
            let word = characters.firstIndex(of: " ") ?? characters.count
            return (String(characters[..<word]), String(characters[word...]).trimmingCharacters(in: .whitespaces))
        }
        return (String(characters[..<end]), String(characters[end...]).trimmingCharacters(in: .whitespaces))
    }

    /// A decimal number, with YAML's ".inf" and "infinity"; nil for anything else (also for "0x10", which a person
    /// does not mean).
    public static func parseNumber(_ text: String) -> Double? {
        var text = text.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("\u{2212}") { text = "-" + text.dropFirst() }
        switch text.lowercased() {
        case ".inf", "+.inf", "inf", "infinity", "infinite": return .infinity
        case "-.inf", "-inf", "-infinity": return -.infinity
        case ".nan", "nan": return .nan
        default: break
        }
        guard let first = text.unicodeScalars.first, "+-.0123456789".unicodeScalars.contains(first),
            text.unicodeScalars.allSatisfy({ "+-.0123456789eE".unicodeScalars.contains($0) }), text != ".",
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }
}

extension Quantity: CustomStringConvertible {
    public var description: String {
        unit.symbol == "-" ? PhysicalUnit.shortest(number) : "\(PhysicalUnit.shortest(number)) \(unit.symbol)"
    }
}

extension PhysicalUnit {
    /// The number that stands for the SI value in this unit, with as few digits as read back as the very same double;
    /// nil when no number does (about one value in ten has none in a unit of another power of ten).
    public func exactNumber(of si: Double) -> String? {
        guard si.isFinite else { return PhysicalUnit.shortest(si) }
        let value = fromSI(si)
        for candidate in [value, value.nextUp, value.nextDown] where toSI(candidate) == si {
            for digits in 1...16 {
                let text = String(format: "%.\(digits)g", candidate)
                if let number = Double(text), toSI(number) == si { return PhysicalUnit.shortest(number) }
            }
            return PhysicalUnit.shortest(candidate)
        }
        return nil
    }

    /// The SI value with its unit, reading back as the very same double: "40 nm", "0.73 V"; in the SI unit where this
    /// one has no such number. The unit is left out where there is none.
    public func text(of si: Double) -> String {
        guard let number = exactNumber(of: si) else { return "\(PhysicalUnit.shortest(si)) \(baseUnit.symbol)" }
        return symbol == "-" ? number : "\(number) \(symbol)"
    }

    /// The SI value for people, to `digits` significant digits.
    public func rounded(_ si: Double, digits: Int = 4) -> String {
        let number = PhysicalUnit.shortest(Double(String(format: "%.\(digits)g", fromSI(si))) ?? fromSI(si))
        return symbol == "-" ? number : "\(number) \(symbol)"
    }

    /// The unit of the same dimension whose numbers are SI values.
    public var baseUnit: PhysicalUnit {
        PhysicalUnit.all(of: dimension).first { $0.exponent == 0 && $0.multiple == 1 } ?? PhysicalUnit("-", dimension)
    }

    /// A double without needless digits: "40", "6.6e18", "-0.5".
    public static func shortest(_ value: Double) -> String {
        if value == .infinity { return "inf" }
        if value == -.infinity { return "-inf" }
        var text = "\(value)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        let zeros = text.reversed().prefix { $0 == "0" }.count
        if zeros >= 5, !text.contains("e"), !text.contains(".") {  // 100000000 -> 1e8
            let sign = text.hasPrefix("-") ? "-" : ""
            let digits = text.dropLast(zeros).drop { $0 == "-" }
            let rest = digits.dropFirst()
            return "\(sign)\(digits.prefix(1))\(rest.isEmpty ? "" : ".")\(rest)e\(zeros + rest.count)"
        }
        return text.replacingOccurrences(of: "e+", with: "e").replacingOccurrences(of: ".0e", with: "e")
            .replacingOccurrences(of: "e-0", with: "e-")
    }
}
