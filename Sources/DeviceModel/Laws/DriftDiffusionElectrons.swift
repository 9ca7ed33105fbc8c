import FiniteVolume

/// Conservation of electrons with the Scharfetter-Gummel flux, cell dn/dt + F_right - F_left = 0, the unknown behind the potential.
///
///     F = D_n (n_l w_l - n_r w_r),   w_l = e^(-f_l) / integral e^(-f) dx,   w_r = e^(-f_r) / integral e^(-f) dx,   f = (psi + psi_im) / V_T
///
/// Exact for dF/dx = 0 on the edge with psi linear. Without an image potential the integral has the closed form of B(u) / h;
/// with one it is a Gauss quadrature of panels split towards the contacts. n is counted in the states of the first layer: the density
/// itself is n e^(-dE_c/V_T) N_c / N_c(first) inside a layer whose band lies dE_c higher.
/// Where electrons tunnel, F is Gamma(E) times as large (`LocalTunnelling`). Source: D. L. Scharfetter, H. K. Gummel (1969); Docs/device-model.md, section 2.
final class DriftDiffusionElectrons<let B: Int, L: Lane> {
    /// Place of n in the block.
    let place = 1
    /// Whether dn/dt counts; without it electrons follow at once.
    var stores = true
    /// Cells of the electrons, m: in other layers than the first each half counts N_c / N_c(first) e^(-dE_c/V_T) of its length.
    let cells: Stretch<L>
    /// The halves of the cells by layer (times N_c / N_c(first)), m, and dE_c, V; empty with one layer.
    private var halves: [(length: Stretch<L>, offset: L)] = []
    private var weighedAt = L(0)
    /// w_l, w_r and their derivatives by du, 1/m, by edge.
    let weights: Stretch<L>
    private let quadrature: BandQuadrature?
    private let tunnelling: LocalTunnelling<L>
    private let fraction, weight, rise, step, exponentials, plain: Stretch<L>
    private let storage: LaneStorage<L>

    init(_ devices: [Device], grids: [Grid], board: Board<B, L>) {
        tunnelling = LocalTunnelling(devices, asWellAs: .wkb)
        let isBent = ImageForce(devices[0]).isPresent || devices[0].layers.count > 1
        let all = BandQuadrature.aligned(zip(devices, grids).map { BandQuadrature($0, grid: $1) })
        let (edges, points) = (board.nodes - 1, isBent ? all[0].fraction.count : 0)
        let layers = devices[0].layers.count
        storage = LaneStorage(board.nodes * (layers > 1 ? 1 + layers : 1) + 7 * edges + 4 * points)
        cells = storage.take(board.nodes)
        weights = storage.take(4 * edges)
        plain = storage.take(edges)
        step = storage.take(edges)
        fraction = storage.take(points)
        weight = storage.take(points)
        rise = storage.take(points)
        exponentials = storage.take(points + edges)
        quadrature = isBent ? all[0] : nil
        if layers > 1 {
            for k in 0..<layers { halves.append((storage.take(board.nodes), lanes(devices) { $0.layers[k].bandOffset })) }
        }
        for lane in 0..<L.width {
            let (device, grid, one) = (devices[lane % devices.count], grids[lane % grids.count], all[lane % all.count])
            let image = ImageForce(device)
            let layers = device.layerOfEdges(grid)
            for i in 0..<board.nodes { cells[i][lane: lane] = grid.cells[i] }
            for e in 0..<edges {
                let layer = device.layers[layers[e]]
                if !halves.isEmpty {
                    let half = 0.5 * grid.edges[e] * layer.densityOfStates / device.layers[0].densityOfStates
                    for i in [e, e + 1] { halves[layers[e]].length[i][lane: lane] += half }
                }
                func rise(_ x: Double) -> Double { image.potential(x) - layer.bandOffset }
                // The unknown n is continuous; psi_im too, but for a jump of eps_opt between layers.
                let first = image.potential(grid.nodes[e])
                step[e][lane: lane] = image.potential(grid.nodes[e + 1]) - first
                for k in points > 0 ? one.first[e]..<one.first[e + 1] : 0..<0 {
                    fraction[k][lane: lane] = one.fraction[k]
                    weight[k][lane: lane] = one.weight[k]
                    self.rise[k][lane: lane] = one.rise[k] - first
                }
            }
        }
    }

    /// Brings the cells of several layers to the present temperature.
    @inline(__always)
    func weighCells(_ board: Board<B, L>) {
        let inverse = board.rates.inverseThermal
        guard !halves.isEmpty, !L.all(L.not(L.either(L.isLess(inverse, weighedAt), L.isLess(weighedAt, inverse)))) else {
            return
        }
        weighedAt = inverse
        for i in 0..<cells.count { cells[i] = L(0) }
        for half in halves {
            let share = L.exponential(-half.offset * inverse)
            for i in 0..<cells.count { cells[i] += share * half.length[i] }
        }
    }

