import Foundation

/// The three parts of a loop 0, +V, 0, -V, 0: up to the top, down to the bottom, back to zero.
enum LoopBranch: Int, CaseIterable {
    case up, down, back
}

extension ChainResults.Loop {
    /// Voltage and conductance along one branch, in run order, without points closer to 0 V than 1 mV.
    func branch(_ branch: LoopBranch) -> [(voltage: Double, conductance: Double)] {
        let count = min(voltage.count, current.count)
        guard count > 2 else { return [] }
        let top = (0..<count).max { voltage[$0] < voltage[$1] }!
        let bottom = (top..<count).min { voltage[$0] < voltage[$1] }!
        let range =
            switch branch {
            case .up: 0...top
            case .down: top...bottom
            case .back: bottom...(count - 1)
            }
        return range.compactMap { i in
            abs(voltage[i]) < 1e-3 ? nil : (voltage[i], current[i] / voltage[i])
        }
    }

    /// G (S) at a voltage: the recorded point if there is one, else four-point interpolation of ln G over V.
    ///
    /// `nil` outside the branch, or where G is not positive.
    func conductance(at target: Double, on branch: LoopBranch) -> Double? {
        var points: [(voltage: Double, conductance: Double)] = []
        for point in self.branch(branch) where points.last.map({ abs($0.voltage - point.voltage) > 1e-9 }) ?? true {
            points.append(point)
        }
        if let exact = points.first(where: { abs($0.voltage - target) < 1e-6 }) { return exact.conductance }
        guard points.count > 3 else { return nil }
        guard
            let at = points.indices.dropLast().first(where: {
                (points[$0].voltage - target) * (points[$0 + 1].voltage - target) < 0
            })
        else { return nil }
        let first = min(max(at - 1, 0), points.count - 4)
        // The same side of zero only: G has another slope on the other.
        let near = points[first..<(first + 4)].filter { $0.voltage * target > 0 && $0.conductance > 0 }
        guard near.count > 1 else { return nil }
        var sum = 0.0
        for a in near {
            var weight = 1.0
            for b in near where b.voltage != a.voltage {
                weight *= (target - b.voltage) / (a.voltage - b.voltage)
            }
            sum += weight * log(a.conductance)
        }
        return exp(sum)
    }

    /// +1 when the way down conducts more than the way up at half the top voltage (counter-clockwise in G over V), else -1.
    var direction: Double? {
        guard let top = voltage.max(), let up = conductance(at: top / 2, on: .up),
            let down = conductance(at: top / 2, on: .down)
        else { return nil }
        return down > up ? 1 : -1
    }
}
