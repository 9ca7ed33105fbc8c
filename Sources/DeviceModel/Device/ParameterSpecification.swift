import Essentials

/// What the program knows of one parameter apart from its value: name, unit, valid range and why.
public struct ParameterSpecification: Sendable {
    /// Section of the file: geometry, electrostatics, electrons, vacancies, platinum, traps, heat.
    public let section: String
    /// Key in the file, unique over all sections.
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
    /// Whether a file may leave it out: the law it belongs to is then off (the value of `DeviceParameters()`).
    public let isOptional: Bool
    /// Where the value stands.
    public let path: any WritableKeyPath<DeviceParameters, Double> & Sendable

    init(
        _ section: String, _ key: String, _ symbol: String, _ name: String, unit: String,
        in range: ClosedRange<Double>, because reason: String, infinity: Bool = false,
        optional: Bool = false, _ path: any WritableKeyPath<DeviceParameters, Double> & Sendable
    ) {
        self.section = section
        self.key = key
        self.symbol = symbol
        self.name = name
        self.reason = reason
        allowsInfinity = infinity
        isOptional = optional
        self.path = path
        isEnergyPerCharge = unit == "eV"
        // eV and V share their numbers here, because the value kept is a potential.
        self.unit = isEnergyPerCharge ? PhysicalUnit("eV", .voltage) : PhysicalUnit.named(unit) ?? PhysicalUnit("-", .none)
        self.range = self.unit.toSI(range.lowerBound)...self.unit.toSI(range.upperBound)
    }

    /// "5 nm ... 500 nm", with "or inf" where infinity is allowed.
    public var rangeText: String {
        "\(unit.rounded(range.lowerBound, digits: 6)) ... \(unit.rounded(range.upperBound, digits: 6))"
            + (allowsInfinity ? " or .inf" : "")
    }

    /// The SI value of a number with a unit, which must be of the right dimension and in range.
    ///
    /// Throws `InputError` naming the right units, or the range and its reason.
    func value(of quantity: Quantity) throws -> Double {
        if quantity.number == .infinity, allowsInfinity {
            guard quantity.unit.dimension == unit.dimension || quantity.unit.dimension == .none else {
                return try quantity.si(as: unit.dimension, key: key)
            }
            return .infinity
        }
        let value = try quantity.si(as: unit.dimension, key: key, perCharge: isEnergyPerCharge)
        try check(value, written: quantity.description)
        return value
    }

    /// Throws when an SI value is out of range or not finite.
    func check(_ value: Double, written: String? = nil) throws {
        if value == .infinity, allowsInfinity { return }
        guard value.isFinite, range.contains(value) else {
            throw InputError(
                key, value: written ?? unit.text(of: value), problem: "is out of range",
                expected: "\(rangeText) (\(reason))")
        }
    }
}
