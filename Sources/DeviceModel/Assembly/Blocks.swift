/// Block-tridiagonal system with B x B blocks of lanes, for the rows of one node: potential, densities.
///
///     L_i x_(i-1) + D_i x_i + U_i x_(i+1) = b_i,      i = 0 ... n-1
///
/// Block elimination without pivoting across blocks (stable for the diagonally dominant matrices of an implicit drift-diffusion
/// step; LAPACK's band solver pivots and serves as the reference), from both ends towards the middle, so that two chains of
/// dependent divisions run side by side. L and U come with the pattern of transport: column 0 (the potential) and the diagonal; what
/// stands elsewhere is not read. Pivots of 2 x 2 and 3 x 3 blocks are written out; larger ones are Gauss-Jordan.
/// Cost: about 10 ns (B = 2) to 25 ns (B = 3) a block row.
struct Blocks<let B: Int, L: Lane> {
    let count: Int
    /// Entries row by row, B B lanes a block; U is overwritten.
    let lower, diagonal, upper: Stretch<L>
    /// Right-hand side, overwritten with the solution, B lanes a block.
    let right: Stretch<L>
    private let storage: LaneStorage<L>

    init(count: Int) {
        self.count = count
        storage = LaneStorage(count * (3 * B * B + B))
        lower = storage.take(count * B * B)
        diagonal = storage.take(count * B * B)
        upper = storage.take(count * B * B)
        right = storage.take(count * B)
    }

    /// Place of the entry in block i, row r, column c.
    @inline(__always) func at(_ i: Int, _ r: Int, _ c: Int) -> Int { (i &* B &+ r) &* B &+ c }

    @inline(__always) func clear() { storage.all.fill(L(0)) }

    /// Solves in place; returns false when a pivot block of any device is singular or not finite.
    @inline(__always)
    func solve() -> Bool {
        let middle = count / 2, last = count - 1
        var smallest = L(.greatestFiniteMagnitude)
        @inline(__always) func reduceLeft(_ i: Int, from: Int) {
            smallest = Self.least(smallest, reduce(i, from: from, back: lower, ahead: upper))
        }
        @inline(__always) func reduceRight(_ i: Int, from: Int) {
            smallest = Self.least(smallest, reduce(i, from: from, back: upper, ahead: lower))
        }
        reduceRight(last, from: -1)
        reduceLeft(0, from: -1)
        // Two independent chains: 1, 2, ... middle - 1 and last - 1, last - 2, ... middle + 1.
        var (i, j) = (1, last - 1)
        while i < middle && j > middle {
            reduceLeft(i, from: i &- 1)
            reduceRight(j, from: j &+ 1)
            i &+= 1
            j &-= 1
        }
        while i < middle {
            reduceLeft(i, from: i &- 1)
            i &+= 1
        }
        while j > middle {
            reduceRight(j, from: j &+ 1)
            j &-= 1
        }
        meet(middle)
        reduceLeft(middle, from: middle &- 1)
        guard L.all(L.both(L.isLess(L(0), smallest), smallest.isFinite)) else { return false }
        // The other two chains run outwards from the middle.
        (i, j) = (middle - 1, middle + 1)
        while i >= 0 && j <= last {
            substitute(i, from: i &+ 1, gain: upper)
            substitute(j, from: j &- 1, gain: lower)
            i &-= 1
            j &+= 1
        }
        while i >= 0 {
            substitute(i, from: i &+ 1, gain: upper)
            i &-= 1
        }
        while j <= last {
            substitute(j, from: j &- 1, gain: lower)
            j &+= 1
        }
        return L.all(L.both(right[0].isFinite, L.both(right[middle * B].isFinite, right[last * B].isFinite)))
    }

    /// The smaller, or not a number where one of them is.
    @inline(__always) private static func least(_ a: L, _ b: L) -> L { L.pick(L.isLess(a, b), a, b + (a - a)) }

