/// The contact with its sheets: charge line, reactions, and the elimination of every areal unknown into the block of node 0.
///
/// Row r of the sheets is a combination of balances that holds one reaction (`Stoichiometry`); the row of the vacancies of node 0
/// becomes the balance of the whole inventory, linear in the unknowns, so that it is kept to round-off however fast a reaction is.
/// The last two sheets are solved by Cramer's rule: with the signs of a reaction pair its determinant is a sum of positive terms.
/// Sheets at a depth are charged elsewhere and stay a border of the matrix. Cost: about 0.1 us a correction.
final class SheetElimination<let B: Int, L: Lane> {
    /// Sheets in the contact plane in the order of their elimination, and those at a depth.
    let inner, deep: [Int]
    let stoichiometry: Stoichiometry
    let terms: [ReactionTerm<L>]
    let contactPlane: ContactPlane<L>
    let barrier, plane, charge: L
    private let place: Int
    private let storage: LaneStorage<L>
    /// z q of each sheet, C, and its weight in the inventory.
    private let charges, inventory: Stretch<L>
    /// Corrections of the sheets in terms of those of psi_0 and c_0.
    let value, byPotential, byDensity: Stretch<L>
    /// The inner rows: weights of the balances, entries of the matrix, right-hand sides.
    private let weights, entries, sides: Stretch<L>
    /// The reaction of each inner row: its number, its coefficient, and the columns of its sheets.
    private let held: [(reaction: Int, sign: L, first: Int, second: Int)?]
    /// Linearised rates of the last assembly, by reaction.
    private var rates: [ReactionRate<L>]
    private var perDisplacement = L(0)
    private var link: ContactPlane<L>.Link

    init(_ devices: [Device], board: Board<B, L>, stoichiometry: Stoichiometry, terms: [ReactionTerm<L>], place: Int) {
        let contact = devices[0].left
        self.stoichiometry = stoichiometry
        self.terms = terms
        self.place = place
        inner = stoichiometry.order.filter { contact.sheets[$0].depth == 0 }
        deep = contact.sheets.indices.filter { contact.sheets[$0].depth > 0 }
        contactPlane = ContactPlane(devices)
        link = contactPlane.link(L(0), charge: L(0))
        barrier = lanes(devices) { $0.left.barrier }
        plane = lanes(devices) { $0.layers[0].plane }
        charge = lanes(devices) { $0.chargeNumber * Constants.charge }
        let (sheets, n) = (contact.sheets.count, inner.count)
        storage = LaneStorage(5 * sheets + n * (2 * n + 3))
        charges = storage.take(sheets)
        inventory = storage.take(sheets)
        value = storage.take(sheets)
        byPotential = storage.take(sheets)
        byDensity = storage.take(sheets)
        weights = storage.take(n * n)
        entries = storage.take(n * n)
        sides = storage.take(3 * n)
        for k in 0..<sheets {
            charges[k] = lanes(devices) { $0.left.sheets[k].charge * Constants.charge }
            inventory[k] = L(Double(stoichiometry.inventory[k]))
        }
        for (i, sheet) in inner.enumerated() {
            for (j, k) in inner.enumerated() { weights[i * n + j] = L(Double(stoichiometry.rows[sheet][k])) }
        }
        let columns = inner
        held = inner.map { sheet in
            stoichiometry.reactions[sheet].map { reaction, sign in
                let term = terms[reaction]
                return (
                    reaction, L(Double(sign)), columns.firstIndex(of: term.first) ?? -1,
                    term.second == term.first ? -1 : columns.firstIndex(of: term.second) ?? -1
                )
            }
        }
        rates = contact.reactions.map { _ in ReactionRate(rate: L(0)) }
    }

