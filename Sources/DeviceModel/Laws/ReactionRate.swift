/// What a reaction at the contact may read: sheets, density of the first plane, the drop over the compact layer and the field behind it.
struct ContactPoint<L: Lane> {
    /// Unknowns of the sheets, 1/m2.
    var sheets: Stretch<L>
    /// c_0, 1/m3.
    var density: L
    /// psi_metal - psi_0, V.
    var drop: L
    /// E(0+), V/m.
    var field: L
    /// 1 / V_T.
    var inverseThermal: L
}

/// The linearised rate of a reaction, 1/(m2 s): derivatives by up to two sheets, by c_0, by the drop and by E(0+).
struct ReactionRate<L: Lane> {
    var rate: L
    /// Derivatives by the law's first and second sheet.
    var byFirst = L(0), bySecond = L(0)
    var byDensity = L(0), byDrop = L(0), byField = L(0)
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
    /// Both temperature-dependent constants, in the order in which the law reads them.
    var rates: [TemperatureLaw] {
        switch self {
        case .butlerVolmer(_, let rate, _, _): [TemperatureLaw(rate), TemperatureLaw(0)]
        case .fieldHop(let forward, let backward, _, _): [forward, backward]
        case .secondOrderStore(let loss, let back): [loss, back]
        case .activatedTrap(let capture, let release, _): [capture, release]
        }
    }
}

extension Reaction {
    /// The sheets that a reaction moves, in the order that its law names them: the charged or limited one first.
    func roles(in contact: Contact) -> [Int] {
        func place(_ matches: (Sheet) -> Bool) -> Int? { contact.sheets.firstIndex { moves[$0.name] != nil && matches($0) } }
        switch law {
        case .butlerVolmer: return [place { $0.charge != 0 }, place { $0.charge == 0 }].compactMap { $0 }
        case .fieldHop, .activatedTrap: return [place { _ in true }].compactMap { $0 }
        case .secondOrderStore:
            return [
                contact.sheets.firstIndex { moves[$0.name].map { $0 < 0 } ?? false },
                contact.sheets.firstIndex { moves[$0.name].map { $0 > 0 } ?? false },
            ].compactMap { $0 }
        }
    }

    /// The catalogue: one line a law, from its parameters to its closure.
    ///
    /// `devices` gives each lane its own parameters; all have the same contact structure.
    @inline(__always)
    static func term<L: Lane>(_ k: Int, of devices: [Device], rates: (Int, Int)) -> ReactionTerm<L> {
        let contact = devices[0].left
        let roles = contact.reactions[k].roles(in: contact)
        let (first, second) = (roles[0], roles[roles.count - 1])
        switch contact.reactions[k].law {
        case .butlerVolmer:
            let law = ButlerVolmer<L>(devices, reaction: k, plane: first)
            return ReactionTerm(first: first, second: second) { law.rate($0, $1[rates.0], plane: first, oxygen: second) }
        case .fieldHop:
            let law = FieldHop<L>(devices, reaction: k, plane: first)
            return ReactionTerm(first: first, second: first) { law.rate($0, $1[rates.0], $1[rates.1], plane: first) }
        case .secondOrderStore:
            let law = SecondOrderStore<L>(devices, stored: second)
            return ReactionTerm(first: first, second: second) { law.rate($0, $1[rates.0], $1[rates.1], oxygen: first, stored: second) }
        case .activatedTrap:
            let law = ActivatedTrap<L>(devices, reaction: k, trapped: first)
            return ReactionTerm(first: first, second: first) { law.rate($0, $1[rates.0], $1[rates.1], trapped: first) }
        }
    }
}

/// Each lane's value of a parameter of its device.
@inline(__always)
func lanes<L: Lane>(_ devices: [Device], _ f: (Device) -> Double) -> L {
    var x = L(0)
    for k in 0..<L.width { x[lane: k] = f(devices[k % devices.count]) }
    return x
}
