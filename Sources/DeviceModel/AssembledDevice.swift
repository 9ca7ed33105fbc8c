import Essentials
import FiniteVolume
import LinearAlgebra

/// A device ready to be solved: Poisson, mobile vacancies and the sheets of the contact, with quasi-stationary or drift-diffusion
/// electrons, assembled from the laws that the device names.
///
/// With quasi-stationary electrons (two unknowns a node) their current is an integral over the band and they carry no charge; with
/// drift-diffusion electrons (three) they stand in Poisson's equation. Everything else is the same code. Unknowns: `layout`.
/// Equations: Docs/device-model.md, section 2. Cost: about 40 ns (two) or 0.1 us (three) per node and Newton iteration.
public final class AssembledDevice {
    /// What is simulated.
    public let device: Device
    /// Grid and tolerances.
    public let options: SolverOptions
    /// Its nodes.
    public let grid: Grid
    /// Where each unknown stands.
    public let layout: Layout
    /// Number of nodes.
    public var nodes: Int { layout.nodes }

    /// The equations, compiled for each block size.
    enum Engine {
        case two(Assembly<2, Double>)
        case three(Assembly<3, Double>)
    }
    let engine: Engine
    /// V(t) = voltageStart + voltageRate (t - timeStart) during the present stretch.
    private var voltageStart = 0.0, voltageRate = 0.0, timeStart = 0.0
    /// V(t) where it is no straight line; what imposes a current instead.
    private var course: ((Double) -> Double)?
    var control: CurrentControl?
    /// Voltage on the left contact at the last prepared time, V.
    public private(set) var voltage = 0.0
    let readBuffer: RealStorage
    /// The same device for reads at another voltage than the state's, where electrons have to come to balance first.
    private(set) lazy var reader = try? AssembledDevice(device, options: options, grid: grid, resolvesIonicCurrent: false)
    /// The same device for reads in which quasi-stationary electrons carry more charge than their first order holds for.
    private(set) lazy var charged = withElectrons()
    let electronCharge: ElectronCharge
    let readCurrent: ThermionicCurrent<Double>?
    private(set) var heating: SelfHeating<Double>
    /// Layer of each edge.
    let layerOfEdge: [Int]
    /// What a step of the voltage moves psi by at frozen charges and constant permittivity: the compact layer's share of it, and the
    /// share of that which reaches each node.
    let compactShare: Double
    let dividerShares: [Double]
    /// Weights of the conserved inventory by sheet.
    let inventoryWeights: [Double]

    /// - Parameters:
    ///   - grid: the device's own unless given; node 0 at the left contact.
    ///   - resolvesIonicCurrent: whether, with drift-diffusion electrons, a step errs little enough for J, the small difference of a
    ///     drift and a diffusion current, to be read; states and conductances hold the tolerance without.
    /// - Throws: `InputError` for a device that cannot be solved: contacts that both block electrons, sheets at the right contact,
    ///   reactions that leave no inventory conserved.
    public init(
        _ device: Device, options: SolverOptions = SolverOptions(), grid: Grid? = nil, resolvesIonicCurrent: Bool = true
    ) throws(InputError) {
        let stoichiometry = try device.checkedStoichiometry()
        self.device = device
        self.options = options
        let grid = grid ?? device.grid(options)
        self.grid = grid
        let hasElectrons = device.electrons == .driftDiffusion && device.layers[0].densityOfStates > 0
        layout = Layout(sheets: device.left.sheets.map(\.name), nodes: grid.count, hasElectrons: hasElectrons)
        let cells = [device.vacancyCells(grid)]
        engine =
            hasElectrons
            ? .three(
                Assembly(
                    [device], grids: [grid], layout: layout, vacancyCells: cells, options: options,
                    stoichiometry: stoichiometry,
                    resolvesIonicCurrent: resolvesIonicCurrent))
            : .two(
                Assembly(
                    [device], grids: [grid], layout: layout, vacancyCells: cells, options: options, stoichiometry: stoichiometry
                ))
        readBuffer = RealStorage(count: layout.count)
        electronCharge = ElectronCharge(device, grid: grid)
        readCurrent = ThermionicCurrent([device], grids: [grid])
        heating = SelfHeating([device])
        layerOfEdge = device.layerOfEdges(grid)
        let compact = device.zeroFieldContactCapacitance
        compactShare = compact.isFinite ? compact / (compact + device.layerCapacitance) : 1
        var (rest, total) = ([0.0], 0.0)
        for (e, layer) in layerOfEdge.enumerated() {
            total += grid.edges[e] / device.layers[layer].permittivity
            rest.append(total)
        }
        dividerShares = rest.map { 1 - $0 / total }
        inventoryWeights = layout.sheets.indices.map { Double(stoichiometry?.inventory[$0] ?? 0) }
    }

