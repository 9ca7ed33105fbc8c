import Foundation
import LinearAlgebra

/// A smooth function of voltage, charge and composition, fitted by least squares.
///
///     f(V, q, x) = sum c_ij T_i(v) T_j(q) + sum_k x_k sum d_kij T_i(v) T_j(q)
///
/// T are Chebyshev polynomials, v and q the voltage and the charge coordinate scaled to -1 ... 1 over the fitted range, x the shares of
/// the charge in the lumps beyond the first. Outside its range an argument is held at the border.
package struct LumpedSurface: Equatable, Sendable, Codable {
    /// Degrees in V and q of the main part and of each share's part.
    package struct Shape: Equatable, Sendable, Codable {
        /// Degrees of the main part in V and q, and of each share's part.
        package var voltage, charge, shareVoltage, shareCharge: Int

        /// Number of coefficients with `shares` shares.
        func count(shares: Int) -> Int { (voltage + 1) * (charge + 1) + shares * (shareVoltage + 1) * (shareCharge + 1) }
    }

    /// The degrees.
    package var shape: Shape
    /// Range of V (V) and of the charge coordinate that the fit saw.
    package var voltages, charges: ClosedRange<Double>
    /// c_ij, then d_kij share by share; i (V) is the slower index.
    package var coefficients: [Double]
    /// Root mean square of the fit's residual.
    var residual: Double

    /// T_0 ... T_degree at x, held within -1 ... 1.
    static func chebyshev(_ x: Double, degree: Int) -> [Double] {
        let x = min(max(x, -1), 1)
        var t = [1, x]
        while t.count <= degree { t.append(2 * x * t[t.count - 1] - t[t.count - 2]) }
        return Array(t.prefix(degree + 1))
    }

    static func scaled(_ x: Double, _ range: ClosedRange<Double>) -> Double {
        let half = 0.5 * (range.upperBound - range.lowerBound)
        return half > 0 ? (x - 0.5 * (range.lowerBound + range.upperBound)) / half : 0
    }

    /// Every basis function at one point, in the order of the coefficients.
    static func basis(
        _ shape: Shape, voltage: Double, charge: Double, shares: some Collection<Double>, voltages: ClosedRange<Double>,
        charges: ClosedRange<Double>
    ) -> [Double] {
        let tv = chebyshev(scaled(voltage, voltages), degree: max(shape.voltage, shape.shareVoltage))
        let tq = chebyshev(scaled(charge, charges), degree: max(shape.charge, shape.shareCharge))
        var row: [Double] = []
        for i in 0...shape.voltage { for j in 0...shape.charge { row.append(tv[i] * tq[j]) } }
        for x in shares {
            for i in 0...shape.shareVoltage { for j in 0...shape.shareCharge { row.append(x * tv[i] * tq[j]) } }
        }
        return row
    }

    /// One value to be met: at a voltage (V), a charge coordinate and shares.
    struct Point {
        var voltage, charge: Double
        var shares: ArraySlice<Double>
        var value: Double
        var weight = 1.0
    }

    /// The surface of this shape nearest to the points; a little ridge (1e-6 of the largest column) keeps what they leave open small.
    init?(_ points: [Point], shape: Shape) {
        guard let first = points.first else { return nil }
        var (v, q) = (first.voltage...first.voltage, first.charge...first.charge)
        for p in points {
            v = min(v.lowerBound, p.voltage)...max(v.upperBound, p.voltage)
            q = min(q.lowerBound, p.charge)...max(q.upperBound, p.charge)
        }
        var rows = points.map { p in
            Self.basis(shape, voltage: p.voltage, charge: p.charge, shares: p.shares, voltages: v, charges: q).map {
                $0 * p.weight
            }
        }
        var side = points.map { $0.value * $0.weight }
        let columns = rows[0].count
        let ridge = 1e-6 * Double(points.count).squareRoot()
        for j in 0..<columns {
            var row = [Double](repeating: 0, count: columns)
            row[j] = ridge
            rows.append(row)
            side.append(0)
        }
        guard let solution = LeastSquares.linear(rows: rows, side) else { return nil }
        self.init(shape: shape, voltages: v, charges: q, coefficients: solution, residual: 0)
        let misses = zip(rows, side).prefix(points.count).map { row, y in zip(row, solution).reduce(-y) { $0 + $1.0 * $1.1 } }
        residual = (misses.reduce(0) { $0 + $1 * $1 } / Double(points.count)).squareRoot()
    }

    init(
        shape: Shape, voltages: ClosedRange<Double>, charges: ClosedRange<Double>, coefficients: [Double], residual: Double
    ) {
        self.shape = shape
        self.voltages = voltages
        self.charges = charges
        self.coefficients = coefficients
        self.residual = residual
    }

    /// The surface along the charge at one voltage.
    func slice(at voltage: Double, shares: Int) -> Slice {
        let tv = Self.chebyshev(Self.scaled(voltage, voltages), degree: max(shape.voltage, shape.shareVoltage))
        func row(_ start: Int, _ nv: Int, _ nq: Int) -> [Double] {
            (0...nq).map { j in (0...nv).reduce(0) { $0 + tv[$1] * coefficients[start + $1 * (nq + 1) + j] } }
        }
        var start = (shape.voltage + 1) * (shape.charge + 1)
        let main = row(0, shape.voltage, shape.charge)
        let parts = (0..<shares).flatMap { _ in
            defer { start += (shape.shareVoltage + 1) * (shape.shareCharge + 1) }
            return row(start, shape.shareVoltage, shape.shareCharge)
        }
        return Slice(charges: charges, main: main, parts: parts, partLength: shape.shareCharge + 1)
    }

    /// A surface at one voltage: polynomials in the charge coordinate. Cost of a value: 20 ns and 5 ns a share, without an allocation.
    struct Slice {
        var charges: ClosedRange<Double>
        var main: [Double]
        /// The polynomial of each share, one after the other.
        var parts: [Double]
        var partLength: Int

        func value(_ charge: Double, _ shares: some Collection<Double>) -> Double {
            var vector = LumpedFlow.Vector.zero
            for (k, share) in shares.enumerated() { vector[k] = share }
            return value(charge, vector)
        }

        func value(_ charge: Double, _ shares: LumpedFlow.Vector) -> Double {
            let x = min(max(LumpedSurface.scaled(charge, charges), -1), 1)
            return parts.withUnsafeBufferPointer { parts in
                var sum = main.withUnsafeBufferPointer { Self.clenshaw($0[...], x) }
                var (start, k) = (0, 0)
                while start < parts.count {
                    sum += shares[k] * Self.clenshaw(parts[start..<start + partLength], x)
                    start += partLength
                    k += 1
                }
                return sum
            }
        }

        private static func clenshaw(_ c: Swift.Slice<UnsafeBufferPointer<Double>>, _ x: Double) -> Double {
            var (b1, b2) = (0.0, 0.0)
            for k in stride(from: c.count - 1, to: 0, by: -1) { (b1, b2) = (c[c.startIndex + k] + 2 * x * b1 - b2, b1) }
            return c[c.startIndex] + x * b1 - b2
        }
    }
}
