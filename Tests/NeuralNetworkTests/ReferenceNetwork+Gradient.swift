import Foundation

@testable import NeuralNetwork

extension ReferenceNetwork {
    /// d loss / d parameters by back-propagation through every step, in double precision.
    func gradient(_ samples: Samples, _ kind: Loss) -> Arrays {
        let records = forward(samples)
        let (units, width) = (shape.units, shape.inputs)
        let p = parameters
        var g: Arrays = p.mapValues { $0.map { _ in 0 } }
        var dPlastic = samples.plastic.map { $0.map { _ in 0.0 } }
        var dHidden = samples.hidden.map { $0.map { _ in 0.0 } }
        let scale: Double = if case .ppo = kind { 1 / Double(records.count) } else { 1 }
        for t in stride(from: samples.steps - 1, through: 0, by: -1) {
            for e in 0..<samples.environments {
                let at = t * samples.environments + e
                let r = records[at]
                let (dLogits, dValue) = slopes(r, at, samples, kind, scale)
                var dh = dHidden[e]
                g[.criticBias]![0] += dValue
                for j in 0..<units {
                    dh[j] += dValue * p[.criticWeight]![j]
                    g[.criticWeight]![j] += dValue * r.hidden[j]
                    for a in 0..<shape.actions {
                        dh[j] += dLogits[a] * p[.actorWeight]![a * units + j]
                        g[.actorWeight]![a * units + j] += dLogits[a] * r.hidden[j]
                    }
                }
                for a in 0..<shape.actions { g[.actorBias]![a] += dLogits[a] }
                var du = [Double](repeating: 0, count: width)
                var before = dPlastic[e]
                for j in 0..<units {
                    let n = r.norms[j]
                    var through = 0.0
                    var decayed = 0.0
                    for i in 0..<width {
                        let s = j * width + i
                        through += dPlastic[e][s] * p[.gamma]![s] * r.u[i]
                        decayed += dPlastic[e][s] * effectiveLambda(s) * r.before[s]
                    }
                    let da = (dh[j] + through) * (1 - r.hidden[j] * r.hidden[j])
                    g[.bias]![j] += da
                    for i in 0..<width {
                        let s = j * width + i
                        let weight = p[.weight]![s] + r.before[s]
                        let d = dPlastic[e][s]
                        let isSTPN = constraints.kind == .stpn
                        var dG = da * (r.u[i] / n - r.pre[j] * weight / (n * n))
                        if isSTPN { dG -= decayed * weight / (n * n * n) }
                        g[.gamma]![s] += d * r.hidden[j] * r.u[i]
                        if isInside(p[.lambda]![s]) { g[.lambda]![s] += d * r.before[s] / (isSTPN ? n : 1) }
                        g[.weight]![s] += dG
                        du[i] += da * weight / n + d * p[.gamma]![s] * r.hidden[j]
                        before[s] = effectiveLambda(s) * d / (isSTPN ? n : 1) + dG
                    }
                }
                trunkGradient(r, at, samples, Array(du[0..<shape.features]), &g)
                dPlastic[e] = samples.resets[at] ? before.map { _ in 0 } : before
                dHidden[e] = samples.resets[at] ? dh.map { _ in 0 } : Array(du[shape.features...])
            }
        }
        return g
    }

    private func effectiveLambda(_ s: Int) -> Double {
        let value = parameters[.lambda]![s]
        guard let range = constraints.lambdaRange else { return value }
        return min(max(value, Double(range.lowerBound)), Double(range.upperBound))
    }

    private func isInside(_ lambda: Double) -> Bool {
        guard let range = constraints.lambdaRange else { return true }
        return lambda >= Double(range.lowerBound) && lambda <= Double(range.upperBound)
    }

    private func slopes(
        _ r: Record, _ at: Int, _ samples: Samples, _ kind: Loss, _ scale: Double
    ) -> (logits: [Double], value: Double) {
        let top = r.logits.max()!
        let normaliser = top + log(r.logits.reduce(0) { $0 + exp($1 - top) })
        let logs = r.logits.map { $0 - normaliser }
        let entropy = -logs.reduce(0) { $0 + exp($1) * $1 }
        let (action, advantage) = (samples.actions[at], samples.advantages[at])
        var slope = advantage
        if case .ppo(let clip) = kind {
            let ratio = exp(logs[action] - samples.oldLogProbabilities[at])
            let clipped = min(max(ratio, 1 - clip), 1 + clip) * advantage
            slope = ratio * advantage <= clipped ? ratio * advantage : 0
        }
        let dLogits = logs.enumerated().map { a, log in
            scale * (-slope * ((a == action ? 1 : 0) - exp(log)) + 0.01 * exp(log) * (log + entropy))
        }
        return (dLogits, scale * 0.5 * (r.value - samples.targets[at]))
    }

    private func trunkGradient(_ r: Record, _ at: Int, _ samples: Samples, _ dFeatures: [Double], _ g: inout Arrays) {
        let (side1, side2) = (shape.side1, shape.side2)
        var dy1 = r.y1.map { _ in 0.0 }
        for f in 0..<shape.filters2 {
            for row in 0..<side2 {
                for column in 0..<side2 {
                    let out = (f * side2 + row) * side2 + column
                    guard r.y2[out] > 0 else { continue }
                    g[.conv2Bias]![f] += dFeatures[out]
                    for c in 0..<shape.filters1 {
                        for i in 0..<shape.kernel2 {
                            for j in 0..<shape.kernel2 {
                                let w = ((f * shape.filters1 + c) * shape.kernel2 + i) * shape.kernel2 + j
                                let y = (c * side1 + row * shape.stride2 + i) * side1 + column * shape.stride2 + j
                                g[.conv2Weight]![w] += dFeatures[out] * r.y1[y]
                                dy1[y] += dFeatures[out] * parameters[.conv2Weight]![w]
                            }
                        }
                    }
                }
            }
        }
        let side = shape.observationSide
        for f in 0..<shape.filters1 {
            for row in 0..<side1 {
                for column in 0..<side1 {
                    let out = (f * side1 + row) * side1 + column
                    guard r.y1[out] > 0 else { continue }
                    g[.conv1Bias]![f] += dy1[out]
                    for i in 0..<shape.kernel1 {
                        for j in 0..<shape.kernel1 {
                            let x = at * shape.observations + (row * shape.stride1 + i) * side + column * shape.stride1 + j
                            g[.conv1Weight]![(f * shape.kernel1 + i) * shape.kernel1 + j] += dy1[out] * samples.observations[x]
                        }
                    }
                }
            }
        }
    }
}
