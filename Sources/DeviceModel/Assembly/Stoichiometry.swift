/// What the stoichiometry of a contact's reactions gives: the conserved inventory, and rows from which fast rates have dropped out.
///
/// Rows are the balances of the sheets and, last, of the vacancies in the layer; columns are the reactions. Integer row operations
/// leave every reaction in one row, that of its pivot sheet; the row of the vacancies, free of all reactions, is the balance of the
/// inventory. So a fast rate cancels on paper, not in floating point.
struct Stoichiometry: Equatable {
    /// `rows[r][k]`: how often the balance of sheet k (last: of the vacancies) stands in row r; row r belongs to sheet r, the last one
    /// to the inventory.
    let rows: [[Int]]
    /// The reaction left in each sheet's row and its coefficient there; nil for a sheet that nothing moves.
    let reactions: [(reaction: Int, coefficient: Int)?]
    /// Order in which the sheets are eliminated: those with the fewest reactions first.
    let order: [Int]

    /// Weights of the conserved inventory: of each sheet, last of the vacancies (1).
    var inventory: [Int] { rows[rows.count - 1] }

    static func == (a: Stoichiometry, b: Stoichiometry) -> Bool { a.rows == b.rows && a.order == b.order }

    /// - Returns: nil where the reactions do not leave one conserved inventory, or where one cannot be freed of the others.
    init?(_ contact: Contact) {
        let (sheets, reactions) = (contact.sheets.count, contact.reactions)
        var matrix = (0...sheets).map { r in
            reactions.map { $0.moves[r < sheets ? contact.sheets[r].name : Reaction.vacancies] ?? 0 }
        }
        var rows = (0...sheets).map { r in (0...sheets).map { $0 == r ? 1 : 0 } }
        let degree = (0..<sheets).map { r in matrix[r].count { $0 != 0 } }
        var pivots = [Int?](repeating: nil, count: sheets)
        // Reactions with the fewest sheets first, so that each finds one of its own.
        let columns = reactions.indices.sorted { a, b in
            let (x, y) = ((0..<sheets).count { matrix[$0][a] != 0 }, (0..<sheets).count { matrix[$0][b] != 0 })
            return (x, a) < (y, b)
        }
        for c in columns {
            let free = (0..<sheets).filter { pivots[$0] == nil && abs(matrix[$0][c]) == 1 }
            guard let p = free.min(by: { (degree[$0], $0) < (degree[$1], $1) }) else { return nil }
            pivots[p] = c
            for r in 0...sheets where r != p && matrix[r][c] != 0 {
                let factor = matrix[r][c] * matrix[p][c]
                for k in reactions.indices { matrix[r][k] -= factor * matrix[p][k] }
                for k in 0...sheets { rows[r][k] -= factor * rows[p][k] }
            }
        }
        guard matrix[sheets].allSatisfy({ $0 == 0 }), rows[sheets][sheets] == 1 else { return nil }
        self.rows = rows
        let lastMatrix = matrix
        self.reactions = pivots.enumerated().map { r, c in c.map { ($0, lastMatrix[r][$0]) } }
        order = (0..<sheets).sorted { (degree[$0], $0) < (degree[$1], $1) }
    }
}
