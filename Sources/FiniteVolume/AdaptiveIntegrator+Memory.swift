import LinearAlgebra

extension AdaptiveIntegrator {
    /// Everything that the next step hangs on: the newest solutions and what was learned of their size, order and convergence.
    public struct Memory: Sendable {
        fileprivate var solutions: [[Double]]
        fileprivate var times: [Double]
        fileprivate var time, nextStep: Double
        fileprivate var order, lastOrder, stepsAtOrder: Int
        fileprivate var contraction: (rate: Double, first: Double, uses: Int)?
    }

    /// The present memory; assign an older one to take steps back. Cost: a copy of the newest solutions, some microseconds.
    public var memory: Memory {
        get {
            Memory(
                solutions: times.indices.map { past[$0].row.values }, times: times, time: time, nextStep: nextStep,
                order: order,
                lastOrder: lastOrder, stepsAtOrder: stepsAtOrder, contraction: contraction)
        }
        set {
            for (k, values) in newValue.solutions.enumerated() { past[k].row.assign(values) }
            (times, time, nextStep) = (newValue.times, newValue.time, newValue.nextStep)
            (order, lastOrder, stepsAtOrder) = (newValue.order, newValue.lastOrder, newValue.stepsAtOrder)
            contraction = newValue.contraction
        }
    }

    /// The solution at `at` inside the last accepted step, from the polynomial through the newest solutions (the order that the
    /// step used, at least linear); at `time` itself it is the solution.
    public func interpolate(at moment: Double, into u: Row) {
        let points = min(lastOrder + 1, times.count)
        let n = system.unknowns
        for j in 0..<points {
            var weight = 1.0
            for m in 0..<points where m != j { weight *= (moment - times[m]) / (times[j] - times[m]) }
            let row = past[j].row
            if j == 0 {
                for i in 0..<n { u[i] = weight * row[i] }
            } else {
                for i in 0..<n { u[i] += weight * row[i] }
            }
        }
    }
}
