/// The slow hop between the contact plane and the first lattice plane, V_s** <-> V_O**.
///
///     R2 = k_f N_s (1 - c_0/c_max) e^(beta w) - k_r c_0 (1 - N_s/N_st) e^(-(1 - beta) w)         [1/(m2 s)]
///     w  = z lambda E(0+) / V_T
///
/// Source: Docs/device-model.md, section 2, `transfer`.
struct FieldHop<L: Lane> {
    var fieldLength, symmetry, inverseSites, inverseMaximum, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, plane: Int) {
        func parameter(_ f: @escaping (Double, Double) -> Double) -> L {
            lanes(devices) {
                guard case .fieldHop(_, _, let length, let symmetry) = $0.left.reactions[k].law else { return .nan }
                return f(length, symmetry)
            }
        }
        fieldLength = parameter { length, _ in length }
        symmetry = parameter { _, symmetry in symmetry }
        inverseSites = lanes(devices) { 1 / $0.left.sheets[plane].sites }
        inverseMaximum = lanes(devices) { 1 / $0.maximumDensity }
        chargeNumber = lanes(devices) { $0.chargeNumber }
    }

    /// R2 and its derivatives by N_s, c_0 (at fixed field) and E(0+); `forward` in 1/s, `backward` in m/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ forward: L, _ backward: L, plane: Int) -> ReactionRate<L> {
        let vacancies = x.sheets[plane]
        let perField = chargeNumber * fieldLength * x.inverseThermal
        let w = perField * x.field
        let f = forward * L.bounded(symmetry * w), b = backward * L.bounded((symmetry - L(1)) * w)
        let room = L(1) - x.density * inverseMaximum, free = L(1) - vacancies * inverseSites
        let out = f * vacancies * room, back = b * x.density * free
        return ReactionRate(
            rate: out - back, byFirst: f * room + b * x.density * inverseSites,
            byDensity: -(f * vacancies * inverseMaximum) - b * free,
            byField: (symmetry * out + (L(1) - symmetry) * back) * perField)
    }
}
