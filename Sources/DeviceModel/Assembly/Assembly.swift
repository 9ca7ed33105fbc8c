import FiniteVolume
import LinearAlgebra

/// A device put together from laws: one implicit system of B unknowns a node, for one device or eight.
///
/// Laws are closures over the whole board, made where B and L are concrete, so that each inner loop is compiled for them.
final class Assembly<let B: Int, L: Lane> {
    let layout: Layout
    let board: Board<B, L>
    let poisson: PoissonLaw<B, L>
    let vacancies: VacancyConservation<B, L>
    let electrons: DriftDiffusionElectrons<B, L>?
    let contact: SheetElimination<B, L>?
    let current: ThermionicCurrent<L>?
    private(set) var heating: SelfHeating<L>
    private let laws: [(Board<B, L>) -> Void]
    private let borders: [SheetBorder<B, L>]

    /// 1/m2: what `Device.sheetFloor` gives, and c_max.
    let floor, maximumDensity: L
    private let sites: [L]
    let hasHeat: Bool
    /// Share of the tolerance that one step may err by.
    let localTolerance: Double
    /// Whether a step errs little enough for J, the difference of a drift and a diffusion current, to be read.
    private let resolvesIonicCurrent: Bool
    var firstCorrection = true
    /// Largest |dpsi| of the last correction, V.
    private var lastPotentialStep: L
    /// Aitken's factor, the last miss of the heat balance and what relaxation left of it, K.
    private var relaxation = L(1), lastMiss = L(0), heatMiss = L(0)
    /// Current of the last heat balance, A.
    var lastCurrent = L(0)
    /// Current that a source imposes, A: the heat is then known before the voltage is.
    var imposedCurrent: L?
    /// Largest content of sheets and layer met since it was set to 0, 1/m2.
    var largestContent = L(0)
    /// What the inventory is kept at, 1/m2: that of the state which the owner put in. nil: that of the step before, whose round-off adds
    /// up over millions of steps.
    var keptInventory: L?
    /// Sources added to the residual rows, B a node, for manufactured solutions.
    var sources: [Double]?
    /// Which devices' electrons stand in Poisson's equation, of those with three unknowns a node.
    private var charging = L.not(L.isLess(L(1), L(0)))
    /// Which devices the last failed correction or refused step concerns; empty where no single one is to blame.
    private(set) var failed: [Int] = []
    /// Size of the last correction and of the last local error of each device, in tolerances.
    private(set) var correctionNorms = L(0), errorNorms = L(0)

    init(
        _ devices: [Device], grids: [Grid], layout: Layout, vacancyCells: [[Double]], options: SolverOptions,
        stoichiometry: Stoichiometry?,
        resolvesIonicCurrent: Bool = true
    ) {
        self.layout = layout
        self.resolvesIonicCurrent = resolvesIonicCurrent
        let board = Board<B, L>(devices, grids: grids, vacancyCells: vacancyCells, layout: layout)
        self.board = board
        let poisson = PoissonLaw(devices, board: board, donors: zip(devices, grids).map { $0.fixedCharge($1) })
        let last = B - 1
        poisson.charges = [(last, lanes(devices) { $0.chargeNumber * Constants.charge }, board.cells)]
        let vacancies = VacancyConservation(devices, grids: grids, board: board, place: last)
        let electrons = layout.hasElectrons ? DriftDiffusionElectrons(devices, grids: grids, board: board) : nil
        if let electrons { poisson.charges.append((1, L(-Constants.charge), electrons.cells)) }
        var contact: SheetElimination<B, L>?
        if let stoichiometry, devices[0].left.compactCapacitance.isFinite {
            let terms = devices[0].left.reactions.indices.map { k -> ReactionTerm<L> in
                Reaction.term(k, of: devices, rates: board.indices.reactions[k])
            }
            contact = SheetElimination(devices, board: board, stoichiometry: stoichiometry, terms: terms, place: last)
        }
        let left = ContactLaw(devices, isLeft: true, board: board, hasElectrons: layout.hasElectrons)
        let right = ContactLaw(devices, isLeft: false, board: board, hasElectrons: layout.hasElectrons)
        var laws: [(Board<B, L>) -> Void] = [{ poisson.add(to: $0) }, { vacancies.add(to: $0) }]
        if let electrons {
            if devices[0].layers.count > 1 { laws.insert({ electrons.weighCells($0) }, at: 0) }
            laws.append { electrons.add(to: $0) }
        }
        laws += [{ left.add(to: $0) }, { right.add(to: $0) }]
        borders = (contact?.deep ?? []).map { SheetBorder($0, devices: devices, grids: grids, board: board, contact: contact!) }
        (self.poisson, self.vacancies, self.electrons, self.contact, self.laws) = (poisson, vacancies, electrons, contact, laws)
        current = ThermionicCurrent(devices, grids: grids)
        heating = SelfHeating(devices)
        hasHeat = devices.contains { $0.thermalResistance > 0 }
        floor = lanes(devices) { $0.sheetFloor }
        maximumDensity = lanes(devices) { $0.maximumDensity }
        sites = layout.sheets.indices.map { k in lanes(devices) { $0.left.sheets[k].sites } }
        localTolerance = options.tolerance * (layout.hasElectrons && resolvesIonicCurrent ? Self.localShare : 1)
        lastPotentialStep = L(.infinity)
        board.rates.set(temperature: heating.ambient)
    }

