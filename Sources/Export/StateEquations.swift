import CompactModel
import Essentials
import Foundation

/// The state model (`LumpedDevice`) as equations for a circuit simulator.
///
/// Densities are in units of the model's `scale`, so that every unknown is of order one. The stored oxygen is not an unknown of its own:
/// R = sum N_k - N_p - I is, since N_O = N_s + R would otherwise be a small difference of large numbers. The contact plane follows
///
///     d u / dt = (ln N_s* - u) / tau,   N_s* = 2 K / (R + sqrt(R^2 + 4 K)),   K = K(V, Q + e^u)
///
/// with u = ln N_s and tau = 0.5 ns. Its rest point is the root of N_s (N_s + R) = K; more charge makes the redox step harder, so that it is
/// approached from both sides. Between the ranges of the biases and of the pulses
/// the logarithms of the rates go over in a straight line, which an edge of 0.1 us passes in 50 ns; a jump there would be no equation that
/// Newton's iteration can follow. Of the hop only the ratio of both rates counts above e^13 1/s, so that both are scaled down to that.
package enum StateEquations {
    /// ln of the fastest rate (1/s) that a simulator has to follow.
    static let fastest = 13.0

    /// The equations from the state after `trains` SET trains.
    ///
    /// - Throws: `InputError` where the model has no such level.
    static func equations(_ model: LumpedDevice, trains: Int, ambient temperature: Double? = nil, dialect d: Dialect)
        throws(InputError) -> Equations
    {
        let level = try model.level(trains: trains)
        let ambient = try model.surfaces(at: temperature)
        let (m, scale) = (model.lumpCount, model.scale)
        let start = level.state.lumps.map { $0 / scale }
        let inventory = level.state.inventory / scale
        let rest = start.reduce(0, +) - level.state.stored / scale - inventory
        var auxiliaries = inputs(model, ambient, d)
        auxiliaries += rates(model, ambient, d)
        auxiliaries += plane(d)
        auxiliaries += flows(model, d)
        auxiliaries += reading(model, ambient, d)
        let r = d.reference
        var unknowns = (1...m).map { k in
            Unknown(
                name: "y\(k)", about: "N_\(k) / scale", start: start[k - 1],
                slope: "\(r("j\(k - 1)"))" + (k < m ? "-\(r("j\(k)"))" : ""))
        }
        unknowns.append(
            Unknown(name: "r", about: "(sum N_k - N_p - I) / scale", start: rest, slope: "\(r("j0"))-\(r("jp"))"))
        unknowns.append(
            Unknown(
                name: "u", about: "ln(N_s / scale)", start: -25,
                slope: "(\(held(r("lp"), -70, 4))-\(r("u")))/\(d.parameter("tau"))", rest: held(r("lp"), -70, 4)))
        return Equations(
            ranges: ranges(model, ambient, level),
            parameters: [
                .init(name: "i0", value: inventory, about: "conserved inventory I / scale"),
                .init(name: "tau", value: 0.5e-9, about: "s, how fast the contact plane follows"),
            ], auxiliaries: auxiliaries, unknowns: unknowns, current: "\(d.voltage)*\(boundedExp(r("li"), -60, 0))",
            reading: r("gns"))
    }

    private static func ranges(_ model: LumpedDevice, _ ambient: LumpedDevice.Ambient, _ level: LumpedDevice.Level) -> [String]
    {
        func volts(_ r: ClosedRange<Double>) -> String { String(format: "%.4g ... %.4g V", r.lowerBound, r.upperBound) }
        let charges = ambient.bias.redox.charges
        return [
            "model: state (\(model.lumpCount) lumps of vacancies, stored oxygen, contact plane)",
            "biases " + volts(model.biasRange) + ", pulses " + volts(model.pulseRange)
                + "; between them and beyond, the rates at the border hold",
            String(
                format: "vacancies %.3g ... %.3g 1/m2 (scale %.6g); held at the border beyond",
                model.scale * sinh(charges.lowerBound),
                model.scale * sinh(charges.upperBound), model.scale),
            String(
                format: "ambient %g K alone: no other is in the equations, the simulator's own temperature changes nothing",
                ambient.temperature),
            String(
                format: "starts after %d SET trains at G = %.6g nS, 30 s into %g V", level.trains, level.conductance * 1e9,
                model.readVoltage),
        ]
    }

    /// Scaled voltages, charges and shares.
    private static func inputs(_ model: LumpedDevice, _ ambient: LumpedDevice.Ambient, _ d: Dialect) -> [Auxiliary] {
        let r = d.reference
        let sum = (1...model.lumpCount).map { r("y\($0)") }.joined(separator: "+")
        var found = [
            Auxiliary(
                name: "k", about: "0 at a bias, 1 in a pulse",
                expression: passage(d.voltage, model.biasRange.upperBound, model.pulseRange.lowerBound)),
            Auxiliary(name: "vb", about: "bias, scaled", expression: Horner.scaled(d.voltage, model.biasRange)),
            Auxiliary(name: "vp", about: "pulse, scaled", expression: Horner.scaled(d.voltage, model.pulseRange)),
            Auxiliary(name: "c", about: "charge of the lumps", expression: held(sum, 1e-6, 50)),
            Auxiliary(name: "ns", about: "contact plane", expression: boundedExp(r("u"), -80, 4)),
            Auxiliary(name: "ca", about: "charge with the contact plane", expression: "max(1e-6,\(r("c"))+\(r("ns")))"),
            Auxiliary(name: "q", about: "asinh of it", expression: asinh(r("ca"))),
            Auxiliary(name: "qb", about: "scaled for biases", expression: Horner.scaled(r("q"), ambient.bias.redox.charges)),
            Auxiliary(name: "qp", about: "scaled for pulses", expression: Horner.scaled(r("q"), ambient.pulse.redox.charges)),
            Auxiliary(
                name: "qi", about: "scaled for the current at a bias",
                expression: Horner.scaled(r("q"), ambient.bias.current.charges)),
            Auxiliary(name: "qj", about: "and in a pulse", expression: Horner.scaled(r("q"), ambient.pulse.current.charges)),
        ]
        for k in 1..<max(model.lumpCount, 1) {
            found.append(
                Auxiliary(
                    name: "s\(k + 1)", about: "share of lump \(k + 1)", expression: held("\(r("y\(k + 1)"))/\(r("ca"))", 0, 1)))
        }
        return found
    }

    /// 0 at the upper border of the biases, 1 at the lower one of the pulses.
    static func passage(_ voltage: String, _ low: Double, _ high: Double) -> String {
        held("(\(voltage)-(\(number(low))))/\(number(max(high - low, 0.1)))", 0, 1)
    }

    private static func asinh(_ x: String) -> String { "ln(\(x)+sqrt(\(x)*\(x)+1))" }

    /// Logarithms of the rates.
    private static func rates(_ model: LumpedDevice, _ ambient: LumpedDevice.Ambient, _ d: Dialect) -> [Auxiliary] {
        let r = d.reference
        let shares = (1..<max(model.lumpCount, 1)).map { r("s\($0 + 1)") }
        func blend(
            _ name: String, _ about: String, less offset: Double = 0, at charges: (String, String) = ("qb", "qp"),
            _ f: (LumpedDevice.Kinetics) -> LumpedSurface
        ) -> Auxiliary {
            let bias = Horner.surface(f(ambient.bias), voltage: r("vb"), charge: r(charges.0), shares: shares)
            let pulse = Horner.surface(f(ambient.pulse), voltage: r("vp"), charge: r(charges.1), shares: shares)
            let tail = offset == 0 ? "" : "-(\(number(offset)))"
            return Auxiliary(name: name, about: about, expression: "\(r("k"))*(\(pulse))+(1-\(r("k")))*(\(bias))\(tail)")
        }
        let unit = log(model.scale)
        var found = [
            blend("lk", "ln K", less: 2 * unit, \.redox),
            blend("lf", "ln f, 1/s", \.forward),
            blend("lb", "ln b, 1/s", \.backward),
            blend("ll", "ln l, 1/s", less: model.lossOrder == 2 ? -unit : 0, \.loss),
            blend("lr", "ln r, 1/s", \.back),
            blend("li", "ln I/V, S", at: ("qi", "qj"), \.current),
        ]
        for k in model.boundaries.indices {
            found.append(blend("f\(k + 1)", "ln f_\(k + 1), 1/s") { $0.spread[k].forward })
            found.append(blend("b\(k + 1)", "ln b_\(k + 1), 1/s") { $0.spread[k].backward })
        }
        return found
    }

    /// The contact plane's rest point, without overflow.
    private static func plane(_ d: Dialect) -> [Auxiliary] {
        let r = d.reference
        let k = held(r("lk"), -100, 10)
        return [
            Auxiliary(name: "rr", about: "R, held", expression: held(r("r"), -20, 20)),
            Auxiliary(name: "sq", about: "sqrt(R^2 + 4 K)", expression: "sqrt(\(r("rr"))*\(r("rr"))+4*exp(\(k)))"),
            Auxiliary(
                name: "lp", about: "ln N_s at rest",
                expression:
                    "(\(r("rr"))>0) ? \(k)-ln(max(1e-45,0.5*(\(r("rr"))+\(r("sq"))))) : ln(max(1e-45,0.5*(\(r("sq"))-\(r("rr")))))"
            ),
        ]
    }

    /// Flows, scale per second.
    private static func flows(_ model: LumpedDevice, _ d: Dialect) -> [Auxiliary] {
        let r = d.reference
        var found = [
            Auxiliary(name: "no", about: "N_O", expression: "max(0,\(r("r"))+\(r("ns")))"),
            Auxiliary(name: "np", about: "N_p", expression: "\(r("c"))-\(r("r"))-\(d.parameter("i0"))"),
            Auxiliary(
                name: "ex", about: "ln of what both hops are scaled down by",
                expression: "max(0,max(\(r("lf")),\(r("lb")))-\(number(fastest)))"),
            Auxiliary(
                name: "j0", about: "hop into the first plane",
                expression:
                    "\(boundedExp("\(r("lf"))-\(r("ex"))", -100, fastest))*\(r("ns"))-\(boundedExp("\(r("lb"))-\(r("ex"))", -100, fastest))*\(r("y1"))"
            ),
            Auxiliary(
                name: "jp", about: "oxygen into the store",
                expression: "\(boundedExp(r("ll")))*\(r("no"))" + (model.lossOrder == 2 ? "*\(r("no"))" : "")
                    + "-\(boundedExp(r("lr")))*\(r("np"))"),
        ]
        for k in 1..<max(model.lumpCount, 1) {
            found.append(
                Auxiliary(
                    name: "j\(k)", about: "from lump \(k) to \(k + 1)",
                    expression: "\(boundedExp(r("f\(k)")))*\(r("y\(k)"))-\(boundedExp(r("b\(k)")))*\(r("y\(k + 1)"))"))
        }
        return found
    }

    private static func reading(_ model: LumpedDevice, _ ambient: LumpedDevice.Ambient, _ d: Dialect) -> [Auxiliary] {
        let r = d.reference
        let shares = (1..<max(model.lumpCount, 1)).map { held("\(r("y\($0 + 1)"))/\(r("c"))", 0, 1) }
        let surface = Horner.surface(ambient.reading, voltage: "0", charge: r("qr"), shares: shares)
        return [
            Auxiliary(
                name: "qr", about: "charge, scaled for a read",
                expression: Horner.scaled(asinh(r("c")), ambient.reading.charges)),
            Auxiliary(name: "gns", about: "G of a read, nS", expression: boundedExp("\(surface)+\(number(log(1e9)))", -20, 20)),
        ]
    }
}
