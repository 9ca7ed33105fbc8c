/// A unit that values are written in at the edges of the program (files, sentences, command line); inside, everything
/// is in SI base units.
///
/// One unit is worth `multiple * 10^exponent` of the SI unit of its dimension. The power of ten is kept apart so that
/// "40 nm" becomes exactly the double nearest to 40e-9: one correctly rounded division instead of a product with a
/// factor that is itself rounded.
public struct PhysicalUnit: Hashable, Sendable {
    /// How the unit is written, such as "cm2/(V s)".
    public let symbol: String
    /// What is measured in it.
    public let dimension: PhysicalDimension
    /// Worth beside the power of ten; 1 for all decimal multiples (60 for min, the elementary charge for eV).
    public let multiple: Double
    /// Power of ten of the unit in SI.
    public let exponent: Int

    /// The unit `multiple` times 10^`exponent` in SI.
    public init(_ symbol: String, _ dimension: PhysicalDimension, multiple: Double = 1, exponent: Int = 0) {
        self.symbol = symbol
        self.dimension = dimension
        self.multiple = multiple
        self.exponent = exponent
    }

    /// Elementary charge, C, exact in the SI of 2019.
    public static let elementaryCharge = 1.602176634e-19

    /// `value` of this unit in SI.
    public func toSI(_ value: Double) -> Double { PhysicalUnit.scale(value * multiple, by: exponent) }

    /// An SI value in this unit.
    public func fromSI(_ value: Double) -> Double { PhysicalUnit.scale(value, by: -exponent) / multiple }

    private static func scale(_ value: Double, by exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }  // exact up to 10^22
        return exponent < 0 ? value / power : value * power
    }
}

extension PhysicalUnit {
    /// The unit written as `text`, or nil when there is none of that name.
    ///
    /// Spaces, brackets, "^" and "*" do not matter, "µ" is "u": "cm^2/(V s)", "cm2/Vs" and "cm²/V/s" are one unit.
    /// Letter case does matter ("S" is siemens, "s" second).
    public static func named(_ text: String) -> PhysicalUnit? { bySpelling[canonical(text)] }

    /// All known units of one dimension, usual ones first.
    public static func all(of dimension: PhysicalDimension) -> [PhysicalUnit] { table.filter { $0.dimension == dimension } }

