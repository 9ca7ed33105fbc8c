import Essentials
import FiniteVolume
import LinearAlgebra

/// The fully coupled layer: Poisson, electrons and mobile vacancies as three unknowns per node, with a contact of any type at each end. The reference path of the memristor, and the path on which problems of other solvers run.
///
/// Unknowns [N_p, N_O, N_s |] psi_0, n_0, c_0 | psi_1, n_1, c_1 | ...; the areal ones only with a reactive contact. Electrons carry
/// charge in Poisson's equation and move by the Scharfetter-Gummel flux with psi + psi_im; where there is an image force, the edge's
/// integral of e^(-(psi + psi_im)/V_T) is a Gauss quadrature instead of the closed form for a linear potential. Equations:
/// Docs/device-model.md, section 2. Cost: about 0.1 us per node and Newton iteration.
public final class CoupledDevice {
    public let parameters: DeviceParameters
    public let options: SolverOptions
    public let grid: Grid
    public let left, right: Contact
    /// Number of nodes.
    public let nodes: Int
    /// Number of areal unknowns before the nodes: 3 with a reactive contact, else 0.
    public let areal: Int

    var voltageStart = 0.0, voltageRate = 0.0, timeStart = 0.0
    /// Voltage on the left contact at the last prepared time, V.
    public internal(set) var voltage = 0.0
    /// Lattice temperature, K.
    public var temperature: Double { rates.temperature }

    var rates: RateConstants
    let platinum: PlatinumContact
    let permittivity: Permittivity
    let heating: SelfHeating
    let current: ElectronCurrent
    let image: EdgeImage?
    let imageAtLeft, imageAtRight: Double
    let system: BlockTridiagonal3
    let work: CoupledWorkspace
    let hasElectrons, hasHopping: Bool
    /// Areal density of vacancies that counts as none, 1/m2.
    let vacancyFloor: Double
    /// Whether electrons obey dn/dt + dF_n/dx = 0 (so that the total current is one number on every edge) or dF_n/dx = 0; the latter
    /// at a jump of the voltage, which they follow within picoseconds.
    var storesElectrons = true
    /// Whether electrons stand in Poisson's equation; without them this is the fast path's physics on the coupled path's equations.
    public var chargesElectrons = true
    var firstCorrection = true
    var lastCurrent = 0.0
    /// Sources added to the residual rows (three per node), for manufactured solutions.
    var sources: [Double]?

    /// - Parameter grid: node 0 at the left contact; with a reactive contact the first edge should be the lattice plane.
    /// - Throws: `InputError` for a reactive contact on the right, deep traps, two contacts that block electrons, or fewer than three nodes.
    public init(
        _ parameters: DeviceParameters, left: Contact, right: Contact, grid: Grid, options: SolverOptions = SolverOptions()
    ) throws(InputError) {
        if right == .reactivePlatinum {
            throw InputError("right contact", value: "reactivePlatinum", problem: "the reactive contact is at x = 0", expected: "schottky, ohmic or blocking")
        }
        if case .blocking = left, case .blocking = right, parameters.densityOfStates > 0 {
            throw InputError(
                "contacts", problem: "both block electrons, so that their number is undetermined",
                expected: "one contact that passes electrons, or a density of states of 0")
        }
        if left == .reactivePlatinum, parameters.trapCaptureRate > 0 {
            throw InputError(
                "trap_capture_rate", value: "\(parameters.trapCaptureRate) 1/s", problem: "is not part of the coupled path",
                expected: "0: deep traps are in the fast path only")
        }
        self.parameters = parameters
        self.left = left
        self.right = right
        self.grid = grid
        self.options = options
        nodes = grid.count
        areal = left == .reactivePlatinum ? 3 : 0
        rates = RateConstants(parameters)
        platinum = PlatinumContact(parameters)
        permittivity = Permittivity(parameters)
        heating = SelfHeating(parameters)
        current = ElectronCurrent(parameters, grid: grid)
        let force = ImageForce(parameters)
        image = force.strength > 0 ? EdgeImage(force, grid: grid) : nil
        imageAtLeft = force.strength > 0 ? force.potential(0) : 0
        imageAtRight = force.strength > 0 ? force.potential(grid.length) : 0
        system = BlockTridiagonal3(blocks: nodes)
        hasElectrons = parameters.densityOfStates > 0
        hasHopping = parameters.hopDistance > 0
        var cells = grid.cells
        if areal > 0 { cells[0] = parameters.firstPlane }
        work = CoupledWorkspace(
            grid: grid, vacancyCells: cells, hopDistance: parameters.chargeNumber * parameters.hopDistance,
            maximumDensity: parameters.maximumDensity)
        let layer = Constants.vacuumPermittivity * parameters.permittivity / parameters.thickness
        let thermal = Constants.thermalVoltage(parameters.ambientTemperature) / (parameters.chargeNumber * Constants.charge)
        vacancyFloor = areal > 0 ? 0.1 * thermal * (parameters.compactCapacitance + layer) : 1e-3 * thermal * layer
    }

