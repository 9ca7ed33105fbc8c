import Foundation
import Testing

@testable import NeuralNetwork

/// The teacher's term of the loss.
struct AdviceTests {
    private let logits: [Float] = [0.3, -0.7, 1.1]
    private let advice: [Float] = [0.2, 0.5, 0.3]

    private func loss(_ logits: [Float], coefficient: Double) -> (value: Double, gradient: [Float], advice: Double) {
        let sample = SampleLoss(
            valueCoefficient: 0.5, entropyCoefficient: 0.01, scale: 0.25, clip: 0.1, adviceCoefficient: coefficient)
        var statistics = UpdateStatistics()
        var gradient = [Float](repeating: 0, count: 3)
        var dValue: Float = 0
        gradient.withUnsafeMutableBufferPointer {
            sample.add(
                logits: logits[...], value: 0.2, action: 1, advantage: 0.7, target: 0.4, oldLogProbability: log(0.13),
                advice: advice[...],
                to: &statistics, dLogits: $0.baseAddress!, dValue: &dValue)
        }
        let value = statistics.policyLoss - 0.01 * 0.25 * statistics.entropy + coefficient * statistics.adviceLoss
        return (value, gradient, statistics.adviceLoss)
    }

    @Test("The gradient in the logits is that of policy loss, entropy and c (-sum q log p): central differences, 1e-3")
    func gradient() {
        for coefficient in [0.0, 0.4, 3] {
            let analytic = loss(logits, coefficient: coefficient).gradient
            for i in 0..<3 {
                var (up, down) = (logits, logits)
                up[i] += 0.01
                down[i] -= 0.01
                let numeric = (loss(up, coefficient: coefficient).value - loss(down, coefficient: coefficient).value) / 0.02
                #expect(abs(Double(analytic[i]) - numeric) < 1e-3 * max(abs(numeric), 0.05), "logit \(i), c = \(coefficient)")
            }
        }
    }

    @Test("The cross-entropy is least, and equal to the teacher's entropy, where both policies agree")
    func least() {
        let same = advice.map { Float(Foundation.log(Double($0))) }
        let entropy = -advice.reduce(0) { $0 + Double($1) * Foundation.log(Double($1)) }
        #expect(abs(loss(same, coefficient: 1).advice - 0.25 * entropy) < 1e-6)
        #expect(loss(logits, coefficient: 1).advice > 0.25 * entropy)
    }
}