    static func canonical(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "µ", "μ": result.append("u")
            case "²": result.append("2")
            case "³": result.append("3")
            case "Ω": result.append("Ohm")
            case " ", "\t", "\u{a0}", "(", ")", "^", "*", "·": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Every unit that files and sentences may use.
    public static let table: [PhysicalUnit] = [
        PhysicalUnit("-", .none), PhysicalUnit("%", .none, exponent: -2),
        PhysicalUnit("nm", .length, exponent: -9), PhysicalUnit("um", .length, exponent: -6),
        PhysicalUnit("mm", .length, exponent: -3),
        PhysicalUnit("cm", .length, exponent: -2), PhysicalUnit("m", .length),
        PhysicalUnit("m2", .area), PhysicalUnit("nm2", .area, exponent: -18), PhysicalUnit("um2", .area, exponent: -12),
        PhysicalUnit("cm2", .area, exponent: -4),
        PhysicalUnit("s", .time), PhysicalUnit("ms", .time, exponent: -3), PhysicalUnit("us", .time, exponent: -6),
        PhysicalUnit("ns", .time, exponent: -9), PhysicalUnit("min", .time, multiple: 60),
        PhysicalUnit("h", .time, multiple: 3600),
        PhysicalUnit("V", .voltage), PhysicalUnit("mV", .voltage, exponent: -3),
        PhysicalUnit("K", .temperature),
        PhysicalUnit("A", .current), PhysicalUnit("mA", .current, exponent: -3), PhysicalUnit("uA", .current, exponent: -6),
        PhysicalUnit("nA", .current, exponent: -9), PhysicalUnit("pA", .current, exponent: -12),
        PhysicalUnit("S", .conductance), PhysicalUnit("uS", .conductance, exponent: -6),
        PhysicalUnit("nS", .conductance, exponent: -9),
        PhysicalUnit("J", .energy), PhysicalUnit("mJ", .energy, exponent: -3), PhysicalUnit("uJ", .energy, exponent: -6),
        PhysicalUnit("nJ", .energy, exponent: -9), PhysicalUnit("pJ", .energy, exponent: -12),
        PhysicalUnit("fJ", .energy, exponent: -15),
        PhysicalUnit("eV", .energy, multiple: elementaryCharge),
        PhysicalUnit("meV", .energy, multiple: elementaryCharge, exponent: -3),
        PhysicalUnit("W", .power), PhysicalUnit("mW", .power, exponent: -3), PhysicalUnit("uW", .power, exponent: -6),
        PhysicalUnit("nW", .power, exponent: -9), PhysicalUnit("pW", .power, exponent: -12),
        PhysicalUnit("F/m2", .arealCapacitance), PhysicalUnit("uF/cm2", .arealCapacitance, exponent: -2),
        PhysicalUnit("F/m", .linearCapacitance), PhysicalUnit("fF/um", .linearCapacitance, exponent: -9),
        PhysicalUnit("1/m3", .volumeDensity), PhysicalUnit("1/cm3", .volumeDensity, exponent: 6),
        PhysicalUnit("1/m2", .arealDensity), PhysicalUnit("1/cm2", .arealDensity, exponent: 4),
        PhysicalUnit("1/nm2", .arealDensity, exponent: 18),
        PhysicalUnit("m/s", .velocity), PhysicalUnit("cm/s", .velocity, exponent: -2),
        PhysicalUnit("cm2/(V s)", .mobility, exponent: -4), PhysicalUnit("m2/(V s)", .mobility),
        PhysicalUnit("m2/s", .diffusivity), PhysicalUnit("cm2/s", .diffusivity, exponent: -4),
        PhysicalUnit("1/s", .rate), PhysicalUnit("Hz", .rate), PhysicalUnit("mHz", .rate, exponent: -3),
        PhysicalUnit("kHz", .rate, exponent: 3), PhysicalUnit("MHz", .rate, exponent: 6),
        PhysicalUnit("GHz", .rate, exponent: 9), PhysicalUnit("1/min", .rate, multiple: 1.0 / 60),
        PhysicalUnit("K/W", .thermalResistance), PhysicalUnit("K/mW", .thermalResistance, exponent: 3),
        PhysicalUnit("W/(m K)", .thermalConductivity),
        PhysicalUnit("V/s", .sweepRate), PhysicalUnit("mV/s", .sweepRate, exponent: -3),
        PhysicalUnit("V/m", .electricField), PhysicalUnit("MV/cm", .electricField, exponent: 8),
        PhysicalUnit("kV/cm", .electricField, exponent: 5),
    ]

    /// Other spellings of units in the table.
    private static let synonyms: [String: String] = [
        "": "-", "1": "-", "none": "-", "unitless": "-", "sec": "s", "second": "s", "seconds": "s", "minute": "min",
        "minutes": "min", "hr": "h", "hour": "h", "hours": "h", "volt": "V", "volts": "V",
        "cm2/V/s": "cm2/(V s)", "W/m/K": "W/(m K)", "m2/V/s": "m2/(V s)", "/s": "1/s", "s-1": "1/s", "/m2": "1/m2",
        "m-2": "1/m2",
        "/m3": "1/m3", "m-3": "1/m3", "/cm2": "1/cm2", "cm-2": "1/cm2", "/cm3": "1/cm3", "cm-3": "1/cm3",
        "Vs-1": "V/s",
    ]

    private static let bySpelling: [String: PhysicalUnit] = {
        var result: [String: PhysicalUnit] = [:]
        for unit in table { result[canonical(unit.symbol)] = unit }
        for (spelling, symbol) in synonyms { result[spelling] = result[canonical(symbol)] }
        return result
    }()
}
