/// The slow hop between the contact plane and the first lattice plane, V_s** <-> V_O**.
///
///     R2 = k_f N_s (1 - c_0/c_max) e^(beta w) - k_r c_0 (1 - N_s/N_st) e^(-(1 - beta) w)         [1/(m2 s)]
///     w  = z lambda E(0+) / V_T
///
/// Source: Docs/device-model.md, section 2, `transfer`.
struct FieldHop<L: Lane>: RateLaw {
    static var name: String { "field_hop" }
    static var movesText: String { "a sheet and the vacancies, such as {plane: -1, vacancies: 1}" }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "forward_rate", "k_f", "hop into the first plane at T0", unit: "1/s", in: 1e-9...1e13,
                because: "at most an attempt frequency"),
            ParameterRule(
                "activation", "E_f", "activation energy of both hops", unit: "eV", in: 0...3,
                because: "a higher one would never be overcome at 900 K"),
            ParameterRule(
                "backward_velocity", "k_r", "hop back to the contact plane at T0", unit: "m/s", in: 1e-22...1e4,
                because: "at most an attempt frequency times a plane"),
            ParameterRule(
                "field_length", "lambda", "field length of the hops", unit: "nm", in: 0...10,
                because: "the drop over a compact layer of some nanometres"),
            ParameterRule("symmetry", "beta", "share of the field that the forward hop feels", unit: "-", in: 0...1, because: "a share"),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? {
        guard reaction.moves[Reaction.vacancies] != nil else { return nil }
        return reaction.sheet(in: contact, where: { _, _ in true }).map { [$0] }
    }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] {
        [
            TemperatureLaw(law["forward_rate"], activation: law["activation"]),
            TemperatureLaw(law["backward_velocity"], activation: law["activation"]),
        ]
    }

    private let plane: Int
    var fieldLength, symmetry, inverseSites, inverseMaximum, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        let plane = sheets[0]
        self.plane = plane
        fieldLength = Self.parameter("field_length", devices, k)
        symmetry = Self.parameter("symmetry", devices, k)
        inverseSites = lanes(devices) { 1 / $0.left.sheets[plane].sites }
        inverseMaximum = lanes(devices) { 1 / $0.maximumDensity }
        chargeNumber = lanes(devices) { $0.chargeNumber }
    }

    /// R2 and its derivatives by N_s, c_0 (at fixed field) and E(0+); `forward` in 1/s, `backward` in m/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ forward: L, _ backward: L) -> ReactionRate<L> {
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