    /// A new ambient temperature, K; the devices' own follow it by as much until their heat is balanced again.
    func setAmbient(_ new: L) {
        let rise = new - heating.ambient
        heating.ambient = new
        board.rates.set(temperature: board.rates.temperature + rise)
        firstCorrection = true
    }

    /// Says which devices have their electrons in Poisson's equation: without it three unknowns a node solve the equations of two.
    func setCharging(_ which: L.Condition) {
        guard let electrons else { return }
        charging = which
        poisson.charges.removeAll { $0.place == electrons.place }
        poisson.charges.append((electrons.place, L.pick(which, L(-Constants.charge), L(0)), electrons.cells))
    }

    /// J of the coupled system, the difference of a drift and a diffusion current, shows errors of psi and c up to twentyfold: a step may
    /// err by a third of the tolerance.
    private static var localShare: Double { 1.0 / 3 }

    /// Rows of every node at `u`, ends closed, sources added; the sheets of the contact unless it is left open.
    @inline(__always)
    func assemble(_ u: Row, shift: Double, history: Row, sheets: Bool = true) {
        board.u = Stretch(u)
        board.history = Stretch(history)
        board.shift = L(shift)
        board.clear()
        for law in laws { law(board) }
        if sheets, let contact { contact.add(to: board) }
        if let sources { for k in sources.indices { board.matrix.right[k] += L(sources[k]) } }
    }

    /// Assembles residual and Jacobian at `u`, solves, adds the correction; damped to |dpsi| <= 3 V_T.
    @inline(__always)
    func correct(_ u: Row, shift: Double, history: Row, tolerance: Double) throws(NewtonFailure) -> NewtonCorrection {
        if !failed.isEmpty { failed = [] }
        try balanceHeat(Stretch(u))
        firstCorrection = false
        assemble(u, shift: shift, history: history)
        if borders.isEmpty {
            guard board.matrix.solve() else { throw unsolved }
            return try apply(u, tolerance: tolerance)
        }
        guard borders.count == 1, let step = borders[0].solve(board) else { throw unsolved }
        return try apply(u, tolerance: tolerance, deep: (borders[0].sheet, step))
    }

    /// What the block solve stumbled on: the first unknown that is not finite after elimination.
    private var unsolved: NewtonFailure {
        let b = board.matrix.right
        let bad = (0..<b.count).first { !L.all(b[$0].isFinite) } ?? 0
        return notFinite("\(layout.name(of: layout.sheets.count + bad)) (singular or overflowing block)", b[bad])
    }

    /// The failure of a number that is not finite in some devices, which it blames.
    private func notFinite(_ unknown: String, _ x: L) -> NewtonFailure {
        blame(L.not(x.isFinite))
        return .notFinite(unknown: unknown)
    }

