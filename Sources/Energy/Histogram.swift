import Essentials
import Foundation

/// Counts over equal or logarithmic bins; values that are exactly zero are counted apart.
package struct Histogram: Equatable, Sendable, Codable {
    /// Bin edges, one more than `counts`; ascending.
    package var edges: [Double]
    package var counts: [Int]
    /// How many values were zero (they have no place on a logarithmic axis).
    package var zeros: Int
    package var logarithmic: Bool

    /// Sorts `values` (all finite, none negative) into `bins` bins from the smallest non-zero to the largest value.
    ///
    /// Logarithmic bins have equal width in log10. All values equal: one bin of 2 % around them. Cost: one pass.
    package init(of values: [Double], bins: Int = 48, logarithmic: Bool) {
        self.logarithmic = logarithmic
        zeros = 0
        var low = Double.infinity
        var high = 0.0
        for value in values {
            if value == 0 { zeros += 1 } else { (low, high) = (min(low, value), max(high, value)) }
        }
        guard low.isFinite else {
            (edges, counts) = ([], [])
            return
        }
        if high <= low * (1 + 1e-9) { (low, high) = (low * 0.99, high * 1.01) }
        let bins = max(bins, 1)
        let a = logarithmic ? log10(low) : low
        let b = logarithmic ? log10(high) : high
        let width = (b - a) / Double(bins)
        edges = (0...bins).map { i in
            if i == 0 { return low }
            if i == bins { return high }
            return logarithmic ? pow(10, a + width * Double(i)) : a + width * Double(i)
        }
        counts = Array(repeating: 0, count: bins)
        for value in values where value != 0 {
            let position = ((logarithmic ? log10(value) : value) - a) / width
            counts[min(max(Int(clamped: position, rounded: .down), 0), bins - 1)] += 1
        }
    }

    /// All values counted, zeros included.
    package var total: Int { counts.reduce(zeros, +) }
}
