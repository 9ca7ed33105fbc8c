import FiniteVolume
import LinearAlgebra

/// What a state shows: inventories, currents, fluxes and profiles.
extension AssembledDevice {
    /// Conserved inventory, 1/m2: the vacancies of the layer and the sheets with the weights of the stoichiometry; for the memristor
    /// N_s + a1 c_0 + sum c_i cell_i (+ N_t) - N_O - N_p.
    public func inventory(_ u: Row) -> Double {
        var sum = latticeVacancies(u)
        for (k, weight) in inventoryWeights.enumerated() { sum += weight * u[k] }
        return sum
    }

    /// Vacancies inside the layer, a1 c_0 + sum c_i cell_i, 1/m2.
    public func latticeVacancies(_ u: Row) -> Double {
        switch engine {
        case .two(let a): a.latticeVacancies(Stretch(u))
        case .three(let a): a.latticeVacancies(Stretch(u))
        }
    }

    /// Vacancies inside the layer of a saved state, 1/m2.
    public func latticeVacancies(_ state: DeviceState) -> Double { vacanciesPerPlane(state).reduce(0, +) }

    /// Vacancies of every lattice plane or cell of the grid in a saved state, from the left, 1/m2; the first is the plane at the left
    /// contact.
    public func vacanciesPerPlane(_ state: DeviceState) -> [Double] {
        zip(device.vacancyCells(grid), snapshot(state).vacancies).map { $0 * $1 }
    }

    /// Least density of a saved state, of a sheet or of the vacancies of a cell, in thermal sheets (`Device.sheetFloor`): below 0 by no more
    /// than 1e-11, the round-off of rates many orders above 1/dt.
    public func leastDensity(_ state: DeviceState) -> Double {
        let sheets = layout.sheets.indices.map { state.unknowns[$0] }
        return (sheets + vacanciesPerPlane(state)).reduce(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 } / device.sheetFloor
    }

    /// Position (m), psi (V) and vacancies (1/m3) of every node of a saved state, from the left contact.
    public func snapshot(_ state: DeviceState) -> (position: [Double], potential: [Double], vacancies: [Double]) {
        // A state may hold electrons that this device does not have, or the other way round.
        let block = (state.unknowns.count - layout.sheets.count) / nodes
        func column(_ k: Int) -> [Double] { (0..<nodes).map { state.unknowns[layout.sheets.count + block * $0 + k] } }
        return (grid.nodes, column(0), column(block - 1))
    }

    /// A sheet's density, 1/m2; 0 where the device has none of that name.
    public func density(of sheet: String, in u: Row) -> Double { layout.sheet(sheet).map { u[$0] } ?? 0 }

    /// A sheet's density in a saved state, 1/m2; 0 where the device has none of that name.
    public func density(of sheet: String, in state: DeviceState) -> Double {
        layout.sheet(sheet).map { state.unknowns[$0] } ?? 0
    }

    /// psi (V), n and c (1/m3) at every node; n is empty where electrons are no unknowns.
    public func profile(_ u: Row) -> (potential: [Double], electrons: [Double], vacancies: [Double]) {
        let values = u.values
        return (
            layout.profile(.potential, of: values), layout.hasElectrons ? layout.profile(.electrons, of: values) : [],
            layout.profile(.vacancies, of: values)
        )
    }

    /// Displacement at the right contact, where the ionic current vanishes: its rate is the ionic and displacement current of every
    /// plane, C/m2.
    public func rightDisplacement(_ u: Row) -> Double {
        switch engine {
        case .two(let a): a.rightDisplacement(Stretch(u))
        case .three(let a): a.rightDisplacement(Stretch(u))
        }
    }

    /// Electron current of quasi-stationary electrons in the band of `u`, at the present voltage and temperature, A; 0 where a
    /// contact blocks them.
    public func electronCurrent(_ u: Row) -> Double {
        switch engine {
        case .two(let a): a.electronCurrent(Stretch(u)).current
        case .three(let a): a.electronCurrent(Stretch(u)).current
        }
    }