    func blame(_ condition: L.Condition) {
        let one = L.pick(condition, L(1), L(0))
        failed = (0..<L.width).filter { one[lane: $0] > 0 }
    }

    /// Adds the solved corrections to `u` and measures them.
    @inline(__always)
    private func apply(_ row: Row, tolerance: Double, deep: (sheet: Int, step: L)? = nil) throws(NewtonFailure)
        -> NewtonCorrection
    {
        let (b, u, nodes) = (board.matrix.right, board.u, board.nodes)
        var largest = L(0)
        for i in 0..<nodes { largest = L.larger(b[i &* B].size, largest) }
        guard L.all(largest.isFinite) else { throw notFinite("the potential", largest) }
        lastPotentialStep = largest
        let limit = L(3) * board.rates.thermal
        let scale = L.pick(L.isLess(limit, largest), limit / largest, L(1))
        let potentialNorm = largest * board.rates.inverseThermal
        var norm = potentialNorm.greatest
        var unknown: StaticString = "psi"
        // The sheets' corrections hang on those of node 0: taken before psi_0 moves, since `u` is what they were linearised at.
        var sheetNorm = L(0)
        if let contact {
            let (dPsi, dC) = (b[0], b[B &- 1])
            for k in contact.inner {
                let step = contact.value[k] + contact.byPotential[k] * dPsi + contact.byDensity[k] * dC
                guard L.all(step.isFinite) else { throw notFinite(layout.sheets[k], step) }
                u[k] += scale * step
                sheetNorm = L.larger(step.size / (u[k].size + floor), sheetNorm)
            }
            if let (k, step) = deep {
                guard L.all(step.isFinite) else { throw notFinite(layout.sheets[k], step) }
                u[k] += scale * step
                sheetNorm = L.larger(step.size / (u[k].size + floor), sheetNorm)
            }
        }
        let cells = board.cells
        var (content, moved) = (L(0), L(0))
        for i in 0..<nodes {
            let at = board.index(i, 0)
            u[at] += scale * b[i &* B]
            if B > 2 { u[at &+ 1] += scale * b[i &* B &+ 1] }
            let step = scale * b[i &* B &+ B &- 1], cell = cells[i]
            let c = u[at &+ B &- 1] + step
            u[at &+ B &- 1] = c
            content += c.size * cell
            moved += step.size * cell
        }
        guard L.all(moved.isFinite) else { throw notFinite("the vacancy density", moved) }
        let latticeNorm = moved / (content + floor)
        let vacancyNorm = latticeNorm.greatest
        if !(vacancyNorm <= norm) { (norm, unknown) = (vacancyNorm, "c") }
        let areal = sheetNorm.greatest
        if !(areal <= norm) { (norm, unknown) = (areal, "a sheet at the contact") }
        if B > 2, hasHeat {
            // A kelvin moves a thermionic current by some per cent.
            let heat = (heatMiss * L(0.01)).greatest
            if !(heat <= norm) { (norm, unknown) = (heat, "T") }
        }
        if L.width > 1 { correctionNorms = L.larger(potentialNorm, L.larger(latticeNorm, sheetNorm)) }
        return NewtonCorrection(
            norm: norm / tolerance, wasDamped: !L.all(L.not(L.isLess(scale, L(1)))), unknown: unknown)
    }

