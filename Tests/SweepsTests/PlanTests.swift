import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import Sweeps

/// What is varied, over which values, and in which combinations.
@Suite struct PlanTests {
    static func device() throws -> DeviceDescription { try .load(path: Repository.path("Materials/pt-sto-ti.yaml")) }

    private static func values(_ text: String, names: [String] = ["amplitude", "width", "n"]) throws -> (
        SweepVariable, SweepValues
    ) {
        try SweepValues.parse(text, device: device(), names: names)
    }

    @Test(arguments: [
        ("amplitude=2 V, 2.5 V, 3 V", [2, 2.5, 3]), ("amplitude=2, 2.5, 3 V", [2, 2.5, 3]),
        ("amplitude=2 V to 3 V by 0.5 V", [2, 2.5, 3]),
        ("amplitude=3 V to 2 V by 500 mV", [3, 2.5, 2]), ("amplitude=0 V to 0.3 V in 4", [0, 0.1, 0.2, 0.3]),
        ("width=1 us to 1 ms in 4 log", [1, 10, 100, 1000]), ("width=1 us to 1 ms log in 4", [1, 10, 100, 1000]),
        ("n=1,10,100", [1, 10, 100]), ("area=1e5 nm2, 0.2 um2", [1e5, 2e5]), ("amplitude=3 V", [3]),
        ("amplitude=-1 V to 1 V in 3", [-1, 0, 1]),
    ])
    func lists(text: String, expected: [Double]) throws {
        let (variable, values) = try Self.values(text)
        #expect(values.listed == expected, "\(values) in \(variable.unit.symbol)")
    }

    @Test func ranges() throws {
        #expect(try Self.values("amplitude=2 V to 4 V").1 == .range(2, 4, isLogarithmic: false))
        #expect(try Self.values("width=1 us to 1 ms log").1 == .range(1, 1000, isLogarithmic: true))
        let area = try Self.device().entry("area").value * 1e18
        guard case .range(let low, let high, false) = try Self.values("area=+-5%").1 else { return #expect(Bool(false)) }
        #expect(abs(low / area - 0.95) < 1e-8 && abs(high / area - 1.05) < 1e-8)
        #expect(try Self.values("area=±5% in 3").1.listed?.count == 3)
        let (barrier, point) = try Self.values("platinum_barrier")
        #expect(try barrier.unit.symbol == "eV" && point == .point(try Self.device().entry("platinum_barrier").value))
    }

    /// Each names what is wrong and what would be right.
    @Test(arguments: [
        ("aria=1 nm2", "area"), ("amplitude", "has no value"), ("amplitude=", "key=values"), ("=3", "key=values"),
        ("amplitude=2 V to 2 V in 3", "the same"), ("amplitude=-1 V to 1 V in 3 log", "crosses 0"),
        ("amplitude=2 V, 3 s", "unit of time"),
        ("amplitude=1 V to 2 V to 3 V", "more than one"), ("amplitude=2 V to 4 V in 1", "how many"),
        ("area=5 V", "unit of voltage"),
        ("area=inf nm2", "finite"), ("amplitude=+-5%", "device"), ("area=+-200%", "share"),
        ("amplitude=2 V to 4 V by 0 V", "no step"),
        ("amplitude=2 volts per", "not a known unit"),
    ])
    func badValues(text: String, words: String) throws {
        let error = #expect(throws: InputError.self) { try Self.values(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.source == "--vary" || error?.key == "--vary")
    }

    private static func plan(_ vary: [String], table: String? = nil, _ design: SweepPlan.Design = .grid, names: [String] = [])
        throws
        -> SweepPlan
    { try SweepPlan(vary: vary, table: table, design: design, device: device(), names: names) }

    @Test func grids() throws {
        let plan = try Self.plan(["a=1 V, 2 V", "b=10 us, 20 us, 30 us"], names: ["a", "b"])
        #expect(plan.points == [[1, 10], [1, 20], [1, 30], [2, 10], [2, 20], [2, 30]])
        #expect(plan.variables.map(\.column) == ["a_V", "b_us"])
    }

    @Test func tablesOfPoints() throws {
        let path = NSTemporaryDirectory() + "/points-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write("point,area_nm2,amplitude_V,permittivity,failure\n0,100000,2,91,\n1,200000,3,100,\n", to: path)
        let plan = try Self.plan(["n=1,2"], table: path, names: ["amplitude", "n"])
        #expect(plan.variables.map(\.column) == ["area_nm2", "amplitude_V", "permittivity", "n"])
        #expect(plan.points == [[1e5, 2, 91, 1], [1e5, 2, 91, 2], [2e5, 3, 100, 1], [2e5, 3, 100, 2]])
        try AtomicFile.write("area_um2,platinum_barrier_meV\n0.1,740\n", to: path)
        #expect(try Self.plan([], table: path).points == [[1e5, 0.74]])
        for (text, words) in [
            ("aria_nm2\n1\n", "area"), ("area_nm2\nx\n", "not a finite number"), ("area_nm2\n", "no rows"),
            ("area_V\n1\n", "unit of voltage"),
        ] {
            try AtomicFile.write(text, to: path)
            let error = #expect(throws: InputError.self) { try Self.plan([], table: path) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test func designs() throws {
        let sobol = try Self.plan(["area=+-10%", "w=1 us to 1 ms log"], .sobol(64, seed: 1), names: ["w"])
        #expect(sobol.points.count == 64 && sobol.isLogarithmic == [false, true])
        #expect(sobol.points.count { $0[1] < 31.6227766 } == 32)
        #expect(try Self.plan(["area=+-10%"], .latinHypercube(10, seed: 1)).points.count == 10)
        #expect(try Self.plan(["area=+-10%", "w=1 us to 1 ms"], .saltelli(8, seed: 1), names: ["w"]).points.count == 32)
        let elastic = try Self.plan(["area", "w=3 us"], .elasticities(step: 0.01), names: ["w"])
        #expect(elastic.points.count == 9 && elastic.points[0][1] == 3 && elastic.points[5][1] == 2.94)
        // The digest is that of the points, not of the words.
        #expect(try Self.plan(["w=1, 2 us"], names: ["w"]).digest == Self.plan(["w=1 us to 2 us by 1 us"], names: ["w"]).digest)
        #expect(try Self.plan(["w=1, 2 us"], names: ["w"]).digest != Self.plan(["w=1, 3 us"], names: ["w"]).digest)
    }

    @Test func badPlans() throws {
        func words(_ vary: [String], _ design: SweepPlan.Design = .grid, names: [String] = []) -> String {
            do { _ = try Self.plan(vary, design, names: names) } catch { return "\(error)" }
            return "none"
        }
        #expect(words([]).contains("nothing to vary"))
        #expect(words(["area=+-5%"]).contains("no number of values"))
        #expect(words(["area=1e5 nm2, 2e5 nm2"], .sobol(8, seed: 1)).contains("listed values"))
        #expect(words(["area=+-5%"], .elasticities(step: 0.01)).contains("no one value"))
        #expect(words(["area", "area"], .elasticities(step: 0.01)).contains("varied twice"))
        #expect(words(["platinum_barrier=+-5% in 2", "left.electrons.barrier=+-5% in 2"]).contains("varied twice"))
        #expect(words(["area=+-5% in 2"], names: ["width"]).contains("{width}: is left open"))
        #expect(words(["a=1 V to 2 V in 2000", "b=1 V to 2 V in 2000"], names: ["a", "b"]).contains("1000000 at most"))
    }
}
