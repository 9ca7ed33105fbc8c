/// Lumped, quasi-static self-heating, T = T0 + R_th V I(T): the lowest root, or none.
///
/// I(T) rises faster than linearly, so f(T) = T0 + R_th V I(T) - T is convex: Newton's method started left of the lowest root
/// stays left of it and converges; a slope that reaches zero first means that there is no root (thermal runaway, electroforming).
/// Source: Docs/device-model.md, sections 1.6 and 2, `heat`.
struct SelfHeating {
    let resistance, ambient, maximum: Double
    /// A Newton step of T below this ends the search: what is left is its square times I''/I' (a few percent per K), below 1e-4 K.
    let lastStep = 0.03

    init(_ p: DeviceParameters) {
        resistance = p.thermalResistance
        ambient = p.ambientTemperature
        maximum = p.maximumTemperature
    }

    /// A root of the heat balance and the current there, to first order in the last step.
    struct Root: Equatable {
        var temperature, current: Double
    }

    /// The lowest root near `guess`, or nil when there is none below T_max.
    ///
    /// `current(T)` returns I and dI/dT; `voltage` in V. Cost: one current when the guess is within 0.03 K, else two or three.
    @inline(__always)
    func root(guess: Double, voltage: Double, current: (Double) -> (current: Double, slope: Double)) -> Root? {
        if voltage == 0 { return Root(temperature: ambient, current: 0) }
        guard resistance > 0 else { return Root(temperature: ambient, current: current(ambient).current) }
        var t = max(guess, ambient)
        var fromBelow = t == ambient
        for _ in 0..<60 {
            let (i, slope) = current(t)
            let f = ambient + resistance * voltage * i - t
            let fSlope = resistance * voltage * slope - 1
            guard fSlope < -1e-6, f.isFinite else {
                if fromBelow { return nil }
                t = ambient
                fromBelow = true
                continue
            }
            let step = -f / fSlope
            let next = t + step
            if abs(step) < lastStep {
                return next <= maximum ? Root(temperature: max(next, ambient), current: i + slope * step) : nil
            }
            if next > maximum || next < ambient {
                if fromBelow { return nil }
                t = ambient
                fromBelow = true
                continue
            }
            t = next
        }
        return nil
    }
}
