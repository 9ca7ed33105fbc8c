/// Second-order loss of interfacial oxygen into the porous metal and its slow return.
///
///     R_p = k_p N_O^2 (1 - N_p/N_pm) - k_mp N_p          [1/(m2 s)];      N_pm may be infinite
///
/// Source: Docs/device-model.md, section 2, `oxygen store`.
struct SecondOrderStore<L: Lane> {
    var inverseCapacity: L

    init(_ devices: [Device], stored: Int) { inverseCapacity = lanes(devices) { 1 / $0.left.sheets[stored].sites } }

    /// R_p and its derivatives by N_O (first) and N_p (second); `loss` in m2/s, `back` in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ loss: L, _ back: L, oxygen: Int, stored: Int) -> ReactionRate<L> {
        let (o, n) = (x.sheets[oxygen], x.sheets[stored])
        let room = L(1) - n * inverseCapacity
        let escape = loss * o * o
        return ReactionRate(
            rate: escape * room - back * n, byFirst: L(2) * loss * o * room, bySecond: -(escape * inverseCapacity) - back)
    }
}
