import FiniteVolume
import Foundation

/// Electron current through the whole device as one integral: drift-diffusion in series with two thermionic contacts.
///
///     I = q A N_c (1 - e^(-V/V_T)) / { integral_0^L e^(-(psi + psi_im)/V_T) dx / D_n
///                                      + [ e^(-(psi + psi_im)/V_T)|_0 + e^(-(psi + psi_im)/V_T)|_L ] / v_R },   D_n = mu_n V_T
///
/// Exact for quasi-stationary electrons (dF_n/dx = 0) in a given band profile. In a layer whose band lies dE_c higher psi counts as
/// psi - dE_c, and its N_c weighs the integrand by N_c(first) / N_c. The potential is linear between nodes, the image
/// potential is not: Gauss-Legendre panels are refined towards both contacts. Cost: one vector exponential of about 170 values.
/// So emission acts in the plane of each contact. With `emission: maximum`, the condition of C. R. Crowell, S. M. Sze, Solid-State
/// Electron. 9, 1035 (1966), it acts at the top of the band, and with `tunnelling: wkb` beneath it too (`BarrierLadder`); with
/// `tunnelling: local` e^(-f) is divided by Gamma(E) (`LocalTunnelling`). Source: Docs/device-model.md, section 2.
final class ThermionicCurrent<L: Lane> {
    private let quadrature: BandQuadrature
    private let fraction, weight, rise: Stretch<L>
    private let arguments, exponentials: Stretch<L>
    private let storage: LaneStorage<L>
    private let riseLeft, riseRight, rightWeight: L
    private let area: L
    private let indices: RateIndex
    private let local: LocalTunnelling<L>
    /// lnGamma of each edge, and twice it at each point.
    private let gamma, lift: Stretch<L>
    private let inverseLength: Stretch<L>
    private let layerEdges: [Range<Int>]
    /// Emission at the top and tunnelling along the band, lane by lane; empty where electrons pass in the contact's plane.
    private let ladders: [LadderLane]
    let rates: RateTable<L>

    /// nil where a contact blocks electrons.
    init?(_ devices: [Device], grids: [Grid]) {
        indices = RateIndex(devices[0])
        guard devices[0].left.electrons != .blocked, devices[0].right.electrons != .blocked else { return nil }
        let all = BandQuadrature.aligned(zip(devices, grids).map { BandQuadrature($0, grid: $1) })
        quadrature = all[0]
        let points = quadrature.fraction.count
        let edges = quadrature.first.count - 1
        storage = LaneStorage(6 * points + 4 + 2 * edges)
        fraction = storage.take(points)
        weight = storage.take(points)
        rise = storage.take(points)
        arguments = storage.take(points + 2)
        exponentials = storage.take(points + 2)
        lift = storage.take(points)
        gamma = storage.take(edges)
        local = LocalTunnelling(devices)
        let isPlain = devices.allSatisfy {
            $0.emission == .contact && ($0.tunnelling != .wkb || $0.layers.allSatisfy { !$0.tunnellingMass.isFinite })
        }
        ladders =
            isPlain
            ? [] : (0..<L.width).map { LadderLane(devices[$0 % devices.count], grid: grids[$0 % grids.count], aligned: all[0]) }
        inverseLength = storage.take(edges)
        let layerOf = devices[0].layerOfEdges(grids[0])
        layerEdges = devices[0].layers.indices.map { l in
            let start = layerOf.firstIndex(of: l) ?? 0
            return start..<(layerOf.lastIndex(of: l) ?? start - 1) + 1
        }
        for lane in 0..<L.width {
            let one = all[lane % all.count]
            for i in 0..<edges { inverseLength[i][lane: lane] = 1 / grids[lane % grids.count].edges[i] }
            for k in 0..<points {
                fraction[k][lane: lane] = one.fraction[k]
                weight[k][lane: lane] = one.weight[k]
                rise[k][lane: lane] = one.rise[k]
            }
        }
        func lane(_ f: (BandQuadrature) -> Double) -> L {
            var x = L(0)
            for k in 0..<L.width { x[lane: k] = f(all[k % all.count]) }
            return x
        }
        riseLeft = lane { $0.riseLeft }
        riseRight = lane { $0.riseRight }
        rightWeight = lane { $0.rightWeight }
        area = lanes(devices) { $0.area }
        let laws = devices.map { RateIndex.laws(of: $0) }
        let electronic = 3 * devices[0].layers.count + 2
        rates = RateTable((0..<electronic).map { k in laws.map { $0[k] } }, reference: Device.referenceTemperature)
    }

