import FiniteVolume
import LinearAlgebra

extension CoupledDevice: ImplicitSystem {
    public var unknowns: Int { areal + 3 * nodes }

    public func prepare(time: Double) {
        voltage = voltageStart + voltageRate * (time - timeStart)
        firstCorrection = true
    }

    public func condition(predictor u: Row, last: Row) {
        for i in 0..<areal where !(u[i] >= 0) { u[i] = max(0.1 * last[i], 0) }
        for i in 0..<nodes {
            let k = index(i)
            if !(u[k + 1] >= 0) { u[k + 1] = max(0.1 * last[k + 1], 0) }
            if !(u[k + 2] >= 0) { u[k + 2] = max(0.1 * last[k + 2], 0) }
        }
    }

    public func isAdmissible(_ u: Row) -> Bool {
        let least = -1e-11 * vacancyFloor
        for i in 0..<areal where u[i] < least { return false }
        let cells = work.vacancyCells
        for i in 0..<nodes {
            let c = u[index(i) + 2]
            if c * cells[i] < least || c > parameters.maximumDensity { return false }
        }
        return true
    }

    /// Share of the tolerance that one step may err by: J, the difference of a drift and a diffusion current, shows errors of psi and
    /// c up to twentyfold. With all of it, it hung on the first step whether STO-1D's pulse train held J to 1e-4 at a tolerance of 1e-6.
    private static var localShare: Double { 1.0 / 3 }

    public func errorNorm(_ e: Row, at u: Row) -> Double {
        let cells = work.vacancyCells
        let charged = work.chargeCells
        var (lattice, latticeError, potential, electrons, electronError) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for i in 0..<nodes {
            let k = index(i)
            potential = max(potential, abs(e[k]))
            lattice += u[k + 2] * cells[i]
            latticeError += abs(e[k + 2]) * cells[i]
            electrons += u[k + 1] * charged[i]
            electronError += abs(e[k + 1]) * charged[i]
        }
        var norm = max(potential / rates.thermalVoltage, latticeError / (lattice + vacancyFloor), electronError / (electrons + vacancyFloor))
        for k in 0..<areal { norm = max(norm, abs(e[k]) / (abs(u[k]) + vacancyFloor)) }
        return norm / (options.tolerance * Self.localShare)
    }

