import FiniteVolume
import LinearAlgebra

/// Electron weights of the edges when an image potential bends the band between the nodes.
///
///     F = D_n (n_l w_l - n_r w_r),   w_l = e^(-f_l) / integral e^(-f) dx,   w_r = e^(-f_r) / integral e^(-f) dx,   f = (psi + psi_im) / V_T
///
/// Exact for dF/dx = 0 on the edge with psi linear; without psi_im it is the Scharfetter-Gummel flux. Gauss-Legendre panels, split
/// towards the contacts as in `ElectronCurrent`.
final class EdgeImage {
    private let first: [Int]
    private let fraction, weight, rise: [Double]
    private let step: [Double]
    private let storage: RealStorage

    init(_ force: ImageForce, grid: Grid) {
        var (first, fraction, weight, rise) = ([0], [Double](), [Double](), [Double]())
        let cuts = ElectronCurrent.panelEdges(length: grid.length, core: force.core)
        for e in grid.edges.indices {
            let (start, end) = (grid.nodes[e], grid.nodes[e + 1])
            let marks = [start] + cuts.filter { $0 > start + 1e-13 && $0 < end - 1e-13 } + [end]
            for (a, b) in zip(marks, marks.dropFirst()) {
                for (node, w) in GaussLegendre.fivePoint {
                    let x = a + (b - a) * node
                    fraction.append((x - start) / (end - start))
                    weight.append(w * (b - a))
                    rise.append(force.potential(x) - force.potential(start))
                }
            }
            first.append(fraction.count)
        }
        self.first = first
        self.fraction = fraction
        self.weight = weight
        self.rise = rise
        step = grid.edges.indices.map { force.potential(grid.nodes[$0 + 1]) - force.potential(grid.nodes[$0]) }
        storage = RealStorage(count: fraction.count + grid.edges.count)
    }

    /// Fills (w_l, w_r, w_l', w_r') per edge, 1/m, from the steps du = (psi_r - psi_l) / V_T; the dash is d/d(du).
    func weights(steps: Row, thermalVoltage: Double, into weights: Row) {
        let a = storage.row
        let edges = steps.count
        let inverse = 1 / thermalVoltage
        for e in 0..<edges {
            for k in first[e]..<first[e + 1] { a[k] = -(fraction[k] * steps[e] + rise[k] * inverse) }
            a[fraction.count + e] = -(steps[e] + step[e] * inverse)
        }
        Bernoulli.exponentials(a)
        for e in 0..<edges {
            var (integral, slope) = (0.0, 0.0)
            for k in first[e]..<first[e + 1] {
                let part = weight[k] * a[k]
                integral += part
                slope -= part * fraction[k]
            }
            let wl = 1 / integral
            let wr = a[fraction.count + e] * wl
            let relative = slope * wl
            weights[4 * e] = wl
            weights[4 * e + 1] = wr
            weights[4 * e + 2] = -wl * relative
            weights[4 * e + 3] = -wr * (1 + relative)
        }
    }
}
