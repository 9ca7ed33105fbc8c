import FiniteVolume
import LinearAlgebra

/// What the states of an ensemble show, one number a lane.
extension DeviceEnsemble {
    /// Conserved inventory, 1/m2.
    public func inventory(_ u: Row) -> Lanes {
        switch engine {
        case .two(let a): a.inventory(Stretch(u))
        case .three(let a): a.inventory(Stretch(u))
        }
    }

    /// Vacancies inside the layer, 1/m2.
    public func latticeVacancies(_ u: Row) -> Lanes {
        switch engine {
        case .two(let a): a.latticeVacancies(Stretch(u))
        case .three(let a): a.latticeVacancies(Stretch(u))
        }
    }

    /// Displacement at the right contact, C/m2.
    public func rightDisplacement(_ u: Row) -> Lanes {
        switch engine {
        case .two(let a): a.rightDisplacement(Stretch(u))
        case .three(let a): a.rightDisplacement(Stretch(u))
        }
    }

    /// Electron current at the present voltage and temperature, A.
    public func electronCurrent(_ u: Row) -> Lanes {
        switch engine {
        case .two(let a): a.electronCurrent(Stretch(u)).current
        case .three(let a): a.electronCurrent(Stretch(u)).current
        }
    }

    /// The unknown at place `i` of the layout in every lane.
    public func value(_ i: Int, of u: Row) -> Lanes { Stretch<Lanes>(u)[i] }

    /// Brings the temperatures to the heat balance of state `u` at the prepared time: for states between two steps.
    ///
    /// - Throws: `NewtonFailure.noState` when a balance has no root; `culprits` names the lanes.
    public func settleHeat(_ u: Row) throws(NewtonFailure) {
        switch engine {
        case .two(let a):
            a.firstCorrection = true
            try a.balanceHeat(Stretch(u))
        case .three(let a):
            a.firstCorrection = true
            try a.balanceHeat(Stretch(u))
        }
    }

    /// Currents of the last heat balance, A: those of the last step to the integrator's tolerance; worked out where nothing heats.
    public func recentCurrent(_ u: Row) -> Lanes {
        switch engine {
        case .two(let a): a.hasHeat ? a.lastCurrent : electronCurrent(u)
        case .three(let a): a.hasHeat ? a.lastCurrent : electronCurrent(u)
        }
    }

    /// Frozen-ion reads of quasi-stationary electrons: the currents at `level` (V) with every ion where it is, including the heat of the
    /// read itself.
    ///
    /// Not a number in a lane whose read has no heat balance. `countsCharge` as in a device's own read. The state is bit for bit what it was.
    public func frozenRead(_ u: Row, at level: Lanes, countsCharge: Bool = false) -> Lanes {
        guard let readCurrent else { return Lanes(repeating: 0) }
        let copy = readBuffer.row
        copy.assign(u)
        let stretch = Stretch<Lanes>(copy)
        var solved = Lanes(repeating: 0)
        if let readShape {
            let (step, shape) = (level - voltage, Stretch<Lanes>(readShape.row))
            for i in 0..<layout.nodes {
                let (place, rise): (Int, Lanes) = (layout[.potential, i], shape[i])
                let (psi, move): (Lanes, Lanes) = (stretch[place], step * rise)
                stretch[place] = psi + move
            }
        } else {
            for (lane, occupant) in occupants.enumerated() {
                let one = RealStorage(unknowns(lane: lane, of: u))
                withExtendedLifetime(one) {
                    if !devices[occupant].solvePoisson(one.row, voltage: level[lane]) { solved[lane] = .nan }
                    put(one.values, lane: lane, into: copy)
                }
            }
        }
        let root = heating.root(guess: heating.ambient, voltage: level) {
            readCurrent.evaluate(stretch, first: layout.sheets.count, stride: layout.block, voltage: level, temperature: $0)
        }
        var current: Lanes = root.current.replacing(with: .nan, where: .!root.exists)
        if countsCharge {
            for (lane, occupant) in occupants.enumerated() where current[lane].isFinite {
                let one = RealStorage(unknowns(lane: lane, of: copy))
                withExtendedLifetime(one) {
                    let (psi, level, temperature) = (one.row, level[lane], root.temperature[lane])
                    current[lane] =
                        (try? devices[occupant].withCharge(current[lane], psi, voltage: level, temperature: temperature) {
                            AssembledDevice.HeldState(
                                unknowns: unknowns(lane: lane, of: u), temperature: self.temperature[lane],
                                voltage: voltage[lane],
                                ambient: ambientTemperature[lane])
                        }) ?? .nan
                }
            }
        }
        return current.replacing(with: .nan, where: solved .!= solved)
    }

    /// What a step of one volt at frozen charges adds to psi at every node of every lane; nil where that is not linear.
    static func readShape(_ lanes: [AssembledDevice], _ layout: Layout) -> RealStorage? {
        guard lanes.allSatisfy({ $0.device.layers.count == 1 && $0.permittivityIsConstant }) else { return nil }
        let shape = RealStorage(count: width * layout.nodes)
        for (lane, device) in lanes.enumerated() {
            let one = RealStorage(count: layout.count)
            device.shiftPotential(one.row, by: 1)
            for i in 0..<layout.nodes { shape.row[width * i + lane] = one.row[layout[.potential, i]] }
        }
        return shape
    }
}

extension AssembledDevice {
    /// Current of the last heat balance, A: that of the last step to the integrator's tolerance; worked out where nothing heats.
    public func recentCurrent(_ u: Row) -> Double {
        guard device.thermalResistance > 0 else { return electronCurrent(u) }
        return switch engine {
        case .two(let a): a.current == nil ? 0 : a.lastCurrent
        case .three(let a): a.current == nil ? 0 : a.lastCurrent
        }
    }
}
