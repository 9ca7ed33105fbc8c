import FiniteVolume
import LinearAlgebra

/// The equations of a state, M du/dt + f(u, V, T) = 0, with the sheets as unknowns of their own: what small signals obey.
struct Linearised {
    /// Unknowns, in the order of the `Layout`.
    let order: Int
    /// df/du and M, row by row, and f.
    var jacobian, mass, residual: [Double]
}

extension Assembly where L == Double {
    /// f, df/du and M at `u`, at the present voltage and temperature.
    ///
    /// The rows of the nodes are those of every step. The contact's, which a step eliminates, are written out: each sheet obeys
    /// dN/dt = sum of its reactions, and node 0 gets the charge line. The row of the vacancies of node 0 becomes the balance of the whole
    /// inventory, from which every rate drops out on paper.
    func linearised(_ row: Row, device: Device, grid: Grid) -> Linearised {
        let n = layout.count, zero = RealStorage(count: n)
        let u = Stretch<Double>(row)
        var system = Linearised(
            order: n, jacobian: .init(repeating: 0, count: n * n), mass: .init(repeating: 0, count: n * n),
            residual: .init(repeating: 0, count: n))
        // M is what a shift of one adds to the diagonal.
        assemble(row, shift: 1, history: zero.row, sheets: false)
        let m = board.matrix
        let shifted = (0..<board.nodes * B).map { k in m.diagonal[m.at(k / B, k % B, k % B)] }
        assemble(row, shift: 0, history: zero.row, sheets: false)
        for i in 0..<board.nodes {
            for r in 0..<B {
                let place = board.index(i, r)
                system.residual[place] = -m.right[i * B + r]
                for c in 0..<B {
                    system.jacobian[place * n + board.index(i, c)] = m.diagonal[m.at(i, r, c)]
                    guard c == 0 || c == r else { continue }
                    if i > 0 { system.jacobian[place * n + board.index(i - 1, c)] = m.lower[m.at(i, r, c)] }
                    if i < board.nodes - 1 { system.jacobian[place * n + board.index(i + 1, c)] = m.upper[m.at(i, r, c)] }
                }
                system.mass[place * n + place] = shifted[i * B + r] - m.diagonal[m.at(i, r, r)]
            }
        }
        for k in 0..<board.sheets { system.mass[k * n + k] = 1 }
        if let contact { add(contact, u, device, grid, to: &system) }
        balance(&system)
        return system
    }

    private func add(
        _ contact: SheetElimination<B, Double>, _ u: Stretch<Double>, _ device: Device, _ grid: Grid,
        to system: inout Linearised
    ) {
        let n = system.order
        let (psi, density) = (board.index(0, 0), board.index(0, B - 1))
        let (_, slope, link) = contact.point(board)
        for (k, rate) in contact.evaluate(board).enumerated() {
            let reaction = device.left.reactions[k]
            let byField = rate.byField * slope
            var by = [Int: Double]()
            by[psi, default: 0] -= rate.byDrop * link.share + rate.byStep * (1 - link.share) + byField * link.capacitance
            by[density, default: 0] += rate.byDensity + byField * contact.charge * contact.plane
            let byCharge = byField * link.share + (rate.byStep - rate.byDrop) * link.elastance
            for sheet in contact.inner { by[sheet, default: 0] += byCharge * contact.charge(of: sheet) }
            let term = contact.terms[k]
            by[term.first, default: 0] += rate.byFirst
            if term.second != term.first { by[term.second, default: 0] += rate.bySecond }
            for (name, moves) in reaction.moves {
                let row = name == Reaction.vacancies ? density : layout.sheets.firstIndex(of: name) ?? density
                system.residual[row] -= Double(moves) * rate.rate
                for (column, value) in by { system.jacobian[row * n + column] -= Double(moves) * value }
            }
        }
        // The displacement that comes from the metal.
        var displacement = link.base
        system.jacobian[psi * n + psi] += link.capacitance
        for sheet in contact.inner {
            let charge = link.share * contact.charge(of: sheet)
            displacement += charge * u[sheet]
            system.jacobian[psi * n + sheet] -= charge
        }
        system.residual[psi] -= displacement
        for sheet in contact.deep {
            let row = board.index(SheetBorder<B, Double>.node(device.left.sheets[sheet].depth, grid), 0)
            system.residual[row] -= contact.charge(of: sheet) * u[sheet]
            system.jacobian[row * n + sheet] -= contact.charge(of: sheet)
        }
    }

    /// Puts the balance of all vacancies in place of that of node 0: its rates cancel, its storage is that of all.
    private func balance(_ system: inout Linearised) {
        let n = system.order, place = board.index(0, B - 1)
        for column in 0..<n { system.jacobian[place * n + column] = 0 }
        system.residual[place] = 0
        for i in 0..<board.nodes { system.mass[place * n + board.index(i, B - 1)] = board.cells[i] }
        guard let contact else { return }
        for k in 0..<board.sheets { system.mass[place * n + k] = Double(contact.stoichiometry.inventory[k]) }
    }
}
