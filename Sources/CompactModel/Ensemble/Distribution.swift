import Essentials
import Foundation

/// What the values of one quantity over an ensemble say together.
public struct Distribution: Sendable, Equatable {
    /// Number of values.
    public var count: Int
    /// Mean and standard deviation (n - 1).
    public var mean, deviation: Double
    /// 5, 50 and 95 %, interpolated linearly between the two values beside them.
    public var p5, median, p95: Double
    /// Least and greatest value.
    public var least, greatest: Double

    /// nil where there is no value.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(clamped: place, rounded: .down)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
        }
        count = values.count
        let mean = values.reduce(0, +) / Double(count)
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : 0
        (p5, median, p95) = (quantile(0.05), quantile(0.5), quantile(0.95))
        (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    }

    /// Standard deviation over mean; 0 where the mean is 0.
    public var relativeDeviation: Double { mean == 0 ? 0 : deviation / abs(mean) }
}

/// Spearman's rank correlation.
public enum RankCorrelation {
    /// rho: the Pearson correlation of the ranks, equal values sharing the mean of their ranks; -1 ... 1.
    ///
    /// nil for fewer than three pairs, or where one of the two does not vary. Its standard error without any correlation is
    /// 1 / sqrt(n - 1). Source: C. Spearman, Am. J. Psychol. 15, 72 (1904), doi:10.2307/1412159.
    public static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count, x.count >= 3 else { return nil }
        let (a, b) = (ranks(x), ranks(y))
        let mean = Double(x.count + 1) / 2
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (p, q) in zip(a, b) {
            ab += (p - mean) * (q - mean)
            aa += (p - mean) * (p - mean)
            bb += (q - mean) * (q - mean)
        }
        guard aa > 0, bb > 0 else { return nil }
        return ab / (aa * bb).squareRoot()
    }

    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for k in start...end { ranks[order[k]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }
}
