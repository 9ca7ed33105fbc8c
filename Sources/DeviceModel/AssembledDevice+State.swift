import FiniteVolume
import LinearAlgebra

/// States with electrons in balance: at rest, and right after a jump of the voltage.
extension AssembledDevice {
    /// A state at rest at `voltage`: the given vacancies (default: the background), psi and n in balance with them.
    ///
    /// - Throws: `NewtonFailure` when Poisson and the electrons do not come to balance.
    public func restState(voltage: Double = 0, vacancies: [Double]? = nil) throws(NewtonFailure) -> [Double] {
        let state = RealStorage(count: layout.count)
        let u = state.row
        let (first, last) = (voltage - device.left.barrier, -device.right.barrier)
        for i in 0..<nodes { u[layout[.potential, i]] = first + (last - first) * grid.nodes[i] / grid.length }
        fillIons(u, vacancies: vacancies)
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
        shiftPotential(u, by: new - voltage)
        drive(from: new, rate: 0, at: 0)
        prepare(time: 0)
        solveElectrons(u)
        try makeConsistent(u)
    }

    /// Solves psi and n with every ion where it is: Newton with an infinitely short time step, of at most so many iterations.
    public func makeConsistent(_ u: Row, iterations: Int = 400) throws(NewtonFailure) {
        switch engine {
        case .two(let a): try a.makeConsistent(u, tolerance: options.tolerance, iterations: iterations)
        case .three(let a): try a.makeConsistent(u, tolerance: options.tolerance, iterations: iterations)
        }
    }

    /// The same device on the same grid with drift-diffusion electrons, made for states and currents rather than for J; nil for one that
    /// has no electrons to give.
    public func withElectrons() -> AssembledDevice? {
        var charged = device
        guard device.electrons == .quasiStationary, device.layers[0].densityOfStates > 0 else { return nil }
        charged.electrons = .driftDiffusion
        return try? AssembledDevice(charged, options: options, grid: grid, resolvesIonicCurrent: false)
    }

    /// Takes over the state `other` of the same device solved with the other electrons: sheets, potential and vacancies as they are,
    /// then psi (and n) brought to balance at `voltage` with every ion where it is.
    ///
    /// - Throws: `NewtonFailure` where the electrons do not come to balance.
    public func adopt(_ other: [Double], of layout: Layout, into u: Row, voltage: Double) throws(NewtonFailure) {
        for k in self.layout.sheets.indices { u[k] = other[k] }
        for i in 0..<nodes {
            u[self.layout[.potential, i]] = other[layout[.potential, i]]
            u[self.layout[.vacancies, i]] = other[layout[.vacancies, i]]
        }
        guard self.layout.hasElectrons else {
            solvePoisson(u, voltage: voltage)
            return
        }
        drive(from: voltage, rate: 0, at: 0)
        prepare(time: 0)
        solveElectrons(u)
        try makeConsistent(u)
    }

    /// Electrons at the potential of `u`: the tridiagonal, linear problem dF_n/dx = 0.
    public func solveElectrons(_ u: Row) {
        if case .three(let a) = engine { a.solveElectrons(u) }
    }

    /// Whether electrons obey dn/dt + dF_n/dx = 0 (so that the total current is one number on every edge) or dF_n/dx = 0; the latter
    /// at a jump of the voltage, which they follow within picoseconds.
    var storesElectrons: Bool {
        get { if case .three(let a) = engine { a.electrons?.stores ?? false } else { false } }
        set { if case .three(let a) = engine { a.electrons?.stores = newValue } }
    }

    /// Whether electrons stand in Poisson's equation; without them three unknowns a node solve the equations of two.
    var chargesElectrons: Bool {
        get { if case .three(let a) = engine { a.poisson.charges.contains { $0.place == 1 } } else { false } }
        set {
            guard case .three(let a) = engine, let electrons = a.electrons else { return }
            a.poisson.charges.removeAll { $0.place == 1 }
            if newValue { a.poisson.charges.append((1, -Constants.charge, electrons.cells)) }
        }
    }

    /// Sources added to the residual rows, one block a node, for manufactured solutions.
    var sources: [Double]? {
        get { if case .three(let a) = engine { a.sources } else { nil } }
        set { if case .three(let a) = engine { a.sources = newValue } }
    }
}

extension Assembly {
    /// Newton with an infinitely short time step until the last correction was below 1e-9 V_T; the ions are what they were to the last bit.
    ///
    /// - Throws: `NewtonFailure` where it does not converge, or where a rate outruns even that step, so that the ions would have moved.
    func makeConsistent(_ row: Row, tolerance: Double, iterations: Int = 400) throws(NewtonFailure) {
        // Rates reach e^250 (`Lane.bounded`) times their prefactor: shorter than that.
        let shift = 1e130
        let stores = electrons?.stores ?? false
        electrons?.stores = false
        defer { electrons?.stores = stores }
        let before = RealStorage(row.values)
        let history = RealStorage(row.values.map { -shift * $0 })
        var last = Double.infinity
        for _ in 0..<iterations {
            let correction = try correct(row, shift: shift, history: history.row, tolerance: tolerance)
            last = correction.norm * tolerance
            // Relative to V_T: quadratic convergence makes this the last needed iteration.
            guard !correction.wasDamped, last < 1e-9 else { continue }
            let (u, old) = (Stretch<L>(row), Stretch<L>(before.row))
            var moved = L.isLess(L(1), L(0))
            let sheets = board.sheets
            for k in 0..<sheets + board.nodes {
                let at = k < sheets ? k : board.index(k - sheets, B - 1)
                let size: L = k < sheets ? floor : floor / board.cells[k - sheets]
                let step: L = u[at] - old[at]
                moved = L.either(moved, L.isLess(L(1e-6) * (old[at].size + size), step.size))
                u[at] = old[at]
            }
            if L.all(L.not(moved)) { return }
            if L.width > 1 { blame(moved) }
            throw .tooManyIterations(lastCorrection: last / tolerance, unknown: "the steady state at the ions' places")
        }
        throw .tooManyIterations(lastCorrection: last / tolerance, unknown: "the steady state")
    }

    /// Electrons at the potential of `u`, of all devices or of some.
    func solveElectrons(_ row: Row, where which: L.Condition = L.not(L.isLess(L(1), L(0)))) {
        guard let electrons else { return }
        let history = RealStorage(count: L.width * layout.count)
        let stores = electrons.stores
        electrons.stores = false
        defer { electrons.stores = stores }
        assemble(row, shift: 1, history: history.row)
        let (m, p, u): (Blocks<B, L>, Int, Stretch<L>) = (board.matrix, electrons.place, board.u)
        // Thomas elimination of the electron rows alone; the right-hand side is minus the residual, so corrections come out.
        for i in 1..<board.nodes {
            let factor = m.lower[m.at(i, p, p)] / m.diagonal[m.at(i - 1, p, p)]
            m.diagonal[m.at(i, p, p)] -= factor * m.upper[m.at(i - 1, p, p)]
            let behind: L = m.right[(i - 1) * B + p]
            m.right[i * B + p] -= factor * behind
        }
        var next = L(0)
        for i in stride(from: board.nodes - 1, through: 0, by: -1) {
            let (ahead, own): (L, L) = (m.upper[m.at(i, p, p)], m.diagonal[m.at(i, p, p)])
            let gap: L = i < board.nodes - 1 ? m.right[i * B + p] - ahead * next : m.right[i * B + p]
            next = gap / own
            let at = board.index(i, p)
            u[at] = L.pick(which, u[at] + next, u[at])
        }
    }
}
