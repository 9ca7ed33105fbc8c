import CompactModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import Export

/// Exports in their simulators against the model that they were made from: root mean square of the error of F over that of F, over four
/// protocols (a strong pulse and its decay at 0.6 V, a train of weak ones, decay at -0.6 V, pulses under changing bias).
@Suite(.serialized) struct SimulatorTests {
    func worst(_ export: CompactExport, _ language: CompactExport.Language) throws -> Double {
        let rows = try export.check(language, protocols: BenchProtocol.standard(level: export.level))
        #expect(rows.count == 4)
        // F of every protocol is above the resolution of a read.
        for row in rows { #expect(row.largest > 1e-9, "\(row.name)") }
        return rows.map(\.error).max() ?? .infinity
    }

    /// 0.15 % measured: gear's steps at reltol = 1e-5, and edges of 0.1 us where the model has none.
    @Test(.enabled(if: SetP.hasNgspice, "ngspice is not installed: apt-get install ngspice"), arguments: [0, 3, 6])
    func ngspiceFollowsTheStateModel(level: Int) throws { #expect(try worst(SetP.state(level: level), .spice) < 3e-3) }

    /// 0.78 % measured: the edges lengthen a pulse of 100 us by 0.2 us, and F steps where the model has it at once.
    @Test(.enabled(if: SetP.hasNgspice, "ngspice is not installed: apt-get install ngspice"), arguments: [0, 6])
    func ngspiceFollowsTheLinearModel(level: Int) throws { #expect(try worst(SetP.linear(level: level), .spice) < 1e-2) }

    @Test(.enabled(if: SetP.hasVacask, "vacask is not installed: Scripts/setup.sh --with vacask"), arguments: [0, 3, 6])
    func vacaskFollowsTheStateModel(level: Int) throws { #expect(try worst(SetP.state(level: level), .verilogA) < 3e-3) }

    @Test(.enabled(if: SetP.hasVacask, "vacask is not installed: Scripts/setup.sh --with vacask"), arguments: [0, 6])
    func vacaskFollowsTheLinearModel(level: Int) throws { #expect(try worst(SetP.linear(level: level), .verilogA) < 1e-2) }

    /// A simulator that stops is told apart from one that is right.
    @Test func aRunThatDoesNotEndIsAnError() {
        let error = #expect(throws: InputError.self) {
            try Simulator.whole(
                rows([(0, 1e-9), (1, 2e-9)]), BenchWave(name: "weak", corners: [(time: 0, voltage: 0), (time: 2, voltage: 0)]))
        }
        #expect(error?.value == "weak")
    }

    func rows(_ points: [(Double, Double)]) -> [BenchRow] {
        points.map { BenchRow(time: $0.0, conductance: $0.1, voltage: 2, current: 3) }
    }

    /// Energy is that of the rows inside: 2 V, 3 A for 1 s.
    @Test func energyIsThatOfTheRowsInside() {
        #expect(abs(rows([(0, 1), (1, 1), (1.5, 1), (2, 1), (3, 1)]).energy(from: 1, to: 2) - 6) < 1e-12)
        #expect(rows([(0, 1), (2, 3)]).row(at: 0.5)?.conductance == 1.5)
    }

    @Test func samplesLieBetweenRows() {
        let found = Simulator.sample(rows([(0, 1), (1, 3), (1, 4), (2, 6)]), at: [0.25, 1.5, 2])
        #expect(found.map(\.conductance) == [1.5, 5, 6])
    }

    /// The error that is reported is that of F, not of G: a shift of both ends is none.
    @Test func theErrorIsThatOfF() {
        func course(_ g: [Double]) -> [BenchProtocol.Moment] {
            g.enumerated().map { .init(time: Double($0.offset), conductance: $0.element) }
        }
        #expect(BenchProtocol.error(course([5, 7, 6]), of: course([1, 3, 2])) == 0)
        #expect(abs(BenchProtocol.error(course([0, 1.1, 0]), of: course([0, 1, 0])) - 0.1) < 1e-12)
    }
}
