import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

@testable import Studies
@testable import Sweeps

/// What each point gives, and what a failure leaves.
@Suite struct SweepTests {
    private static func sweep(
        _ sentences: [String], _ vary: [String], _ outputs: [String], _ design: SweepPlan.Design = .grid, batch: Int = 1
    ) throws -> Sweep {
        let device = try PlanTests.device()
        let template = sentences.isEmpty ? nil : ProtocolTemplate(sentences: sentences)
        return try Sweep(
            device: device, template: template,
            plan: SweepPlan(vary: vary, design: design, device: device, names: template?.names ?? []),
            outputs: outputs.map { text throws(InputError) in try SweepOutput(text) }, batch: batch)
    }

    private static func table(_ sweep: Sweep) -> SweepTable {
        SweepTable(sweep, sweep.plan.points.indices.compactMap { sweep.result($0, stop: { false }) })
    }

    /// The numbers are those of a run of the same device and protocol by hand, bit for bit.
    @Test func aPointIsARun() throws {
        let sweep = try Self.sweep(
            ["Read", "Pulse {v} for 100 us", "Hold 0.6 V for 2 ms", "Read"], ["v=2 V, 3 V", "area=1e5, 1.2e5 nm2"],
            [
                "G of read 1", "G after the last read", "dG from read 1 to read 2", "energy of pulse 1", "energy of all pulses",
                "I of pulse 1", "peak T of the first pulse", "G at the end", "time at the end", "largest |I|", "largest T",
            ])
        let results = Self.table(sweep).results
        let description = try PlanTests.device().setting(["area=1.2e5 nm2"])
        let simulator = try DeviceSimulator(description.device)
        try simulator.run(Experiment.baseStateSteps)
        let trace = simulator.run(
            try Experiment(sentences: ["Read", "Pulse 3 V for 100 us", "Hold 0.6 V for 2 ms", "Read"]).waveform,
            recording: .everyStep, readsSamples: false)
        let last = results[3]
        #expect(last.failure == nil && sweep.plan.points[3] == [3, 1.2e5])
        #expect(last.values[0] == trace.reads[0].conductance && last.values[1] == trace.reads[1].conductance)
        #expect(last.values[2] == trace.reads[1].conductance - trace.reads[0].conductance)
        #expect(last.values[3] == trace.pulses[0].energy && last.values[4] == trace.pulseEnergy)
        #expect(last.values[5] == trace.pulses[0].endCurrent && last.values[6] == trace.pulses[0].peakTemperature)
        #expect(last.values[7] == trace.reads[1].conductance)
        #expect(try abs(try #require(last.values[8]) - 2.1e-3) < 1e-5)
        #expect(
            last.values[9] == trace.samples.map { abs($0.current) }.max()
                && last.values[10] == trace.samples.map(\.temperature).max())
    }

    /// Observables are those of the campaign; a device's own units are kept.
    @Test func observablesAreThoseOfTheCampaign() throws {
        let sweep = try Self.sweep([], ["area=4e4, 4.4e4 nm2"], ["base", "cell 3 V 100 us", "tau 0.6 V"])
        let table = Self.table(sweep)
        let description = try PlanTests.device().setting(["area=4.4e4 nm2"])
        let campaign = Campaign(
            measuring: [.base, .cell(3, 100e-6), .tau(0.6)], on: description.device)
        let measured = try campaign.runSerially()
        #expect(
            table.results[1].values == [measured.baseConductance, measured.map[0].deltaConductance[0], measured.decays[0].tau])
        #expect(table.table.columns == ["point", "area_nm2", "base_nS", "cell_3V_100us_nS", "tau_0.6V_s", "failure", "reason"])
    }

    /// A point that fails is a row with its cause; what was measured before stays.
    @Test func failuresAreRows() throws {
        let sweep = try Self.sweep(
            ["Read", "Pulse {v} for 10 ms", "Read"], ["v=2 V, 4.8 V, 30 V", "area=4e4 nm2, 0.1 nm2"],
            ["G of read 1", "G of the last read", "energy of pulse 1", "energy of pulse 2"])
        let results = Self.table(sweep).results
        #expect(results.count == 6)
        // Whole, but for the second pulse that is not there.
        #expect(
            results[0].failure == .not_measured && results[0].reason?.contains("2 reads, 1 pulse") == true
                && results[0].values[2] != nil)
        #expect(
            results[2].failure == .electroforming && results[2].values[0] != nil && results[2].values[1...] == [nil, nil, nil])
        #expect(results[2].reason?.contains("t = ") == true)
        for point in [1, 3, 4, 5] {
            #expect(results[point].failure == .refused && results[point].values.allSatisfy { $0 == nil })
        }
        #expect(results[4].reason?.contains("20 V") == true && results[1].reason?.contains("area") == true)
        let table = Self.table(sweep).table
        #expect(table.rows[2].fields.contains("electroforming"))
        // What --points reads back.
        #expect(try Table(csv: table.csv, source: "t") == table)
    }

    @Test(arguments: [
        "G of read 2", "G of the last read", "dG from read 1 to read 2", "energy of pulse 1", "energy of the last pulse",
        "energy of all pulses", "peak T of pulse 1", "I of pulse 1", "time of mark 1", "V of mark 1", "G at the end",
        "I at the end",
        "V at the end", "T at the end", "time at the end", "largest |I|", "largest T", "tau 0.6 V after 2 V 100 us", "base",
    ])
    func outputsReadBack(name: String) throws {
        let output = try SweepOutput(name)
        #expect(try output.name == name && SweepOutput(output.name) == output)
        #expect(!output.column.contains(" ") && !output.column.contains("|"))
    }

    @Test func unknownOutputsAreToldTheKnownOnes() {
        for name in ["G", "G of read 0", "G of read x", "energy", "colour of pulse 1", "dG from read 1 to read 1", "tau"] {
            let error = #expect(throws: InputError.self) { try SweepOutput(name) }
            #expect(
                error?.key == "--output" && error?.expected?.contains("G of the last read") == true
                    && error?.expected?.contains("forming_voltage") == true)
        }
    }

    @Test func sweepsThatAskForNothingAreRefused() {
        #expect(throws: InputError.self) { try Self.sweep([], ["area=+-1% in 2"], []) }
        #expect(throws: InputError.self) { try Self.sweep([], ["area=+-1% in 2"], ["base", "base"]) }
        #expect(throws: InputError.self) { try Self.sweep([], ["area=+-1% in 2"], ["G of read 1"]) }
        #expect(throws: InputError.self) { try Self.sweep([], ["area=+-1% in 2"], ["base"], batch: 0) }
    }

    /// The unit of work says the point; files of another sweep, or cut ones, are not taken.
    @Test func unitsReadBack() throws {
        let path = NSTemporaryDirectory() + "/tausonite-sweep-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let sweep = try Self.sweep(["Pulse {v} for 1 us", "Read"], ["v=1 V to 2 V in 5"], ["G of read 1"], batch: 2)
        #expect(sweep.units == 3)
        let folder = try StudyFolder(path, sweep.identity(version: "1"))
        _ = try folder.run(WorkShare(), threads: 2) { try sweep.work($0, stop: { false }) }
        #expect(try SweepTable(sweep, folder: folder).results == Self.table(sweep).results)
        try AtomicFile.write("[]", to: folder.file(1))
        let error = #expect(throws: InputError.self) { try SweepTable(sweep, folder: folder) }
        #expect(error?.key == folder.file(1))
        // A cut unit is none.
        #expect(try sweep.work(0, stop: { true }) == nil)
    }

    /// G of a base state is proportional to the area of contact, and elasticities and indices say so.
    @Test func sensitivitiesOfTheArea() throws {
        let elastic = Self.table(try Self.sweep([], ["area", "platinum_barrier"], ["base"], .elasticities(step: 0.01)))
        let area = try #require(elastic.sensitivities.first { $0.variable == "area" })
        let barrier = try #require(elastic.sensitivities.first { $0.variable == "platinum_barrier" })
        #expect(try area.kind == "elasticity" && abs(try #require(area.value) - 1) < 0.05)
        // exp(-phi / V_T) at phi of an electronvolt: tens.
        #expect(try #require(barrier.value) < -1)
        #expect(elastic.sensitivityTable?.rows.count == 2)
        let grid = Self.table(try Self.sweep([], ["area=+-5% in 2"], ["base"]))
        #expect(grid.sensitivityTable == nil)
    }
}
