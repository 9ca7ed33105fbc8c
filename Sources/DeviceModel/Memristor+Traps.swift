import FiniteVolume
import LinearAlgebra

/// The deep traps of one device: law, place, and the border that their one unknown adds to the block-tridiagonal system.
///
/// N_t stands behind all other unknowns. Its rows and columns reach node 0 (the jump) and the node at d_t (the charge), which are no
/// neighbours; so the system A x + a N_t = f, t x + tau N_t = g is solved by two solves with the same A (Schur complement).
struct TrapBorder {
    let law: VacancyTrap
    /// Index of N_t, and the node nearest to d_t.
    let index, node: Int
    /// Second system with the same matrix, for the column of N_t.
    let column: BlockTridiagonal2

    init?(_ p: DeviceParameters, grid: Grid) {
        guard p.trapCaptureRate > 0 else { return nil }
        law = VacancyTrap(p)
        index = 3 + 2 * grid.count
        let last = grid.count - 1
        node = (1..<last).min { abs(grid.nodes[$0] - p.trapDepth) < abs(grid.nodes[$1] - p.trapDepth) } ?? 1
        column = BlockTridiagonal2(blocks: grid.count)
    }

    /// N_t's balance shift N_t + history - R_t = 0, linearised.
    struct Balance {
        /// Minus the residual; derivatives of R_t by psi_0, c_0 and N_t.
        var gap, byPotential, byDensity, byTrapped: Double
    }
}

extension Memristor {
    /// Vacancies in deep traps, 1/m2.
    public func trappedVacancies(_ u: Row) -> Double { traps.map { u[$0.index] } ?? 0 }

    /// Adds the jump to the row of node 0 and the trapped charge to the row of its node.
    func assembleTraps(
        _ traps: TrapBorder, _ u: Row, shift: Double, history: Row, areal: PlatinumContact.Elimination
    ) -> TrapBorder.Balance {
        let (d, b) = (system.diagonal, system.rightHandSide)
        let trapped = u[traps.index]
        let charge = parameters.chargeNumber * Constants.charge
        let displacement = contact.displacement(
            .init(stored: u[0], oxygen: u[1], plane: u[2], potential: u[3], density: u[4]), voltage: voltage)
        let (field, perDisplacement) = permittivity.field(displacement)
        let jump = traps.law.evaluate(trapped: trapped, density: u[4], field: field, rates: rates)
        // E(0+) hangs on psi_0, c_0 and on N_s, which the contact has put in terms of the other two.
        let byCharge = jump.byField * perDisplacement * charge
        let byPotential = -jump.byField * perDisplacement * parameters.compactCapacitance + byCharge * areal.sPsi
        let byDensity = jump.byDensity + byCharge * (parameters.firstPlane + areal.sC)
        let rate = jump.rate + byCharge * areal.s0
        b[1] -= rate
        d[2] += byPotential
        d[3] += byDensity
        b[2 * traps.node] += charge * trapped
        return TrapBorder.Balance(
            gap: rate - shift * trapped - history[traps.index], byPotential: byPotential, byDensity: byDensity,
            byTrapped: jump.byTrapped)
    }

    /// Solves the bordered system; the correction of N_t, or nil where a block is singular.
    func solveBordered(_ traps: TrapBorder, _ balance: TrapBorder.Balance, shift: Double) -> Double? {
        let column = traps.column
        column.lower.assign(system.lower)
        column.diagonal.assign(system.diagonal)
        column.upper.assign(system.upper)
        let a = column.rightHandSide
        for i in 0..<(2 * nodes) { a[i] = 0 }
        // d residual / d N_t: the jump in the balance of node 0 and the charge at d_t.
        a[1] = balance.byTrapped
        a[2 * traps.node] = -parameters.chargeNumber * Constants.charge
        guard system.solve(), column.solve() else { return nil }
        let b = system.rightHandSide
        let pivot = shift - balance.byTrapped + balance.byPotential * a[0] + balance.byDensity * a[1]
        let step = (balance.gap + balance.byPotential * b[0] + balance.byDensity * b[1]) / pivot
        for i in 0..<(2 * nodes) { b[i] -= a[i] * step }
        return step
    }
}
