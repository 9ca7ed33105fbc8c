import CKernels
import Essentials

/// What one device behind a synapse does in a network step and in a pulse: tables over its state, as `Pairs.h` reads them.
///
/// A device's state is (Q, s, w): the lattice charge above that at rest at its bias, the share of it beyond the first lattice plane,
/// and the stored oxygen; charges in `chargeUnit`. Source: `Docs/cell.md`.
package struct PairTables: Sendable {
    /// Four numbers of one node.
    package typealias Node = SIMD4<Float>

    /// Nodes 2^(lowest + o) (1 + i / 2^bits), o < octaves, i < 2^bits, and the last end.
    package struct Axis: Sendable, Equatable {
        package var lowest, octaves, bits: Int
        package init(lowest: Int, octaves: Int, bits: Int) { (self.lowest, self.octaves, self.bits) = (lowest, octaves, bits) }

        package var count: Int { octaves << bits + 1 }
        package var nodes: [Double] {
            (0..<count).map { k in
                Double(
                    sign: .plus, exponent: lowest + k >> bits, significand: 1 + Double(k & (1 << bits - 1)) / Double(1 << bits))
            }
        }
        var kernel: PairAxis { PairAxis(lowest: Int32(lowest), octaves: Int32(octaves), bits: Int32(bits)) }
    }

    /// 1/m2.
    package var chargeUnit: Double
    /// Biases of the tables, V, evenly spaced; and the decay time at each of `decays`, from which a Lambda's bias follows.
    package var biases: [Double]
    package var decays: [(bias: Double, tau: Double)]
    /// Duration of a step in Lambda = exp(-step / tau), s.
    package var step: Double
    /// w less that of a device that nothing was written to, `baseStore`, plus the first node; the first node is below 1.
    package var storeAxis: Axis
    package var baseStore: Double
    /// The largest w that the state model was fitted at.
    package var fittedStore: Double
    /// Shares are evenly spaced in 0 ... 1.
    package var holdShares, pulseShares, readShares: Int
    package var holdCharge, pulseCharge, readCharge: Axis
    /// Q below which a device is taken to be at rest.
    package var asleep: Double
    /// See `PairsStep`.
    package var hold, rest, pulse: [Node]
    package var read: [Float]
    /// The pulse of each level of dF.
    package var shapes: [(amplitude: Double, width: Double)]

    /// Empty tables of these sizes.
    package init(
        chargeUnit: Double, biases: [Double], decays: [(bias: Double, tau: Double)], step: Double, storeAxis: Axis,
        baseStore: Double, fittedStore: Double, shares: (hold: Int, pulse: Int, read: Int),
        charges: (hold: Axis, pulse: Axis, read: Axis),
        asleep: Double, shapes: [(amplitude: Double, width: Double)]
    ) {
        (self.chargeUnit, self.biases, self.decays, self.step) = (chargeUnit, biases, decays, step)
        (self.storeAxis, self.baseStore, self.fittedStore) = (storeAxis, baseStore, fittedStore)
        (holdShares, pulseShares, readShares) = shares
        (holdCharge, pulseCharge, readCharge) = charges
        (self.asleep, self.shapes) = (asleep, shapes)
        let stores = storeAxis.count
        hold = Array(repeating: .zero, count: biases.count * stores * shares.hold * charges.hold.nodes.count)
        rest = Array(repeating: .zero, count: biases.count * stores)
        pulse = Array(repeating: .zero, count: shapes.count * stores * shares.pulse * charges.pulse.nodes.count)
        read = Array(repeating: 0, count: shares.read * charges.read.nodes.count)
    }

    /// w of node j.
    package func store(_ j: Int) -> Double { baseStore + storeAxis.nodes[j] - storeAxis.nodes[0] }
    package var largestStore: Double { store(storeAxis.count - 1) }

    /// The bias at which F decays by Lambda in a step: ln tau is linear between the measured biases; the nearest one beyond them.
    package func bias(lambda: Double) -> Double {
        guard lambda > 0, lambda < 1 else { return lambda > 0 ? decays[decays.count - 1].bias : decays[0].bias }
        let wanted = Elementary.log(-step / Elementary.log(lambda))
        let times = decays.map { Elementary.log($0.tau) }
        for k in 1..<decays.count where (times[k - 1] - wanted) * (times[k] - wanted) <= 0 && times[k] != times[k - 1] {
            return decays[k - 1].bias
                + (decays[k].bias - decays[k - 1].bias) * (wanted - times[k - 1]) / (times[k] - times[k - 1])
        }
        let nearest = times.indices.min { abs(times[$0] - wanted) < abs(times[$1] - wanted) } ?? 0
        return decays[nearest].bias
    }
}
