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
    private let terms: [ReactionTerm<L>]
    let permittivity: Permittivity<L>
    let barrier, capacitance, plane, charge: L
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

    init(_ devices: [Device], board: Board<B, L>, stoichiometry: Stoichiometry, terms: [ReactionTerm<L>], place: Int) {
        let contact = devices[0].left
        self.stoichiometry = stoichiometry
        self.terms = terms
        self.place = place
        inner = stoichiometry.order.filter { contact.sheets[$0].depth == 0 }
        deep = contact.sheets.indices.filter { contact.sheets[$0].depth > 0 }
        permittivity = Permittivity(devices.map { $0.layers[0] })
        barrier = lanes(devices) { $0.left.barrier }
        capacitance = lanes(devices) { $0.left.compactCapacitance }
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

    /// Displacement at x = 0+ from Gauss' law, D = C_i (psi_Pt - psi_0) + q sum z_k N_k + z q a1 c_0, C/m2.
    @inline(__always)
    func displacement(_ u: Stretch<L>, potential: L, density: L, voltage: L) -> L {
        var sum = capacitance * (voltage - barrier - potential) + charge * plane * density
        for k in inner { sum += charges[k] * u[k] }
        return sum
    }

    /// What the reactions read at the state of `board`.
    @inline(__always)
    func point(_ board: Board<B, L>) -> (point: ContactPoint<L>, perDisplacement: L) {
        let (psi, c) = (board.u[board.index(0, 0)], board.u[board.index(0, place)])
        let (field, slope) = permittivity.field(displacement(board.u, potential: psi, density: c, voltage: board.voltage))
        return (
            ContactPoint(
                sheets: board.u, density: c, drop: board.voltage - barrier - psi, field: field,
                inverseThermal: board.rates.inverseThermal), slope
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
        let (point, slope) = point(board)
        perDisplacement = slope
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
                let byField = rate.byField * slope
                gap -= sign * rate.rate
                for j in 0..<n { entries[i &* n &+ j] -= sign * byField * charges[inner[j]] }
                if first >= 0 { entries[i &* n &+ first] -= sign * rate.byFirst }
                if second >= 0 { entries[i &* n &+ second] -= sign * rate.bySecond }
                potential = -(sign * (rate.byDrop + byField * capacitance))
                density = sign * (rate.byDensity + byField * charge * plane)
            }
            sides[3 &* i] = -gap
            sides[3 &* i &+ 1] = potential
            sides[3 &* i &+ 2] = density
        }
        eliminate(n)
        // Node 0: Gauss' law takes the compact layer and the sheets; the vacancies' row becomes the inventory's.
        let (m, b) = (board.matrix, board.matrix.right)
        let d = m.diagonal
        var (poisson, poissonByPotential, poissonByDensity) = (capacitance * point.drop, capacitance, L(0))
        var (total, totalByPotential, totalByDensity) = (L(0), L(0), L(0))
        for k in inner {
            poisson += charges[k] * (u[k] + value[k])
            poissonByPotential -= charges[k] * byPotential[k]
            poissonByDensity -= charges[k] * byDensity[k]
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
        let byField = rate.byField * perDisplacement
        border.gap += factor * rate.rate
        border.own = factor * rate.byFirst
        border.byPotential = factor * (-rate.byDrop - byField * capacitance)
        border.byDensity = factor * (rate.byDensity + byField * charge * plane)
        for k in inner {
            let f = factor * byField * charges[k]
            border.gap += f * value[k]
            border.byPotential += f * byPotential[k]
            border.byDensity += f * byDensity[k]
        }
        return border
    }

    /// z q of a sheet, C.
    func charge(of sheet: Int) -> L { charges[sheet] }
}
