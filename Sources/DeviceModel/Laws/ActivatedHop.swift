/// The hop between the contact plane and the first lattice plane with an attempt frequency and two energies, V_s** <-> V_O**.
///
///     R2 = nu e^(-E_f / k_B T) N_s (1 - c_0/c_max) e^(beta w) - nu e^(-E_b / k_B T) a1 c_0 (1 - N_s/N_st) e^(-(1 - beta) w)     [1/(m2 s)]
///     w  = z (psi_s - psi_0) / V_T,   psi_s - psi_0 = lambda E: the drop between the two planes, `plane_distance` apart
///
/// The exponent is the change of the electrostatic energy by the hop, so that R2 has the sign of -dF/dN of the device's free energy and
/// rests where F is stationary. Both barriers are those at zero field; nu near 1e13 1/s is a phonon's, and E near 0.6 eV what
/// oxygen vacancies need in SrTiO3. Source: G. H. Vineyard, J. Phys. Chem. Solids 3, 121 (1957) for the rate; F. Cordero,
/// arXiv:0707.0639 (0.60 eV), and R. A. De Souza, V. Metlenko, D. Park, T. E. Weirich, Phys. Rev. B 85, 174109 (2012) for the energy;
/// Docs/device-model.md, section 2.
struct ActivatedHop<L: Lane>: RateLaw {
    static var name: String { "activated_hop" }
    static var movesText: String { FieldHop<L>.movesText }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "attempt_frequency", "nu_h", "attempt frequency of both hops", unit: "1/s", in: 1e11...1e14,
                because: "a phonon's frequency", standard: 1e13),
            ParameterRule(
                "forward_energy", "E_f", "barrier of the hop into the first plane", unit: "eV", in: 0.3...1,
                because: "half the 0.6 eV of the lattice, to what would take hours at 300 K"),
            ParameterRule(
                "backward_energy", "E_b", "barrier of the hop back to the contact plane", unit: "eV", in: 0.3...1.2,
                because: "half the 0.6 eV of the lattice, to what would take months at 300 K"),
            HopRate<L>.symmetryRule.optional(standard: 0.5),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? { FieldHop<L>.sheets(of: reaction, in: contact) }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] {
        ["forward_energy", "backward_energy"].map { TemperatureLaw(attempts: law["attempt_frequency"], energy: law[$0]) }
    }

    private let sheet: Int
    private let hop: HopRate<L>
    var plane, chargeNumber: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        sheet = sheets[0]
        hop = HopRate(devices, reaction: k, plane: sheets[0])
        plane = lanes(devices) { $0.layers[0].plane }
        chargeNumber = lanes(devices) { $0.chargeNumber }
    }

    /// R2 and its derivatives by N_s, c_0 and the drop between the planes; both constants in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ forward: L, _ backward: L) -> ReactionRate<L> {
        let perStep = chargeNumber * x.inverseThermal
        var (rate, byExponent) = hop.rate(x.sheets[sheet], x.density, exponent: perStep * x.step, forward, backward * plane)
        rate.byStep = byExponent * perStep
        return rate
    }
}