    /// How much the electrons' own charge would change their current at the state `u`, to first order: the relative error of leaving it
    /// out, with the gain of self-heating; 0 where it is in Poisson's equation.
    public func neglectedCharge(_ u: Row) -> Double {
        guard case .two(let a) = engine, a.current != nil else { return 0 }
        let (current, slope) = a.electronCurrent(Stretch(u))
        let change = electronCharge.relativeChange(
            u, first: layout[.potential, 0], stride: layout.block, voltage: voltage, current: current, temperature: temperature)
        let gain = 1 - device.thermalResistance * voltage * slope
        return gain > 0.01 ? change / gain : change * 100
    }

    /// Brings T to the heat balance of state `u` at the prepared time: for states between two steps.
    ///
    /// - Throws: `NewtonFailure.noState` when the balance has no root.
    public func settleHeat(_ u: Row) throws(NewtonFailure) {
        // Under an imposed current the potential says what the voltage is.
        if control != nil { set(voltage: impliedVoltage(u)) }
        switch engine {
        case .two(let a):
            a.firstCorrection = true
            try a.balanceHeat(Stretch(u))
        case .three(let a):
            a.firstCorrection = true
            try a.balanceHeat(Stretch(u))
        }
    }

    /// Fluxes on one edge.
    public struct EdgeFlux: Sendable {
        /// F_n and J, 1/(m2 s), positive towards the right; F_n is 0 where electrons are no unknowns.
        public var electrons, vacancies: Double
        /// D, C/m2.
        public var displacement: Double
    }

    /// Electron and vacancy flux and displacement on every edge.
    public func fluxes(_ u: Row) -> [EdgeFlux] {
        switch engine {
        case .two(let a): a.fluxes(Stretch(u))
        case .three(let a): a.fluxes(Stretch(u))
        }
    }

    /// Particle current density into the left contact, the Ramo-Shockley mean (q / L) sum h (z F_c - F_n), A/m2.
    ///
    /// At constant voltage the displacement current has no mean, so this is the current in the leads.
    public func currentDensity(_ u: Row) -> Double {
        zip(fluxes(u), grid.edges).reduce(0) {
            $0 + Constants.charge * $1.1 * (device.chargeNumber * $1.0.vacancies - $1.0.electrons)
        } / grid.length
    }
}

extension Assembly {
    @inline(__always)
    func electronCurrent(_ u: Stretch<L>) -> (current: L, slope: L) {
        guard let current else { return (L(0), L(0)) }
        return current.evaluate(u, first: board.sheets, stride: B, voltage: board.voltage, temperature: board.rates.temperature)
    }

    @inline(__always)
    func rightDisplacement(_ u: Stretch<L>) -> L {
        let last = board.nodes - 1
        let field = (u[board.index(last - 1, 0)] - u[board.index(last, 0)]) * board.inverse[last - 1]
        var charge = poisson.fixed[last]
        for (k, q, cells) in poisson.charges { charge += q * u[board.index(last, k)] * cells[last] }
        return poisson.permittivities[board.stretches.count - 1].displacement(field).value + charge
    }
}

extension Assembly where L == Double {
    func fluxes(_ u: Stretch<Double>) -> [AssembledDevice.EdgeFlux] {
        board.u = u
        board.clear()
        vacancies.prepare(board)
        electrons?.prepare(board)
        let rates = board.rates
        return board.stretches.enumerated().flatMap { layer, edges in
            edges.map { i in
                let field = (u[board.index(i, 0)] - u[board.index(i + 1, 0)]) * board.inverse[i]
                return AssembledDevice.EdgeFlux(
                    electrons: electrons?.flux(i, board, mobility: rates[board.indices.mobility[layer]]) ?? 0,
                    vacancies: vacancies.flux(
                        i, board, diffusivity: rates[board.indices.diffusivity[layer]], inverseThermal: rates.inverseThermal
                    ).value,
                    displacement: poisson.permittivities[layer].displacement(field).value)
            }
        }
    }
}