    /// Fills the weights of every edge from `board.du`.
    @inline(__always)
    func prepare(_ board: Board<B, L>) {
        weigh(board)
        guard tunnelling.isOn else { return }
        // e^(-f) / Gamma in the integral alone: n stays that of Boltzmann, its flux grows by Gamma.
        for (layer, edges) in board.stretches.enumerated() {
            for i in edges {
                let perLength = board.inverse[i] * board.rates.thermal
                let exponent = tunnelling.exponent(
                    layer, field: board.du[i] * perLength, inverseThermal: board.rates.inverseThermal)
                let relative =
                    L(2) * tunnelling.strength[layer] * board.du[i] * board.inverse[i] * board.inverse[i]
                    * board.rates.inverseThermal
                let gamma = L.bounded(exponent)
                let (wl, wr) = (gamma * weights[4 &* i], gamma * weights[4 &* i &+ 1])
                weights[4 &* i] = wl
                weights[4 &* i &+ 1] = wr
                weights[4 &* i &+ 2] = gamma * weights[4 &* i &+ 2] + wl * relative
                weights[4 &* i &+ 3] = gamma * weights[4 &* i &+ 3] + wr * relative
            }
        }
    }

    @inline(__always)
    private func weigh(_ board: Board<B, L>) {
        let edges = board.nodes &- 1
        let inverseThermal = board.rates.inverseThermal
        guard let quadrature else {
            for i in 0..<edges { plain[i] = board.du[i] }
            plain.exponentials(edges)
            for i in 0..<edges {
                let du = board.du[i], inverse = board.inverse[i]
                let (b, slope) = bernoulli(du, exponential: plain[i])
                weights[4 &* i] = (b + du) * inverse
                weights[4 &* i &+ 1] = b * inverse
                weights[4 &* i &+ 2] = (slope + L(1)) * inverse
                weights[4 &* i &+ 3] = slope * inverse
            }
            return
        }
        let (e, points) = (exponentials, fraction.count)
        for i in 0..<edges {
            let du = board.du[i]
            for k in quadrature.first[i]..<quadrature.first[i &+ 1] { e[k] = -(fraction[k] * du + rise[k] * inverseThermal) }
            e[points &+ i] = -(du + step[i] * inverseThermal)
        }
        e.exponentials(points &+ edges)
        for i in 0..<edges {
            var (integral, slope) = (L(0), L(0))
            for k in quadrature.first[i]..<quadrature.first[i &+ 1] {
                let part = weight[k] * e[k]
                integral += part
                slope -= part * fraction[k]
            }
            let wl = L(1) / integral
            let wr = e[points &+ i] * wl
            let relative = slope * wl
            weights[4 &* i] = wl
            weights[4 &* i &+ 1] = wr
            weights[4 &* i &+ 2] = -(wl * relative)
            weights[4 &* i &+ 3] = -(wr * (L(1) + relative))
        }
    }

    /// F_n on one edge, 1/(m2 s); needs `prepare` at the same state.
    @inline(__always)
    func flux(_ i: Int, _ board: Board<B, L>, mobility: L) -> L {
        let (left, right) = (board.u[board.index(i, place)], board.u[board.index(i &+ 1, place)])
        return mobility * board.rates.thermal * (left * weights[4 &* i] - right * weights[4 &* i &+ 1])
    }

    @inline(__always)
    func add(to board: Board<B, L>) {
        prepare(board)
        let (m, nodes, u) = (board.matrix, board.nodes, board.u)
        let (d, lo, up, b) = (m.diagonal, m.lower, m.upper, m.right)
        let shift = board.shift
        if stores {
            for i in 0..<nodes {
                let at = board.index(i, place)
                b[i &* B &+ place] -= cells[i] * (shift * u[at] + board.history[at])
                d[m.at(i, place, place)] += cells[i] * shift
            }
        }
        for (layer, edges) in board.stretches.enumerated() {
            let mobility = board.rates[board.indices.mobility[layer]]
            let diffusivity = mobility * board.rates.thermal
            for i in edges {
                let (nl, nr) = (u[board.index(i, place)], u[board.index(i &+ 1, place)])
                let (wl, wr) = (weights[4 &* i], weights[4 &* i &+ 1])
                let value = diffusivity * (nl * wl - nr * wr)
                let byPotential = mobility * (nl * weights[4 &* i &+ 2] - nr * weights[4 &* i &+ 3])
                b[i &* B &+ place] -= value
                b[(i &+ 1) &* B &+ place] += value
                d[m.at(i, place, 0)] -= byPotential
                d[m.at(i, place, place)] += diffusivity * wl
                up[m.at(i, place, 0)] += byPotential
                up[m.at(i, place, place)] -= diffusivity * wr
                lo[m.at(i &+ 1, place, 0)] += byPotential
                lo[m.at(i &+ 1, place, place)] -= diffusivity * wl
                d[m.at(i &+ 1, place, 0)] -= byPotential
                d[m.at(i &+ 1, place, place)] += diffusivity * wr
            }
        }
    }
}
