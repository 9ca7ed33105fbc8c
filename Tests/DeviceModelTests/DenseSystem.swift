import LinearAlgebra

/// Dense solve with equilibrated rows, through LAPACK's band solver at full bandwidth.
func solveDense(_ matrix: [[Double]], _ rightHandSide: [Double]) -> [Double]? {
    let n = rightHandSide.count
    var band = BandMatrix(order: n, lowerBandwidth: n - 1, upperBandwidth: n - 1)
    var b = rightHandSide
    for i in 0..<n {
        let scale = matrix[i].map(abs).max() ?? 1
        for j in 0..<n { band[i, j] = matrix[i][j] / scale }
        b[i] /= scale
    }
    return band.solve(b)
}

/// Jacobian by central differences with the step `steps[j]` in unknown j.
func centralJacobian(_ x: [Double], steps: [Double], _ f: ([Double]) -> [Double]) -> [[Double]] {
    let n = x.count
    var rows = [[Double]](repeating: [Double](repeating: 0, count: n), count: f(x).count)
    for j in 0..<n {
        // Fourth order: truncation stays far below the round-off of the difference.
        func at(_ k: Double) -> [Double] {
            var y = x
            y[j] += k * steps[j]
            return f(y)
        }
        let (a, b, c, d) = (at(-2), at(-1), at(1), at(2))
        for i in rows.indices { rows[i][j] = (a[i] - 8 * b[i] + 8 * c[i] - d[i]) / (12 * steps[j]) }
    }
    return rows
}