    /// What the reactions read at the state of `board`; E(0+) from Gauss' law behind the first plane,
    /// D(0+) = C_i (psi_Pt - psi_s) + q sum z_k N_k + z q a1 c_0, and its derivative by that.
    @inline(__always)
    func point(_ board: Board<B, L>) -> (point: ContactPoint<L>, perDisplacement: L, link: ContactPlane<L>.Link) {
        let (u, c) = (board.u, board.u[board.index(0, place)])
        var sheets = L(0)
        if contactPlane.isApart { for k in inner { sheets += charges[k] * u[k] } }
        let link = contactPlane.link(board.voltage - barrier - u[board.index(0, 0)], charge: sheets)
        var displacement = link.base + charge * plane * c
        for k in inner { displacement += link.share * charges[k] * u[k] }
        let (field, slope) = contactPlane.permittivity.field(displacement)
        return (
            ContactPoint(
                sheets: u, density: c, drop: link.drop, field: field, inverseThermal: board.rates.inverseThermal,
                step: link.step),
            slope, link
        )
    }

    /// The rate of every reaction at the state of `board`, linearised.
    @inline(__always)
    func evaluate(_ board: Board<B, L>) -> [ReactionRate<L>] {
        let point = point(board).point
        return terms.map { $0.evaluate(point, board.rates) }
    }

    /// Adds the contact to the rows of node 0.
    @inline(__always)
    func add(to board: Board<B, L>) {
        let (point, slope, link) = point(board)
        (perDisplacement, self.link) = (slope, link)
        for r in terms.indices { rates[r] = terms[r].evaluate(point, board.rates) }
        let (u, h, shift, n) = (board.u, board.history, board.shift, inner.count)
        // Each inner row: combination of balances less its reaction, A ds = g + B (dpsi_0, dc_0).
        for i in 0..<n {
            var gap = L(0)
            for j in 0..<n {
                let (weight, k) = (weights[i &* n &+ j], inner[j])
                entries[i &* n &+ j] = weight * shift
                gap += weight * (shift * u[k] + h[k])
            }
            var (potential, density) = (L(0), L(0))
            if let (reaction, sign, first, second) = held[i] {
                let rate = rates[reaction]
                let (byPotential, byCharge) = byState(rate)
                gap -= sign * rate.rate
                for j in 0..<n { entries[i &* n &+ j] -= sign * byCharge * charges[inner[j]] }
                if first >= 0 { entries[i &* n &+ first] -= sign * rate.byFirst }
                if second >= 0 { entries[i &* n &+ second] -= sign * rate.bySecond }
                potential = sign * byPotential
                density = sign * (rate.byDensity + rate.byField * slope * charge * plane)
            }
            sides[3 &* i] = -gap
            sides[3 &* i &+ 1] = potential
            sides[3 &* i &+ 2] = density
        }
        eliminate(n)
        // Node 0: Gauss' law takes the compact layer and the sheets; the vacancies' row becomes the inventory's.
        let (m, b) = (board.matrix, board.matrix.right)
        let d = m.diagonal
        var (poisson, poissonByPotential, poissonByDensity) = (link.base, link.capacitance, L(0))
        var (total, totalByPotential, totalByDensity) = (L(0), L(0), L(0))
        for k in inner {
            let charge = link.share * charges[k]
            poisson += charge * (u[k] + value[k])
            poissonByPotential -= charge * byPotential[k]
            poissonByDensity -= charge * byDensity[k]
            let weight = inventory[k]
            total += weight * (shift * (u[k] + value[k]) + h[k])
            totalByPotential += weight * byPotential[k]
            totalByDensity += weight * byDensity[k]
        }
        for k in deep { total += inventory[k] * (shift * u[k] + h[k]) }
        b[0] += poisson
        d[m.at(0, 0, 0)] += poissonByPotential
        d[m.at(0, 0, place)] += poissonByDensity
        b[place] -= total
        d[m.at(0, place, 0)] += shift * totalByPotential
        d[m.at(0, place, place)] += shift * totalByDensity
    }

