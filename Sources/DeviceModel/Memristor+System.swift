import FiniteVolume
import LinearAlgebra

extension Memristor: ImplicitSystem {
    public var unknowns: Int { 3 + 2 * nodes + (traps == nil ? 0 : 1) }

    public func prepare(time: Double) {
        voltage = voltageStart + voltageRate * (time - timeStart)
        firstCorrection = true
    }

    public func condition(predictor u: Row, last: Row) {
        for i in 0..<3 where !(u[i] >= 0) { u[i] = max(0.1 * last[i], 0) }
        for i in 0..<nodes where !(u[4 + 2 * i] >= 0) { u[4 + 2 * i] = max(0.1 * last[4 + 2 * i], 0) }
        if let k = traps?.index, !(u[k] >= 0) { u[k] = max(0.1 * last[k], 0) }
    }

    public func isAdmissible(_ u: Row) -> Bool {
        // A deficit of 1e-12 of the thermal sheet is round-off of the balance of large rates, not a negative density.
        let least = -1e-12 * thermalSheet
        guard u[0] >= least, u[1] >= least, u[2] >= least else { return false }
        let cells = vacancyCells.row
        for i in 0..<nodes {
            let c = u[4 + 2 * i]
            if c * cells[i] < least || c > parameters.maximumDensity * (1 + 1e-12) { return false }
        }
        if let k = traps?.index, u[k] < least || u[k] > parameters.trapDensity * (1 + 1e-12) { return false }
        return u[2] <= parameters.siteDensity * (1 + 1e-12)
    }

    /// Takes what round-off has left of the inventory's balance out of the largest density, so that the invariant holds
    /// to the last digits even where rates many orders above 1/dt cancel. Refuses the step when more than round-off is missing.
    ///
    /// Source: E. Hairer, C. Lubich, G. Wanner, Geometric Numerical Integration, IV.4 (projection).
    public func settle(_ u: Row, shift: Double, history: Row) -> Bool {
        let lattice = latticeVacancies(u)
        let defect = inventory(u) + inventory(history) / shift
        let scale = abs(u[0]) + abs(u[1]) + abs(u[2]) + abs(lattice) + abs(trappedVacancies(u))
        guard abs(defect) <= 1e-10 * (scale + thermalSheet) else { return false }
        largestContent = max(largestContent, scale)
        if max(abs(u[0]), abs(u[1])) > max(abs(u[2]), abs(lattice)) {
            u[abs(u[0]) > abs(u[1]) ? 0 : 1] += defect
        } else if abs(u[2]) > abs(lattice) {
            u[2] -= defect
        } else if lattice > 0 {
            let factor = 1 - defect / lattice
            for i in 0..<nodes { u[4 + 2 * i] *= factor }
        }
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
        if let k = traps?.index { norm = max(norm, abs(e[k]) / (abs(u[k]) + floor)) }
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
        guard let traps else {
            guard system.solve() else { throw .notFinite(unknown: unsolved) }
            return try apply(areal, trapped: nil, to: u)
        }
        let balance = assembleTraps(traps, u, shift: shift, history: history, areal: areal)
        guard let trapped = solveBordered(traps, balance, shift: shift) else { throw .notFinite(unknown: unsolved) }
        return try apply(areal, trapped: trapped, to: u)
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

    /// Which unknowns the block solve stumbled on: the first that is not finite after elimination.
    private var unsolved: String {
        let b = system.rightHandSide
        let node = (0..<nodes).first { !(b[2 * $0].isFinite && b[2 * $0 + 1].isFinite) } ?? 0
        return "psi or c at x = \(grid.nodes[node]) m (singular or overflowing block)"
    }

    /// Areal rows at Pt, eliminated into node 0.
    func assembleContact(_ u: Row, shift: Double, history: Row) -> PlatinumContact.Elimination {
        let (diagonal, b) = (system.diagonal, system.rightHandSide)
        let areal = contact.eliminate(
            .init(stored: u[0], oxygen: u[1], plane: u[2], potential: u[3], density: u[4]), voltage: voltage, shift: shift,
            history: (history[0], history[1], history[2]), rates: rates)
        b[0] += areal.poisson
        b[1] += areal.vacancy
        diagonal[0] += areal.poissonByPotential
        diagonal[1] += areal.poissonByDensity
        diagonal[2] += areal.vacancyByPotential
        diagonal[3] += areal.vacancyByDensity
        return areal
    }

    private func apply(_ areal: PlatinumContact.Elimination, trapped: Double?, to u: Row) throws(NewtonFailure) -> NewtonCorrection {
        let b = system.rightHandSide
        let (stored, oxygen, plane) = areal.corrections(potential: b[0], density: b[1])
        guard plane.isFinite, oxygen.isFinite, stored.isFinite else { throw .notFinite(unknown: "N_s, N_O or N_p") }
        var largest = 0.0
        for i in 0..<nodes { largest = max(largest, abs(b[2 * i])) }
        guard largest.isFinite else { throw .notFinite(unknown: "the potential") }
        lastPotentialStep = largest
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
        var norm = largest / rates.thermalVoltage
        var unknown: StaticString = "psi"
        func compare(_ size: Double, _ name: StaticString) { if !(size <= norm) { (norm, unknown) = (size, name) } }
        compare(moved / (lattice + floor), "c")
        compare(abs(stored) / (abs(u[0]) + floor), "N_p")
        compare(abs(oxygen) / (abs(u[1]) + floor), "N_O")
        compare(abs(plane) / (abs(u[2]) + floor), "N_s")
        if let trapped, let k = traps?.index {
            guard trapped.isFinite else { throw .notFinite(unknown: "N_t") }
            u[k] += scale * trapped
            compare(abs(trapped) / (abs(u[k]) + floor), "N_t")
        }
        return NewtonCorrection(norm: norm / options.tolerance, wasDamped: scale < 1, unknown: unknown)
    }
}
