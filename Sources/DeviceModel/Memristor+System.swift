import FiniteVolume
import LinearAlgebra

extension Memristor: ImplicitSystem {
    public var unknowns: Int { 3 + 2 * nodes }

    public func prepare(time: Double) {
        voltage = voltageStart + voltageRate * (time - timeStart)
        firstCorrection = true
    }

    public func condition(predictor u: Row, last: Row) {
        for i in 0..<3 where !(u[i] >= 0) { u[i] = max(0.1 * last[i], 0) }
        for i in 0..<nodes where !(u[4 + 2 * i] >= 0) { u[4 + 2 * i] = max(0.1 * last[4 + 2 * i], 0) }
    }

    public func isAdmissible(_ u: Row) -> Bool {
        // A deficit of 1e-12 of the thermal sheet is round-off of the balance of large rates, not a negative density.
        let least = -1e-12 * thermalSheet
        guard u[0] >= least, u[1] >= least, u[2] >= least else { return false }
        let cells = vacancyCells.row
        for i in 0..<nodes where u[4 + 2 * i] * cells[i] < least { return false }
        return true
    }

    public func errorNorm(_ e: Row, at u: Row) -> Double {
        let cells = vacancyCells.row
        var lattice = 0.0
        var latticeError = 0.0
        for i in 0..<nodes {
            lattice += u[4 + 2 * i] * cells[i]
            latticeError += abs(e[4 + 2 * i]) * cells[i]
        }
        let floor = 0.1 * thermalSheet
        var norm = abs(e[3]) / rates.thermalVoltage
        norm = max(norm, latticeError / (lattice + floor))
        for k in 0..<3 { norm = max(norm, abs(e[k]) / (abs(u[k]) + floor)) }
        return norm / options.tolerance
    }

