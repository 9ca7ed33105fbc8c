/// The slow hop between the contact plane and the first lattice plane, V_s** <-> V_O**.
///
///     R2 = k_f N_s (1 - c_0/c_max) e^(beta w) - k_r c_0 (1 - N_s/N_st) e^(-(1 - beta) w)         [1/(m2 s)]
///     w  = z lambda E(0+) / V_T
///
/// The field length is a fitted number and E(0+) the field beyond the first plane: no energy function has this law (`ActivatedHop` has
/// one). Source: Docs/device-model.md, section 2, `transfer`.
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
            HopRate<L>.symmetryRule,
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
    private let hop: HopRate<L>
    var fieldLength, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        plane = sheets[0]
        hop = HopRate(devices, reaction: k, plane: sheets[0])
        fieldLength = Self.parameter("field_length", devices, k)
        chargeNumber = lanes(devices) { $0.chargeNumber }
    }

    /// R2 and its derivatives by N_s, c_0 (at fixed field) and E(0+); `forward` in 1/s, `backward` in m/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ forward: L, _ backward: L) -> ReactionRate<L> {
        let perField = chargeNumber * fieldLength * x.inverseThermal
        var (rate, byExponent) = hop.rate(x.sheets[plane], x.density, exponent: perField * x.field, forward, backward)
        rate.byField = byExponent * perField
        return rate
    }
}
