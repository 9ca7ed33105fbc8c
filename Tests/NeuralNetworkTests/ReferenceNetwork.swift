import Foundation

@testable import NeuralNetwork

/// The network, its losses and its gradient once more, in double precision and plain loops: the twin that the C
/// kernels and the matrix products of the product are held to. Formulas: Docs/network.md, "Cell", in the order of the
/// golden fixtures' description.
struct ReferenceNetwork {
    typealias Arrays = [ParameterName: [Double]]

    let shape: NetworkShape
    let constraints: CellConstraints
    var parameters: Arrays

    init(_ source: ActorCriticParameters, constraints: CellConstraints) {
        shape = source.shape
        self.constraints = constraints
        parameters = [:]
        for name in ParameterName.allCases { parameters[name] = source[name].map(Double.init) }
    }

    /// A rollout: observations [T][B][pixels] and what was done, [T][B].
    struct Samples {
        var steps, environments: Int
        var observations: [Double]
        var resets: [Bool]
        var actions: [Int]
        var advantages, targets, oldLogProbabilities: [Double]
        var hidden, plastic: [[Double]]
    }

    enum Loss {
        case a2c
        case ppo(clip: Double)
    }

    /// One sample's forward pass, kept for the way back.
    struct Record {
        var y1, y2, u, before, norms, pre, hidden, logits: [Double]
        var value: Double
        /// Rounded dF minus continuous dF: constant on the way back (straight-through).
        var offset: [Double]
    }

    private var width: Int { shape.inputs }

    private func lambda(_ i: Int) -> Double {
        let value = parameters[.lambda]![i]
        guard let range = constraints.lambdaRange else { return value }
        return min(max(value, Double(range.lowerBound)), Double(range.upperBound))
    }

    private func convolve(
        _ x: [Double], channels: Int, side: Int, weight: [Double], bias: [Double], filters: Int, kernel: Int, step: Int
    ) -> [Double] {
        let out = (side - kernel) / step + 1
        var y = [Double](repeating: 0, count: filters * out * out)
        for f in 0..<filters {
            for r in 0..<out {
                for c in 0..<out {
                    var sum = bias[f]
                    for channel in 0..<channels {
                        for i in 0..<kernel {
                            for j in 0..<kernel {
                                sum +=
                                    weight[((f * channels + channel) * kernel + i) * kernel + j]
                                    * x[(channel * side + r * step + i) * side + c * step + j]
                            }
                        }
                    }
                    y[(f * out + r) * out + c] = max(sum, 0)
                }
            }
        }
        return y
    }

    /// One step of one environment. `frozen`: rounding offsets to use instead of rounding.
    func step(pixels: [Double], hidden: [Double], plastic: [Double], frozen: [Double]? = nil) -> (Record, [Double]) {
        let p = parameters
        let y1 = convolve(
            pixels, channels: 1, side: shape.observationSide, weight: p[.conv1Weight]!, bias: p[.conv1Bias]!,
            filters: shape.filters1, kernel: shape.kernel1, step: shape.stride1)
        let y2 = convolve(
            y1, channels: shape.filters1, side: shape.side1, weight: p[.conv2Weight]!, bias: p[.conv2Bias]!,
            filters: shape.filters2, kernel: shape.kernel2, step: shape.stride2)
        let u = y2 + hidden
        var record = Record(
            y1: y1, y2: y2, u: u, before: plastic, norms: [], pre: [], hidden: [], logits: [], value: 0,
            offset: [Double](repeating: 0, count: plastic.count))
        var after = plastic
        for j in 0..<shape.units {
            var (dot, square) = (0.0, 0.0)
            for i in 0..<width {
                let g = p[.weight]![j * width + i] + plastic[j * width + i]
                dot += g * u[i]
                square += g * g
            }
            let n = square.squareRoot()
            let h = tanh(dot / n + p[.bias]![j])
            record.norms.append(n)
            record.pre.append(dot / n)
            record.hidden.append(h)
            for i in 0..<width {
                let at = j * width + i
                let dF = p[.gamma]![at] * h * u[i]
                if let frozen {
                    record.offset[at] = frozen[at]
                } else if constraints.isRounded {
                    let (step, top) = (Double(constraints.deltaFStep), Double(constraints.deltaFMaximum))
                    record.offset[at] = min(max((dF / step).rounded(.toNearestOrEven) * step, -top), top) - dF
                }
                after[at] = lambda(at) * plastic[at] / (constraints.kind == .stpn ? n : 1) + dF + record.offset[at]
            }
        }
        for a in 0..<shape.actions {
            record.logits.append(
                (0..<shape.units).reduce(p[.actorBias]![a]) {
                    $0 + p[.actorWeight]![a * shape.units + $1] * record.hidden[$1]
                })
        }
        record.value = (0..<shape.units).reduce(p[.criticBias]![0]) { $0 + p[.criticWeight]![$1] * record.hidden[$1] }
        return (record, after)
    }

    /// All steps, [T][B].
    func forward(_ samples: Samples, frozen: [[Double]]? = nil) -> [Record] {
        var records: [Record] = []
        var hidden = samples.hidden
        var plastic = samples.plastic
        for t in 0..<samples.steps {
            for e in 0..<samples.environments {
                let at = t * samples.environments + e
                if samples.resets[at] {
                    hidden[e] = hidden[e].map { _ in 0 }
                    plastic[e] = plastic[e].map { _ in 0 }
                }
                let pixels = Array(samples.observations[at * shape.observations..<(at + 1) * shape.observations])
                let (record, after) = step(pixels: pixels, hidden: hidden[e], plastic: plastic[e], frozen: frozen?[at])
                records.append(record)
                hidden[e] = record.hidden
                plastic[e] = after
            }
        }
        return records
    }

    private func logSoftmax(_ logits: [Double]) -> [Double] {
        let top = logits.max()!
        let normaliser = top + log(logits.reduce(0) { $0 + exp($1 - top) })
        return logits.map { $0 - normaliser }
    }

    /// The loss with value coefficient 0.5 and entropy coefficient 0.01; A2C sums, PPO averages.
    func loss(_ samples: Samples, _ kind: Loss, frozen: [[Double]]? = nil) -> Double {
        var total = 0.0
        let records = forward(samples, frozen: frozen)
        for (at, record) in records.enumerated() {
            let logs = logSoftmax(record.logits)
            let entropy = -logs.reduce(0) { $0 + exp($1) * $1 }
            let (advantage, error) = (samples.advantages[at], record.value - samples.targets[at])
            var objective = logs[samples.actions[at]] * advantage
            if case .ppo(let clip) = kind {
                let ratio = exp(logs[samples.actions[at]] - samples.oldLogProbabilities[at])
                objective = min(ratio * advantage, min(max(ratio, 1 - clip), 1 + clip) * advantage)
            }
            total += -objective + 0.5 * 0.5 * error * error - 0.01 * entropy
        }
        if case .ppo = kind { total /= Double(records.count) }
        return total
    }
}
