/// What a reaction at the contact may read: sheets, density of the first plane, the drops over the compact layer and between contact plane
/// and first plane, and the field beyond them.
struct ContactPoint<L: Lane> {
    /// Unknowns of the sheets, 1/m2.
    var sheets: Stretch<L>
    /// c_0, 1/m3.
    var density: L
    /// psi_metal - psi_s over the compact layer, V; psi_s is psi_0 where the contact plane is the first one.
    var drop: L
    /// E(0+), V/m.
    var field: L
    /// 1 / V_T.
    var inverseThermal: L
    /// psi_s - psi_0 between the contact plane and the first lattice plane, V.
    var step = L(0)
}

/// The linearised rate of a reaction, 1/(m2 s): derivatives by up to two sheets, by c_0, by both drops and by E(0+).
struct ReactionRate<L: Lane> {
    var rate: L
    /// Derivatives by the law's first and second sheet.
    var byFirst = L(0), bySecond = L(0)
    var byDensity = L(0), byDrop = L(0), byField = L(0), byStep = L(0)
}

/// A rate law with its parameters in place: which sheets it reads, and its rate from them.
///
/// A closure, made where the lanes are concrete, so that the formula is compiled for them.
struct ReactionTerm<L: Lane> {
    /// Places of the law's sheets; the second equals the first where there is one.
    let first, second: Int
    let evaluate: (ContactPoint<L>, RateTable<L>) -> ReactionRate<L>
}

extension ReactionLaw {
    /// Both temperature-dependent constants, in the order in which the law reads them; 0 where it has but one.
    var rates: [TemperatureLaw] {
        let own = RateLaws.all.first { $0.name == name }?.constants(self) ?? []
        return own + [TemperatureLaw](repeating: TemperatureLaw(0), count: max(2 - own.count, 0))
    }
}

extension Reaction {
    /// The sheets that a reaction moves, in the order that its law names them; empty where they do not fit.
    func roles(in contact: Contact) -> [Int] { RateLaws.all.first { $0.name == law.name }?.sheets(self, contact) ?? [] }

    /// Place of the first sheet that the reaction moves and that meets a condition.
    func sheet(in contact: Contact, where matches: (Sheet, Int) -> Bool) -> Int? {
        contact.sheets.firstIndex { sheet in moves[sheet.name].map { matches(sheet, $0) } ?? false }
    }

    /// The reaction's rate as a closure over its parameters.
    ///
    /// `devices` gives each lane its own parameters; all have the same contact structure, which has passed
    /// `Device.checkedStoichiometry`.
    @inline(__always)
    static func term<L: Lane>(_ k: Int, of devices: [Device], rates: (Int, Int)) -> ReactionTerm<L> {
        var maker = TermMaker<L>(devices: devices, reaction: k, rates: rates)
        RateLaws.visit(&maker)
        guard let term = maker.term else { preconditionFailure("reaction \(k) has no law of the catalogue") }
        return term
    }
}

/// Each lane's value of a parameter of its device.
@inline(__always)
func lanes<L: Lane>(_ devices: [Device], _ f: (Device) -> Double) -> L {
    var x = L(0)
    for k in 0..<L.width { x[lane: k] = f(devices[k % devices.count]) }
    return x
}
