/// Solver for a block-tridiagonal system with 2 x 2 blocks: the Poisson-vacancy matrix of the fast device path.
///
///     L_i x_(i-1) + D_i x_i + U_i x_(i+1) = b_i,      i = 0 ... n-1
///
/// Block elimination without pivoting across blocks (stable for the diagonally dominant matrices of an implicit
/// drift-diffusion step; `BandMatrix` pivots and serves as the reference). Cost: about 15 ns per block row.
public struct BlockTridiagonal2 {
    public let blocks: Int
    /// Entries of L, D, U row by row (00, 01, 10, 11), four doubles per block.
    public let lower, diagonal, upper: Row
    /// Right-hand side, overwritten with the solution, two doubles per block.
    public let rightHandSide: Row
    private let storage: RealStorage

    public init(blocks: Int) {
        self.blocks = blocks
        storage = RealStorage(count: blocks * 14)
        lower = storage.row.part(0, 4 * blocks)
        diagonal = storage.row.part(4 * blocks, 4 * blocks)
        upper = storage.row.part(8 * blocks, 4 * blocks)
        rightHandSide = storage.row.part(12 * blocks, 2 * blocks)
    }

    /// Solves in place; returns false when a pivot block is singular or not finite.
    public func solve() -> Bool {
        let (l, d, u, b) = (lower, diagonal, upper, rightHandSide)
        var smallest = Double.infinity
        for i in 0..<blocks {
            let k = 4 * i
            let r = 2 * i
            var (d00, d01, d10, d11) = (d[k], d[k + 1], d[k + 2], d[k + 3])
            var (b0, b1) = (b[r], b[r + 1])
            if i > 0 {
                let (l00, l01, l10, l11) = (l[k], l[k + 1], l[k + 2], l[k + 3])
                // `u` of the row above already holds D^-1 U, `b` holds D^-1 b.
                let (u00, u01, u10, u11) = (u[k - 4], u[k - 3], u[k - 2], u[k - 1])
                let (c0, c1) = (b[r - 2], b[r - 1])
                d00 -= l00 * u00 + l01 * u10
                d01 -= l00 * u01 + l01 * u11
                d10 -= l10 * u00 + l11 * u10
                d11 -= l10 * u01 + l11 * u11
                b0 -= l00 * c0 + l01 * c1
                b1 -= l10 * c0 + l11 * c1
            }
            let determinant = d00 * d11 - d01 * d10
            smallest = min(smallest, abs(determinant))
            let inverse = 1 / determinant
            let (i00, i01, i10, i11) = (d11 * inverse, -d01 * inverse, -d10 * inverse, d00 * inverse)
            let (v00, v01, v10, v11) = (u[k], u[k + 1], u[k + 2], u[k + 3])
            u[k] = i00 * v00 + i01 * v10
            u[k + 1] = i00 * v01 + i01 * v11
            u[k + 2] = i10 * v00 + i11 * v10
            u[k + 3] = i10 * v01 + i11 * v11
            b[r] = i00 * b0 + i01 * b1
            b[r + 1] = i10 * b0 + i11 * b1
        }
        guard smallest > 0, smallest.isFinite else { return false }
        for i in stride(from: blocks - 2, through: 0, by: -1) {
            let k = 4 * i
            let r = 2 * i
            let (x0, x1) = (b[r + 2], b[r + 3])
            b[r] -= u[k] * x0 + u[k + 1] * x1
            b[r + 1] -= u[k + 2] * x0 + u[k + 3] * x1
        }
        return b[0].isFinite && b[1].isFinite
    }
}