    /// Derivatives of a rate by psi_0 and by the sheets' charge, through both drops and the field.
    @inline(__always)
    private func byState(_ rate: ReactionRate<L>) -> (byPotential: L, byCharge: L) {
        let byField = rate.byField * perDisplacement
        return (
            -(rate.byDrop * link.share + rate.byStep * (L(1) - link.share) + byField * link.capacitance),
            byField * link.share + (rate.byStep - rate.byDrop) * link.elastance
        )
    }

    /// Solves the inner rows for their sheets in terms of the corrections of psi_0 and c_0.
    @inline(__always)
    private func eliminate(_ n: Int) {
        for p in 0..<max(n &- 2, 0) {
            let inverse = L(1) / entries[p &* n &+ p]
            for r in (p &+ 1)..<n {
                let f = entries[r &* n &+ p] * inverse
                for c in (p &+ 1)..<n { entries[r &* n &+ c] -= f * entries[p &* n &+ c] }
                for c in 0..<3 { sides[3 &* r &+ c] -= f * sides[3 &* p &+ c] }
            }
        }
        if n == 1 {
            let inverse = L(1) / entries[0]
            for c in 0..<3 { sides[c] *= inverse }
        } else if n > 1 {
            let (p, q) = (n &- 2, n &- 1)
            let (a, b, c, d) = (entries[p &* n &+ p], entries[p &* n &+ q], entries[q &* n &+ p], entries[q &* n &+ q])
            let inverse = L(1) / (a * d - b * c)
            for k in 0..<3 {
                let (x, y) = (sides[3 &* p &+ k], sides[3 &* q &+ k])
                sides[3 &* p &+ k] = (d * x - b * y) * inverse
                sides[3 &* q &+ k] = (a * y - c * x) * inverse
            }
        }
        var p = n &- 3
        while p >= 0 {
            let inverse = L(1) / entries[p &* n &+ p]
            for k in 0..<3 {
                var x = sides[3 &* p &+ k]
                for c in (p &+ 1)..<n { x -= entries[p &* n &+ c] * sides[3 &* c &+ k] }
                sides[3 &* p &+ k] = x * inverse
            }
            p &-= 1
        }
        for i in 0..<n {
            let k = inner[i]
            value[k] = sides[3 &* i]
            byPotential[k] = sides[3 &* i &+ 1]
            byDensity[k] = sides[3 &* i &+ 2]
        }
    }

    /// The row of a deep sheet, shift N + history - R = 0, with the inner sheets put in terms of psi_0 and c_0.
    struct Border {
        /// Minus the residual; derivatives of R by psi_0, c_0 and the sheet itself.
        var gap, byPotential, byDensity, own: L
    }

    /// Needs `add` at the same state.
    func border(_ sheet: Int, _ board: Board<B, L>) -> Border {
        let (u, h, shift) = (board.u, board.history, board.shift)
        var gap = L(0)
        let combination = stoichiometry.rows[sheet]
        for k in combination.indices.dropLast() where combination[k] != 0 {
            gap -= L(Double(combination[k])) * (shift * u[k] + h[k])
        }
        var border = Border(gap: gap, byPotential: L(0), byDensity: L(0), own: L(0))
        guard let (reaction, sign) = stoichiometry.reactions[sheet] else { return border }
        let (rate, factor) = (rates[reaction], L(Double(sign)))
        let through = byState(rate)
        border.gap += factor * rate.rate
        border.own = factor * rate.byFirst
        border.byPotential = factor * through.byPotential
        border.byDensity = factor * (rate.byDensity + rate.byField * perDisplacement * charge * plane)
        for k in inner {
            let f = factor * through.byCharge * charges[k]
            border.gap += f * value[k]
            border.byPotential += f * byPotential[k]
            border.byDensity += f * byDensity[k]
        }
        return border
    }

    /// z q of a sheet, C.
    func charge(of sheet: Int) -> L { charges[sheet] }
}
