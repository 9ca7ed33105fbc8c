/// The net rate of hops between a sheet of the contact plane and the first lattice plane, whatever gives its constants and its exponent.
///
///     R = f N_s (1 - c_0/c_max) e^(beta w) - b c_0 (1 - N_s/N_st) e^(-(1 - beta) w)         [1/(m2 s)]
///
/// R vanishes for c_0 / (1 - c_0/c_max) = (f/b) N_s / (1 - N_s/N_st) e^w, whatever beta. `f` in 1/s, `b` in m/s.
/// Source: Docs/device-model.md, section 2, `transfer`.
struct HopRate<L: Lane> {
    let symmetry, inverseSites, inverseMaximum: L

    /// Of reaction `k`, which moves the sheet `plane`.
    init(_ devices: [Device], reaction k: Int, plane: Int) {
        symmetry = lanes(devices) { $0.left.reactions[k].law["symmetry"] }
        inverseSites = lanes(devices) { 1 / $0.left.sheets[plane].sites }
        inverseMaximum = lanes(devices) { 1 / $0.maximumDensity }
    }

    /// R and its derivatives by N_s (`byFirst`), by c_0 and by w (`byExponent`).
    @inline(__always)
    func rate(_ vacancies: L, _ density: L, exponent w: L, _ forward: L, _ backward: L) -> (
        rate: ReactionRate<L>, byExponent: L
    ) {
        let f = forward * L.bounded(symmetry * w), b = backward * L.bounded((symmetry - L(1)) * w)
        let room = L(1) - density * inverseMaximum, free = L(1) - vacancies * inverseSites
        let out = f * vacancies * room, back = b * density * free
        let rate = ReactionRate(
            rate: out - back, byFirst: f * room + b * density * inverseSites,
            byDensity: -(f * vacancies * inverseMaximum) - b * free)
        return (rate, symmetry * out + (L(1) - symmetry) * back)
    }

    /// The share of the field that the forward hop feels.
    static var symmetryRule: ParameterRule {
        ParameterRule(
            "symmetry", "beta", "share of the field that the forward hop feels", unit: "-", in: 0...1, because: "a share")
    }
}
