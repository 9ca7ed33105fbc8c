/// Solver for the block-tridiagonal system of coupled drift and diffusion: 3 x 3 blocks (psi, n, c) per node.
///
///     L_i x_(i-1) + D_i x_i + U_i x_(i+1) = b_i,      i = 0 ... n-1
///
/// D is full. L and U have the pattern that a flux between neighbours gives: every row depends on the neighbour's potential and on
/// the neighbour's own density only,
///
///         | p0  0   0 |
///     U = | p1  n   0 |      stored as (p0, p1, n, p2, c), five doubles.
///         | p2  0   c |
///
/// Block elimination without pivoting across blocks, from both ends towards the middle: the two chains of dependent divisions run
/// side by side in one core. `BandMatrix` (LAPACK, pivoting) is the reference. Cost: about 20 ns per block.
public struct BlockTridiagonal3 {
    public let blocks: Int
    /// D row by row, nine doubles per block.
    public let diagonal: Row
    /// L and U as (p0, p1, n, p2, c), five doubles per block.
    public let lower, upper: Row
    /// Right-hand side, overwritten with the solution, three doubles per block.
    public let rightHandSide: Row
    /// D^-1 U (from the left) or D^-1 L (from the right), nine doubles per block.
    private let gain: Row
    private let storage: RealStorage

    public init(blocks: Int) {
        precondition(blocks >= 3, "a layer needs three nodes")
        self.blocks = blocks
        storage = RealStorage(count: blocks * 31)
        diagonal = storage.row.part(0, 9 * blocks)
        lower = storage.row.part(9 * blocks, 5 * blocks)
        upper = storage.row.part(14 * blocks, 5 * blocks)
        rightHandSide = storage.row.part(19 * blocks, 3 * blocks)
        gain = storage.row.part(22 * blocks, 9 * blocks)
    }

    /// Solves in place; returns false when a pivot block is singular or not finite. L of the first block and U of the last are unread.
    public func solve() -> Bool {
        let middle = blocks / 2
        let last = blocks - 1
        var smallest = min(
            reduce(0, from: -1, with: lower, next: upper), reduce(last, from: -1, with: upper, next: lower))
        // Two independent chains: 1, 2, ... middle - 1 and last - 1, last - 2, ... middle + 1.
        var (i, j) = (1, last - 1)
        while i < middle && j > middle {
            let left = reduce(i, from: i - 1, with: lower, next: upper)
            let right = reduce(j, from: j + 1, with: upper, next: lower)
            smallest = min(smallest, left, right)
            i += 1
            j -= 1
        }
        while i < middle {
            smallest = min(smallest, reduce(i, from: i - 1, with: lower, next: upper))
            i += 1
        }
        while j > middle {
            smallest = min(smallest, reduce(j, from: j + 1, with: upper, next: lower))
            j -= 1
        }
        smallest = min(smallest, meet(middle))
        guard smallest > 0, smallest.isFinite else { return false }
        let b = rightHandSide
        (i, j) = (middle - 1, middle + 1)
        while i >= 0 && j <= last {
            substitute(i, b[3 &* i &+ 3], b[3 &* i &+ 4], b[3 &* i &+ 5])
            substitute(j, b[3 &* j &- 3], b[3 &* j &- 2], b[3 &* j &- 1])
            i &-= 1
            j &+= 1
        }
        while i >= 0 {
            substitute(i, b[3 * i + 3], b[3 * i + 4], b[3 * i + 5])
            i -= 1
        }
        while j <= last {
            substitute(j, b[3 * j - 3], b[3 * j - 2], b[3 * j - 1])
            j += 1
        }
        return b[0].isFinite && b[3 * last].isFinite && b[3 * middle].isFinite
    }