    /// Assembles residual and Jacobian at `u`, solves, adds the correction.
    ///
    /// Rows per node: Poisson (C/m2) and vacancies (1/(m2 s)). Damped to |d psi| <= 3 V_T.
    public func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        try balanceHeat(u, voltage: voltage)
        firstCorrection = false
        assembleLayer(u, shift: shift, history: history)
        let areal = assembleContact(u, shift: shift, history: history)
        guard system.solve() else { throw .singularMatrix }
        return try apply(areal, to: u)
    }

    /// Bulk rows: Poisson and vacancy balance of every node, the contact plane still without its areal terms.
    func assembleLayer(_ u: Row, shift: Double, history: Row) {
        let (lower, diagonal, upper, b) = (system.lower, system.diagonal, system.upper, system.rightHandSide)
        let (h, cells, hop) = (edges.row, vacancyCells.row, hopPerStep.row)
        let z = parameters.chargeNumber
        let zq = z * Constants.charge
        let inverseThermal = 1 / rates.thermalVoltage
        let inverseMaximum = 1 / parameters.maximumDensity
        let last = nodes - 1
        let e = exponents.row
        for i in 0..<last {
            let du = (u[5 + 2 * i] - u[3 + 2 * i]) * inverseThermal
            e[i] = z * du
            e[last + i] = hop[i] * abs(du)
        }
        Bernoulli.exponentials(e)

        // Node by node: storage and fixed charge, then each edge adds to both its nodes.
        let donors = Constants.charge * parameters.donorDensity
        for i in 0...last {
            let k = 4 * i
            let cell = cells[i]
            // Poisson row: D_right - D_left - q (z c + N_dop) cell = 0, written as -residual on the right.
            let poissonCell = i == 0 ? h[0] / 2 : (i == last ? h[last - 1] / 2 : cell)
            b[2 * i] = zq * u[4 + 2 * i] * cell + donors * poissonCell
            b[2 * i + 1] = -cell * (shift * u[4 + 2 * i] + history[4 + 2 * i])
            diagonal[k] = 0
            diagonal[k + 1] = -zq * cell
            diagonal[k + 2] = 0
            diagonal[k + 3] = cell * shift
        }
        for i in 0..<last {
            let (k, n) = (4 * i, 4 * i + 4)
            let (left, right) = (u[4 + 2 * i], u[6 + 2 * i])
            let drop = u[5 + 2 * i] - u[3 + 2 * i]
            let inverseLength = 1 / h[i]
            let (displacement, slope) = permittivity.displacement(-drop * inverseLength)
            let capacitance = slope * inverseLength
            b[2 * i] -= displacement
            b[2 * i + 2] += displacement
            let flux = VacancyFlux.evaluate(
                left: left, right: right, step: drop * inverseThermal, exponential: e[i], hopExponential: e[last + i],
                chargeNumber: z, hopPerStep: hop[i], diffusivityPerLength: rates.diffusivity * inverseLength,
                inverseMaximum: inverseMaximum, inverseThermalVoltage: inverseThermal)
            b[2 * i + 1] -= flux.flux
            b[2 * i + 3] += flux.flux
            // dD/dpsi_l = +C, dD/dpsi_r = -C.
            diagonal[k] += capacitance
            upper[k] = -capacitance
            upper[k + 1] = 0
            diagonal[n] += capacitance
            lower[n] = -capacitance
            lower[n + 1] = 0
            diagonal[k + 2] -= flux.byPotential
            diagonal[k + 3] += flux.byLeft
            upper[k + 2] = flux.byPotential
            upper[k + 3] = flux.byRight
            lower[n + 2] = flux.byPotential
            lower[n + 3] = -flux.byLeft
            diagonal[n + 2] -= flux.byPotential
            diagonal[n + 3] -= flux.byRight
        }
        // Ti: psi = -phi_Ti.
        let k = 4 * last
        lower[k] = 0
        lower[k + 1] = 0
        diagonal[k] = 1
        diagonal[k + 1] = 0
        b[2 * last] = -parameters.titaniumBarrier - u[3 + 2 * last]
    }

    /// What is needed to recover the areal corrections after the block solve.
    struct ArealElimination {
        // dN_s = s0 + sPsi dpsi_0 + sC dc_0, and so on.
        var s0, sPsi, sC: Double
        var o0, oS, oPsi: Double
        var p0, pO: Double
    }

    /// Areal rows at Pt, eliminated into node 0.
    func assembleContact(_ u: Row, shift: Double, history: Row) -> ArealElimination {
        let (diagonal, b) = (system.diagonal, system.rightHandSide)
        let zq = parameters.chargeNumber * Constants.charge
        let contact = parameters.compactCapacitance
        let (stored, oxygen, plane) = (u[0], u[1], u[2])
        let psi = u[3]
        let drop = voltage - parameters.platinumBarrier - psi

        // Charge line: + C_i (psi_Pt - psi_0) + z q N_s belongs to the right-hand side of node 0's Poisson row.
        b[0] += contact * drop + zq * plane
        diagonal[0] += contact

        let r1 = redox.evaluate(
            vacancies: plane, oxygen: oxygen, drop: drop - parameters.redoxPotential, thermalVoltage: rates.thermalVoltage)
        let (field, perDisplacement) = permittivity.field(contactDisplacement(u, voltage: voltage))
        let r2 = transfer.evaluate(vacancies: plane, density: u[4], field: field, rates: rates)
        let r2Plane = r2.byVacancies + r2.byField * perDisplacement * zq
        let r2Psi = -r2.byField * perDisplacement * contact
        let r2Density = r2.byDensity + r2.byField * perDisplacement * zq * parameters.firstPlane
        let rp = store.evaluate(oxygen: oxygen, stored: stored, rates: rates)

        // P: dN_p/dt - R_p = 0.
        let pResidual = shift * stored + history[0] - rp.rate
        let pp = shift - rp.byStored
        let p0 = -pResidual / pp
        let pO = rp.byOxygen / pp
        // O: dN_O/dt - R1 + R_p = 0, with dN_p put in.
        let oResidual = shift * oxygen + history[1] - r1.rate + rp.rate
        let oo = shift - r1.byOxygen + rp.byOxygen + rp.byStored * pO
        let o0 = -(oResidual + rp.byStored * p0) / oo
        let oS = r1.byVacancies / oo
        let oPsi = r1.byPotential / oo
        // S: d(N_s - N_O - N_p)/dt + R2 = 0.
        let sResidual = shift * (plane - oxygen - stored) + history[2] - history[1] - history[0] + r2.rate
        let partner = 1 + pO
        let ss = shift + r2Plane - shift * partner * oS
        let s0 = -(sResidual - shift * (p0 + partner * o0)) / ss
        let sPsi = -(r2Psi - shift * partner * oPsi) / ss
        let sC = -r2Density / ss

        // Node 0: the Poisson row has -z q dN_s, the vacancy row -R2.
        diagonal[0] -= zq * sPsi
        diagonal[1] -= zq * sC
        b[0] += zq * s0
        b[1] += r2.rate + r2Plane * s0
        diagonal[2] -= r2Psi + r2Plane * sPsi
        diagonal[3] -= r2Density + r2Plane * sC
        return ArealElimination(s0: s0, sPsi: sPsi, sC: sC, o0: o0, oS: oS, oPsi: oPsi, p0: p0, pO: pO)
    }

    private func apply(_ areal: ArealElimination, to u: Row) throws(NewtonFailure) -> NewtonCorrection {
        let b = system.rightHandSide
        let plane = areal.s0 + areal.sPsi * b[0] + areal.sC * b[1]
        let oxygen = areal.o0 + areal.oS * plane + areal.oPsi * b[0]
        let stored = areal.p0 + areal.pO * oxygen
        guard plane.isFinite, oxygen.isFinite, stored.isFinite else { throw .notFinite(unknown: "N_s, N_O or N_p") }
        var largest = 0.0
        for i in 0..<nodes { largest = max(largest, abs(b[2 * i])) }
        guard largest.isFinite else { throw .notFinite(unknown: "the potential") }
        let limit = 3 * rates.thermalVoltage
        let scale = largest > limit ? limit / largest : 1
        let cells = vacancyCells.row
        var (lattice, moved) = (0.0, 0.0)
        for i in 0..<nodes {
            u[3 + 2 * i] += scale * b[2 * i]
            let step = scale * b[2 * i + 1]
            u[4 + 2 * i] += step
            lattice += abs(u[4 + 2 * i]) * cells[i]
            moved += abs(step) * cells[i]
        }
        u[0] += scale * stored
        u[1] += scale * oxygen
        u[2] += scale * plane
        guard moved.isFinite else { throw .notFinite(unknown: "the vacancy density") }
        let floor = 0.1 * thermalSheet
        var norm = max(largest / rates.thermalVoltage, moved / (lattice + floor))
        norm = max(norm, abs(stored) / (abs(u[0]) + floor))
        norm = max(norm, abs(oxygen) / (abs(u[1]) + floor))
        norm = max(norm, abs(plane) / (abs(u[2]) + floor))
        return NewtonCorrection(norm: norm / options.tolerance, wasDamped: scale < 1)
    }
}