    /// I in A and dI/dT in A/K at fixed potential and the temperature of `rates`.
    ///
    /// `u[first + stride i]` is psi at node i, V.
    @inline(__always)
    func evaluate(_ u: Stretch<L>, first: Int, stride: Int, voltage: L, temperature: L) -> (current: L, slope: L) {
        rates.set(temperature: temperature)
        let (a, e) = (arguments, exponentials)
        let inverse = -rates.inverseThermal
        // Below 0 V numerator and denominator are both multiplied by e^(V/V_T), which would overflow from -18 V on.
        let x = voltage * rates.inverseThermal
        let shift = L.smaller(x, L(0))
        let edges = quadrature.first.count - 1
        var at = first
        for i in 0..<edges {
            let left = u[at], step = u[at &+ stride] - left
            for k in quadrature.first[i]..<quadrature.first[i &+ 1] {
                a[k] = (left + fraction[k] * step + rise[k]) * inverse + shift
            }
            at &+= stride
        }
        let points = fraction.count
        if local.isOn { tunnel(u, first: first, stride: stride) }
        a[points] = (u[first] + riseLeft) * inverse + shift
        a[points &+ 1] = (u[at] + riseRight) * inverse + shift
        if local.isOn {
            a[points] -= gamma[0]
            a[points &+ 1] -= gamma[edges &- 1]
        }
        e.assign(a)
        e.exponentials(points &+ 2)
        // Each layer's integral over its own diffusivity; a = -psi/V_T + shift falls as 1/T.
        let t = rates.temperature
        var (resistance, slope) = (L(0), L(0))
        for (layer, range) in quadrature.layers.enumerated() {
            var (integral, byTemperature) = (L(0), L(0))
            for k in range {
                let part = weight[k] * e[k]
                integral += part
                byTemperature -= part * (local.isOn ? a[k] - lift[k] : a[k])
            }
            let mobility = indices.mobility[layer]
            let inverseDiffusivity = rates.inverseThermal / rates[mobility]
            resistance += integral * inverseDiffusivity
            // D_n = mu_n V_T ~ T^(1 + p).
            slope += (byTemperature - (L(1) + rates.exponent(mobility)) * integral) * inverseDiffusivity
        }
        let left = e[points], right = rightWeight * e[points &+ 1]
        let inverseLeft = indices.leftEmission.map { L(1) / rates[$0] } ?? L(0)
        let inverseRight = indices.rightEmission.map { L(1) / rates[$0] } ?? L(0)
        resistance += left * inverseLeft + right * inverseRight
        // v_R ~ T^0.5.
        let (liftLeft, liftRight) = local.isOn ? (gamma[0] + gamma[0], gamma[edges &- 1] + gamma[edges &- 1]) : (L(0), L(0))
        slope -=
            left * (a[points] - liftLeft + L(0.5)) * inverseLeft + right * (a[points &+ 1] - liftRight + L(0.5)) * inverseRight
        if !ladders.isEmpty { (resistance, slope) = climb(u, first: first, stride: stride, voltage: voltage, shift: shift) }
        let drive = x.map { $0 < 0 ? expm1($0) : -expm1(-$0) }
        let scale = L(Constants.charge) * area * rates[indices.densityOfStates[0]] / resistance
        let current = scale * drive
        let driveSlope = -(x * L.exponential(-x.size))
        return (current, (current * (L(1.5) - slope / resistance) + scale * driveSlope) / t)
    }

    /// Takes lnGamma of every edge from the exponents.
    @inline(__always)
    private func tunnel(_ u: Stretch<L>, first: Int, stride: Int) {
        for (layer, range) in layerEdges.enumerated() {
            for i in range {
                let field = (u[first &+ stride &* (i &+ 1)] - u[first &+ stride &* i]) * inverseLength[i]
                let exponent = local.exponent(layer, field: field, inverseThermal: rates.inverseThermal)
                gamma[i] = exponent
                for k in quadrature.first[i]..<quadrature.first[i &+ 1] {
                    arguments[k] -= exponent
                    lift[k] = exponent + exponent
                }
            }
        }
    }

    /// The resistance by `BarrierLadder`, lane by lane.
    private func climb(_ u: Stretch<L>, first: Int, stride: Int, voltage: L, shift: L) -> (value: L, slope: L) {
        var (value, slope) = (L(0), L(0))
        for (k, lane) in ladders.enumerated() {
            let buffer = lane.buffer
            for i in 0..<buffer.psi.count { buffer.psi[i] = u[first + stride * i][lane: k] }
            for (i, place) in lane.places.enumerated() {
                buffer.a[i] = arguments[place][lane: k]
                buffer.e[i] = exponentials[place][lane: k]
            }
            for i in 0..<buffer.gamma.count { buffer.gamma[i] = gamma[i][lane: k] }
            func number(_ x: L) -> Double { x[lane: k] }
            let found = lane.ladder.resistance(
                psi: buffer.psi, a: buffer.a, e: buffer.e, gamma: buffer.gamma,
                BarrierLadder.State(
                    thermal: number(rates.thermal), voltage: number(voltage), shift: number(shift),
                    left: indices.leftEmission.map { number(rates[$0]) },
                    right: indices.rightEmission.map { number(rates[$0]) },
                    inverseDiffusivity: indices.mobility.map { number(rates.inverseThermal / rates[$0]) },
                    exponent: indices.mobility.map { number(rates.exponent($0)) }))
            (value[lane: k], slope[lane: k]) = (found.value, found.slope)
        }
        return (value, slope)
    }
}

