import Foundation

/// Fewer points with the same picture: each stretch keeps its first, smallest, largest and last point.
enum Thinning {
    /// Indices to keep, ascending; at most about `limit`. Cost: one pass.
    static func indices(of values: [Double], limit: Int) -> [Int] {
        guard values.count > limit, limit >= 4 else { return Array(values.indices) }
        let stretches = max(limit / 4, 1)
        var kept: [Int] = []
        for stretch in 0..<stretches {
            let start = stretch * values.count / stretches
            let end = (stretch + 1) * values.count / stretches
            guard start < end else { continue }
            var low = start
            var high = start
            for i in start..<end {
                if values[i] < values[low] { low = i }
                if values[i] > values[high] { high = i }
            }
            kept += Set([start, low, high, end - 1]).sorted()
        }
        return kept
    }

    static func samples(_ samples: [FigureData.Sample], limit: Int = 400) -> [FigureData.Sample] {
        indices(of: samples.map(\.value), limit: limit).map { samples[$0] }
    }

    /// For logarithmic time axes: at most `limit` samples, evenly spread in the logarithm of time.
    static func logarithmic(_ samples: [FigureData.Sample], limit: Int = 200) -> [FigureData.Sample] {
        let positive = samples.filter { $0.time > 0 }
        guard positive.count > limit, let first = positive.first?.time, let last = positive.last?.time, last > first
        else { return positive }
        let step = pow(last / first, 1 / Double(limit - 1))
        var kept: [FigureData.Sample] = []
        var next = first
        for sample in positive where sample.time >= next {
            kept.append(sample)
            while next <= sample.time { next *= step }
        }
        if kept.last != positive.last, let last = positive.last { kept.append(last) }
        return kept
    }
}
