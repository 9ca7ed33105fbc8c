/// First-order exchange between two sheets: each particle leaves on its own.
///
///     R_x = k_x N_a (1 - N_b/N_max) - k_mx N_b          [1/(m2 s)];      N_max may be infinite
///
/// At rest N_b / (1 - N_b/N_max) = (k_x / k_mx) N_a. Where oxygen is lost in pairs, `SecondOrderStore` is the law.
struct FirstOrderExchange<L: Lane>: RateLaw {
    static var name: String { "first_order_exchange" }
    static var movesText: String { "one sheet to another, such as {oxygen: -1, stored: 1}" }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "forward_rate", "k_x", "transfer to the second sheet at T0", unit: "1/s", in: 0...1e13,
                because: "at most an attempt frequency"),
            ParameterRule(
                "forward_prefactor", "nu_x", "prefactor of the transfer (attempt frequency)", unit: "1/s", in: 0...1e16,
                because: "at least the rate itself (equal: no activation)", prefactorOf: "forward_rate"),
            ParameterRule(
                "backward_rate", "k_mx", "return at T0", unit: "1/s", in: 0...1e13, because: "0 makes the transfer final"),
            ParameterRule(
                "backward_prefactor", "nu_mx", "prefactor of the return (attempt frequency)", unit: "1/s", in: 0...1e16,
                because: "at least the rate itself (equal: no activation)", prefactorOf: "backward_rate"),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? {
        guard let from = reaction.sheet(in: contact, where: { $1 < 0 }), let to = reaction.sheet(in: contact, where: { $1 > 0 })
        else { return nil }
        return [from, to]
    }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] {
        [
            TemperatureLaw(law, "forward_rate", prefactor: "forward_prefactor"),
            TemperatureLaw(law, "backward_rate", prefactor: "backward_prefactor"),
        ]
    }

    private let from, to: Int
    private let inverseSites: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        let to = sheets[1]
        (from, self.to) = (sheets[0], to)
        inverseSites = lanes(devices) { 1 / $0.left.sheets[to].sites }
    }

    /// R_x and its derivatives by N_a (first) and N_b (second); both constants in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ forward: L, _ backward: L) -> ReactionRate<L> {
        let (a, b) = (x.sheets[from], x.sheets[to])
        let room = L(1) - b * inverseSites
        return ReactionRate(
            rate: forward * a * room - backward * b, byFirst: forward * room,
            bySecond: -(forward * a * inverseSites) - backward)
    }
}
