/// Second-order loss of interfacial oxygen into the porous metal and its slow return.
///
///     R_p = k_p N_O^2 (1 - N_p/N_pm) - k_mp N_p          [1/(m2 s)];      N_pm may be infinite
///
/// Source: Docs/device-model.md, section 2, `oxygen store`.
struct SecondOrderStore<L: Lane>: RateLaw {
    static var name: String { "second_order_store" }
    static var movesText: String { "one sheet to another, such as {oxygen: -1, stored: 1}" }
    static var parameters: [ParameterRule] {
        [
            ParameterRule(
                "loss_rate", "k_p", "loss of interfacial oxygen into the porous Pt at T0", unit: "m2/s", in: 0...1e-3,
                because: "0 closes the store"),
            ParameterRule(
                "loss_prefactor", "k_p0", "prefactor of the loss", unit: "m2/s", in: 0...1e6,
                because: "at least the rate itself (equal: no activation)", prefactorOf: "loss_rate"),
            ParameterRule(
                "return_rate", "k_mp", "return of oxygen from the porous Pt at T0", unit: "1/s", in: 0...1e6,
                because: "0 makes the store final"),
            ParameterRule(
                "return_prefactor", "nu", "prefactor of the return (attempt frequency)", unit: "1/s", in: 0...1e16,
                because: "at least the rate itself (equal: no activation)", prefactorOf: "return_rate"),
        ]
    }

    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]? {
        guard let oxygen = reaction.sheet(in: contact, where: { $1 < 0 }),
            let stored = reaction.sheet(in: contact, where: { $1 > 0 })
        else { return nil }
        return [oxygen, stored]
    }

    static func constants(_ law: ReactionLaw) -> [TemperatureLaw] {
        [
            TemperatureLaw(law, "loss_rate", prefactor: "loss_prefactor"),
            TemperatureLaw(law, "return_rate", prefactor: "return_prefactor"),
        ]
    }

    private let oxygen, stored: Int
    var inverseCapacity: L

    init(_ devices: [Device], reaction k: Int, sheets: [Int]) {
        let stored = sheets[1]
        (oxygen, self.stored) = (sheets[0], stored)
        inverseCapacity = lanes(devices) { 1 / $0.left.sheets[stored].sites }
    }

    /// R_p and its derivatives by N_O (first) and N_p (second); `loss` in m2/s, `back` in 1/s.
    @inline(__always)
    func rate(_ x: ContactPoint<L>, _ loss: L, _ back: L) -> ReactionRate<L> {
        let (o, n) = (x.sheets[oxygen], x.sheets[stored])
        let room = L(1) - n * inverseCapacity
        let escape = loss * o * o
        return ReactionRate(
            rate: escape * room - back * n, byFirst: L(2) * loss * o * room, bySecond: -(escape * inverseCapacity) - back)
    }
}
