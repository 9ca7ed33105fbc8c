/// Generalised advantage estimation over rollouts cut at episode ends.
///
/// delta = r + gamma V' live - V; A = delta + gamma lambda live A'; target = A + V, with live = 0 where the episode
/// ended with the step, V' the value of the next step, or the bootstrap value after the last.
/// Source: Schulman et al. 2016, arXiv:1506.02438.
public enum Advantages {
    /// All arrays are [steps][environments] in C order; bootstrap is [environments]. Cost: one sweep.
    public static func estimate(
        rewards: [Float], values: [Float], ends: [Bool], bootstrap: [Float], discount: Double, lambda: Double
    ) -> (advantages: [Double], targets: [Double]) {
        let environments = bootstrap.count
        precondition(rewards.count == values.count && ends.count == values.count && values.count % environments == 0)
        var advantages = [Double](repeating: 0, count: values.count)
        var targets = advantages
        var next = bootstrap.map(Double.init)
        var carried = [Double](repeating: 0, count: environments)
        for at in stride(from: values.count - 1, through: 0, by: -1) {
            let e = at % environments
            let live = ends[at] ? 0.0 : 1.0
            let value = Double(values[at])
            let delta = Double(rewards[at]) + discount * next[e] * live - value
            carried[e] = delta + discount * lambda * live * carried[e]
            advantages[at] = carried[e]
            targets[at] = carried[e] + value
            next[e] = value
        }
        return (advantages, targets)
    }

    /// (A - mean) / (deviation + 1e-8), deviation with n - 1.
    public static func normalised(_ advantages: [Double]) -> [Double] {
        guard advantages.count > 1 else { return advantages.map { _ in 0 } }
        let mean = advantages.reduce(0, +) / Double(advantages.count)
        let variance = advantages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(advantages.count - 1)
        return advantages.map { ($0 - mean) / (variance.squareRoot() + 1e-8) }
    }
}