    /// Assembles residual and Jacobian at `u`, solves, adds the correction; damped to |d psi| <= 3 V_T.
    ///
    /// Rows per node: Poisson (C/m2), electrons and vacancies (1/(m2 s)).
    public func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        try balanceHeat(u)
        firstCorrection = false
        assemble(u, shift: shift, history: history)
        let contact = assembleContacts(u, shift: shift, history: history)
        if let sources { for k in 0..<(3 * nodes) { system.rightHandSide[k] += sources[k] } }
        guard system.solve() else { throw .singularMatrix }
        return try apply(contact, to: u)
    }

    /// Steps du = dpsi / V_T of the edges and the exponentials that the fluxes need.
    func prepareEdges(_ u: Row) {
        let (last, z) = (nodes - 1, parameters.chargeNumber)
        let inverse = 1 / rates.thermalVoltage
        let (steps, e) = (work.steps, work.exponentials)
        for i in 0..<last {
            let k = index(i)
            let du = (u[k + 3] - u[k]) * inverse
            steps[i] = du
            e[i] = du
        }
        Bernoulli.exponentials(e)
        let charge = work.chargeExponentials
        if z == 1 {
            charge.assign(e)
        } else if z == 2 {
            for i in 0..<last { charge[i] = e[i] * e[i] }
        } else {
            for i in 0..<last { charge[i] = z * steps[i] }
            Bernoulli.exponentials(charge)
        }
        if hasHopping {
            let (hop, h) = (work.hopExponentials, work.hopPerStep)
            for i in 0..<last { hop[i] = h[i] * abs(steps[i]) }
            Bernoulli.exponentials(hop)
        }
        image?.weights(steps: steps, thermalVoltage: rates.thermalVoltage, into: work.weights)
    }

    /// Bulk rows of every node, contacts still open.
    func assemble(_ u: Row, shift: Double, history: Row) {
        prepareEdges(u)
        let (lower, d, upper, b) = (system.lower, system.diagonal, system.upper, system.rightHandSide)
        let (cells, charged) = (work.vacancyCells, work.chargeCells)
        let q = chargesElectrons ? Constants.charge : 0
        let zq = parameters.chargeNumber * Constants.charge
        let donors = Constants.charge * parameters.donorDensity
        let off = hasElectrons ? 0.0 : 1.0
        let storage = storesElectrons ? 1.0 : 0.0
        var k = areal
        for i in 0..<nodes {
            let (m, r) = (9 &* i, 3 &* i)
            let (n, c) = (u[k &+ 1], u[k &+ 2])
            let (cell, chargeCell) = (cells[i], charged[i])
            b[r] = zq * c * cell + (donors - q * n) * chargeCell
            let electronCell = storage * chargeCell
            b[r &+ 1] = -off * n - electronCell * (shift * n + history[k &+ 1])
            b[r &+ 2] = -cell * (shift * c + history[k &+ 2])
            d[m] = 0
            d[m &+ 1] = q * chargeCell
            d[m &+ 2] = -zq * cell
            d[m &+ 3] = 0
            d[m &+ 4] = off + electronCell * shift
            d[m &+ 5] = 0
            d[m &+ 6] = 0
            d[m &+ 7] = 0
            d[m &+ 8] = cell * shift
            k &+= 3
        }
        for i in 0..<(nodes - 1) { addEdge(i, u, lower, d, upper, b) }
    }

    /// One edge: displacement, electron and vacancy flux into the rows of both its nodes.
    @inline(__always)
    private func addEdge(_ i: Int, _ u: Row, _ lower: Row, _ d: Row, _ upper: Row, _ b: Row) {
        let k = areal &+ 3 &* i
        let du = work.steps[i]
        let inverseLength = work.inverseEdges[i]
        let inverseThermal = 1 / rates.thermalVoltage
        let (displacement, slope) = permittivity.displacement((u[k] - u[k &+ 3]) * inverseLength)
        let capacitance = slope * inverseLength
        let nl = u[k &+ 1], nr = u[k &+ 4]
        let diffusivity = rates.mobility * rates.thermalVoltage
        var wl: Double, wr: Double, wlSlope: Double, wrSlope: Double
        if image != nil {
            let w = work.weights
            (wl, wr, wlSlope, wrSlope) = (w[4 &* i], w[4 &* i &+ 1], w[4 &* i &+ 2], w[4 &* i &+ 3])
        } else {
            let (value, bSlope) = Bernoulli.evaluate(du, exponential: work.exponentials[i])
            wl = (value + du) * inverseLength
            wr = value * inverseLength
            wlSlope = (bSlope + 1) * inverseLength
            wrSlope = bSlope * inverseLength
        }
        let electrons = diffusivity * (nl * wl - nr * wr)
        let electronsByPotential = rates.mobility * (nl * wlSlope - nr * wrSlope)
        let vacancies = VacancyFlux.evaluate(
            left: u[k &+ 2], right: u[k &+ 5], step: du, exponential: work.chargeExponentials[i],
            hopExponential: hasHopping ? work.hopExponentials[i] : 1, chargeNumber: parameters.chargeNumber,
            hopPerStep: hasHopping ? work.hopPerStep[i] : 0, diffusivityPerLength: rates.diffusivity * inverseLength,
            inverseMaximum: work.inverseMaximum, inverseThermalVoltage: inverseThermal)
        let (m, r, up, low) = (9 &* i, 3 &* i, 5 &* i, 5 &* i &+ 5)
        b[r] -= displacement
        b[r &+ 3] += displacement
        b[r &+ 1] -= electrons
        b[r &+ 4] += electrons
        b[r &+ 2] -= vacancies.flux
        b[r &+ 5] += vacancies.flux
        d[m] += capacitance
        d[m &+ 9] += capacitance
        upper[up] = -capacitance
        lower[low] = -capacitance
        d[m &+ 3] -= electronsByPotential
        d[m &+ 4] += diffusivity * wl
        upper[up &+ 1] = electronsByPotential
        upper[up &+ 2] = -diffusivity * wr
        lower[low &+ 1] = electronsByPotential
        lower[low &+ 2] = -diffusivity * wl
        d[m &+ 12] -= electronsByPotential
        d[m &+ 13] += diffusivity * wr
        d[m &+ 6] -= vacancies.byPotential
        d[m &+ 8] += vacancies.byLeft
        upper[up &+ 3] = vacancies.byPotential
        upper[up &+ 4] = vacancies.byRight
        lower[low &+ 3] = vacancies.byPotential
        lower[low &+ 4] = -vacancies.byLeft
        d[m &+ 15] -= vacancies.byPotential
        d[m &+ 17] -= vacancies.byRight
    }

    private func apply(_ contact: PlatinumContact.Elimination?, to u: Row) throws(NewtonFailure) -> NewtonCorrection {
        let b = system.rightHandSide
        var largest = 0.0
        for i in 0..<nodes { largest = max(largest, abs(b[3 &* i])) }
        guard largest.isFinite else { throw .notFinite(unknown: "the potential") }
        let limit = 3 * rates.thermalVoltage
        let scale = largest > limit ? limit / largest : 1
        let cells = work.vacancyCells
        var (lattice, moved) = (0.0, 0.0)
        var k = areal
        for i in 0..<nodes {
            let r = 3 &* i
            u[k] += scale * b[r]
            u[k &+ 1] += scale * b[r &+ 1]
            let step = scale * b[r &+ 2]
            u[k &+ 2] += step
            lattice += abs(u[k &+ 2]) * cells[i]
            moved += abs(step) * cells[i]
            k &+= 3
        }
        guard moved.isFinite else { throw .notFinite(unknown: "the vacancy density") }
        var norm = max(largest / rates.thermalVoltage, moved / (lattice + vacancyFloor))
        if let contact {
            let (stored, oxygen, plane) = contact.corrections(potential: b[0], density: b[2])
            guard plane.isFinite, oxygen.isFinite, stored.isFinite else { throw .notFinite(unknown: "N_s, N_O or N_p") }
            u[0] += scale * stored
            u[1] += scale * oxygen
            u[2] += scale * plane
            norm = max(norm, abs(stored) / (abs(u[0]) + vacancyFloor))
            norm = max(norm, abs(oxygen) / (abs(u[1]) + vacancyFloor))
            norm = max(norm, abs(plane) / (abs(u[2]) + vacancyFloor))
        }
        return NewtonCorrection(norm: norm / options.tolerance, wasDamped: scale < 1)
    }
}
