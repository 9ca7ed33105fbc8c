import FiniteVolume
import Foundation
import LinearAlgebra

/// The assembled device: Poisson and mobile vacancies in the layer, three areal balances at Pt, heat as a scalar.
///
/// Fast path: electrons carry no charge (at most 0.07 % of the field, Docs/device-model.md, section 1.1), so their current is a
/// quadrature over the band profile. Unknowns [N_p, N_O, N_s | psi_0, c_0 | psi_1, c_1 | ...]; the areal ones are
/// eliminated into the block of node 0. The N_s row is replaced by the balance of N_s - N_O - N_p, from which the fast
/// redox rate has dropped out, so that the inventory N_s + a1 c_0 + sum c_i cell_i - N_O - N_p is kept to round-off.
public final class Memristor {
    public let parameters: DeviceParameters
    public let options: SolverOptions
    public let grid: Grid
    /// Number of nodes.
    public let nodes: Int

    /// V(t) = voltageStart + voltageRate (t - timeStart) during the present stretch.
    var voltageStart = 0.0, voltageRate = 0.0, timeStart = 0.0
    /// Voltage on Pt at the last prepared time, V.
    public internal(set) var voltage = 0.0
    /// Lattice temperature of the hot spot, K.
    public var temperature: Double { rates.temperature }
    /// Current at the last heat balance, A.
    var lastCurrent = 0.0

    var rates: RateConstants
    let contact: PlatinumContact
    let permittivity: Permittivity
    let heating: SelfHeating
    let electrons: ElectronCurrent
    let system: BlockTridiagonal2
    /// The deep traps, where the device has any.
    let traps: TrapBorder?
    let exponents: RealStorage
    /// Control volume of the vacancies: a1 at node 0, the finite-volume cell elsewhere, m.
    let vacancyCells: RealStorage
    let edges: RealStorage
    /// z a / (2 h) of each edge.
    let hopPerStep: RealStorage
    /// Sheet of vacancies that moves the barrier by V_T, 1/m2: V_T (C_i + C_STO) / (z q).
    let thermalSheet: Double
    var firstCorrection = true
    /// Largest |dpsi| of the last Newton correction, V: below 2e-5 V_T the temperature need not follow.
    var lastPotentialStep = Double.infinity
    /// Largest |N_p| + |N_O| + |N_s| + vacancies of the layer met since the owner set it to 0, 1/m2: the scale of the
    /// inventory's round-off.
    public var largestContent = 0.0
    let readBuffer: RealStorage
    let readRates: RateConstants

    public init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) {
        self.parameters = parameters
        self.options = options
        grid = Grid.latticePlanes(
            length: parameters.thickness, plane: parameters.firstPlane, growth: options.growth, largest: options.largestEdge)
        nodes = grid.count
        rates = RateConstants(parameters)
        contact = PlatinumContact(parameters)
        permittivity = Permittivity(parameters)
        heating = SelfHeating(parameters)
        electrons = ElectronCurrent(parameters, grid: grid)
        system = BlockTridiagonal2(blocks: nodes)
        traps = TrapBorder(parameters, grid: grid)
        exponents = RealStorage(count: 2 * (nodes - 1))
        readBuffer = RealStorage(count: 3 + 2 * nodes + (traps == nil ? 0 : 1))
        readRates = rates
        var cells = grid.cells
        cells[0] = parameters.firstPlane
        vacancyCells = RealStorage(cells)
        edges = RealStorage(grid.edges)
        hopPerStep = RealStorage(grid.edges.map { parameters.chargeNumber * parameters.hopDistance / (2 * $0) })
        let layer = Constants.vacuumPermittivity * parameters.permittivity / parameters.thickness
        thermalSheet =
            Constants.thermalVoltage(parameters.ambientTemperature) * (parameters.compactCapacitance + layer)
            / (parameters.chargeNumber * Constants.charge)
    }

    /// Conserved inventory N_s + a1 c_0 + sum c_i cell_i (+ N_t) - N_O - N_p, 1/m2.
    public func inventory(_ u: Row) -> Double {
        u[2] - u[1] - u[0] + latticeVacancies(u) + trappedVacancies(u)
    }

    /// Vacancies inside the SrTiO3, a1 c_0 + sum c_i cell_i, 1/m2.
    public func latticeVacancies(_ u: Row) -> Double {
        var sum = 0.0
        let cells = vacancyCells.row
        for i in 0..<nodes { sum += u[4 + 2 * i] * cells[i] }
        return sum
    }

    /// Vacancies inside the SrTiO3 of a saved state, 1/m2.
    public func latticeVacancies(_ state: DeviceState) -> Double {
        zip(state.vacancies, vacancyCells.row.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Displacement at Ti, where the ionic current vanishes: its rate is the ionic and displacement current of every
    /// plane, C/m2.
    public func titaniumDisplacement(_ u: Row) -> Double {
        let last = nodes - 1
        let field = (u[1 + 2 * last] - u[3 + 2 * last]) / edges.row[last - 1]
        let charge =
            Constants.charge * (parameters.chargeNumber * u[4 + 2 * last] + parameters.donorDensity) * vacancyCells.row[last]
        return permittivity.displacement(field).value + charge
    }

    /// Sets the linear voltage of the stretch of integration that starts at `time`.
    public func drive(from start: Double, rate: Double, at time: Double) {
        voltageStart = start
        voltageRate = rate
        timeStart = time
        voltage = start
    }

    /// Puts the temperature back to that of a saved state.
    public func restore(temperature: Double, voltage: Double) {
        rates.set(temperature: temperature)
        self.voltage = voltage
        firstCorrection = true
    }

    /// Electron current at the present voltage and temperature, A.
    public func electronCurrent(_ u: Row) -> Double {
        electrons.evaluate(u, first: 3, stride: 2, last: nodes - 1, voltage: voltage, rates: rates).current
    }

    /// Brings T to the heat balance of state `u` at the prepared time: for states between two steps.
    ///
    /// - Throws: `NewtonFailure.noState` when the balance has no root.
    public func settleHeat(_ u: Row) throws(NewtonFailure) {
        firstCorrection = true
        try balanceHeat(u, voltage: voltage)
    }

    /// Updates T from the heat balance at potential `u`.
    ///
    /// - Throws: `NewtonFailure.noState` when the balance has no root below T_max (electroforming).
    func balanceHeat(_ u: Row, voltage: Double) throws(NewtonFailure) {
        guard heating.resistance > 0 else { return }
        // Below 0.01 K the last current serves.
        if !firstCorrection,
            abs(heating.resistance * voltage * lastCurrent) < 0.01 || lastPotentialStep < 2e-5 * rates.thermalVoltage
        { return }
        var constants = rates
        let root = heating.root(guess: rates.temperature, voltage: voltage) { temperature in
            constants.set(temperature: temperature)
            return electrons.evaluate(u, first: 3, stride: 2, last: nodes - 1, voltage: voltage, rates: constants)
        }
        guard let root else {
            // The last temperature that was in balance says more than where the search gave up.
            throw .noState(
                "electroforming: the heat balance has no root below \(heating.maximum) K at \(voltage) V "
                    + String(format: "(last in balance: %.4g A at %.1f K)", lastCurrent, rates.temperature))
        }
        lastCurrent = root.current
        rates.set(temperature: root.temperature)
    }
}
