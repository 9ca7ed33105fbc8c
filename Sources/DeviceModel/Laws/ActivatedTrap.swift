/// Deep sites inside the layer that vacancies of the first plane reach by one activated, field-assisted jump.
///
///     R_t = k_t a1 c_0 (1 - N_t/N_tm) e^(w/2) - k_mt N_t (1 - c_0/c_max) e^(-w/2)         [1/(m2 s)]
///     w   = z lambda_t E(0+) / V_T
///
/// The N_t vacancies sit at depth d_t, where their charge z q N_t enters Poisson's equation. R_t vanishes for
/// N_t / (1 - N_t/N_tm) = (k_t / k_mt) a1 c_0 / (1 - c_0/c_max) e^w. An assumption; the field law is that of a symmetric barrier
/// (N. F. Mott, R. W. Gurney, 1948). Source: Docs/F-and-W.md.
struct ActivatedTrap<L: Lane> {
    var inverseSites, fieldLength, chargeNumber, plane, inverseMaximum: L

    init(_ devices: [Device], reaction k: Int, trapped: Int) {
        inverseSites = lanes(devices) { 1 / $0.left.sheets[trapped].sites }
        fieldLength = lanes(devices) {
            guard case .activatedTrap(_, _, let length) = $0.left.reactions[k].law else { return .nan }
            return length
        }
        chargeNumber = lanes(devices) { $0.chargeNumber }
        plane = lanes(devices) { $0.layers[0].plane }
        inverseMaximum = lanes(devices) { 1 / $0.maximumDensity }
    }

    /// R_t and its derivatives by N_t, c_0 (at fixed field) and E(0+); both constants in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ captureRate: L, _ releaseRate: L, trapped: Int) -> ReactionRate<L> {
        let n = x.sheets[trapped]
        let perField = L(0.5) * chargeNumber * fieldLength * x.inverseThermal
        let half = perField * x.field
        let capture = captureRate * L.bounded(half), release = releaseRate * L.bounded(-half)
        let room = L(1) - n * inverseSites, free = L(1) - x.density * inverseMaximum
        let into = capture * plane * x.density * room, out = release * n * free
        return ReactionRate(
            rate: into - out, byFirst: -(capture * plane * x.density * inverseSites) - release * free,
            byDensity: capture * plane * room + release * n * inverseMaximum, byField: (into + out) * perField)
    }
}