    /// Takes the neighbour `from` (already reduced; -1: none) out of block `i`, then divides the row by the pivot block: `ahead` turns
    /// into D^-1 times itself. Returns |det D|.
    @inline(__always)
    private func reduce(_ i: Int, from: Int, back: Stretch<L>, ahead: Stretch<L>) -> L {
        let d = diagonal, b = right
        if from >= 0 { eliminate(i, from: from, back: back, gain: ahead) }
        if B == 2 {
            let (d00, d01, d10, d11) = (d[at(i, 0, 0)], d[at(i, 0, 1)], d[at(i, 1, 0)], d[at(i, 1, 1)])
            let determinant = d00 * d11 - d01 * d10
            let inverse = L(1) / determinant
            let (i00, i01, i10, i11) = (d11 * inverse, -(d01 * inverse), -(d10 * inverse), d00 * inverse)
            let (p0, p1, q) = (ahead[at(i, 0, 0)], ahead[at(i, 1, 0)], ahead[at(i, 1, 1)])
            ahead[at(i, 0, 0)] = i00 * p0 + i01 * p1
            ahead[at(i, 0, 1)] = i01 * q
            ahead[at(i, 1, 0)] = i10 * p0 + i11 * p1
            ahead[at(i, 1, 1)] = i11 * q
            let (b0, b1) = (b[i &* 2], b[i &* 2 &+ 1])
            b[i &* 2] = i00 * b0 + i01 * b1
            b[i &* 2 &+ 1] = i10 * b0 + i11 * b1
            return determinant.size
        }
        if B == 3 {
            let (d00, d01, d02) = (d[at(i, 0, 0)], d[at(i, 0, 1)], d[at(i, 0, 2)])
            let (d10, d11, d12) = (d[at(i, 1, 0)], d[at(i, 1, 1)], d[at(i, 1, 2)])
            let (d20, d21, d22) = (d[at(i, 2, 0)], d[at(i, 2, 1)], d[at(i, 2, 2)])
            let c00 = d11 * d22 - d12 * d21, c10 = d12 * d20 - d10 * d22, c20 = d10 * d21 - d11 * d20
            let determinant = d00 * c00 + d01 * c10 + d02 * c20
            let inverse = L(1) / determinant
            let (i00, i10, i20) = (c00 * inverse, c10 * inverse, c20 * inverse)
            let i01 = (d02 * d21 - d01 * d22) * inverse, i11 = (d00 * d22 - d02 * d20) * inverse,
                i21 = (d01 * d20 - d00 * d21) * inverse
            let i02 = (d01 * d12 - d02 * d11) * inverse, i12 = (d02 * d10 - d00 * d12) * inverse,
                i22 = (d00 * d11 - d01 * d10) * inverse
            let (p0, p1, p2, q1, q2) = (
                ahead[at(i, 0, 0)], ahead[at(i, 1, 0)], ahead[at(i, 2, 0)], ahead[at(i, 1, 1)], ahead[at(i, 2, 2)]
            )
            ahead[at(i, 0, 0)] = i00 * p0 + i01 * p1 + i02 * p2
            ahead[at(i, 0, 1)] = i01 * q1
            ahead[at(i, 0, 2)] = i02 * q2
            ahead[at(i, 1, 0)] = i10 * p0 + i11 * p1 + i12 * p2
            ahead[at(i, 1, 1)] = i11 * q1
            ahead[at(i, 1, 2)] = i12 * q2
            ahead[at(i, 2, 0)] = i20 * p0 + i21 * p1 + i22 * p2
            ahead[at(i, 2, 1)] = i21 * q1
            ahead[at(i, 2, 2)] = i22 * q2
            let (b0, b1, b2) = (b[i &* 3], b[i &* 3 &+ 1], b[i &* 3 &+ 2])
            b[i &* 3] = i00 * b0 + i01 * b1 + i02 * b2
            b[i &* 3 &+ 1] = i10 * b0 + i11 * b1 + i12 * b2
            b[i &* 3 &+ 2] = i20 * b0 + i21 * b1 + i22 * b2
            return determinant.size
        }
        return divide(i, ahead)
    }

    /// Block i less `back` times the solved row of the neighbour.
    @inline(__always)
    private func eliminate(_ i: Int, from: Int, back: Stretch<L>, gain: Stretch<L>) {
        let d = diagonal, b = right
        for r in 0..<B {
            for k in 0..<B where k == 0 || k == r {
                let f = back[at(i, r, k)]
                for c in 0..<B { d[at(i, r, c)] -= f * gain[at(from, k, c)] }
                b[i &* B &+ r] -= f * b[from &* B &+ k]
            }
        }
    }

    /// The block where the two chains meet: its right neighbour is taken out of it as well.
    @inline(__always)
    private func meet(_ i: Int) { eliminate(i, from: i &+ 1, back: upper, gain: lower) }

    /// Gauss-Jordan of a block of any size, rows in order.
    private func divide(_ i: Int, _ ahead: Stretch<L>) -> L {
        let d = diagonal, b = right
        // The pattern of `ahead` is spread out first: entries off it may hold anything.
        for r in 0..<B { for c in 1..<B where c != r { ahead[at(i, r, c)] = L(0) } }
        var determinant = L(1)
        for p in 0..<B {
            let pivot = d[at(i, p, p)]
            determinant *= pivot
            let inverse = L(1) / pivot
            for c in 0..<B {
                d[at(i, p, c)] *= inverse
                ahead[at(i, p, c)] *= inverse
            }
            b[i &* B &+ p] *= inverse
            for r in 0..<B where r != p {
                let f = d[at(i, r, p)]
                for c in 0..<B {
                    d[at(i, r, c)] -= f * d[at(i, p, c)]
                    ahead[at(i, r, c)] -= f * ahead[at(i, p, c)]
                }
                b[i &* B &+ r] -= f * b[i &* B &+ p]
            }
        }
        return determinant.size
    }

    @inline(__always)
    private func substitute(_ i: Int, from: Int, gain: Stretch<L>) {
        let b = right
        for r in 0..<B {
            var x = b[i &* B &+ r]
            for c in 0..<B { x -= gain[at(i, r, c)] * b[from &* B &+ c] }
            b[i &* B &+ r] = x
        }
    }
}
