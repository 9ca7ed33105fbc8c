import CompactModel
import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import GameAccount
@testable import NeuralNetwork

/// Set P and its tables for a step of 1 s, made once.
enum Pairs {
    static let synapse = Result<SynapseModel, any Error> {
        try SynapseModel.load(path: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml"))
    }
    static let lumps = Result<(model: LumpedDevice, cell: LumpedDevice?, deviceDigest: String), any Error> {
        try LumpedDevice.read(path: Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.state.json"))
    }
    static let tables = Result<PairTables, any Error> {
        try PairTables(synapse: synapse.get(), cell: #require(lumps.get().cell), step: 1)
    }
}

/// Pairs of devices by tables, against the state model that the tables are made of.
@Suite struct PairTablesTests {
    let tables: PairTables
    let synapse: SynapseModel
    let cell: LumpedDevice
    /// Synapses whose W and Lambda spread over what the shipped agents have, and updates of a network's sizes.
    private let count = 24
    private let weights, lambdas: [Float]
    private let updates: [[Int16]]

    init() throws {
        (tables, synapse) = (try Pairs.tables.get(), try Pairs.synapse.get())
        cell = try #require(Pairs.lumps.get().cell)
        var random = SeededGenerator(seed: 5, stream: 2)
        weights = (0..<count).map { _ in Float(random.normal() * 1.2) }
        lambdas = (0..<count).map { _ in Float(random.uniform(0.08, 0.91)) }
        updates = (0..<80).map { _ in
            (0..<24).map { _ in
                guard random.uniform() < 0.2 else { return 0 }
                let level = max(1, min(20, Int(0.7 / (1 - 0.97 * random.uniform()))))
                return Int16(random.uniform() < 0.6 ? level : -level)
            }
        }
    }

    private func course(_ pairs: DevicePairs) -> [[Float]] { [pairs.step(nil)] + updates.map { pairs.step($0) } }

    /// F of the pairs by the state model itself, and the energies of pulses and biases.
    private func reference(_ pairs: DevicePairs) throws -> (course: [[Double]], pulses: Double, bias: Double) {
        let unit = synapse.weightMap.conductancePerUnit
        let volts = lambdas.map { tables.bias(lambda: Double($0)) }
        var runs = (0..<count).map { k in
            (0..<2).map { side in
                var state = cell.levels[0].state
                state.stored = Double(pairs.startStore(k, side: side)) * tables.chargeUnit
                var run = LumpedRun(cell, from: state)
                for _ in 0..<12 {
                    run.hold(volts[k], for: 60)
                    run.state.stored = state.stored
                }
                return run
            }
        }
        func read() -> [Double] { runs.map { ($0[0].conductance - $0[1].conductance) / unit } }
        func energy() -> Double { runs.joined().reduce(0) { $0 + $1.energy } }
        let (start, before) = (read(), energy())
        var (course, pulses) = ([[Double]](repeating: [], count: 0), 0.0)
        course.append(start.map { _ in 0 })
        for levels in updates {
            for k in 0..<count {
                for side in 0..<2 { runs[k][side].hold(volts[k], for: tables.step) }
                if levels[k] != 0 {
                    let (side, shape) = (levels[k] < 0 ? 1 : 0, tables.shapes[Int(abs(levels[k])) - 1])
                    let before = runs[k][side].energy
                    runs[k][side].pulse(shape.amplitude, for: shape.width)
                    pulses += runs[k][side].energy - before
                }
            }
            course.append(zip(read(), start).map { $0 - $1 })
        }
        #expect(runs.joined().allSatisfy { !$0.isLost && $0.clipped == 0 })
        return (course, pulses, energy() - before - pulses)
    }

    /// Limits: twice what was measured. The algebraic cell with the same updates is off by more than a third.
    @Test func tablesFollowTheStateModel() throws {
        let pairs = try DevicePairs(tables, weights: weights, lambdas: lambdas)
        let ours = course(pairs)
        let theirs = try reference(pairs)
        var (miss, all, algebra) = (0.0, 0.0, 0.0)
        var cell = [Double](repeating: 0, count: count)
        for (t, f) in ours.enumerated() {
            for k in 0..<count {
                if t > 0 { cell[k] = Double(lambdas[k]) * cell[k] + 0.5 * Double(updates[t - 1][k]) }
                let g = theirs.course[t][k]
                miss += (Double(f[k]) - g) * (Double(f[k]) - g)
                algebra += (cell[k] - g) * (cell[k] - g)
                all += g * g
            }
        }
        let account = pairs.account
        #expect((miss / all).squareRoot() < 0.015 && (algebra / all).squareRoot() > 0.3, "\(miss / all) \(algebra / all)")
        #expect(abs(account.pulseEnergy / theirs.pulses - 1) < 2e-3, "\(account.pulseEnergy) J, \(theirs.pulses) J")
        #expect(abs(account.biasEnergy / theirs.bias - 1) < 0.02, "\(account.biasEnergy) J, \(theirs.bias) J")
        #expect(account.clipped == 0 && account.weightsBeyond == 0 && account.lambdasBeyond == 0)
        #expect(account.conductance > 0 && account.awake < Double(2 * count * updates.count))
        #expect(account.steps == updates.count && account.pulses == Double(updates.joined().count { $0 != 0 }))
    }

    /// Before the first step every pair has its W, whatever its bias; a W that no device can be written to is counted.
    @Test func pairsBeginAtTheirWeight() throws {
        let pairs = try DevicePairs(tables, weights: weights + [14], lambdas: lambdas + [0.5])
        let start = pairs.step(nil)
        #expect(start.prefix(count).allSatisfy { abs($0) < 1e-4 })
        #expect(pairs.account.weightsBeyond == 1 && start[count] < -1)
        #expect(try DevicePairs(tables, weights: [0], lambdas: [0.99]).account.lambdasBeyond == 1)
    }

    /// The bias of a Lambda is where F decays so in a step.
    @Test func biasesGiveLambdas() {
        for point in synapse.decay.points {
            #expect(abs(tables.bias(lambda: exp(-tables.step / point.tau)) - point.bias) < 1e-6)
        }
        #expect(tables.bias(lambda: 0) == -0.6 && tables.bias(lambda: 1) == 0.6)
    }

    /// Devices at rest are looked at once in sixteen steps; without that F moves by less than a thousandth of a unit.
    @Test func skippingIsExactEnough() throws {
        var restless = tables
        restless.asleep = 0
        let (a, b) = (
            course(try DevicePairs(tables, weights: weights, lambdas: lambdas)),
            course(try DevicePairs(restless, weights: weights, lambdas: lambdas))
        )
        let difference = zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 1e-3 && difference > 0, "\(difference)")
    }

    @Test func everyLevelGivesTheSameBits() throws {
        let levels = KernelLevel.allCases.filter { level in (try? KernelLevel.best()).map { level <= $0 } ?? false }
        let courses = try levels.map { course(try DevicePairs(tables, weights: weights, lambdas: lambdas, kernels: $0)) }
        for other in courses.dropFirst() { #expect(other == courses[0]) }
        let pairs = try DevicePairs(tables, weights: weights, lambdas: lambdas)
        #expect(course(pairs) == courses[0] && course(pairs) == courses[0])
    }

    @Test func whatIsNoCellIsRefused() throws {
        let model = try Pairs.lumps.get().model
        let lumps = #expect(throws: InputError.self) { try PairTables(synapse: synapse, cell: model, step: 1) }
        #expect(lumps?.key == "cell" && lumps?.value == "5 lumps")
        #expect(throws: InputError.self) { try PairTables(synapse: synapse, cell: cell, step: 0) }
    }

    /// Two synapses over a dozen steps: the device, the state model and the tables agree, the cell does not; weak limits, for the errors are
    /// measured in Docs/cell.md.
    @Test func replayComparesWithTheDevice() throws {
        let device = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).device
        let traces: [SynapseRecorder.Trace] = [
            .init(synapse: 7, weight: 0.4, lambda: 0.9, levels: [0, 12, 0, 0, 12, 12, 12, 0, 0, 0, 0, 3]),
            .init(synapse: 9, weight: -0.9, lambda: 0.3, levels: [-4, 0, 2, -1, -20, 0, 0, 0, 0, 0, 0, 0]),
        ]
        var replay = GameReplay(synapse: synapse, device: device, state: try Pairs.lumps.get().model, tables: tables)
        replay.settle = 60
        let courses = try replay.run(traces, steps: 12)
        #expect(courses.map(\.synapse) == [7, 9] && courses.map(\.pulses) == [5, 4])
        #expect(courses.map(\.trains) == [1, 2] && courses.allSatisfy { $0.stopped == nil && $0.clipped == 0 })
        for course in courses {
            #expect(course.error(\.state) < 0.03 && course.error(\.cell) < 0.06, "\(course)")
            #expect(course.error(\.network) > 2 * course.error(\.cell))
            #expect(abs(course.pulseEnergy.cell / course.pulseEnergy.device - 1) < 0.02)
        }
        #expect(GameReplay.moments(traces[0].levels[...]) == [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12])
        #expect(throws: InputError.self) {
            try replay.run([.init(synapse: 1, weight: 0, lambda: 0.5, levels: [41])], steps: 1)
        }
    }
}
