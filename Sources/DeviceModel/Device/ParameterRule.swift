import Essentials

/// What a valid number of a parameter is: its key, symbol, unit, range and why.
public struct ParameterRule: Sendable {
    /// Key in its section of a file.
    public let key: String
    /// Symbol in Docs/device-model.md.
    public let symbol: String
    /// What it is, in a few words.
    public let name: String
    /// The unit that files are written in; any unit of the same dimension is read.
    public let unit: PhysicalUnit
    /// Valid values, SI.
    public let range: ClosedRange<Double>
    /// Why values beyond the range make no sense.
    public let reason: String
    /// A potential that is an energy per charge: eV is read, and written.
    public let isEnergyPerCharge: Bool
    /// Whether infinity is a value with a meaning.
    public let allowsInfinity: Bool
    /// SI value where a file leaves it out; nil: it must be there.
    public let standard: Double?
    /// Key of a rate whose prefactor this is: at least that rate (equal: no activation).
    public let prefactorOf: String?

    init(
        _ key: String, _ symbol: String, _ name: String, unit: String, in range: ClosedRange<Double>, because reason: String,
        infinity: Bool = false, standard: Double? = nil, prefactorOf: String? = nil
    ) {
        self.key = key
        self.symbol = symbol
        self.name = name
        self.reason = reason
        self.standard = standard
        self.prefactorOf = prefactorOf
        allowsInfinity = infinity
        isEnergyPerCharge = unit == "eV"
        // eV and V share their numbers here, because the value kept is a potential.
        self.unit = isEnergyPerCharge ? PhysicalUnit("eV", .voltage) : PhysicalUnit.named(unit) ?? PhysicalUnit("-", .none)
        self.range = self.unit.toSI(range.lowerBound)...self.unit.toSI(range.upperBound)
    }

    private init(
        _ old: ParameterRule, symbol: String, name: String, range: ClosedRange<Double>, reason: String, standard: Double?,
        infinity: Bool
    ) {
        (key, unit, isEnergyPerCharge, allowsInfinity, prefactorOf) = (
            old.key, old.unit, old.isEnergyPerCharge, infinity, old.prefactorOf
        )
        (self.symbol, self.name, self.range, self.reason, self.standard) = (symbol, name, range, reason, standard)
    }

    /// The same parameter of a device of which more is known; `range` in the rule's unit.
    func narrowed(
        symbol: String? = nil, name: String? = nil, in range: ClosedRange<Double>? = nil, because reason: String? = nil
    ) -> ParameterRule {
        ParameterRule(
            self, symbol: symbol ?? self.symbol, name: name ?? self.name,
            range: range.map { unit.toSI($0.lowerBound)...unit.toSI($0.upperBound) } ?? self.range,
            reason: reason ?? self.reason,
            standard: standard, infinity: allowsInfinity)
    }

    /// The same parameter where infinity has no meaning, and so a number must be there.
    var finite: ParameterRule {
        ParameterRule(self, symbol: symbol, name: name, range: range, reason: reason, standard: nil, infinity: false)
    }

    /// The same parameter where a file may leave it out.
    func optional(standard: Double) -> ParameterRule {
        ParameterRule(
            self, symbol: symbol, name: name, range: range, reason: reason, standard: standard, infinity: allowsInfinity)
    }

    /// "5 nm ... 500 nm", with "or inf" where infinity is allowed.
    public var rangeText: String {
        "\(unit.rounded(range.lowerBound, digits: 6)) ... \(unit.rounded(range.upperBound, digits: 6))"
            + (allowsInfinity ? " or .inf" : "")
    }

    /// The SI value of a number with a unit, which must be of the right dimension and in range.
    ///
    /// Throws `InputError` naming `place`, the right units, or the range and its reason.
    func value(of quantity: Quantity, at place: String) throws(InputError) -> Double {
        if quantity.number == .infinity, allowsInfinity {
            guard quantity.unit.dimension == unit.dimension || quantity.unit.dimension == .none else {
                return try quantity.si(as: unit.dimension, key: place)
            }
            return .infinity
        }
        let value = try quantity.si(as: unit.dimension, key: place, perCharge: isEnergyPerCharge)
        try check(value, at: place, written: quantity.description)
        return value
    }

    /// Throws when an SI value is out of range or not finite.
    func check(_ value: Double, at place: String, written: String? = nil) throws(InputError) {
        if value == .infinity, allowsInfinity { return }
        guard value.isFinite, range.contains(value) else {
            throw InputError(
                place, value: written ?? unit.text(of: value), problem: "is out of range", expected: "\(rangeText) (\(reason))")
        }
    }
}
