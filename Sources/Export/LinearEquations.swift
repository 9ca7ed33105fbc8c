import CompactModel
import Essentials
import Foundation

/// W, F and Lambda (`LinearSynapse`) as equations for a circuit simulator.
///
///     dF/dt = d dF(V, e)/de in a pulse,   dF/dt = -F / tau(V) at a bias
///
/// e is the time since the pulse began, so that a pulse of width w adds dF(V, w) of the map: ln dF is straight in V and in ln e between
/// cells, dF grows in proportion to e below the shortest width of the map and stops at the longest.
enum LinearEquations {
    /// Unit of e, s.
    static let unit = 1e-4

    static func equations(_ synapse: SynapseModel, trains: Int, dialect d: Dialect) throws(InputError) -> Equations {
        let weight = try weight(synapse, trains: trains)
        let points = synapse.update.points
        let (amplitudes, widths) = (Set(points.map(\.amplitude)).sorted(), Set(points.map(\.width)).sorted())
        let decays = synapse.decay.points.sorted { $0.bias < $1.bias }
        guard let least = amplitudes.first, let last = decays.last, let longest = widths.last, let shortest = widths.first
        else {
            throw InputError("update.map", problem: "is empty", expected: "a grid of amplitudes and widths")
        }
        let r = d.reference
        let middle = 0.5 * (max(last.bias, 0) + least)
        var auxiliaries = [
            Auxiliary(
                name: "k", about: "0 at a bias, 1 in a pulse",
                expression: held("(\(d.voltage)-\(number(middle)))/0.2+0.5", 0, 1)),
            Auxiliary(
                name: "lt", about: "ln tau, s",
                expression: straight(d.voltage, decays.map(\.bias), decays.map { log($0.tau) })),
            Auxiliary(
                name: "le", about: "ln of the time since the pulse began, s",
                expression: "ln(max(1e-12,\(r("e"))*\(number(unit))))"),
        ]
        for (k, w) in widths.enumerated() {
            let steps = amplitudes.map { a in
                log(
                    (points.first { $0.amplitude == a && $0.width == w }?.deltaConductance).map { max($0, 1e-15) * 1e9 } ?? 1e-6
                )
            }
            auxiliaries.append(
                Auxiliary(
                    name: "a\(k)", about: "ln dF (nS) of \(number(w * 1e6)) us",
                    expression: straight(d.voltage, amplitudes, steps)))
        }
        // The innermost answer is that beyond the longest width; each shorter range is asked before it.
        var rate = "0"
        for k in widths.indices.dropLast().reversed() {
            let slope = "(\(r("a\(k + 1)"))-\(r("a\(k)")))/\(number(log(widths[k + 1] / widths[k])))"
            let step = boundedExp("\(r("a\(k)"))+\(slope)*(\(r("le"))-(\(number(log(widths[k])))))-\(r("le"))", -60, 60)
            rate = "(\(r("le"))<\(number(log(widths[k + 1]))) ? \(slope)*\(step) : \(rate))"
        }
        rate =
            "(\(r("le"))<\(number(log(shortest))) ? \(boundedExp("\(r("a0"))-(\(number(log(shortest))))", -60, 60)) : \(rate))"
        auxiliaries.append(Auxiliary(name: "jf", about: "dF/dt in a pulse, nS/s", expression: rate))
        auxiliaries.append(Auxiliary(name: "gns", about: "G of a read, nS", expression: "\(d.parameter("w"))+\(r("f"))"))
        return Equations(
            ranges: [
                "model: linear (W, F and Lambda)",
                "biases \(number(decays[0].bias)) ... \(number(last.bias)) V, pulses \(number(least)) ... "
                    + "\(number(amplitudes[amplitudes.count - 1])) V of \(number(shortest * 1e6)) ... \(number(longest * 1e6)) us; "
                    + "the border's beyond; ohmic, also in a pulse",
                synapse.ambient.map { "ambient \(number($0)) K alone: no other is in the equations" }
                    ?? "ambient temperature: that of the device file, the only one; synapse.yaml does not say it",
            ], parameters: [.init(name: "w", value: weight * 1e9, about: "W, nS")], auxiliaries: auxiliaries,
            unknowns: [
                Unknown(
                    name: "f", about: "F, nS", start: 0,
                    slope: "\(r("k"))*\(r("jf"))-(1-\(r("k")))*\(r("f"))*\(boundedExp("-\(r("lt"))", -60, 60))"),
                Unknown(
                    name: "e", about: "time since the pulse began, \(number(unit * 1e6)) us", start: 0,
                    slope: "\(r("k"))*\(number(1 / unit))-(1-\(r("k")))*\(r("e"))*1e6"),
            ], current: "\(d.voltage)*1e-9*\(r("gns"))", reading: r("gns"))
    }

    /// W after SET trains, S.
    static func weight(_ synapse: SynapseModel, trains: Int) throws(InputError) -> Double {
        if trains == 0 { return synapse.weightMap.minimumConductance }
        guard let level = synapse.levels.first(where: { $0.train == trains }) else {
            throw InputError(
                "--level", value: "\(trains)", problem: "is not one of the synapse's levels (SET trains)",
                expected: ([0] + synapse.levels.map(\.train)).map { "\($0)" }.joined(separator: ", "))
        }
        return level.read375s
    }

    /// Straight lines between points, the border's value beyond.
    static func straight(_ x: String, _ xs: [Double], _ ys: [Double]) -> String {
        var text = number(ys[ys.count - 1])
        for k in xs.indices.dropLast().reversed() {
            let slope = (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k])
            text = "(\(x)<\(number(xs[k + 1])) ? \(number(ys[k]))+(\(number(slope)))*(\(x)-(\(number(xs[k])))) : \(text))"
        }
        return "(\(x)<\(number(xs[0])) ? \(number(ys[0])) : \(text))"
    }
}
