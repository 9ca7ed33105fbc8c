/// A unit that values are written in at the edges of the program (files, sentences, command line); inside, everything
/// is in SI base units.
///
/// One unit is worth `multiple * 10^exponent` of the SI unit of its dimension. The power of ten is kept apart so that
/// "40 nm" becomes exactly the double nearest to 40e-9: one correctly rounded division instead of a product with a
/// factor that is itself rounded.
public struct Unit: Hashable, Sendable {
    /// How the unit is written, such as "cm2/(V s)".
    public let symbol: String
    public let dimension: Dimension
    /// Worth beside the power of ten; 1 for all decimal multiples (60 for min, the elementary charge for eV).
    public let multiple: Double
    public let exponent: Int

    public init(_ symbol: String, _ dimension: Dimension, multiple: Double = 1, exponent: Int = 0) {
        self.symbol = symbol
        self.dimension = dimension
        self.multiple = multiple
        self.exponent = exponent
    }

    /// Elementary charge, C, exact in the SI of 2019.
    public static let elementaryCharge = 1.602176634e-19

    /// `value` of this unit in SI.
    public func toSI(_ value: Double) -> Double { Unit.scale(value * multiple, by: exponent) }

    /// An SI value in this unit.
    public func fromSI(_ value: Double) -> Double { Unit.scale(value, by: -exponent) / multiple }

    private static func scale(_ value: Double, by exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }  // exact up to 10^22
        return exponent < 0 ? value / power : value * power
    }
}

extension Unit {
    /// The unit written as `text`, or nil when there is none of that name.
    ///
    /// Spaces, brackets, "^" and "*" do not matter, "µ" is "u": "cm^2/(V s)", "cm2/Vs" and "cm²/V/s" are one unit.
    /// Letter case does matter ("S" is siemens, "s" second).
    public static func named(_ text: String) -> Unit? { bySpelling[canonical(text)] }

    /// All known units of one dimension, usual ones first.
    public static func all(of dimension: Dimension) -> [Unit] { table.filter { $0.dimension == dimension } }

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
    public static let table: [Unit] = [
        Unit("-", .none), Unit("%", .none, exponent: -2),
        Unit("nm", .length, exponent: -9), Unit("um", .length, exponent: -6), Unit("mm", .length, exponent: -3),
        Unit("cm", .length, exponent: -2), Unit("m", .length),
        Unit("m2", .area), Unit("nm2", .area, exponent: -18), Unit("um2", .area, exponent: -12),
        Unit("cm2", .area, exponent: -4),
        Unit("s", .time), Unit("ms", .time, exponent: -3), Unit("us", .time, exponent: -6),
        Unit("ns", .time, exponent: -9), Unit("min", .time, multiple: 60), Unit("h", .time, multiple: 3600),
        Unit("V", .voltage), Unit("mV", .voltage, exponent: -3),
        Unit("K", .temperature),
        Unit("A", .current), Unit("mA", .current, exponent: -3), Unit("uA", .current, exponent: -6),
        Unit("nA", .current, exponent: -9), Unit("pA", .current, exponent: -12),
        Unit("S", .conductance), Unit("uS", .conductance, exponent: -6), Unit("nS", .conductance, exponent: -9),
        Unit("J", .energy), Unit("mJ", .energy, exponent: -3), Unit("uJ", .energy, exponent: -6),
        Unit("nJ", .energy, exponent: -9), Unit("pJ", .energy, exponent: -12),
        Unit("eV", .energy, multiple: elementaryCharge),
        Unit("meV", .energy, multiple: elementaryCharge, exponent: -3),
        Unit("W", .power), Unit("mW", .power, exponent: -3), Unit("uW", .power, exponent: -6),
        Unit("nW", .power, exponent: -9),
        Unit("F/m2", .arealCapacitance), Unit("uF/cm2", .arealCapacitance, exponent: -2),
        Unit("1/m3", .volumeDensity), Unit("1/cm3", .volumeDensity, exponent: 6),
        Unit("1/m2", .arealDensity), Unit("1/cm2", .arealDensity, exponent: 4),
        Unit("1/nm2", .arealDensity, exponent: 18),
        Unit("m/s", .velocity), Unit("cm/s", .velocity, exponent: -2),
        Unit("cm2/(V s)", .mobility, exponent: -4), Unit("m2/(V s)", .mobility),
        Unit("m2/s", .diffusivity), Unit("cm2/s", .diffusivity, exponent: -4),
        Unit("1/s", .rate), Unit("Hz", .rate), Unit("1/min", .rate, multiple: 1.0 / 60),
        Unit("K/W", .thermalResistance), Unit("K/mW", .thermalResistance, exponent: 3),
        Unit("V/s", .sweepRate), Unit("mV/s", .sweepRate, exponent: -3),
        Unit("V/m", .electricField), Unit("MV/cm", .electricField, exponent: 8),
        Unit("kV/cm", .electricField, exponent: 5),
    ]

    /// Other spellings of units in the table.
    private static let synonyms: [String: String] = [
        "": "-", "1": "-", "none": "-", "unitless": "-", "sec": "s", "hr": "h", "volt": "V", "volts": "V",
        "cm2/V/s": "cm2/(V s)", "m2/V/s": "m2/(V s)", "/s": "1/s", "s-1": "1/s", "/m2": "1/m2", "m-2": "1/m2",
        "/m3": "1/m3", "m-3": "1/m3", "/cm2": "1/cm2", "cm-2": "1/cm2", "/cm3": "1/cm3", "cm-3": "1/cm3",
        "Vs-1": "V/s",
    ]

    private static let bySpelling: [String: Unit] = {
        var result: [String: Unit] = [:]
        for unit in table { result[canonical(unit.symbol)] = unit }
        for (spelling, symbol) in synonyms { result[spelling] = result[canonical(symbol)] }
        return result
    }()
}
