import CompactModel
import Essentials
import Foundation
import NeuralNetwork

extension PairTables {
    /// How fine the tables are, and how exact their nodes.
    package struct Resolution: Sendable {
        /// Biases and, at each, shares at which a hold is run; the tables are refined between the biases by cubics.
        package var biases = 9, shares = 6
        /// Shares at which a pulse is run, on every second store.
        package var pulseShares = 4
        /// Of the first-order steps; the extrapolated ones are 30 times as exact (`PairTablesTests`).
        package var holdTolerance = 1e-3, pulseTolerance = 1e-3
        package init() {}
    }

    /// Tables of the devices that a state model on two lumps describes.
    ///
    /// - Parameters:
    ///   - synapse: the pulse of each level of dF (`LinearSynapse.shape`), the decay times and the unit of weight.
    ///   - cell: `LumpedTraining.Models.cell`.
    ///   - step: duration of a network step, s.
    /// - Throws: `InputError` where the model has not two lumps, or says nothing of more than a hundredth of the nodes.
    /// Cost: some 6 s of processor time, on all cores.
    package init(
        synapse: SynapseModel, cell: LumpedDevice, step: Double, resolution: Resolution = Resolution(),
        progress: ProgressHandler? = nil
    ) throws(InputError) {
        guard cell.lumpCount == 2, let base = cell.levels.first, let top = cell.levels.last, top.trains > 0 else {
            throw InputError(
                "cell", value: "\(cell.lumpCount) lumps", problem: "is no state model for a network",
                expected: "two lumps and at least one SET train, as `tausonite extract --out` writes them")
        }
        guard step > 0, step.isFinite, synapse.decay.points.count > 1 else {
            throw InputError("step", value: "\(step) s", problem: "is no duration of a step", expected: "above 0 s")
        }
        let (linear, unit) = (LinearSynapse(synapse), synapse.weightMap.conductancePerUnit)
        let levels = max(1, Int(clamped: (synapse.update.maximum / synapse.update.step).rounded()))
        let decays = synapse.decay.points.sorted { $0.bias < $1.bias }
        // Eight units of weight above the base: the shipped agents' W reaches six, and busy synapses gain some.
        let perStore = (top.conductance - base.conductance) / (top.state.stored - base.state.stored)
        // 1e15 1/m2 on the default device; the tables end at 5.6 times the largest charge that the fit saw.
        let charge = cell.scale / 46
        let (largest, first) = (8 * unit / perStore / charge, 1.0 / 16)
        self.init(
            chargeUnit: charge,
            biases: Maker.even(decays[0].bias, decays[decays.count - 1].bias, count: 3 * resolution.biases - 2),
            decays: decays.map { ($0.bias, $0.tau) }, step: step,
            storeAxis: Axis(lowest: -4, octaves: max(2, Int(clamped: log2(largest / first + 1).rounded(.up))), bits: 0),
            baseStore: base.state.stored / charge, fittedStore: top.state.stored / charge,
            shares: (resolution.shares, resolution.pulseShares, 9),
            charges: (
                Axis(lowest: -3, octaves: 11, bits: 2), Axis(lowest: -4, octaves: 12, bits: 1),
                Axis(lowest: -5, octaves: 13, bits: 5)
            ), asleep: 1e-3,
            shapes: (1...levels).map {
                let shape = linear.shape(for: Double($0) * synapse.update.step * unit)
                return (shape.amplitude, shape.width)
            })
        let maker = Maker(cell: cell, tables: self, unit: unit, resolution: resolution)
        let tally = Tally(total: Double(resolution.biases) + 0.7 * Double(levels))
        let report: @Sendable (Double) -> Void = {
            progress?(Progress("tables of the devices", fraction: tally.add($0)))
        }
        read = maker.reads()
        let holds = concurrentMap(resolution.biases) { k in
            defer { report(1) }
            return maker.holds(at: maker.tables.biases[3 * k])
        }
        let pulses = concurrentMap(levels) { k in
            defer { report(0.7) }
            return maker.pulses(maker.tables.shapes[k])
        }
        let lost = holds.reduce(0) { $0 + $1.lost } + pulses.reduce(0) { $0 + $1.lost }
        guard lost * 100 <= hold.count / 4 + pulse.count / 2 else {
            throw InputError(
                "cell", value: "\(lost) states", problem: "lie outside what the state model describes",
                expected: "a device whose reduction holds up to the charges of its largest pulse")
        }
        let coarse = (0..<resolution.biases).map { biases[3 * $0] }
        // The tables hold the logarithm of energies over V^2: these change by decades over the biases.
        func refined(_ rows: [[SIMD4<Double>]]) -> [PairTables.Node] {
            Maker.refined(rows.map { $0.map(Maker.logarithmic) }, coarse, biases).flatMap { $0 }.map {
                Maker.single(Maker.bounded($0))
            }
        }
        rest = refined(holds.map(\.rest))
        hold = refined(holds.map(\.hold))
        pulse = pulses.flatMap(\.pulse).map(Maker.single)
    }
}

