import FiniteVolume

/// What devices must share to be solved side by side: nodes, layers, sheets, laws and tolerances; parameters may differ.
public struct EnsembleStructure: Hashable, Sendable {
    private let nodes: Int
    private let layerOfEdges: [Int]
    private let sheets, reactions, contacts: [String]
    /// Nodes that carry the charge of sheets at a depth; 0: the plane.
    private let depths: [Int]
    private let tolerance: Double
    private let maximumOrder, stepBudget: Int

    private let hasElectrons: Bool

    /// - Parameter withElectrons: whether a device with three unknowns a node is taken.
    /// - Returns: nil for a device that is not taken, which is solved alone.
    public init?(_ assembled: AssembledDevice, withElectrons: Bool = false) {
        hasElectrons = assembled.layout.hasElectrons
        guard withElectrons || !hasElectrons else { return nil }
        let (device, grid, options) = (assembled.device, assembled.grid, assembled.options)
        nodes = grid.count
        layerOfEdges = device.layerOfEdges(grid)
        sheets = device.left.sheets.map(\.name)
        reactions = device.left.reactions.map { reaction in
            let moves = reaction.moves.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return ([reaction.law.name] + reaction.roles(in: device.left).map(String.init) + moves).joined(separator: " ")
        }
        contacts =
            ["\(device.tunnelling) \(device.emission)"]
            + [device.left, device.right].map { contact in
                let electrons =
                    switch contact.electrons {
                    case .thermionic: "thermionic"
                    case .ohmic: "ohmic"
                    case .blocked: "blocked"
                    }
                return "\(electrons) \(contact.compactCapacitance.isFinite)"
            }
        depths = device.left.sheets.map { $0.depth > 0 ? SheetBorder<2, Double>.node($0.depth, grid) : 0 }
        (tolerance, maximumOrder, stepBudget) = (options.tolerance, options.maximumOrder, options.stepBudget)
    }
}
