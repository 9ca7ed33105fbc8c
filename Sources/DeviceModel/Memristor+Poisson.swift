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

    /// Solves Poisson's equation for psi in `u` at frozen charges; returns false when the field is not finite.
    ///
    /// With X = C_i (psi_Pt - psi_0) the displacement of edge i is X + Q_i, Q_i the charge to its left, and
    ///
    ///     g(X) = psi_Pt - X / C_i - sum h_i E(X + Q_i) + phi_Ti = 0,
    ///
    /// which falls monotonically: Newton's method kept inside a bracket converges whatever the permittivity's fall with
    /// field; with a constant permittivity the first iteration is exact. Cost: O(nodes) per iteration.
    @discardableResult
    public func solvePoisson(_ u: Row, voltage: Double) -> Bool {
        let last = nodes - 1
        let (h, cells) = (edges.row, vacancyCells.row)
        let zq = parameters.chargeNumber * Constants.charge
        let donors = Constants.charge * parameters.donorDensity
        let capacitance = parameters.compactCapacitance
        let platinum = voltage - parameters.platinumBarrier
        let work = RealStorage(count: last)
        let charge = work.row
        var sum = zq * u[2]
        for i in 0..<last {
            sum += zq * u[4 + 2 * i] * cells[i] + donors * (i == 0 ? h[0] / 2 : cells[i])
            if let traps, i == traps.node { sum += zq * u[traps.index] }
            charge[i] = sum
        }
        func miss(_ x: Double) -> (value: Double, slope: Double) {
            var (value, slope) = (platinum - x / capacitance + parameters.titaniumBarrier, -1 / capacitance)
            for i in 0..<last {
                let (field, byDisplacement) = permittivity.field(x + charge[i])
                value -= h[i] * field
                slope -= h[i] * byDisplacement
            }
            return (value, slope)
        }
        var x = capacitance * (platinum - u[3])
        if !x.isFinite { x = 0 }
        var (low, high) = (-Double.infinity, Double.infinity)
        for _ in 0..<200 {
            let (value, slope) = miss(x)
            guard value.isFinite, slope < 0 else { return false }
            if value > 0 { low = x } else { high = x }
            var next = x - value / slope
            // Newton left the bracket: its middle.
            if !(next > low && next < high), low.isFinite, high.isFinite { next = 0.5 * (low + high) }
            let done = abs(next - x) <= 1e-15 * (abs(next) + abs(x)) + 1e-14 * capacitance * Constants.thermalVoltage(300)
            x = next
            if permittivity.isConstant || done { break }
        }
        var psi = platinum - x / capacitance
        for i in 0..<last {
            u[3 + 2 * i] = psi
            psi -= h[i] * permittivity.field(x + charge[i]).value
        }
        u[3 + 2 * last] = -parameters.titaniumBarrier
        return psi.isFinite
    }

    /// Frozen-ion read: the current at `readVoltage` with every ion where it is, including the heat of the read itself.
    ///
    /// Takes a copy of the potential; the state is bit for bit what it was. At constant permittivity the potential
    /// shifts by the capacitive divider, psi -> psi + (V_r - V) [C_i / (C_i + C_STO)] (1 - x/L), which is exact.
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
            guard solvePoisson(copy, voltage: readVoltage) else { throw .tooManyIterations(lastCorrection: .infinity, unknown: "psi of a read") }
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
