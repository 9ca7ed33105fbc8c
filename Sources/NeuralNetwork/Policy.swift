import Essentials

/// From logits to actions: probabilities, the greedy choice, a seeded draw.
public enum Policy {
    /// log softmax(logits), in double precision.
    public static func logProbabilities(_ logits: some Collection<Float>) -> [Double] {
        let top = Double(logits.max() ?? 0)
        let shifted = logits.map { Double($0) - top }
        let normaliser = Elementary.log(shifted.reduce(0) { $0 + Elementary.exp($1) })
        return shifted.map { $0 - normaliser }
    }

    /// softmax(logits).
    public static func probabilities(_ logits: some Collection<Float>) -> [Double] {
        logProbabilities(logits).map(Elementary.exp)
    }

    /// The action of the largest logit; the first of equals.
    public static func greedy(_ logits: some Collection<Float>) -> Int {
        var best = 0
        var top = -Float.infinity
        for (action, logit) in logits.enumerated() where logit > top { (best, top) = (action, logit) }
        return best
    }

    /// An action drawn from softmax(logits), and its log probability.
    public static func sample(
        _ logits: some Collection<Float>, using generator: inout SeededGenerator
    ) -> (action: Int, logProbability: Double) {
        choose(logits, at: generator.uniform())
    }

    /// The action at `place`, 0 ..< 1, when softmax(logits) fills that range action by action, and its log probability.
    public static func choose(_ logits: some Collection<Float>, at place: Double) -> (action: Int, logProbability: Double) {
        let logs = logProbabilities(logits)
        var left = place
        for (action, value) in logs.enumerated() {
            left -= Elementary.exp(value)
            if left < 0 { return (action, value) }
        }
        return (logs.count - 1, logs[logs.count - 1])
    }

    /// -sum p log p, in nats.
    public static func entropy(_ logits: some Collection<Float>) -> Double {
        logProbabilities(logits).reduce(0) { $0 - Elementary.exp($1) * $1 }
    }
}
