/// Where every unknown of a device lies: sheets first, then potential and densities node by node.
///
///     [sheet 0, sheet 1, ... | psi_0, (n_0,) c_0 | psi_1, (n_1,) c_1 | ...]
public struct Layout: Equatable, Sendable {
    /// An unknown that every node has.
    public enum Field: Equatable, Sendable {
        /// psi, V.
        case potential
        /// n, 1/m3; only with drift-diffusion electrons.
        case electrons
        /// c, 1/m3.
        case vacancies
    }

    /// Names of the sheets, in order.
    public let sheets: [String]
    /// Number of nodes.
    public let nodes: Int
    /// Whether electrons are an unknown of every node.
    public let hasElectrons: Bool

    /// The layout of these sheets and nodes.
    public init(sheets: [String], nodes: Int, hasElectrons: Bool) {
        self.sheets = sheets
        self.nodes = nodes
        self.hasElectrons = hasElectrons
    }

    /// Unknowns a node.
    public var block: Int { hasElectrons ? 3 : 2 }
    /// All unknowns.
    public var count: Int { sheets.count + block * nodes }

    /// Place of sheet k.
    @inlinable public subscript(sheet k: Int) -> Int { k }

    /// Place of a node's unknown; `electrons` only where there are any.
    public subscript(_ field: Field, _ node: Int) -> Int { sheets.count + block * node + offset(field) }

    /// Place of a sheet by its name; nil where the device has none of that name.
    public func sheet(_ name: String) -> Int? { sheets.firstIndex(of: name) }

    /// Place of a field inside a node's block.
    public func offset(_ field: Field) -> Int {
        switch field {
        case .potential: 0
        case .electrons: 1
        case .vacancies: block - 1
        }
    }

    /// The values of one field at every node.
    public func profile(_ field: Field, of unknowns: [Double]) -> [Double] {
        (0..<nodes).map { unknowns[self[field, $0]] }
    }

    /// "psi at node 3" or "N_s": the unknown at a place, for messages.
    public func name(of place: Int) -> String {
        if place < sheets.count { return sheets[place] }
        let (node, offset) = ((place - sheets.count) / block, (place - sheets.count) % block)
        return "\(offset == 0 ? "psi" : offset == block - 1 ? "c" : "n") at node \(node)"
    }
}
