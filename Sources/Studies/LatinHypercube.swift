import Essentials

/// Points of which each coordinate has exactly one in each of n equal strata.
///
/// Coordinate k of point i is (p_k(i) + u) / n with a random permutation p_k and u uniform in [0, 1).
/// Source: M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21, 239 (1979), doi:10.2307/1268522.
package enum LatinHypercube {
    /// `count` points of the unit cube.
    package static func points(_ count: Int, dimensions: Int, seed: UInt64) -> [[Double]] {
        var points = [[Double]](repeating: [], count: count)
        for dimension in 0..<dimensions {
            var generator = SeededGenerator(seed: seed, stream: UInt64(dimension))
            for (point, stratum) in generator.permutation(count).enumerated() {
                points[point].append((Double(stratum) + generator.uniform()) / Double(count))
            }
        }
        return points
    }
}