/// The ladder of one lane with its buffers, and where its points stand among the aligned ones.
private struct LadderLane {
    let ladder: BarrierLadder
    let places: [Int]
    let buffer: (psi: Stretch<Double>, a: Stretch<Double>, e: Stretch<Double>, gamma: Stretch<Double>)
    private let storage: LaneStorage<Double>

    init(_ device: Device, grid: Grid, aligned: BandQuadrature) {
        let ladder = BarrierLadder(device, grid: grid)
        self.ladder = ladder
        var places: [Int] = []
        for e in grid.edges.indices {
            let own = 5 * ladder.panels.count { $0.edge == e }
            places += (0..<own).map { aligned.first[e] + $0 }
        }
        self.places = places
        storage = LaneStorage(grid.count + 2 * places.count + grid.edges.count)
        buffer = (
            storage.take(grid.count), storage.take(places.count), storage.take(places.count), storage.take(grid.edges.count)
        )
    }
}

/// Points, weights and band rises of the Gauss-Legendre panels of one device's grid, refined towards both contacts.
struct BandQuadrature {
    /// First point of each edge, and one behind the last.
    private(set) var first: [Int]
    /// Points of each layer.
    private(set) var layers: [Range<Int>]
    /// Position inside the edge (0 ... 1), weight (m, by N_c(first) / N_c), psi_im - dE_c (V).
    private(set) var fraction, weight, rise: [Double]
    let riseLeft, riseRight, rightWeight: Double

    init(_ device: Device, grid: Grid) {
        let image = ImageForce(device)
        let marks = ImageForce.panelEdges(device)
        var (first, fraction, weight, rise) = ([0], [Double](), [Double](), [Double]())
        let layerOf = device.layerOfEdges(grid)
        var layers = device.layers.map { _ in 0..<0 }
        for e in grid.edges.indices {
            let (start, end) = (grid.nodes[e], grid.nodes[e + 1])
            let layer = device.layers[layerOf[e]]
            let share = device.layers[0].densityOfStates / layer.densityOfStates
            for (a, b) in BandPanel.cuts(grid, e, marks) {
                for (node, w) in GaussLegendre.fivePoint {
                    let x = a + (b - a) * node
                    fraction.append((x - start) / (end - start))
                    weight.append(w * (b - a) * (device.layers[0].densityOfStates > 0 ? share : 1))
                    rise.append(image.potential(x) - layer.bandOffset)
                }
            }
            let l = layerOf[e]
            layers[l] = (layers[l].isEmpty ? first[e] : layers[l].lowerBound)..<fraction.count
            first.append(fraction.count)
        }
        (self.first, self.layers, self.fraction, self.weight, self.rise) = (first, layers, fraction, weight, rise)
        let last = device.layers[device.layers.count - 1]
        riseLeft = image.potential(0) - device.layers[0].bandOffset
        riseRight = image.potential(device.thickness) - last.bandOffset
        rightWeight = last.densityOfStates > 0 ? device.layers[0].densityOfStates / last.densityOfStates : 1
    }

    /// The same with points of no weight at the end of each edge, up to `counts` points on it.
    private init(_ other: BandQuadrature, counts: [Int]) {
        self = other
        var (first, fraction, weight, rise) = ([0], [Double](), [Double](), [Double]())
        var layers: [Range<Int>] = other.layers.map { _ in 0..<0 }
        for (e, count) in counts.enumerated() {
            let own = other.first[e]..<other.first[e + 1]
            let missing = count - own.count
            fraction += other.fraction[own] + [Double](repeating: 0.5, count: missing)
            weight += other.weight[own] + [Double](repeating: 0, count: missing)
            rise += other.rise[own] + [Double](repeating: other.rise[own.lowerBound], count: missing)
            if let l = other.layers.firstIndex(where: { $0.contains(own.lowerBound) }) {
                layers[l] = (layers[l].isEmpty ? first[e] : layers[l].lowerBound)..<fraction.count
            }
            first.append(fraction.count)
        }
        (self.first, self.layers, self.fraction, self.weight, self.rise) = (first, layers, fraction, weight, rise)
    }

    /// The quadratures of several devices with the same points on each edge, so that they can stand side by side.
    static func aligned(_ all: [BandQuadrature]) -> [BandQuadrature] {
        guard all.contains(where: { $0.first != all[0].first }) else { return all }
        let counts = (0..<all[0].first.count - 1).map { e in all.map { $0.first[e + 1] - $0.first[e] }.max() ?? 0 }
        return all.map { BandQuadrature($0, counts: counts) }
    }
}

/// Nodes and weights on [0, 1].
enum GaussLegendre {
    static let fivePoint: [(node: Double, weight: Double)] = [
        (-0.9061798459386640, 0.2369268850561891), (-0.5384693101056831, 0.4786286704993665),
        (0, 0.5688888888888889), (0.5384693101056831, 0.4786286704993665), (0.9061798459386640, 0.2369268850561891),
    ].map { (0.5 + 0.5 * $0.0, 0.5 * $0.1) }
}