/// Runs the state model at the nodes of the tables.
private struct Maker: Sendable {
    typealias Values = SIMD4<Double>
    let cell: LumpedDevice
    let tables: PairTables
    let unit: Double
    let resolution: PairTables.Resolution

    static func even(_ low: Double, _ high: Double, count: Int) -> [Double] {
        (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
    }
    static func single(_ v: Values) -> PairTables.Node { PairTables.Node(v) }
    static func logarithmic(_ v: Values) -> Values { Values(v[0], v[1], v[2], Elementary.log(max(v[3], 1e-300))) }
    /// A cubic may pass below what a ratio or a charge can be.
    static func bounded(_ v: Values) -> Values { Values(max(v[0], 0), v[1], v[2], v[3]) }

    func state(_ first: Double, _ beyond: Double, _ store: Double) -> LumpedDevice.State {
        let unit = tables.chargeUnit
        return LumpedDevice.State(
            lumps: [max(first, 0) * unit, max(beyond, 0) * unit], stored: max(store, 0) * unit,
            inventory: cell.levels[0].state.inventory)
    }

    func reads() -> [Float] {
        Self.even(0, 1, count: tables.readShares).flatMap { share in
            tables.readCharge.nodes.map { Float(cell.conductance(state($0 * (1 - share), $0 * share, 0)) / unit) }
        }
    }

    private func run(_ state: LumpedDevice.State, tolerance: Double) -> LumpedRun {
        var run = LumpedRun(cell, from: state)
        run.tolerance = tolerance
        return run
    }

    /// One bias: (first plane, beyond it, dw in 16 steps, energy of one over V^2) at rest on every store, and the steps from [store][share][charge].
    func holds(at bias: Double) -> (rest: [Values], hold: [Values], lost: Int) {
        let (unit, step) = (tables.chargeUnit, tables.step)
        // Where the bias is 0 the ratio of energy to V^2 is a limit.
        let bias = abs(bias) < 1e-6 ? 1e-6 : bias
        let square = bias * bias
        let stores = (0..<tables.storeAxis.count).map(tables.store)
        var rest: [Values] = []
        var guess = (1.0, 1.0)
        for j in 0..<tables.storeAxis.count {
            let store = tables.store(j)
            var run = run(state(guess.0, guess.1, store), tolerance: 1e-6)
            // Fast against what the store does; it is put back so that the rest belongs to this store.
            for _ in 0..<12 {
                run.hold(bias, for: 60)
                run.state.stored = store * unit
            }
            guess = (run.state.lumps[0] / unit, run.state.lumps[1] / unit)
            let before = run.energy
            run.hold(bias, for: 16 * step)
            rest.append(Values(guess.0, guess.1, run.state.stored / unit - store, (run.energy - before) / 16 / square))
        }
        /// At rest on a store between those.
        func atRest(_ store: Double) -> Values {
            let j = max(0, min(stores.count - 2, (stores.lastIndex { $0 <= store } ?? 0)))
            let t = min(max((store - stores[j]) / (stores[j + 1] - stores[j]), 0), 1)
            return rest[j] + (rest[j + 1] - rest[j]) * t
        }
        let coarse = PairTables.Axis(lowest: tables.holdCharge.lowest, octaves: tables.holdCharge.octaves, bits: 1).nodes
        var (hold, lost) = ([Values](), 0)
        for j in 0..<tables.storeAxis.count {
            for share in Self.even(0, 1, count: tables.holdShares) {
                var line: [Values] = []
                for charge in coarse {
                    let store = tables.store(j)
                    var run = run(
                        state(rest[j][0] + charge * (1 - share), rest[j][1] + charge * share, store),
                        tolerance: resolution.holdTolerance)
                    run.hold(bias, for: step)
                    guard !run.isLost else {
                        lost += 1
                        line.append(line.last ?? Values(1, 0, 0, rest[j][3]))
                        continue
                    }
                    let after = run.state.stored / unit
                    let still = atRest(after)
                    let beyond = run.state.lumps[1] / unit - still[1]
                    let all = run.state.lumps[0] / unit - still[0] + beyond
                    let end = all > 1e-6 ? min(max(beyond / all, 0), 1) : share
                    line.append(Values(max(all / charge, 0), end - share, after - store, run.energy / square))
                }
                hold += Self.refined(line.map { [$0] }, coarse, tables.holdCharge.nodes).map { $0[0] }
            }
        }
        return (rest, hold, lost)
    }

    /// One shape: what it adds to (first plane, beyond it, w) and its energy, [store][share][charge].
    func pulses(_ shape: (amplitude: Double, width: Double)) -> (pulse: [Values], lost: Int) {
        let unit = tables.chargeUnit
        var (pages, lost) = ([[Values]](), 0)
        let count = tables.storeAxis.count
        let chosen = Array(stride(from: 0, to: count - 1, by: 2)) + [count - 1]
        for j in chosen {
            let store = tables.store(j)
            var page: [Values] = []
            for share in Self.even(0, 1, count: tables.pulseShares) {
                for charge in tables.pulseCharge.nodes {
                    let from = state(charge * (1 - share), charge * share, store)
                    var run = run(from, tolerance: resolution.pulseTolerance)
                    run.pulse(shape.amplitude, for: shape.width)
                    guard !run.isLost else {
                        lost += 1
                        page.append(page.last ?? .zero)
                        continue
                    }
                    let to = run.state
                    page.append(
                        Values(
                            (to.lumps[0] - from.lumps[0]) / unit, (to.lumps[1] - from.lumps[1]) / unit,
                            (to.stored - from.stored) / unit, run.energy))
                }
            }
            pages.append(page)
        }
        let all = (0..<count).map(Double.init)
        return (Self.refined(pages, chosen.map(Double.init), all).flatMap { $0 }, lost)
    }

    /// Rows given at `xs`, at `ys` between them: the cubic through the four nearest.
    static func refined(_ rows: [[Values]], _ xs: [Double], _ ys: [Double]) -> [[Values]] {
        ys.map { y in
            let right = xs.firstIndex { $0 >= y - 1e-12 } ?? xs.count - 1
            if abs(xs[right] - y) < 1e-12 { return rows[right] }
            let count = min(4, xs.count)
            let first = max(0, min(right - count / 2, xs.count - count))
            let weights = (first..<first + count).map { i in
                (first..<first + count).reduce(1.0) { $1 == i ? $0 : $0 * (y - xs[$1]) / (xs[i] - xs[$1]) }
            }
            return rows[0].indices.map { k in
                weights.indices.reduce(Values.zero) { $0 + rows[first + $1][k] * weights[$1] }
            }
        }
    }
}
