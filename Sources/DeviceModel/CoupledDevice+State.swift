import FiniteVolume
import Foundation
import LinearAlgebra

extension CoupledDevice {
    /// A state at rest at `voltage`: the given vacancies (default: the background), psi and n in balance with them.
    ///
    /// - Throws: `NewtonFailure` when Poisson and the electrons do not come to balance.
    public func restState(voltage: Double = 0, vacancies: [Double]? = nil) throws(NewtonFailure) -> [Double] {
        let state = RealStorage(count: unknowns)
        let u = state.row
        let ends = (fixedPotential(left, voltage: voltage) ?? voltage - parameters.platinumBarrier, fixedPotential(right, voltage: 0) ?? 0)
        for i in 0..<nodes {
            u[index(i)] = ends.0 + (ends.1 - ends.0) * grid.nodes[i] / grid.length
            u[index(i) + 2] = vacancies?[i] ?? parameters.vacancyBackground
        }
        if areal > 0 {
            // A trace of redox pairs, equal on both sides, so that logarithmic rates have something to act on.
            u[1] = 1e-8 * vacancyFloor
            u[2] = 1e-8 * vacancyFloor
        }
        drive(from: voltage, rate: 0, at: 0)
        prepare(time: 0)
        solveElectrons(u)
        try makeConsistent(u)
        return u.values
    }

    /// A jump of the voltage: the ions stay, the potential first shifts by the capacitive divider, then psi and n are solved for.
    ///
    /// - Throws: `NewtonFailure` when they do not come to balance.
    public func jump(_ u: Row, to new: Double) throws(NewtonFailure) {
        let step = new - voltage
        let layer = Constants.vacuumPermittivity * parameters.permittivity / parameters.thickness
        let share = areal > 0 ? parameters.compactCapacitance / (parameters.compactCapacitance + layer) : 1
        for i in 0..<nodes { u[index(i)] += step * share * (1 - grid.nodes[i] / grid.length) }
        drive(from: new, rate: 0, at: 0)
        prepare(time: 0)
        solveElectrons(u)
        try makeConsistent(u)
    }

    /// Solves psi and n with every ion where it is: Newton with an infinitely short time step.
    func makeConsistent(_ u: Row) throws(NewtonFailure) {
        let shift = 1e40
        storesElectrons = false
        defer { storesElectrons = true }
        let history = RealStorage(u.values.map { -shift * $0 })
        var last = Double.infinity
        for _ in 0..<400 {
            let correction = try correct(u, shift: shift, history: history.row)
            last = correction.norm * options.tolerance
            // Relative to V_T: quadratic convergence makes this the last needed iteration.
            if !correction.wasDamped, last < 1e-9 { return }
        }
        throw .tooManyIterations(lastCorrection: last / options.tolerance, unknown: "the steady state")
    }

    /// Electrons at the potential of `u`: the tridiagonal, linear problem dF_n/dx = 0.
    func solveElectrons(_ u: Row) {
        guard hasElectrons else { return }
        let history = RealStorage(count: unknowns)
        storesElectrons = false
        defer { storesElectrons = true }
        assemble(u, shift: 1, history: history.row)
        _ = assembleContacts(u, shift: 1, history: history.row)
        let (lower, d, upper, b) = (system.lower, system.diagonal, system.upper, system.rightHandSide)
        // Thomas elimination of the electron rows alone; b is minus the residual, so corrections come out.
        for i in 1..<nodes {
            let factor = lower[5 * i + 2] / d[9 * i - 5]
            d[9 * i + 4] -= factor * upper[5 * i - 3]
            b[3 * i + 1] -= factor * b[3 * i - 2]
        }
        var next = 0.0
        for i in stride(from: nodes - 1, through: 0, by: -1) {
            next = (b[3 * i + 1] - (i < nodes - 1 ? upper[5 * i + 2] * next : 0)) / d[9 * i + 4]
            u[index(i) + 1] += next
        }
    }

    /// Updates T from the heat balance with the current of the quasi-stationary electrons.
    ///
    /// - Throws: `NewtonFailure.noState` when the balance has no root below T_max (electroforming).
    func balanceHeat(_ u: Row) throws(NewtonFailure) {
        guard heating.resistance > 0 else { return }
        if !firstCorrection, abs(heating.resistance * voltage * lastCurrent) < 0.01 { return }
        var constants = rates
        let root = heating.root(guess: rates.temperature, voltage: voltage) { temperature in
            constants.set(temperature: temperature)
            return current.evaluate(u, first: areal, stride: 3, last: nodes - 1, voltage: voltage, rates: constants)
        }
        guard let root else {
            throw .noState("electroforming: the heat balance has no root below \(heating.maximum) K at \(voltage) V")
        }
        lastCurrent = root.current
        rates.set(temperature: root.temperature)
    }
}