    /// The memristor of a parameter set, which can always be solved.
    public convenience init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) {
        do {
            try self.init(Device(parameters), options: options)
        } catch {
            preconditionFailure("the memristor's own contact: \(error)")
        }
    }

    /// Sets the linear voltage of the stretch of integration that starts at `time`.
    public func drive(from start: Double, rate: Double, at time: Double) {
        voltageStart = start
        voltageRate = rate
        timeStart = time
        course = nil
        control = nil
        setImposedCurrent(nil)
        set(voltage: start)
    }

    /// Sets any voltage (V) as a function of the integration's time (s).
    public func drive(_ course: @escaping (Double) -> Double, at time: Double) {
        drive(from: course(time), rate: 0, at: time)
        self.course = course
    }

    /// Imposes an electron current (A), from the voltage `start` (V) at which the device carries about that much: the voltage is what it
    /// takes (`CurrentControl`).
    public func drive(current: Double, from start: Double) {
        drive(from: start, rate: 0, at: 0)
        control = CurrentControl(target: current, voltage: start)
        setImposedCurrent(current)
    }

    func set(voltage new: Double) {
        voltage = new
        switch engine {
        case .two(let a): a.board.voltage = new
        case .three(let a): a.board.voltage = new
        }
    }

    /// Lattice temperature of the hot spot, K.
    public var temperature: Double {
        switch engine {
        case .two(let a): a.board.rates.temperature
        case .three(let a): a.board.rates.temperature
        }
    }

    /// Ambient temperature, K: the description's until it is set.
    public var ambientTemperature: Double {
        get { heating.ambient }
        set {
            heating.ambient = newValue
            switch engine {
            case .two(let a): a.setAmbient(newValue)
            case .three(let a): a.setAmbient(newValue)
            }
        }
    }

    /// Every temperature-dependent constant at the present temperature, in the order of `Device.temperatureLaws`, SI units.
    public var rates: [Double] {
        let count = device.temperatureLaws.count
        return switch engine {
        case .two(let a): (0..<count).map { a.board.rates[$0] }
        case .three(let a): (0..<count).map { a.board.rates[$0] }
        }
    }

    /// Puts the temperature back to that of a saved state.
    public func restore(temperature: Double, voltage: Double) {
        set(voltage: voltage)
        switch engine {
        case .two(let a):
            a.board.rates.set(temperature: temperature)
            a.firstCorrection = true
        case .three(let a):
            a.board.rates.set(temperature: temperature)
            a.firstCorrection = true
        }
    }

    /// Largest content of sheets and layer met since the owner set it to 0, 1/m2: the scale of the inventory's round-off.
    public var largestContent: Double {
        get {
            switch engine {
            case .two(let a): a.largestContent
            case .three(let a): a.largestContent
            }
        }
        set {
            switch engine {
            case .two(let a): a.largestContent = newValue
            case .three(let a): a.largestContent = newValue
            }
        }
    }

    /// What the inventory is kept at, 1/m2; nil: at that of the step before, so that round-off adds up from step to step.
    public var keptInventory: Double? {
        get {
            switch engine {
            case .two(let a): a.keptInventory
            case .three(let a): a.keptInventory
            }
        }
        set {
            switch engine {
            case .two(let a): a.keptInventory = newValue
            case .three(let a): a.keptInventory = newValue
            }
        }
    }
}

extension AssembledDevice: ImplicitSystem {
    public var unknowns: Int { layout.count }

    public func prepare(time: Double) {
        if let control {
            set(voltage: control.voltage)
            self.control?.begin()
        } else {
            set(voltage: course.map { $0(time) } ?? voltageStart + voltageRate * (time - timeStart))
        }
        switch engine {
        case .two(let a): a.firstCorrection = true
        case .three(let a): a.firstCorrection = true
        }
    }

    public func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        let correction =
            switch engine {
            case .two(let a): try a.correct(u, shift: shift, history: history, tolerance: options.tolerance)
            case .three(let a): try a.correct(u, shift: shift, history: history, tolerance: options.tolerance)
            }
        return control == nil ? correction : try steer(u, correction)
    }

    public func condition(predictor u: Row, last: Row) {
        switch engine {
        case .two(let a): a.condition(u, last: last)
        case .three(let a): a.condition(u, last: last)
        }
        if control != nil { control?.voltage = impliedVoltage(u) }
    }

    public func isAdmissible(_ u: Row) -> Bool {
        switch engine {
        case .two(let a): a.isAdmissible(u)
        case .three(let a): a.isAdmissible(u)
        }
    }

    public func settle(_ u: Row, shift: Double, history: Row) -> Bool {
        switch engine {
        case .two(let a): a.settle(u, shift: shift, history: history)
        case .three(let a): a.settle(u, shift: shift, history: history)
        }
    }

    public func errorNorm(_ e: Row, at u: Row) -> Double {
        switch engine {
        case .two(let a): a.errorNorm(e, at: u)
        case .three(let a): a.errorNorm(e, at: u)
        }
    }
}