    /// Takes the neighbour `from` (already reduced; -1: none) out of block `i`, then divides the row by the pivot block; returns |det|.
    @inline(__always)
    private func reduce(_ i: Int, from: Int, with back: Row, next ahead: Row) -> Double {
        let (d, g, b) = (diagonal, gain, rightHandSide)
        let k = 9 &* i
        let r = 3 &* i
        var (d00, d01, d02) = (d[k], d[k &+ 1], d[k &+ 2])
        var (d10, d11, d12) = (d[k &+ 3], d[k &+ 4], d[k &+ 5])
        var (d20, d21, d22) = (d[k &+ 6], d[k &+ 7], d[k &+ 8])
        var (b0, b1, b2) = (b[r], b[r &+ 1], b[r &+ 2])
        if from >= 0 {
            let m = 5 &* i
            let (p0, p1, n, p2, c) = (back[m], back[m &+ 1], back[m &+ 2], back[m &+ 3], back[m &+ 4])
            let f = 9 &* from
            let (g00, g01, g02) = (g[f], g[f &+ 1], g[f &+ 2])
            d00 -= p0 * g00
            d01 -= p0 * g01
            d02 -= p0 * g02
            d10 -= p1 * g00 + n * g[f &+ 3]
            d11 -= p1 * g01 + n * g[f &+ 4]
            d12 -= p1 * g02 + n * g[f &+ 5]
            d20 -= p2 * g00 + c * g[f &+ 6]
            d21 -= p2 * g01 + c * g[f &+ 7]
            d22 -= p2 * g02 + c * g[f &+ 8]
            let s = 3 &* from
            let y0 = b[s]
            b0 -= p0 * y0
            b1 -= p1 * y0 + n * b[s &+ 1]
            b2 -= p2 * y0 + c * b[s &+ 2]
        }
        let c00 = d11 * d22 - d12 * d21
        let c10 = d12 * d20 - d10 * d22
        let c20 = d10 * d21 - d11 * d20
        let determinant = d00 * c00 + d01 * c10 + d02 * c20
        let inverse = 1 / determinant
        let (i00, i10, i20) = (c00 * inverse, c10 * inverse, c20 * inverse)
        let i01 = (d02 * d21 - d01 * d22) * inverse
        let i11 = (d00 * d22 - d02 * d20) * inverse
        let i21 = (d01 * d20 - d00 * d21) * inverse
        let i02 = (d01 * d12 - d02 * d11) * inverse
        let i12 = (d02 * d10 - d00 * d12) * inverse
        let i22 = (d00 * d11 - d01 * d10) * inverse
        let m = 5 &* i
        let (p0, p1, n, p2, c) = (ahead[m], ahead[m &+ 1], ahead[m &+ 2], ahead[m &+ 3], ahead[m &+ 4])
        g[k] = i00 * p0 + i01 * p1 + i02 * p2
        g[k &+ 1] = i01 * n
        g[k &+ 2] = i02 * c
        g[k &+ 3] = i10 * p0 + i11 * p1 + i12 * p2
        g[k &+ 4] = i11 * n
        g[k &+ 5] = i12 * c
        g[k &+ 6] = i20 * p0 + i21 * p1 + i22 * p2
        g[k &+ 7] = i21 * n
        g[k &+ 8] = i22 * c
        b[r] = i00 * b0 + i01 * b1 + i02 * b2
        b[r &+ 1] = i10 * b0 + i11 * b1 + i12 * b2
        b[r &+ 2] = i20 * b0 + i21 * b1 + i22 * b2
        return abs(determinant)
    }

    /// The block where the two chains meet: its right neighbour is taken out by hand, its left one by `reduce`.
    private func meet(_ i: Int) -> Double {
        let (d, g, b, m, f, s) = (diagonal, gain, rightHandSide, 5 * i, 9 * (i + 1), 3 * (i + 1))
        let (p0, p1, n, p2, c) = (upper[m], upper[m + 1], upper[m + 2], upper[m + 3], upper[m + 4])
        for column in 0..<3 {
            d[9 * i + column] -= p0 * g[f + column]
            d[9 * i + 3 + column] -= p1 * g[f + column] + n * g[f + 3 + column]
            d[9 * i + 6 + column] -= p2 * g[f + column] + c * g[f + 6 + column]
        }
        b[3 * i] -= p0 * b[s]
        b[3 * i + 1] -= p1 * b[s] + n * b[s + 1]
        b[3 * i + 2] -= p2 * b[s] + c * b[s + 2]
        return reduce(i, from: i - 1, with: lower, next: upper)
    }

    @inline(__always)
    private func substitute(_ i: Int, _ x0: Double, _ x1: Double, _ x2: Double) {
        let (g, b, k, r) = (gain, rightHandSide, 9 &* i, 3 &* i)
        b[r] -= g[k] * x0 + g[k &+ 1] * x1 + g[k &+ 2] * x2
        b[r &+ 1] -= g[k &+ 3] * x0 + g[k &+ 4] * x1 + g[k &+ 5] * x2
        b[r &+ 2] -= g[k &+ 6] * x0 + g[k &+ 7] * x1 + g[k &+ 8] * x2
    }
}
