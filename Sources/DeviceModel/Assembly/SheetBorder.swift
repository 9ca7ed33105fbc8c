import FiniteVolume

/// A sheet whose charge lies at a depth: the one unknown that reaches two nodes which are no neighbours.
///
/// With its column a and its row t the system A x + a N = f, t x + tau N = g is solved by two solves with the same A (Schur complement).
final class SheetBorder<let B: Int, L: Lane> {
    let sheet: Int
    /// Node that carries the charge: the inner one nearest to the depth.
    let node: Int
    private let contact: SheetElimination<B, L>
    private let column: Blocks<B, L>

    init(_ sheet: Int, devices: [Device], grids: [Grid], board: Board<B, L>, contact: SheetElimination<B, L>) {
        self.sheet = sheet
        self.contact = contact
        node = SheetBorder.node(devices[0].left.sheets[sheet].depth, grids[0])
        column = Blocks(count: board.nodes)
    }

    static func node(_ depth: Double, _ grid: Grid) -> Int {
        let last = grid.count - 1
        return (1..<last).min { abs(grid.nodes[$0] - depth) < abs(grid.nodes[$1] - depth) } ?? 1
    }

    /// Solves the bordered system on `board`; the correction of the sheet, or nil where a block is singular.
    func solve(_ board: Board<B, L>) -> L? {
        let m = board.matrix
        let charge = contact.charge(of: sheet)
        m.right[node * B] += charge * board.u[sheet]
        column.lower.assign(m.lower)
        column.diagonal.assign(m.diagonal)
        column.upper.assign(m.upper)
        let a = column.right
        a.fill(L(0))
        // d residual / d N: storage in the inventory of node 0, and the charge at the depth.
        a[B - 1] = L(Double(contact.stoichiometry.inventory[sheet])) * board.shift
        a[node * B] = -charge
        guard m.solve(), column.solve() else { return nil }
        let (b, row) = (m.right, contact.border(sheet, board))
        let pivot = board.shift - row.own + row.byPotential * a[0] + row.byDensity * a[B - 1]
        let step = (row.gap + row.byPotential * b[0] + row.byDensity * b[B - 1]) / pivot
        for i in 0..<b.count { b[i] -= a[i] * step }
        return step
    }
}
