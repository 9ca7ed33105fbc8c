/// Lumped, quasi-static self-heating, T = T0 + R_th V I(T): the lowest root, or none.
///
/// I(T) rises faster than linearly, so f(T) = T0 + R_th V I(T) - T is convex: Newton's method started left of the lowest root
/// stays left of it and converges; a slope that reaches zero first means that there is no root (thermal runaway, electroforming).
/// Source: Docs/device-model.md, sections 1.6 and 2, `heat`.
struct SelfHeating<L: Lane> {
    var resistance, ambient, maximum: L
    /// A Newton step of T below this ends the search: what is left is its square times I''/I' (a few percent per K), below 1e-4 K.
    static var lastStep: Double { 0.03 }

    init(_ devices: [Device]) {
        resistance = lanes(devices) { $0.thermalResistance }
        ambient = lanes(devices) { $0.ambientTemperature }
        maximum = lanes(devices) { $0.maximumTemperature }
    }

    /// The roots and the currents there, to first order in the last step; `exists` is false where a device has none below T_max.
    struct Root {
        var temperature, current: L
        var exists: L.Condition
    }

    /// The lowest root near `guess`.
    ///
    /// `current(T)` returns I and dI/dT; `voltage` in V. Cost: one current when the guess is within 0.03 K, else two or three.
    @inline(__always)
    func root(guess: L, voltage: L, current: (L) -> (current: L, slope: L)) -> Root {
        let never = L.isLess(L(1), L(0))
        let cold = L.isLess((voltage * resistance).size, L(Double.leastNormalMagnitude))
        if L.all(cold) {
            return Root(
                temperature: ambient,
                current: L.all(L.isLess(voltage.size, L(Double.leastNormalMagnitude))) ? L(0) : current(ambient).current,
                exists: L.not(never))
        }
        let power = resistance * voltage
        var t = L.larger(guess, ambient)
        var fromBelow = L.not(L.isLess(ambient, t))
        var found = Root(temperature: ambient, current: L(0), exists: never)
        var done = never
        for _ in 0..<60 {
            let (i, slope) = current(t)
            let f = ambient + power * i - t
            let fSlope = power * slope - L(1)
            let usable = L.both(L.isLess(fSlope, L(-1e-6)), f.isFinite)
            let step = -(f / fSlope)
            let next = t + step
            let arrived = L.both(usable, L.isLess(step.size, L(Self.lastStep)))
            let inside = L.not(L.either(L.isLess(maximum, next), L.isLess(next, ambient)))
            // A guess that lies beyond the lowest root is left for the ambient temperature, once.
            let lost = L.not(L.either(arrived, L.both(usable, inside)))
            let failed = L.both(lost, fromBelow)
            let open = L.not(done)
            let accepted = L.both(open, L.both(arrived, L.not(L.isLess(maximum, next))))
            found.temperature = L.pick(accepted, L.larger(next, ambient), found.temperature)
            found.current = L.pick(accepted, i + slope * step, found.current)
            found.exists = L.either(found.exists, accepted)
            done = L.either(done, L.either(arrived, failed))
            if L.all(done) { return found }
            t = L.pick(done, t, L.pick(lost, ambient, next))
            fromBelow = L.either(fromBelow, lost)
        }
        return found
    }
}
