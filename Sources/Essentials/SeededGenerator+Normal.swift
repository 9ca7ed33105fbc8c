/// Normal numbers from a seed, by operations whose bits are the same on every machine.
extension SeededGenerator {
    /// Two independent numbers of the standard normal distribution.
    ///
    /// A point (x, y) uniform in the unit disc, r2 = x^2 + y^2, gives x sqrt(-2 ln r2 / r2) and the same of y. Cost: some 50
    /// ns.
    /// Source: G. Marsaglia, T. A. Bray, SIAM Rev. 6, 260 (1964), doi:10.1137/1006063.
    public mutating func normalPair() -> (Double, Double) {
        while true {
            let (x, y) = (uniform(-1, 1), uniform(-1, 1))
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * Self.logarithm(square) / square).squareRoot()
            return (x * factor, y * factor)
        }
    }

    /// One number of the standard normal distribution: the first of a pair, so that a draw always takes the same path.
    public mutating func normal() -> Double { normalPair().0 }

    /// ln x of a normal number above 0, to some 2e-16 of max(1, |ln x|): x = m 2^e with m within sqrt(1/2) ... sqrt(2), and
    /// ln m = 2 artanh((m - 1) / (m + 1)) as a series. A C library's logarithm may differ from machine to machine in its last
    /// bit.
    static func logarithm(_ x: Double) -> Double {
        var (mantissa, exponent) = (x.significand, Double(x.exponent))
        if mantissa > 2.0.squareRoot() { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        // 1/(2k + 1): the next term is below 1e-17 of the first.
        var sum = 0.0
        for k in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
        return exponent * 0.6931471805599453 + 2 * s * sum
    }
}
