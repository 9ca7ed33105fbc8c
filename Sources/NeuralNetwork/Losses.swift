/// One sample's share of a loss, and the loss's gradient in its logits and value.
///
/// A2C: -logp A + c_v (V - target)^2 / 2 - c_e H. PPO: -min(r A, clip(r, 1 - c, 1 + c) A) instead of the first term,
/// r = exp(logp - old logp). Each term is weighted by `scale` (1 for sums, 1 / samples for means).
/// With a teacher's policy q, c_t (-sum q log p) is added (Schmitt 2018, arXiv:1803.03835).
/// Sources: Mnih 2016, arXiv:1602.01783; Schulman et al. 2017, arXiv:1707.06347.
struct SampleLoss {
    var valueCoefficient, entropyCoefficient, scale: Double
    /// PPO's clip; nil for A2C.
    var clip: Double?
    /// c_t.
    var adviceCoefficient = 0.0

    /// Adds the sample to `statistics` (entropy, clipping and divergence as sums) and writes its gradient.
    func add(
        logits: ArraySlice<Float>, value: Float, action: Int, advantage: Double, target: Double, oldLogProbability: Double,
        advice: ArraySlice<Float>? = nil, to statistics: inout UpdateStatistics, dLogits: UnsafeMutablePointer<Float>,
        dValue: UnsafeMutablePointer<Float>
    ) {
        let logs = Policy.logProbabilities(logits)
        let entropy = logs.reduce(0) { $0 - Elementary.exp($1) * $1 }
        var objective = logs[action] * advantage
        // d objective / d logp.
        var slope = advantage
        if let clip {
            let difference = logs[action] - oldLogProbability
            let ratio = Elementary.exp(difference)
            let clipped = min(max(ratio, 1 - clip), 1 + clip) * advantage
            objective = min(ratio * advantage, clipped)
            slope = ratio * advantage <= clipped ? ratio * advantage : 0
            if abs(ratio - 1) > clip { statistics.clipFraction += 1 }
            statistics.divergence += ratio - 1 - difference
        }
        let error = Double(value) - target
        statistics.policyLoss -= scale * objective
        if let advice { statistics.adviceLoss -= scale * zip(advice, logs).reduce(0) { $0 + Double($1.0) * $1.1 } }
        statistics.valueLoss += scale * 0.5 * error * error
        statistics.entropy += entropy
        for (i, log) in logs.enumerated() {
            let p = Elementary.exp(log)
            let policy = slope * (p - (i == action ? 1 : 0))
            var gradient = policy + entropyCoefficient * p * (log + entropy)
            if let advice { gradient += adviceCoefficient * (p - Double(advice[advice.startIndex + i])) }
            dLogits[i] = Float(scale * gradient)
        }
        dValue.pointee = Float(scale * valueCoefficient * error)
    }
}
