/// Scharfetter-Gummel flux of a lattice gas with Mott-Gurney hopping between two neighbouring nodes.
///
///     J = D g / h [ c_l (1 - c_r/c_max) B(z du) - c_r (1 - c_l/c_max) B(-z du) ],   du = (psi_r - psi_l) / V_T
///     g = sinh(w) / w,   w = z a E / (2 V_T) = -z a du / (2 h)                       [1/(m2 s)]
///
/// Exactly zero for c/(1 - c/c_max) ~ exp(-z psi / V_T). Source: Scharfetter & Gummel (1969); N. F. Mott, R. W. Gurney,
/// Electronic Processes in Ionic Crystals (1948) for g; Docs/device-model.md, section 2.
struct LatticeGas<L: Lane> {
    let chargeNumber, inverseMaximum: L

    /// One edge as the law sees it; `hop` is z a / (2 h), `perLength` D / h.
    struct Edge { var du, hop, perLength, inverseThermal: L }

    /// J and its derivatives by c_l, c_r and psi_r (by psi_l it is the negative of the latter).
    struct Flux { var value, byLeft, byRight, byPotential: L }

    /// The exponents whose exponentials `flux` wants: z du and |w|.
    @inline(__always) func arguments(_ e: Edge) -> (L, L) { (chargeNumber * e.du, e.hop * e.du.size) }

    @inline(__always)
    func flux(_ e: Edge, left: L, right: L, exponentials: (L, L)) -> Flux {
        let z = chargeNumber, du = e.du
        let (b, slope) = bernoulli(z * du, exponential: exponentials.0)
        let minus = b + z * du
        let w = e.hop * du.size
        let small = L.isLess(w, L(0.02))
        let ws = w * w
        let inverse = L(1) / exponentials.1
        let g = L.pick(small, L(1) + ws * (L(1.0 / 6) + ws * L(1.0 / 120)), (exponentials.1 - inverse) / (L(2) * w))
        let gSlope = L.pick(small, w * (L(1.0 / 3) + ws * L(1.0 / 30)), ((exponentials.1 + inverse) * L(0.5) - g) / w)
        let leftRoom = L(1) - left * inverseMaximum, rightRoom = L(1) - right * inverseMaximum
        let driving = left * rightRoom * b - right * leftRoom * minus
        let scale = e.perLength * g
        let bySlope = scale * z * (left * rightRoom * slope - right * leftRoom * (slope + L(1)))
        let byHop = e.perLength * gSlope * driving * L.pick(L.isLess(du, L(0)), -e.hop, e.hop)
        return Flux(
            value: scale * driving, byLeft: scale * (rightRoom * b + right * inverseMaximum * minus),
            byRight: -(scale * (left * inverseMaximum * b + leftRoom * minus)),
            byPotential: (bySlope + byHop) * e.inverseThermal)
    }
}

/// The Bernoulli function of the Scharfetter-Gummel flux, B(u) = u / (e^u - 1), and its derivative, given e^u.
///
/// B(-u) = B(u) + u and B(u) = e^-u B(-u), so one exponential serves both directions. A series below |u| = 0.05; relative error below
/// 1e-14 everywhere. Source: D. L. Scharfetter, H. K. Gummel, IEEE Trans. Electron Devices 16, 64 (1969).
@inline(__always)
func bernoulli<L: Lane>(_ u: L, exponential: L) -> (value: L, slope: L) {
    let near = L.isLess(u.size, L(0.05))
    let reciprocal = L(1) / (exponential - L(1))
    let s = u * u
    let far = u * reciprocal
    let value = L.pick(near, L(1) - u * L(0.5) + s * (L(1.0 / 12) - s * (L(1.0 / 720) - s * L(1.0 / 30240))), far)
    let slope = L.pick(near, L(-0.5) + u * (L(1.0 / 6) - s * (L(1.0 / 180) - s * L(1.0 / 5040))), reciprocal * (L(1) - far - u))
    return (value, slope)
}

