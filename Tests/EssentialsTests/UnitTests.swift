import Testing

@testable import Essentials

/// Units at the edges: values come in exactly, wrong units do not come in at all.
@Suite struct UnitTests {
    /// Decimal units give the double nearest to the decimal value, as a Swift literal does.
    @Test(arguments: [
        ("40 nm", PhysicalDimension.length, 40e-9), ("0.39nm", .length, 0.39e-9), ("2.87e-15 m2", .area, 2.87e-15),
        ("2870 nm2", .area, 2.87e-15), ("6 cm2/(V s)", .mobility, 6e-4), ("6 cm2/Vs", .mobility, 6e-4),
        ("6 cm^2/(V·s)", .mobility, 6e-4), ("500us", .time, 500e-6), ("500 µs", .time, 500e-6),
        ("500 μs", .time, 500e-6), ("1e3s", .time, 1000), ("2 min", .time, 120), ("1.5 h", .time, 5400),
        ("−2 V", .voltage, -2), ("600 mV", .voltage, 0.6), ("12 nS", .conductance, 12e-9),
        ("35.6 mJ", .energy, 35.6e-3), ("30 pJ", .energy, 30e-12), ("1 eV", .energy, 1.602176634e-19),
        ("40.842 uF/cm2", .arealCapacitance, 0.40842), ("1e22 1/cm3", .volumeDensity, 1e28),
        ("1e14 1/cm2", .arealDensity, 1e18), ("50 mV/s", .sweepRate, 0.05), ("3 MV/cm", .electricField, 3e8),
        ("1.826e6 K/W", .thermalResistance, 1.826e6), ("5", .none, 5), ("5 -", .none, 5), ("5 1", .none, 5),
    ])
    func readsValues(text: String, dimension: PhysicalDimension, si: Double) throws {
        #expect(try Quantity.si(text, as: dimension, key: "x") == si)
    }

    @Test func everyUnitIsReadByItsOwnSymbolAndWritesBackItsValue() throws {
        for unit in PhysicalUnit.table {
            #expect(PhysicalUnit.named(unit.symbol) == unit)
            for number in [1.0, 0.1, 1 / 3.0, 6.02214076e23, -7.25e-19] {
                let si = unit.toSI(number)
                #expect(try Quantity.si(unit.text(of: si), as: unit.dimension, key: "x") == si, "\(unit.symbol)")
            }
        }
        #expect(Set(PhysicalUnit.table.map { PhysicalUnit.canonical($0.symbol) }).count == PhysicalUnit.table.count)
    }

    @Test func aWrongUnitNamesTheRightOnes() {
        let error = #expect(throws: InputError.self) { try Quantity.si("40 nS", as: .length, key: "thickness") }
        #expect(error?.description == "thickness = 40 nS: nS is a unit of conductance; expected a length in nm, um, mm, cm, m")
        let none = #expect(throws: InputError.self) { try Quantity.si("40", as: .time, key: "width") }
        #expect(none?.problem == "has no unit")
    }

    @Test func nonsenseIsRefused() {
        for text in ["", "V", "three V", "0x10 V", "1e999 V", "3.5 Vs/m2", "1.2.3 V", "--1 V", "nan V"] {
            #expect(throws: InputError.self, "\(text)") { try Quantity.si(text, as: .voltage, key: "x") }
        }
        let error = #expect(throws: InputError.self) { try Quantity(parsing: "5 uss", key: "width") }
        #expect(error?.expected?.contains("us") == true)
    }

    /// Barriers may be given as energies; 0.1 eV per charge is 0.1 V to the last bit.
    @Test func energiesPerCharge() throws {
        #expect(try Quantity.si("0.7294 eV", as: .voltage, key: "x", perCharge: true) == 0.7294)
        #expect(try Quantity.si("100 meV", as: .voltage, key: "x", perCharge: true) == 0.1)
        #expect(throws: InputError.self) { try Quantity.si("0.7 eV", as: .voltage, key: "x") }
    }

    /// Any double at all can be written: in the SI unit where the wanted one has no exact number for it.
    @Test func writingIsExactForEveryDouble() throws {
        var generator = Linear(state: 7)
        for _ in 0..<2000 {
            let si = Double.random(in: 1e-9...1e-3, using: &generator)
            #expect(try Quantity.si(PhysicalUnit("us", .time, exponent: -6).text(of: si), as: .time, key: "x") == si)
        }
        #expect(PhysicalUnit("us", .time, exponent: -6).rounded(502.00000000006e-6) == "502 us")
    }

    @Test func numbersAreWrittenShort() {
        for (value, text) in [
            (1e8, "1e8"), (1_826_000, "1826000"), (1.5e9, "1.5e9"), (-2.5e7, "-2.5e7"), (40, "40"), (0, "0"), (1e-9, "1e-9"),
            (6.6e18, "6.6e18"), (0.7294, "0.7294"), (100_000, "1e5"), (20_000, "20000"), (1e22, "1e22"),
        ] {
            #expect(PhysicalUnit.shortest(value) == text)
            #expect(Double(text) == value)
        }
    }

    @Test func infinityPassesAndWritesBack() throws {
        #expect(try Quantity.si(".inf 1/m2", as: .arealDensity, key: "x") == .infinity)
        #expect(PhysicalUnit("1/m2", .arealDensity).text(of: .infinity) == "inf 1/m2")
    }

    @Test func nearSpellings() {
        #expect(closest(to: "thicknes", in: ["thickness", "area", "width"]) == ["thickness"])
        #expect(closest(to: "barrier", in: ["platinum_barrier", "titanium_barrier", "area"]).count == 2)
        #expect(closest(to: "wdith", in: ["width", "area"]) == ["width"])
        #expect(closest(to: "xyz", in: ["thickness"]) == [])
        #expect(suggestion(for: "q", in: ["thickness"]) == nil)
    }
}

/// Knuth's MMIX linear congruential generator, so that the tested doubles are the same in every run.
private struct Linear: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
