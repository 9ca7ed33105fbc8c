import CompactModel
import Essentials
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Calibration

/// A user's tables, told apart by their columns; what is held out; errors of both models on it.
@Suite struct MeasuredDataTests {
    static let folder = "Docs/examples/own-data/"

    static func load() throws -> MeasuredData {
        try MeasuredData.load(
            paths: ["pulses", "decays", "reads", "trace"].map { Repository.path("\(folder)\($0).csv") },
            experiment: Experiment.load(path: Repository.path(folder + "stream.yaml")), sigma: 0.05)
    }

    @Test func readsTheExample() throws {
        let data = try Self.load()
        let m = data.measurements
        #expect(m.pulses.count == 11 && m.decays.count == 7 && m.reads.count == 4 && data.traces.count == 1)
        #expect(m.decays.map(\.bias) == m.decays.map(\.bias).sorted() && m.decays.allSatisfy { $0.tau > 0.1 && $0.tau < 20 })
        #expect(data.targets.targets.count == 22 && data.digest.count == 64)
    }

    /// The same seed holds out the same; corners of the map and the outermost biases stay in.
    @Test func theChoiceIsSeeded() throws {
        let data = try Self.load()
        let (fit, held) = data.split(seed: 3)
        #expect(data.split(seed: 3).held.measurements == held.measurements)
        #expect((1...20).contains { data.split(seed: $0).held.measurements != held.measurements })
        #expect(held.measurements.pulses.count == 2 && held.measurements.decays.count == 1)
        #expect(fit.measurements.pulses.count == 9 && fit.measurements.decays.count == 6)
        #expect(fit.targets.targets.count == 19 && fit.traces[0].times.count == held.traces[0].times.count / 2)
        for seed in UInt64(1)...20 {
            let out = data.split(seed: seed).held.measurements
            #expect(out.decays.allSatisfy { abs($0.bias) < 0.5 })
            #expect(out.pulses.allSatisfy { !([2, 3.5].contains($0.amplitude) && [20e-6, 500e-6].contains($0.width)) })
        }
    }

    /// A synapse against data that it made itself: no error; with another tau, its error.
    @Test func errorsAreThoseOfTheHeldOut() throws {
        let data = try Self.load()
        let (fit, held) = data.split(seed: 1)
        var (synapse, _) = try fit.measurements.synapse(readVoltage: 0.6, device: "x", digest: "y", other: nil)
        var exact = held
        let chain = LinearSynapse(synapse)
        for k in exact.measurements.pulses.indices {
            let p = exact.measurements.pulses[k]
            exact.measurements.pulses[k].step = chain.step(p.amplitude, p.width) / 1.1
        }
        for k in exact.measurements.decays.indices {
            exact.measurements.decays[k].tau = chain.decayTime(at: exact.measurements.decays[k].bias)
        }
        let walk = try #require(TraceWalk(exact.traces[0].experiment))
        var run = LinearSynapse(synapse)
        exact.traces[0].values = walk.course(at: exact.traces[0].times) {
            run.hold($0, for: $1)
        } pulse: {
            _ = run.pulse($0, for: $1)
        } conductance: {
            12e-9 + run.weight
        }
        let (rows, remarks) = MeasuredTest(linear: synapse, state: nil).rows(exact)
        #expect(rows.count == 4 && remarks.isEmpty)
        for row in rows {
            let expected = row.name.hasPrefix("dF") ? 0.1 : 0
            #expect(abs((row.linear ?? 1) - expected) < 1e-6 && row.state == nil, "\(row)")
        }
        synapse.decay.points = synapse.decay.points.map {
            .init(bias: $0.bias, tau: $0.tau * 2, lambda: $0.lambda, residual: 0)
        }
        let wrong = MeasuredTest(linear: synapse, state: nil).rows(exact).rows
        #expect(abs((wrong[2].linear ?? 0) - 1) < 1e-6 && (wrong[3].linear ?? 0) > 0.1)
    }

    @Test func badTablesAreNamed() throws {
        func error(_ csv: String) -> InputError? {
            #expect(throws: InputError.self) {
                var data = MeasuredData()
                try data.add(csv: csv, source: "mine.csv", experiment: nil)
            }
        }
        #expect(error("a,b\n1,2\n")?.expected?.contains("bias_V,time_s,F_nS") == true)
        #expect(error("amplitude_V,width_us,delta_F_nS,energy_pJ\n2,100,3,-1\n")?.key == "energy_pJ")
        #expect(error("bias_V,time_s,F_nS\n0.6,1,3\n0.6,0.5,2\n")?.problem.contains("backwards") == true)
        #expect(error("bias_V,time_s,F_nS\n0.6,1,3\n0.6,2,2\n")?.problem == "does not decay")
        #expect(error("trains,conductance_nS\n0,12\n0,13\n")?.problem == "stands twice")
        #expect(error("trains,conductance_nS\n0,-12\n")?.line == 2)
        #expect(error("time_s,conductance_nS\n0,12\n")?.problem.contains("without its protocol") == true)
    }
}
