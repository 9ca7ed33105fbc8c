/// Deep sites inside the layer that vacancies of the first plane reach by one activated, field-assisted jump.
///
///     R_t = k_t a1 c_0 (1 - N_t/N_tm) e^(w/2) - k_mt N_t (1 - c_0/c_max) e^(-w/2)         [1/(m2 s)]
///     w   = z lambda_t E(0+) / V_T
///
/// The N_t vacancies sit at depth d_t, where their charge z q N_t enters Poisson's equation. R_t vanishes for
/// N_t / (1 - N_t/N_tm) = (k_t / k_mt) a1 c_0 / (1 - c_0/c_max) e^w. An assumption; the field law is that of a symmetric barrier
/// (N. F. Mott, R. W. Gurney, 1948). Source: Docs/F-and-W.md.
struct ActivatedTrap<L: Lane>: RateLaw {
    static var name: String { "activated_trap" }
    static var movesText: String { "the vacancies and a sheet, such as {vacancies: -1, trapped: 1}" }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "capture_rate", "k_t", "jump from the first plane into a deep trap at T0", unit: "1/s", in: 0...1e6,
                because: "0 switches the traps off"),
            ParameterRule(
                "capture_prefactor", "nu_t", "prefactor of the capture (attempt frequency)", unit: "1/s", in: 0...1e16,
                because: "at least the rate itself (equal: no activation)", standard: 1e13, prefactorOf: "capture_rate"),
            ParameterRule(
                "release_rate", "k_mt", "jump back at T0", unit: "1/s", in: 0...1e6, because: "0 makes the traps final",
                standard: 1e-5),
            ParameterRule(
                "release_prefactor", "nu_mt", "prefactor of the release (attempt frequency)", unit: "1/s", in: 0...1e16,
                because: "at least the rate itself (equal: no activation)", standard: 1e13, prefactorOf: "release_rate"),
            ParameterRule(
                "field_length", "lambda_t", "field length of the jump", unit: "nm", in: 0...10,
                because: "up to the longest of the hops at Pt", standard: 0.39e-9),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? {
        guard reaction.moves[Reaction.vacancies] != nil else { return nil }
        return reaction.sheet(in: contact, where: { _, _ in true }).map { [$0] }
    }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] {
        [
            TemperatureLaw(law, "capture_rate", prefactor: "capture_prefactor"),
            TemperatureLaw(law, "release_rate", prefactor: "release_prefactor"),
        ]
    }

    static func isOff(_ law: ReactionLaw) -> Bool { law["capture_rate"] == 0 }

    private let trapped: Int
    var inverseSites, fieldLength, chargeNumber, plane, inverseMaximum: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        let trapped = sheets[0]
        self.trapped = trapped
        inverseSites = lanes(devices) { 1 / $0.left.sheets[trapped].sites }
        fieldLength = Self.parameter("field_length", devices, k)
        chargeNumber = lanes(devices) { $0.chargeNumber }
        plane = lanes(devices) { $0.layers[0].plane }
        inverseMaximum = lanes(devices) { 1 / $0.maximumDensity }
    }

    /// R_t and its derivatives by N_t, c_0 (at fixed field) and E(0+); both constants in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ captureRate: L, _ releaseRate: L) -> ReactionRate<L> {
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
