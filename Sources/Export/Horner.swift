import CompactModel

/// Chebyshev surfaces written out as nested powers, which any simulator's expressions can hold and differentiate.
enum Horner {
    /// sum c_k T_k(x) as powers of x.
    ///
    ///     T_0 = 1, T_1 = x, T_(k+1) = 2 x T_k - T_(k-1)
    static func powers(_ chebyshev: [Double]) -> [Double] {
        let n = chebyshev.count
        var (before, now) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
        var sum = [Double](repeating: 0, count: n)
        for k in 0..<n {
            var next = [Double](repeating: 0, count: n)
            if k == 0 {
                next[0] = 1
            } else if k == 1 {
                next[1] = 1
            } else {
                for i in 0..<n { next[i] = (i > 0 ? 2 * now[i - 1] : 0) - before[i] }
            }
            (before, now) = (now, next)
            for i in 0..<n { sum[i] += chebyshev[k] * now[i] }
        }
        return sum
    }

    /// sum c_ij T_i(v) T_j(q) as c_ij of v^i q^j; `rows[i][j]`.
    static func powers(_ rows: [[Double]]) -> [[Double]] {
        let inner = rows.map { powers($0) }
        let columns = inner[0].indices.map { j in powers(inner.map { $0[j] }) }
        return rows.indices.map { i in columns.map { $0[i] } }
    }

    /// c_0 + x (c_1 + x (c_2 + ...)) of expressions.
    static func nested(_ terms: [String], in x: String) -> String {
        terms.dropLast().reversed().reduce(terms[terms.count - 1]) { "(\($1)+\(x)*\($0))" }
    }

    /// A surface in its scaled voltage and charge, both held within -1 ... 1, and the shares.
    static func surface(_ surface: LumpedSurface, voltage: String, charge: String, shares: [String]) -> String {
        let s = surface.shape
        func block(_ start: Int, _ nv: Int, _ nq: Int) -> String {
            let rows = (0...nv).map { i in (0...nq).map { surface.coefficients[start + i * (nq + 1) + $0] } }
            return nested(powers(rows).map { nested($0.map(number), in: charge) }, in: voltage)
        }
        var text = block(0, s.voltage, s.charge)
        var start = (s.voltage + 1) * (s.charge + 1)
        for share in shares {
            text += "+\(share)*\(block(start, s.shareVoltage, s.shareCharge))"
            start += (s.shareVoltage + 1) * (s.shareCharge + 1)
        }
        return text
    }

    /// (x - middle) / half of a range, held within -1 ... 1.
    static func scaled(_ x: String, _ range: ClosedRange<Double>) -> String {
        let (middle, half) = (0.5 * (range.lowerBound + range.upperBound), 0.5 * (range.upperBound - range.lowerBound))
        return half > 0 ? held("(\(x)-(\(number(middle))))/\(number(half))", -1, 1) : "0"
    }
}