    /// The memristor on the coupled path: lattice planes at Pt, refined towards Ti, where electrons and their image force vary.
    ///
    /// `finest`: edge at Ti, m (0.02 nm resolves the image core of 0.3 nm).
    public static func memristor(
        _ parameters: DeviceParameters, options: SolverOptions = SolverOptions(), finest: Double = 0.02e-9
    ) throws(InputError) -> CoupledDevice {
        let plain = Grid.latticePlanes(
            length: parameters.thickness, plane: parameters.firstPlane, growth: options.growth, largest: options.largestEdge)
        // From Ti inwards edges grow by 1.15 until they meet the plain grid.
        var fromTitanium: [Double] = []
        var (distance, step) = (0.0, finest)
        while step < options.largestEdge, distance < parameters.thickness / 3 {
            distance += step
            step *= 1.15
            fromTitanium.append(parameters.thickness - distance)
        }
        let meeting = parameters.thickness - distance
        let nodes = plain.nodes.filter { $0 < meeting - step / 2 } + fromTitanium.reversed() + [parameters.thickness]
        return try CoupledDevice(
            parameters, left: .reactivePlatinum,
            right: .schottky(barrier: parameters.titaniumBarrier, velocity: parameters.richardsonVelocity),
            grid: Grid(nodes: nodes), options: options)
    }

    /// Index of psi at node i; n follows, then c.
    @inline(__always)
    public func index(_ node: Int) -> Int { areal + 3 * node }

    /// psi (V), n and c (1/m3) at every node.
    public func profile(_ u: Row) -> (potential: [Double], electrons: [Double], vacancies: [Double]) {
        let first = (0..<nodes).map { index($0) }
        return (first.map { u[$0] }, first.map { u[$0 + 1] }, first.map { u[$0 + 2] })
    }

    /// Vacancies inside the layer, 1/m2.
    public func vacancies(_ u: Row) -> Double {
        var sum = 0.0
        let cells = work.vacancyCells
        for i in 0..<nodes { sum += u[index(i) + 2] * cells[i] }
        return sum
    }

    /// Conserved inventory: vacancies, with a reactive contact plus N_s - N_O - N_p, 1/m2.
    public func inventory(_ u: Row) -> Double {
        (areal > 0 ? u[2] - u[1] - u[0] : 0) + vacancies(u)
    }

    /// Sets the linear voltage of the stretch of integration that starts at `time`.
    public func drive(from start: Double, rate: Double, at time: Double) {
        voltageStart = start
        voltageRate = rate
        timeStart = time
        voltage = start
    }

    /// Potential of a contact whose potential is given, V; nil for the reactive one.
    func fixedPotential(_ contact: Contact, voltage: Double) -> Double? {
        switch contact {
        case .schottky(let barrier, _), .ohmic(let barrier), .blocking(let barrier): voltage - barrier
        case .reactivePlatinum: nil
        }
    }
}

/// Rows of one `CoupledDevice` that its assembly reads and writes.
final class CoupledWorkspace {
    private let storage: RealStorage
    /// Edge lengths, their inverses and z a / (2 h); du and its exponentials; electron weights (wl, wr, wl', wr') per edge.
    let edges, inverseEdges, hopPerStep, steps, exponentials, hopExponentials, chargeExponentials, weights: Row
    /// Control volumes of the vacancies (a1 at a reactive contact) and of the fixed and electron charge, m.
    let vacancyCells, chargeCells: Row
    /// 1 / c_max, m3 (0: no limit).
    let inverseMaximum: Double

    init(grid: Grid, vacancyCells cells: [Double], hopDistance: Double, maximumDensity: Double) {
        inverseMaximum = 1 / maximumDensity
        let (n, e) = (grid.count, grid.edges.count)
        storage = RealStorage(count: 2 * n + 11 * e)
        let row = storage.row
        vacancyCells = row.part(0, n)
        chargeCells = row.part(n, n)
        func stretch(_ k: Int, _ width: Int = 1) -> Row { row.part(2 * n + k * e, width * e) }
        edges = stretch(0)
        inverseEdges = stretch(1)
        hopPerStep = stretch(2)
        steps = stretch(3)
        exponentials = stretch(4)
        hopExponentials = stretch(5)
        chargeExponentials = stretch(6)
        weights = stretch(7, 4)
        vacancyCells.assign(cells)
        chargeCells.assign(grid.cells)
        edges.assign(grid.edges)
        inverseEdges.assign(grid.edges.map { 1 / $0 })
        hopPerStep.assign(grid.edges.map { hopDistance / (2 * $0) })
    }
}
