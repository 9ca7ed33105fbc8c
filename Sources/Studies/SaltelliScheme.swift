import Essentials
import Foundation

/// Sobol's indices of variance by Saltelli's scheme: which inputs an output's variance comes from.
///
/// Two samples A and B of n points (one Sobol sequence of 2 d coordinates), and for each input i the sample A_B^i: A with the
/// column i of B. With f over them and V = Var f over A and B,
///
///     S_i = mean(f_B (f_AB^i - f_A)) / V       first order: what V loses when input i is known
///     T_i = mean((f_A - f_AB^i)^2) / (2 V)     total: what stays when all but i are known
///
/// Inputs are independent and uniform over their ranges. f is counted from its mean over A and B, which lowers the scatter of S.
/// Points: n (d + 2). Source: A. Saltelli et al., Comput. Phys. Commun. 181, 259 (2010), doi:10.1016/j.cpc.2009.09.018.
package struct SaltelliScheme: Sendable {
    package let samples, inputs: Int

    /// Most inputs: the sequence has two coordinates for each.
    package static let mostInputs = SobolSequence.largestDimension / 2

    package init(samples: Int, inputs: Int) { (self.samples, self.inputs) = (samples, inputs) }

    /// Points of one sample and all that hangs on it: A, B, A_B^1 ... A_B^d.
    var stride: Int { inputs + 2 }

    /// All points of the unit cube, sample by sample.
    package func points(seed: UInt64) -> [[Double]] {
        let sequence = SobolSequence(dimensions: 2 * inputs, seed: seed)
        return (0..<samples).flatMap { sample -> [[Double]] in
            let both = sequence.point(sample)
            let (a, b) = (Array(both[..<inputs]), Array(both[inputs...]))
            return [a, b]
                + (0..<inputs).map { input in
                    var mixed = a
                    mixed[input] = b[input]
                    return mixed
                }
        }
    }

    /// The indices of one input, each with its standard error (from 200 resamplings of the samples).
    package struct Index: Equatable, Sendable, Codable {
        package var first, firstError, total, totalError: Double
    }

    /// Indices of an output whose values stand in the order of `points`, one an input; and how many samples were whole.
    ///
    /// A sample of which any value is missing is left out. nil where fewer than 8 are whole, or the output does not vary.
    package func indices(_ values: [Double?], seed: UInt64 = 1) -> (indices: [Index], samples: Int)? {
        precondition(values.count == samples * stride, "one value a point")
        let whole = (0..<samples).compactMap { sample -> [Double]? in
            let row = values[sample * stride..<(sample + 1) * stride].compactMap { $0 }
            return row.count == stride ? row : nil
        }
        guard whole.count >= 8, let best = estimate(whole.indices.map { whole[$0] }) else { return nil }
        var generator = SeededGenerator(seed: seed)
        var draws: [[(first: Double, total: Double)]] = []
        for _ in 0..<200 {
            let again = whole.indices.map { _ in whole[generator.integer(below: whole.count)] }
            if let drawn = estimate(again) { draws.append(drawn) }
        }
        let indices = (0..<inputs).map { input in
            Index(
                first: best[input].first, firstError: Self.deviation(draws.map { $0[input].first }), total: best[input].total,
                totalError: Self.deviation(draws.map { $0[input].total }))
        }
        return (indices, whole.count)
    }

    private func estimate(_ rows: [[Double]]) -> [(first: Double, total: Double)]? {
        let n = Double(rows.count)
        let mean = rows.reduce(0) { $0 + $1[0] + $1[1] } / (2 * n)
        let variance = rows.reduce(0) { $0 + ($1[0] - mean) * ($1[0] - mean) + ($1[1] - mean) * ($1[1] - mean) } / (2 * n)
        // What round-off leaves of a constant is no variance.
        guard variance > 1e-24 * mean * mean, variance > 0 else { return nil }
        return (0..<inputs).map { input in
            var (first, total) = (0.0, 0.0)
            for row in rows {
                let difference = row[2 + input] - row[0]
                first += (row[1] - mean) * difference
                total += difference * difference
            }
            return (first / n / variance, total / (2 * n) / variance)
        }
    }

    private static func deviation(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
