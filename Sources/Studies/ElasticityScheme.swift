import Foundation

/// Elasticities d ln f / d ln p of an output with respect to inputs, at one point, by central differences.
///
///     E = (ln f(p (1 + h)) - ln f(p (1 - h))) / (ln(1 + h) - ln(1 - h))
///
/// taken at h and at 2 h; their difference is the stated error. An output that changes its sign has none.
/// Points: 1 + 4 d.
package struct ElasticityScheme: Sendable {
    package let inputs: Int
    /// h, relative.
    package let step: Double

    package init(inputs: Int, step: Double) { (self.inputs, self.step) = (inputs, step) }

    /// Factors on the inputs of each point: none, then 1 - 2 h, 1 - h, 1 + h, 1 + 2 h of each input in turn.
    package var factors: [[Double]] {
        let none = [Double](repeating: 1, count: inputs)
        return [none]
            + (0..<inputs).flatMap { input in
                [-2.0, -1, 1, 2].map { multiple in
                    var factors = none
                    factors[input] = 1 + multiple * step
                    return factors
                }
            }
    }

    package struct Elasticity: Equatable, Sendable, Codable {
        package var value, error: Double
    }

    /// One an input, of values in the order of `factors`; nil where a value is missing, zero, or of another sign.
    package func elasticities(_ values: [Double?]) -> [Elasticity?] {
        (0..<inputs).map { input in
            let around = (1...4).map { values[4 * input + $0] }
            guard let a = around[0], let b = around[1], let c = around[2], let d = around[3], a * b > 0, b * c > 0, c * d > 0
            else {
                return nil
            }
            let near = log(c / b) / log((1 + step) / (1 - step))
            let far = log(d / a) / log((1 + 2 * step) / (1 - 2 * step))
            guard near.isFinite, far.isFinite else { return nil }
            return Elasticity(value: near, error: abs(near - far))
        }
    }
}
