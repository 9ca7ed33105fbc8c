/// The fast redox step at the contact plane, O_O + Pt <-> V_s** + O_ad + 2 e-(Pt).
///
///     R1 = k1 [ (N_st - N_s) e^(alpha u) - N_s (N_O / N_Oref) e^(-(1 - alpha) u) ]         [1/(m2 s)]
///     u  = z (psi_Pt - psi_0 - phi_r) / V_T
///
/// At rest N_s N_O / (N_st - N_s) = N_Oref e^u, whatever k1 and alpha. Source: Docs/device-model.md, section 2, `redox`.
struct ButlerVolmer<L: Lane> {
    var potential, symmetry, inverseReference, sites, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, plane: Int) {
        func parameter(_ f: @escaping (Double, Double, Double) -> Double) -> L {
            lanes(devices) {
                guard case .butlerVolmer(let potential, _, let symmetry, let reference) = $0.left.reactions[k].law else { return .nan }
                return f(potential, symmetry, reference)
            }
        }
        potential = parameter { potential, _, _ in potential }
        symmetry = parameter { _, symmetry, _ in symmetry }
        inverseReference = parameter { _, _, reference in 1 / reference }
        sites = lanes(devices) { $0.left.sheets[plane].sites }
        chargeNumber = lanes(devices) { $0.left.sheets[plane].charge }
    }

    /// R1 and its derivatives by N_s (first), N_O (second) and the drop; `k1` in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ k1: L, plane: Int, oxygen: Int) -> ReactionRate<L> {
        let (vacancies, o) = (x.sheets[plane], x.sheets[oxygen])
        let u = chargeNumber * (x.drop - potential) * x.inverseThermal
        let forward = k1 * L.bounded(symmetry * u)
        let backward = k1 * L.bounded((symmetry - L(1)) * u) * inverseReference
        let gain = (sites - vacancies) * forward, loss = vacancies * o * backward
        return ReactionRate(
            rate: gain - loss, byFirst: -forward - o * backward, bySecond: -(vacancies * backward),
            byDrop: (symmetry * gain + (L(1) - symmetry) * loss) * chargeNumber * x.inverseThermal)
    }
}
