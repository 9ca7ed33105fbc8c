import CompactModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import GameAccount
@testable import NeuralNetwork

@Suite struct PairTablesTests {
    @Test func scratch() throws {
        let synapse = try SynapseModel.load(path: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml"))
        let cell = try LumpedDevice.load(path: "/tmp/cellwork/cell.json")
        let unit = synapse.weightMap.conductancePerUnit
        for step in [1.0, 1.0 / 60] {
            let start = Date()
            let began = Double(Foundation.clock()) / 1e6
            let tables = try PairTables(synapse: synapse, cell: cell, step: step)
            print("step", step, "tables", -start.timeIntervalSinceNow, "s, cpu", Double(Foundation.clock()) / 1e6 - began, "largest store", tables.largestStore, tables.biases.count, tables.storeAxis, tables.largestStore)
            var random = SeededGenerator(seed: 5, stream: 2)
            let reading = step == 1 ? 1.0 : step
            let n = 48
            let lambdas = (0..<n).map { _ in Float(exp(log(random.uniform(0.08, 0.91)) * reading)) }
            let weights = (0..<n).map { _ in Float(random.normal() * 1.2) }
            let pairs = try DevicePairs(tables, weights: weights, lambdas: lambdas)
            var runs = (0..<n).map { k -> [LumpedRun] in
                (0..<2).map { side in
                    var s = cell.levels[0].state
                    s.stored = Double(pairs.startStore(2 * k + side)) * 1e15
                    var r = LumpedRun(cell, from: s)
                    r.tolerance = 1e-5
                    for _ in 0..<12 { r.hold(tables.bias(lambda: Double(lambdas[k])), for: 60); r.state.stored = s.stored }
                    return r
                }
            }
            let e0 = runs.map { $0.map(\.energy).reduce(0, +) }.reduce(0, +)
            let f0 = pairs.step(nil)
            print("F at start", f0.map { abs($0) }.max()!, "reference", (0..<n).map { k in abs((runs[k][0].conductance - runs[k][1].conductance) / unit - Double(weights[k])) }.max()!)
            var (miss, all, algebra) = (0.0, 0.0, 0.0)
            var pulseEnergy = 0.0
            var fa = [Double](repeating: 0, count: n)
            let base = (0..<n).map { k in (runs[k][0].conductance - runs[k][1].conductance) / unit }
            let steps = 300
            for t in 0..<steps {
                let levels = (0..<n).map { _ -> Int16 in
                    guard random.uniform() < 0.2 else { return 0 }
                    let k = max(1, min(20, Int(0.7 / (1 - 0.97 * random.uniform()))))
                    return Int16(random.uniform() < 0.6 ? k : -k)
                }
                let f = pairs.step(levels)
                for k in 0..<n {
                    if levels[k] != 0 {
                        let shape = tables.shapes[Int(abs(levels[k])) - 1]
                        let before = runs[k][levels[k] < 0 ? 1 : 0].energy
                        runs[k][levels[k] < 0 ? 1 : 0].pulse(shape.amplitude, for: shape.width)
                        pulseEnergy += runs[k][levels[k] < 0 ? 1 : 0].energy - before
                    }
                    for side in 0..<2 { runs[k][side].hold(tables.bias(lambda: Double(lambdas[k])), for: step) }
                    let g = (runs[k][0].conductance - runs[k][1].conductance) / unit - base[k]
                    fa[k] = Double(lambdas[k]) * fa[k] + Double(levels[k]) * 0.5
                    miss += (Double(f[k]) - g) * (Double(f[k]) - g); all += g * g
                    algebra += (fa[k] - g) * (fa[k] - g)
                    if k < 3, t % 60 == 59 { print("  t", t, "k", k, f[k], g, fa[k]) }
                }
            }
            let e = runs.map { $0.map(\.energy).reduce(0, +) }.reduce(0, +) - e0 - pulseEnergy
            let a = pairs.account
            print("tables against cell", (miss / all).squareRoot(), "algebra", (algebra / all).squareRoot(), "lost", runs.flatMap { $0 }.count { $0.isLost }, "clipped", runs.flatMap { $0 }.map(\.clipped).reduce(0, +), a.clipped, "pulse E", a.pulseEnergy / pulseEnergy, "bias E", a.biasEnergy / e, "awake", a.awake / Double(2 * n * steps))
        }
    }
    @Test func debug() throws {
        let synapse = try SynapseModel.load(path: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml"))
        let cell = try LumpedDevice.load(path: "/tmp/cellwork/cell.json")
        let unit = synapse.weightMap.conductancePerUnit
        let step = 1.0 / 60
        let tables = try PairTables(synapse: synapse, cell: cell, step: step)
        for (weight, bias) in [(0.0, -0.6), (0.0, 0.6), (0.3, 0.2)] {
            let tau = tables.decays.min { abs($0.bias - bias) < abs($1.bias - bias) }!.tau
            let lambda = Float(exp(-step / tau))
            let pairs = try DevicePairs(tables, weights: [Float(weight)], lambdas: [lambda])
            var s = cell.levels[0].state
            s.stored = Double(pairs.startStore(0)) * 1e15
            var r = LumpedRun(cell, from: s)
            r.tolerance = 1e-6
            let v = tables.bias(lambda: Double(lambda))
            for _ in 0..<12 { r.hold(v, for: 60); r.state.stored = s.stored }
            let g0 = r.conductance
            _ = pairs.step(nil)
            print("W", weight, "bias", v, "w", s.stored / 1e15, "rest", r.state.lumps.map { $0 / 1e15 }, pairs.debug(0))
            for t in 0..<240 {
                let level: Int16 = t == 10 || t == 20 ? 4 : t == 100 ? 20 : 0
                let f = pairs.step([level])[0]
                if level > 0 { let p = tables.shapes[Int(level) - 1]; r.pulse(p.amplitude, for: p.width) }
                if level > 0 { print("    after pulse", r.state.lumps.map { $0 / 1e15 }, (r.conductance - g0) / unit) }
                r.hold(v, for: step)
                if t < 3 || [10, 11, 20, 30, 60, 99, 100, 120, 180, 239].contains(t) {
                    print("  t", t, "F", f, (r.conductance - g0) / unit, "N", r.state.lumps.map { $0 / 1e15 }, r.state.stored / 1e15, pairs.debug(0))
                }
            }
        }
    }
}
