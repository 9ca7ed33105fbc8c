import Calibration
import Testing

struct FuzzTests {
    @Test("150 random devices: each run ends in a trace or a named stop, nothing is NaN, the inventory is kept to 1e-9")
    func sample() throws {
        let summary = try Fuzz(runs: 150, seed: 7).run()
        #expect(summary.faults.isEmpty, "\(summary.faults.map { "\($0.index): \($0.faults)" })")
        #expect(summary.largest_drift < 1e-9)
        #expect(summary.endings["finished", default: 0] > 50)
    }

    @Test("The same seed gives the same runs")
    func repeatable() throws {
        #expect(try Fuzz(runs: 12, seed: 3).run() == Fuzz(runs: 12, seed: 3).run())
        #expect(try Fuzz(runs: 12, seed: 3).run() != Fuzz(runs: 12, seed: 4).run())
    }
}
