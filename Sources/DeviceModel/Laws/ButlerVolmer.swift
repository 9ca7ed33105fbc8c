/// The fast redox step at the contact plane, O_O + Pt <-> V_s** + O_ad + 2 e-(Pt).
///
///     R1 = k1 [ (N_st - N_s) e^(alpha u) - N_s (N_O / N_Oref) e^(-(1 - alpha) u) ]         [1/(m2 s)]
///     u  = z (psi_Pt - psi_0 - phi_r) / V_T
///
/// At rest N_s N_O / (N_st - N_s) = N_Oref e^u, whatever k1 and alpha. Source: Docs/device-model.md, section 2, `redox`.
struct ButlerVolmer<L: Lane>: RateLaw {
    static var name: String { "butler_volmer" }
    static var movesText: String { "a charged and a neutral sheet, such as {plane: 1, oxygen: 1}" }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "potential", "phi_r", "redox potential", unit: "V", in: -3.2...3.2, because: "within the 3.2 eV gap of SrTiO3"),
            ParameterRule(
                "oxygen_reference", "N_Oref", "reference density of interfacial oxygen", unit: "1/m2", in: 1e8...1e20,
                because: "degenerate with phi_r: a factor of ten is 30 mV"),
            ParameterRule(
                "rate", "k1", "rate of the fast redox step", unit: "1/s", in: 1e-3...1e13,
                because: "at most an attempt frequency"),
            ParameterRule("symmetry", "alpha", "symmetry factor of the redox step", unit: "-", in: 0...1, because: "a share"),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? {
        guard let plane = reaction.sheet(in: contact, where: { sheet, _ in sheet.charge != 0 }),
            let oxygen = reaction.sheet(in: contact, where: { sheet, _ in sheet.charge == 0 })
        else { return nil }
        return [plane, oxygen]
    }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] { [TemperatureLaw(law["rate"])] }

    private let plane, oxygen: Int
    var potential, symmetry, inverseReference, sites, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        let (plane, oxygen) = (sheets[0], sheets[1])
        (self.plane, self.oxygen) = (plane, oxygen)
        potential = Self.parameter("potential", devices, k)
        symmetry = Self.parameter("symmetry", devices, k)
        inverseReference = L(1) / Self.parameter("oxygen_reference", devices, k)
        sites = lanes(devices) { $0.left.sheets[plane].sites }
        chargeNumber = lanes(devices) { $0.left.sheets[plane].charge }
    }

    /// R1 and its derivatives by N_s (first), N_O (second) and the drop; `k1` in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ k1: L, _: L) -> ReactionRate<L> {
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
