import FiniteVolume
import LinearAlgebra

/// Who stands in which lane, whose electrons carry charge, and who is to blame.
extension DeviceEnsemble {
    /// Lanes that the last failure concerns: those without a heat balance, with a number that is not finite or a density that is not
    /// admissible; else the one with the largest error or correction.
    public func culprits(of failure: NewtonFailure) -> [Int] {
        let (failed, errors, corrections) =
            switch engine {
            case .two(let a): (a.failed, a.errorNorms, a.correctionNorms)
            case .three(let a): (a.failed, a.errorNorms, a.correctionNorms)
            }
        if !failed.isEmpty { return failed }
        var norms = errors
        if case .tooManyIterations = failure { norms = corrections }
        var worst = 0
        for k in 1..<Self.width where !(norms[k] <= norms[worst]) { worst = k }
        return [worst]
    }

    /// Says which of `devices` have their electrons in Poisson's equation (three unknowns a node).
    public func charge(_ which: Set<Int>) {
        guard case .three(let a) = engine else { return }
        charged = which
        a.setCharging(mask(which))
    }

    private func mask(_ which: Set<Int>) -> SIMDMask<SIMD8<Int64>> {
        var mask = SIMDMask<SIMD8<Int64>>(repeating: false)
        for (lane, occupant) in occupants.enumerated() { mask[lane] = which.contains(occupant) }
        return mask
    }

    /// Electrons of these devices at the potential of `u`: the tridiagonal, linear problem dF_n/dx = 0.
    public func solveElectrons(_ u: Row, of which: Set<Int>) {
        if case .three(let a) = engine { a.solveElectrons(u, where: mask(which)) }
    }

    /// Solves psi and n with every ion where it is.
    ///
    /// - Throws: `NewtonFailure` where a device does not come to balance.
    public func makeConsistent(_ u: Row) throws(NewtonFailure) {
        switch engine {
        case .two(let a): try a.makeConsistent(u, tolerance: options.tolerance)
        case .three(let a): try a.makeConsistent(u, tolerance: options.tolerance)
        }
    }

    /// Puts a copy of the device and state in lane `healthy` into each of `lanes`, so that the others can go on.
    ///
    /// Cost: a new assembly, some 0.1 ms.
    public func replace(_ lanes: [Int], by healthy: Int, in u: Row) {
        var (temperature, voltage, content, ambient) = (temperature, voltage, largestContent, ambientTemperature)
        var kept = keptInventory
        for lane in lanes {
            occupants[lane] = occupants[healthy]
            for i in 0..<layout.count { u[Self.width * i + lane] = u[Self.width * i + healthy] }
            (temperature[lane], voltage[lane], content[lane]) = (temperature[healthy], voltage[healthy], content[healthy])
            ambient[lane] = ambient[healthy]
            if let all = kept { kept?[lane] = all[healthy] }
            (voltageStart[lane], voltageRate[lane]) = (voltageStart[healthy], voltageRate[healthy])
        }
        engine = Self.engine(occupants.map { devices[$0] })
        charge(charged)
        ambientTemperature = ambient
        restore(temperature: temperature, voltage: voltage)
        (largestContent, keptInventory) = (content, kept)
    }

    /// Writes one device's unknowns into its lane.
    public func put(_ unknowns: [Double], lane: Int, into u: Row) {
        precondition(unknowns.count == layout.count, "the state belongs to another grid")
        for i in 0..<layout.count { u[Self.width * i + lane] = unknowns[i] }
    }

    /// One lane's unknowns.
    public func unknowns(lane: Int, of u: Row) -> [Double] { (0..<layout.count).map { u[Self.width * $0 + lane] } }
}