    /// Updates T from the heat balance at potential `u`.
    ///
    /// - Throws: `NewtonFailure.noState` when a balance has no root below T_max (electroforming).
    @inline(__always)
    func balanceHeat(_ u: Stretch<L>) throws(NewtonFailure) {
        guard hasHeat, let current else { return }
        let (rates, voltage) = (board.rates, board.voltage)
        if let imposed = imposedCurrent {
            let balance = L.larger(heating.ambient + heating.resistance * voltage * imposed, heating.ambient)
            heatMiss = L(0)
            guard L.all(L.not(L.isLess(heating.maximum, balance))) else {
                blame(L.isLess(heating.maximum, balance))
                let k = failed.first ?? 0
                throw .noState(
                    HeatFailure.text(
                        voltage: voltage[lane: k], maximum: heating.maximum[lane: k], current: imposed[lane: k],
                        temperature: rates.temperature[lane: k]))
            }
            lastCurrent = imposed
            rates.set(temperature: balance)
            return
        }
        // Below 0.01 K, or while the potential hardly moves, the last current serves; not where charge and heat chase each other.
        let slight = L.isLess((heating.resistance * voltage * lastCurrent).size, L(0.01))
        let settled = L.isLess(lastPotentialStep, L(B > 2 ? 0 : 2e-5) * rates.thermal)
        if !firstCorrection, L.all(L.either(slight, settled)) {
            heatMiss = L(0)
            return
        }
        let root = heating.root(guess: rates.temperature, voltage: voltage) {
            current.evaluate(u, first: board.sheets, stride: B, voltage: voltage, temperature: $0)
        }
        guard L.all(root.exists) else {
            blame(L.not(root.exists))
            // The last temperature that was in balance says more than where the search gave up.
            let k = failed.first ?? 0
            throw .noState(
                HeatFailure.text(
                    voltage: voltage[lane: k], maximum: heating.maximum[lane: k], current: lastCurrent[lane: k],
                    temperature: rates.temperature[lane: k]))
        }
        lastCurrent = root.current
        rates.set(temperature: relaxed(root.temperature))
    }

    /// The temperature to go on with: the balance's own where electrons carry no charge. Where they do, it acts back on the band that it
    /// was computed for, often with the opposite sign, so that the balance alone would swing: Aitken's relaxation.
    ///
    /// Source: B. M. Irons, R. C. Tuck, A version of the Aitken accelerator for computer iteration, Int. J. Numer. Methods Eng. 1, 275 (1969).
    @inline(__always)
    private func relaxed(_ balance: L) -> L {
        guard B > 2 else { return balance }
        let miss = balance - board.rates.temperature
        if firstCorrection {
            relaxation = L(1)
        } else {
            let change = miss - lastMiss
            let aitken = -(relaxation * lastMiss / change)
            let usable = L.both(L.isLess(L(1e-9), change.size), L.isLess(L(0), aitken))
            relaxation = L.smaller(L.larger(L.pick(usable, aitken, relaxation), L(0.05)), L(1))
            relaxation = L.pick(charging, relaxation, L(1))
        }
        lastMiss = miss
        // What the relaxation leaves of the balance counts as a correction.
        heatMiss = (miss * (L(1) - relaxation)).size
        return board.rates.temperature + relaxation * miss
    }

    @inline(__always)
    func condition(_ u: Row, last: Row) {
        let (u, last) = (Stretch<L>(u), Stretch<L>(last))
        @inline(__always) func keep(_ k: Int) {
            u[k] = L.pick(L.isLess(u[k], L(0)), L.larger(L(0.1) * last[k], L(0)), u[k])
        }
        for k in 0..<board.sheets { keep(k) }
        for i in 0..<board.nodes { for r in 1..<B { keep(board.index(i, r)) } }
    }

    @inline(__always)
    func isAdmissible(_ row: Row) -> Bool {
        let u = Stretch<L>(row)
        // A deficit of 1e-12 of the thermal sheet is round-off of the balance of large rates, not a negative density.
        let least = L(-1e-11) * floor
        var bad = L.isLess(L(1), L(0))
        for k in 0..<board.sheets {
            bad = L.either(bad, L.either(L.isLess(u[k], least), L.isLess(sites[k] * L(1 + 1e-12), u[k])))
        }
        let most = maximumDensity * L(1 + 1e-12)
        for i in 0..<board.nodes {
            let c = u[board.index(i, B &- 1)]
            bad = L.either(bad, L.either(L.isLess(c * board.cells[i], least), L.isLess(most, c)))
        }
        guard L.all(L.not(bad)) else {
            if L.width > 1 { blame(bad) }
            return false
        }
        return true
    }

    /// Vacancies inside the layer, sum c_i cell_i, 1/m2.
    @inline(__always)
    func latticeVacancies(_ u: Stretch<L>) -> L {
        var sum = L(0)
        for i in 0..<board.nodes { sum += u[board.index(i, B &- 1)] * board.cells[i] }
        return sum
    }

