import FiniteVolume
import LinearAlgebra

extension Memristor {
    /// The fresh device at rest: background vacancies, empty contact plane, the potential of Poisson's equation at `voltage`.
    public func freshState(voltage: Double = 0) -> DeviceState {
        let u = RealStorage(count: unknowns)
        for i in 0..<nodes { u.row[4 + 2 * i] = parameters.vacancyBackground }
        // A trace of redox pairs, equal on both sides, so that logarithmic rates have something to act on.
        u.row[1] = 1e-9 * thermalSheet
        u.row[2] = 1e-9 * thermalSheet
        _ = solvePoisson(u.row, voltage: voltage)
        return DeviceState(
            unknowns: u.row.values, time: 0, voltage: voltage, temperature: parameters.ambientTemperature)
    }

    /// Solves Poisson's equation for psi in `u` at frozen charges; returns false when Newton does not converge (field-dependent
    /// permittivity only: with a constant one the first iteration is exact).
    @discardableResult
    public func solvePoisson(_ u: Row, voltage: Double) -> Bool {
        let last = nodes - 1
        let (h, cells) = (edges.row, vacancyCells.row)
        let zq = parameters.chargeNumber * Constants.charge
        let donors = Constants.charge * parameters.donorDensity
        u[3 + 2 * last] = -parameters.titaniumBarrier
        let work = RealStorage(count: 3 * nodes)
        let (diagonal, upper, b) = (work.row.part(0, nodes), work.row.part(nodes, nodes), work.row.part(2 * nodes, nodes))
        for _ in 0..<50 {
            for i in 0..<nodes {
                let poissonCell = i == 0 ? h[0] / 2 : cells[i]
                b[i] = zq * u[4 + 2 * i] * cells[i] + donors * poissonCell
                diagonal[i] = 0
            }
            b[0] +=
                parameters.compactCapacitance * (voltage - parameters.platinumBarrier - u[3]) + zq * u[2]
            diagonal[0] += parameters.compactCapacitance
            for i in 0..<last {
                let field = (u[3 + 2 * i] - u[5 + 2 * i]) / h[i]
                let (displacement, slope) = permittivity.displacement(field)
                b[i] -= displacement
                b[i + 1] += displacement
                diagonal[i] += slope / h[i]
                diagonal[i + 1] += slope / h[i]
                upper[i] = -slope / h[i]
            }
            // Symmetric tridiagonal elimination; the last potential is given.
            for i in 1..<last {
                let factor = upper[i - 1] / diagonal[i - 1]
                diagonal[i] -= factor * upper[i - 1]
                b[i] -= factor * b[i - 1]
            }
            var next = 0.0
            var largest = 0.0
            for i in stride(from: last - 1, through: 0, by: -1) {
                next = (b[i] - upper[i] * next) / diagonal[i]
                u[3 + 2 * i] += next
                largest = max(largest, abs(next))
            }
            if permittivity.isConstant || largest < 1e-12 { return true }
        }
        return false
    }

    /// Frozen-ion read: the current at `readVoltage` with every ion where it is, including the heat of the read itself.
    ///
    /// Takes a copy of the potential; the state is bit for bit what it was. At constant permittivity the potential shifts by the
    /// capacitive divider, psi -> psi + (V_r - V) [C_i / (C_i + C_STO)] (1 - x/L), which is exact.
    ///
    /// - Throws: `NewtonFailure` when the heat balance of the read has no root.
    public func frozenRead(_ u: Row, at readVoltage: Double) throws(NewtonFailure) -> Double {
        let copy = readBuffer.row
        copy.assign(u)
        if permittivity.isConstant {
            let layer = Constants.vacuumPermittivity * parameters.permittivity / parameters.thickness
            let share = parameters.compactCapacitance / (parameters.compactCapacitance + layer)
            let shift = (readVoltage - voltage) * share
            for i in 0..<nodes { copy[3 + 2 * i] += shift * (1 - grid.nodes[i] / parameters.thickness) }
        } else {
            guard solvePoisson(copy, voltage: readVoltage) else { throw .tooManyIterations(lastCorrection: .infinity) }
        }
        var constants = readRates
        let root = heating.root(guess: heating.ambient, voltage: readVoltage) { temperature in
            constants.set(temperature: temperature)
            return electrons.evaluate(
                copy, first: 3, stride: 2, last: nodes - 1, voltage: readVoltage, rates: constants)
        }
        guard let root else { throw .noState("electroforming during a read at \(readVoltage) V") }
        return root.current
    }
}
