/// Physical dimension: the exponents of kilogram, metre, second, ampere and kelvin.
///
/// Two values may be compared, added or stored in the same place only when their dimensions are equal; readers of files
/// and sentences use it to refuse "40 nS" where a thickness is wanted.
public struct PhysicalDimension: Hashable, Sendable {
    /// Exponents of kg, m, s, A and K.
    public var mass, length, time, current, temperature: Int

    /// The dimension with these exponents; those left out are 0.
    public init(mass: Int = 0, length: Int = 0, time: Int = 0, current: Int = 0, temperature: Int = 0) {
        self.mass = mass
        self.length = length
        self.time = time
        self.current = current
        self.temperature = temperature
    }

    /// A bare number.
    public static let none = PhysicalDimension()
    /// m.
    public static let length = PhysicalDimension(length: 1)
    /// m2.
    public static let area = PhysicalDimension(length: 2)
    /// s.
    public static let time = PhysicalDimension(time: 1)
    /// 1/s.
    public static let rate = PhysicalDimension(time: -1)
    /// m/s.
    public static let velocity = PhysicalDimension(length: 1, time: -1)
    /// m2/s.
    public static let diffusivity = PhysicalDimension(length: 2, time: -1)
    /// 1/m2.
    public static let arealDensity = PhysicalDimension(length: -2)
    /// 1/m3.
    public static let volumeDensity = PhysicalDimension(length: -3)
    /// K.
    public static let temperature = PhysicalDimension(temperature: 1)
    /// A.
    public static let current = PhysicalDimension(current: 1)
    /// J.
    public static let energy = PhysicalDimension(mass: 1, length: 2, time: -2)
    /// W.
    public static let power = PhysicalDimension(mass: 1, length: 2, time: -3)
    /// V.
    public static let voltage = PhysicalDimension(mass: 1, length: 2, time: -3, current: -1)
    /// V/s.
    public static let sweepRate = PhysicalDimension(mass: 1, length: 2, time: -4, current: -1)
    /// V/m.
    public static let electricField = PhysicalDimension(mass: 1, length: 1, time: -3, current: -1)
    /// S.
    public static let conductance = PhysicalDimension(mass: -1, length: -2, time: 3, current: 2)
    /// m2/(V s).
    public static let mobility = PhysicalDimension(mass: -1, time: 2, current: 1)
    /// F/m2.
    public static let arealCapacitance = PhysicalDimension(mass: -1, length: -4, time: 4, current: 2)
    /// F/m.
    public static let linearCapacitance = PhysicalDimension(mass: -1, length: -3, time: 4, current: 2)
    /// K/W.
    public static let thermalResistance = PhysicalDimension(mass: -1, length: -2, time: 3, temperature: 1)
    /// W/(m K).
    public static let thermalConductivity = PhysicalDimension(mass: 1, length: 1, time: -3, temperature: -1)
}

extension PhysicalDimension: CustomStringConvertible {
    /// The dimension in words where the field has one ("voltage"), else in base units ("kg m2").
    public var description: String {
        if let name = PhysicalDimension.names[self] { return name }
        let bases = [("kg", mass), ("m", length), ("s", time), ("A", current), ("K", temperature)]
        return bases.filter { $0.1 != 0 }.map { $0.1 == 1 ? $0.0 : "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    private static let names: [PhysicalDimension: String] = [
        .none: "unitless number", .length: "length", .area: "area", .time: "time", .rate: "rate",
        .velocity: "velocity", .diffusivity: "diffusivity", .arealDensity: "areal density",
        .volumeDensity: "volume density", .temperature: "temperature", .current: "current", .energy: "energy",
        .power: "power", .voltage: "voltage", .sweepRate: "sweep rate", .electricField: "electric field",
        .conductance: "conductance", .mobility: "mobility", .arealCapacitance: "capacitance per area",
        .linearCapacitance: "capacitance per length",
        .thermalResistance: "thermal resistance", .thermalConductivity: "thermal conductivity",
    ]
}
