import LinearAlgebra

extension AdaptiveIntegrator {
    /// Everything that the next step hangs on: the newest solutions and what was learned of their size, order and convergence.
    public struct Snapshot: Sendable {
        fileprivate var solutions: [[Double]]
        fileprivate var times: [Double]
        fileprivate var time, nextStep: Double
        fileprivate var order, lastOrder, stepsAtOrder: Int
        fileprivate var contraction: (rate: Double, first: Double, uses: Int)?
    }

    /// The present place; assign an older one to take steps back. Cost: a copy of the newest solutions, some microseconds.
    public var snapshot: Snapshot {
        get {
            Snapshot(
                solutions: times.indices.map { past[$0].values }, times: times, time: time, nextStep: nextStep,
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
}
