import FiniteVolume

/// The state of an assembly that every law reads and adds to: unknowns, matrix, geometry, voltage and rates.
///
/// Row r of node i is minus the residual of the r-th unknown's equation: Poisson (C/m2), densities (1/(m2 s)).
final class Board<let B: Int, L: Lane> {
    let sheets, nodes: Int
    let matrix: Blocks<B, L>
    let rates: RateTable<L>
    let indices: RateIndex
    /// Per edge: du = (psi_r - psi_l) / V_T, 1 / h.
    let du, inverse: Stretch<L>
    /// Per node, m: control volume of the vacancies (a lattice plane at a reactive contact), finite-volume cell of charges.
    let cells, chargeCells: Stretch<L>
    private let storage: LaneStorage<L>
    /// Stretches of edges in one layer.
    let stretches: [Range<Int>]

    var u, history: Stretch<L>
    var shift = L(0)
    /// Voltage on the left contact, V.
    var voltage = L(0)

    init(_ devices: [Device], grids: [Grid], vacancyCells: [[Double]], layout: Layout) {
        sheets = layout.sheets.count
        nodes = layout.nodes
        matrix = Blocks(count: nodes)
        let laws = devices.map { RateIndex.laws(of: $0) }
        rates = RateTable(laws[0].indices.map { k in laws.map { $0[k] } }, reference: Device.referenceTemperature)
        indices = RateIndex(devices[0])
        let layers = devices[0].layerOfEdges(grids[0])
        stretches = devices[0].layers.indices.map { l in
            let first = layers.firstIndex(of: l) ?? 0
            return first..<(layers.lastIndex(of: l) ?? first - 1) + 1
        }
        storage = LaneStorage(4 * nodes)
        du = storage.take(nodes)
        inverse = storage.take(nodes)
        cells = storage.take(nodes)
        chargeCells = storage.take(nodes)
        u = storage.all
        history = storage.all
        for lane in 0..<L.width {
            let (grid, cell) = (grids[lane % grids.count], vacancyCells[lane % grids.count])
            for i in 0..<nodes {
                cells[i][lane: lane] = cell[i]
                chargeCells[i][lane: lane] = grid.cells[i]
                if i < nodes - 1 { inverse[i][lane: lane] = 1 / grid.edges[i] }
            }
        }
    }

    /// Place of unknown k of node i.
    @inline(__always) func index(_ i: Int, _ k: Int) -> Int { sheets &+ B &* i &+ k }

    /// Empties the matrix and computes the steps of the potential.
    @inline(__always)
    func clear() {
        matrix.clear()
        let inverseThermal = rates.inverseThermal
        for i in 0..<(nodes &- 1) { du[i] = (u[index(i &+ 1, 0)] - u[index(i, 0)]) * inverseThermal }
    }
}

/// Where each temperature-dependent constant of a device stands in its `RateTable`.
struct RateIndex {
    /// D, mu_n and N_c of each layer.
    let diffusivity, mobility, densityOfStates: [Int]
    /// v_R of the contacts (nil: electrons do not pass by emission).
    let leftEmission, rightEmission: Int?
    /// Both constants of each reaction at the left contact.
    let reactions: [(Int, Int)]

    init(_ device: Device) {
        let layers = device.layers.count
        diffusivity = (0..<layers).map { 3 * $0 }
        mobility = (0..<layers).map { 3 * $0 + 1 }
        densityOfStates = (0..<layers).map { 3 * $0 + 2 }
        leftEmission = device.left.emission == nil ? nil : 3 * layers
        rightEmission = device.right.emission == nil ? nil : 3 * layers + 1
        reactions = device.left.reactions.indices.map { (3 * layers + 2 + 2 * $0, 3 * layers + 3 + 2 * $0) }
    }

    /// The laws in the order of the indices.
    static func laws(of device: Device) -> [TemperatureLaw] {
        let reference = Device.referenceTemperature
        var laws: [TemperatureLaw] = []
        for layer in device.layers {
            laws.append(
                TemperatureLaw(layer.vacancyDiffusivity, prefactor: layer.vacancyDiffusivityPrefactor, reference: reference))
            laws.append(TemperatureLaw(layer.electronMobility, exponent: -layer.mobilityExponent))
            laws.append(TemperatureLaw(layer.densityOfStates, exponent: 1.5))
        }
        for contact in [device.left, device.right] { laws.append(contact.emission ?? TemperatureLaw(0)) }
        for reaction in device.left.reactions { laws += reaction.law.rates }
        return laws
    }
}

extension Device {
    /// The laws of every temperature-dependent constant: of each layer D, mu_n and N_c, of the contacts v_R, of each reaction its two.
    public var temperatureLaws: [TemperatureLaw] { RateIndex.laws(of: self) }
}

extension Contact {
    /// v_R, where electrons pass by emission.
    var emission: TemperatureLaw? {
        guard case .thermionic(let velocity) = electrons else { return nil }
        return TemperatureLaw(velocity, exponent: 0.5)
    }
}