    /// Sum of all sheets and the layer with the weights of the conserved inventory, 1/m2.
    @inline(__always)
    func inventory(_ u: Stretch<L>) -> L {
        var sum = latticeVacancies(u)
        if let contact { for k in 0..<board.sheets { sum += L(Double(contact.stoichiometry.inventory[k])) * u[k] } }
        return sum
    }

    /// Takes what round-off has left of the inventory's balance out of the largest density, so that the invariant holds
    /// to the last digits even where rates many orders above 1/dt cancel. Refuses the step when more than round-off is missing.
    ///
    /// Source: E. Hairer, C. Lubich, G. Wanner, Geometric Numerical Integration, IV.4 (projection).
    @inline(__always)
    func settle(_ row: Row, shift: Double, history: Row) -> Bool {
        guard sources == nil else { return true }
        let u = Stretch<L>(row)
        let lattice = latticeVacancies(u)
        let defect = inventory(u) + inventory(Stretch(history)) * L(1 / shift)
        var scale = lattice.size
        for k in 0..<board.sheets { scale += u[k].size }
        let holds = L.both(L.not(L.isLess(L(1e-10) * (scale + L(10) * floor), defect.size)), defect.isFinite)
        guard L.all(holds) else {
            if L.width > 1 { blame(L.not(holds)) }
            return false
        }
        largestContent = L.larger(scale, largestContent)
        let excess = keptInventory.map { inventory(u) - $0 } ?? defect
        // The largest of all takes it; the lattice as a whole is scaled.
        var most = lattice.size
        for k in 0..<board.sheets { most = L.larger(u[k].size, most) }
        var open = L.isLess(L(0), L(1))
        for k in 0..<board.sheets {
            guard let contact, contact.stoichiometry.inventory[k] != 0 else { continue }
            let takes = L.both(open, L.not(L.isLess(u[k].size, most)))
            u[k] = L.pick(takes, u[k] - L(Double(contact.stoichiometry.inventory[k])) * excess, u[k])
            open = L.both(open, L.not(takes))
        }
        let factor = L.pick(L.both(open, L.isLess(L(0), lattice)), L(1) - excess / lattice, L(1))
        for i in 0..<board.nodes { u[board.index(i, B &- 1)] *= factor }
        return true
    }

    @inline(__always)
    func errorNorm(_ e: Row, at row: Row) -> Double {
        let (e, u) = (Stretch<L>(e), Stretch<L>(row))
        var (lattice, error, potential) = (L(0), L(0), L(0))
        let cells = board.cells
        for i in 0..<board.nodes {
            let at = board.index(i, B &- 1)
            lattice += u[at] * cells[i]
            error += e[at].size * cells[i]
        }
        // At a compact layer psi_0 carries the error of all others; where metals hold both ends every node counts.
        if contact != nil, B == 2 || !resolvesIonicCurrent {
            potential = e[board.index(0, 0)].size
        } else {
            for i in 0..<board.nodes { potential = L.larger(e[board.index(i, 0)].size, potential) }
        }
        var norm = L.larger(potential * board.rates.inverseThermal, error / (lattice + floor))
        // Electrons follow psi and the ions within picoseconds: only where J is to be read do they err on their own.
        if let electrons, resolvesIonicCurrent {
            var (content, electronError) = (L(0), L(0))
            for i in 0..<board.nodes {
                let at = board.index(i, 1)
                content += u[at] * electrons.cells[i]
                electronError += e[at].size * electrons.cells[i]
            }
            norm = L.larger(electronError / (content + floor), norm)
        }
        for k in 0..<board.sheets { norm = L.larger(e[k].size / (u[k].size + floor), norm) }
        if L.width > 1 { errorNorms = norm }
        return norm.greatest / localTolerance
    }
}

/// The words of a heat balance without a root.
enum HeatFailure {
    static func text(voltage: Double, maximum: Double, current: Double, temperature: Double) -> String {
        "electroforming: the heat balance has no root below \(maximum) K at \(voltage) V "
            + String(format: "(last in balance: %.4g A at %.1f K)", current, temperature)
    }
}

import Foundation
