/// Gauss' law in every cell: displacement on edges, fixed charge and the charge of each mobile species.
///
///     D_(i+1/2) - D_(i-1/2) = q cell_i N_dop + sum_s q_s cell_s,i c_s,i          [C/m2]
///
/// Source: Docs/device-model.md, section 2.
final class PoissonLaw<let B: Int, L: Lane> {
    let permittivities: [Permittivity<L>]
    /// Fixed charge of each cell, C/m2.
    let fixed: Stretch<L>
    private let storage: LaneStorage<L>
    /// Place in the block, charge (C) and cells (m) of each charged species.
    var charges: [(place: Int, charge: L, cells: Stretch<L>)] = []

    init(_ devices: [Device], board: Board<B, L>, donors: [[Double]]) {
        permittivities = devices[0].layers.indices.map { l in Permittivity(devices.map { $0.layers[l] }) }
        storage = LaneStorage(board.nodes)
        fixed = storage.take(board.nodes)
        for lane in 0..<L.width {
            for i in 0..<board.nodes { fixed[i][lane: lane] = Constants.charge * donors[lane % devices.count][i] }
        }
    }

    @inline(__always)
    func add(to board: Board<B, L>) {
        let (m, nodes) = (board.matrix, board.nodes)
        let (d, lo, up, b, u) = (m.diagonal, m.lower, m.upper, m.right, board.u)
        for i in 0..<nodes { b[i &* B] += fixed[i] }
        for (k, q, cells) in charges {
            for i in 0..<nodes {
                let charge = q * cells[i]
                b[i &* B] += charge * u[board.index(i, k)]
                d[m.at(i, 0, k)] -= charge
            }
        }
        for (layer, edges) in board.stretches.enumerated() {
            let permittivity = permittivities[layer]
            for i in edges {
                let inverse = board.inverse[i]
                let (value, slope) = permittivity.displacement((u[board.index(i, 0)] - u[board.index(i &+ 1, 0)]) * inverse)
                let c = slope * inverse
                b[i &* B] -= value
                b[(i &+ 1) &* B] += value
                d[m.at(i, 0, 0)] += c
                d[m.at(i &+ 1, 0, 0)] += c
                up[m.at(i, 0, 0)] -= c
                lo[m.at(i &+ 1, 0, 0)] -= c
            }
        }
    }
}
