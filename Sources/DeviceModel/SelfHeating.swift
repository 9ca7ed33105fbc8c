/// Lumped, quasi-static self-heating, T = T0 + R_th V I(T): the lowest root, or none.
///
/// I(T) rises faster than linearly, so f(T) = T0 + R_th V I(T) - T is convex: Newton's method started left of the lowest root
/// stays left of it and converges; a slope that reaches zero first means that there is no root (thermal runaway, electroforming).
/// Source: Docs/device-model.md, sections 1.6 and 2, `heat`.
struct SelfHeating {
    let resistance, ambient, maximum: Double
    /// Accepted error of T, K.
    let tolerance = 0.002

    init(_ p: DeviceParameters) {
        resistance = p.thermalResistance
        ambient = p.ambientTemperature
        maximum = p.maximumTemperature
    }

    /// The lowest root near `guess`, or nil when there is none below T_max.
    ///
    /// `current(T)` returns I and dI/dT; `voltage` in V. Cost: one or two currents when the guess is close.
    @inline(__always)
    func temperature(guess: Double, voltage: Double, current: (Double) -> (current: Double, slope: Double)) -> Double? {
        guard resistance > 0, voltage != 0 else { return ambient }
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
            let next = t - f / fSlope
            if abs(next - t) < tolerance { return next <= maximum ? next : nil }
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
