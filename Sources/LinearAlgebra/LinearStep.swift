import Foundation

/// The step that minimises |r + J s| within the bounds and |s| <= radius.
struct LinearStep {
    private(set) var point: [Double]
    /// r + J s.
    private(set) var predicted: [Double]

    init(_ fit: BoundedLeastSquares, _ jacobian: [[Double]], radius: Double) {
        let start = fit.parameters
        var move = [Double](repeating: 0, count: start.count)
        var held = Set(start.indices.filter { j in !jacobian[j].contains { $0 != 0 } })
        // At most one more parameter is held in each round.
        for _ in 0...start.count {
            let free = start.indices.filter { !held.contains($0) }
            var left = fit.residuals
            for j in held where move[j] != 0 { for i in left.indices { left[i] += jacobian[j][i] * move[j] } }
            let used = held.reduce(0) { $0 + move[$1] * move[$1] }
            let room = max(radius * radius - used, 0).squareRoot()
            let solved = Self.solve(free.map { jacobian[$0] }, left, radius: room)
            for (k, j) in free.enumerated() { move[j] = solved[k] }
            let over = free.filter { start[$0] + move[$0] > fit.upper[$0] || start[$0] + move[$0] < fit.lower[$0] }
            // The one that goes furthest beyond, for its size, is set on its bound.
            func excess(_ j: Int) -> Double {
                max(start[j] + move[j] - fit.upper[j], fit.lower[j] - start[j] - move[j]) / abs(move[j])
            }
            guard let worst = over.max(by: { excess($0) < excess($1) }) else { break }
            move[worst] = (move[worst] > 0 ? fit.upper[worst] : fit.lower[worst]) - start[worst]
            held.insert(worst)
        }
        point = start.indices.map { min(max(start[$0] + move[$0], fit.lower[$0]), fit.upper[$0]) }
        predicted = fit.residuals
        for j in start.indices {
            let s = point[j] - start[j]
            if s != 0 { for i in predicted.indices { predicted[i] += jacobian[j][i] * s } }
        }
    }

    /// min |r + J s|^2 + mu |s|^2 with mu = 0 if that is short enough, else such that |s| = radius (bisection on ln mu).
    private static func solve(_ columns: [[Double]], _ r: [Double], radius: Double) -> [Double] {
        let zero = [Double](repeating: 0, count: columns.count)
        let largest = columns.reduce(0) { max($0, BoundedLeastSquares.sum($1)) }
        guard !columns.isEmpty, largest > 0, radius > 0 else { return zero }
        func step(_ damping: Double) -> [Double]? {
            var rows = r.indices.map { i in columns.map { $0[i] } }
            for k in columns.indices {
                var row = zero
                row[k] = damping.squareRoot()
                rows.append(row)
            }
            return LeastSquares.linear(rows: rows, r.map { -$0 } + zero)
        }
        func length(_ s: [Double]?) -> Double { s.map { BoundedLeastSquares.sum($0).squareRoot() } ?? .infinity }
        var (low, high) = (log2(largest) - 46, log2(largest) + 30)
        if let s = step(exp2(low)), length(s) <= radius { return s }
        while high - low > 0.02 {
            let middle = 0.5 * (low + high)
            if length(step(exp2(middle))) > radius { low = middle } else { high = middle }
        }
        return step(exp2(high)) ?? zero
    }
}