/// Conservation of the vacancies: cell dc/dt + J_right - J_left = 0 with `LatticeGas` on every edge.
final class VacancyConservation<let B: Int, L: Lane> {
    let gas: LatticeGas<L>
    /// z a / (2 h) of each edge.
    private let hop, exponents: Stretch<L>
    private let storage: LaneStorage<L>
    let place: Int

    init(_ devices: [Device], grids: [Grid], board: Board<B, L>, place: Int) {
        self.place = place
        func lanes(_ f: (Device) -> Double) -> L {
            var x = L(0)
            for k in 0..<L.width { x[lane: k] = f(devices[k % devices.count]) }
            return x
        }
        gas = LatticeGas(chargeNumber: lanes { $0.chargeNumber }, inverseMaximum: lanes { 1 / $0.maximumDensity })
        let edges = board.nodes - 1
        storage = LaneStorage(3 * edges)
        hop = storage.take(edges)
        exponents = storage.take(2 * edges)
        for lane in 0..<L.width {
            let (device, grid) = (devices[lane % devices.count], grids[lane % grids.count])
            for (e, layer) in device.layerOfEdges(grid).enumerated() {
                hop[e][lane: lane] = device.chargeNumber * device.layers[layer].hopDistance / (2 * grid.edges[e])
            }
        }
    }

    @inline(__always)
    private func edge(_ i: Int, _ board: Board<B, L>, diffusivity: L, inverseThermal: L) -> LatticeGas<L>.Edge {
        LatticeGas.Edge(du: board.du[i], hop: hop[i], perLength: diffusivity * board.inverse[i], inverseThermal: inverseThermal)
    }

    /// Fills the exponentials of all edges from `board.du`.
    @inline(__always)
    func prepare(_ board: Board<B, L>) {
        let edges = board.nodes &- 1
        for i in 0..<edges {
            let (a, b) = gas.arguments(LatticeGas.Edge(du: board.du[i], hop: hop[i], perLength: L(0), inverseThermal: L(0)))
            exponents[i] = a
            exponents[edges &+ i] = b
        }
        exponents.exponentials(2 * edges)
    }

    /// J on one edge; needs `prepare` at the same state.
    @inline(__always)
    func flux(_ i: Int, _ board: Board<B, L>, diffusivity: L, inverseThermal: L) -> LatticeGas<L>.Flux {
        gas.flux(
            edge(i, board, diffusivity: diffusivity, inverseThermal: inverseThermal), left: board.u[board.index(i, place)],
            right: board.u[board.index(i &+ 1, place)], exponentials: (exponents[i], exponents[board.nodes &- 1 &+ i]))
    }

    @inline(__always)
    func add(to board: Board<B, L>) {
        let (m, nodes, k) = (board.matrix, board.nodes, place)
        let (d, lo, up, b) = (m.diagonal, m.lower, m.upper, m.right)
        prepare(board)
        let (shift, inverseThermal) = (board.shift, board.rates.inverseThermal)
        for i in 0..<nodes {
            let cell = board.cells[i], at = board.index(i, k)
            b[i &* B &+ k] -= cell * (shift * board.u[at] + board.history[at])
            d[m.at(i, k, k)] += cell * shift
        }
        for (layer, edges) in board.stretches.enumerated() {
            let diffusivity = board.rates[board.indices.diffusivity[layer]]
            for i in edges {
                let f = flux(i, board, diffusivity: diffusivity, inverseThermal: inverseThermal)
                b[i &* B &+ k] -= f.value
                b[(i &+ 1) &* B &+ k] += f.value
                d[m.at(i, k, 0)] -= f.byPotential
                d[m.at(i, k, k)] += f.byLeft
                up[m.at(i, k, 0)] += f.byPotential
                up[m.at(i, k, k)] += f.byRight
                lo[m.at(i &+ 1, k, 0)] += f.byPotential
                lo[m.at(i &+ 1, k, k)] -= f.byLeft
                d[m.at(i &+ 1, k, 0)] -= f.byPotential
                d[m.at(i &+ 1, k, k)] -= f.byRight
            }
        }
    }
}

import FiniteVolume
