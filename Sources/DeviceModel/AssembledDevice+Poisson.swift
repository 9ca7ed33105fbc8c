import FiniteVolume
import Foundation
import LinearAlgebra

/// States and reads with every ion where it is.
extension AssembledDevice {
    /// The fresh device at rest: background vacancies, empty sheets, the potential of Poisson's equation at `voltage`.
    public func freshState(voltage: Double = 0) -> DeviceState {
        let u = RealStorage(count: layout.count)
        fillIons(u.row)
        solvePoisson(u.row, voltage: voltage)
        return DeviceState(unknowns: u.values, time: 0, voltage: voltage, temperature: device.ambientTemperature)
    }

    /// Background vacancies in every layer and a trace of redox pairs, equal on both sides, so that logarithmic rates have something
    /// to act on.
    func fillIons(_ u: Row, vacancies: [Double]? = nil) {
        for i in 0..<nodes {
            u[layout[.vacancies, i]] = vacancies?[i] ?? device.layers[layerOfEdge[max(i - 1, 0)]].vacancyBackground
        }
        for (k, weight) in inventoryWeights.enumerated() where device.left.sheets[k].depth == 0 {
            // Weights of opposite sign balance: the pair adds nothing to the inventory.
            if weight > 0 { u[k] = 1e-8 * device.sheetFloor }
        }
        if let partner = inventoryWeights.indices.last(where: { inventoryWeights[$0] < 0 }) {
            u[partner] = 1e-8 * device.sheetFloor
        }
    }

    /// Solves Poisson's equation for psi in `u` at frozen charges; returns false when the field is not finite.
    ///
    /// With X the displacement at the left end (in the compact layer, C_i (psi_Pt - psi_s)), that of edge i is X + Q_i, Q_i the
    /// charge to its left, Q_s that of the contact plane, and
    ///
    ///     g(X) = psi_left - X / C_i - lambda E(X + Q_s) - sum h_i E(X + Q_i) + phi_right = 0,
    ///
    /// which falls monotonically: Newton's method kept inside a bracket converges whatever the permittivity's fall with
    /// field; with a constant permittivity the first iteration is exact. Cost: O(nodes) per iteration.
    @discardableResult
    public func solvePoisson(_ u: Row, voltage: Double) -> Bool {
        switch engine {
        case .two(let a): a.solvePoisson(u, voltage: voltage, device: device, grid: grid, layers: layerOfEdge)
        case .three(let a): a.solvePoisson(u, voltage: voltage, device: device, grid: grid, layers: layerOfEdge)
        }
    }

    /// Frozen-ion read: the current at `readVoltage` with every ion where it is, including the heat of the read itself.
    ///
    /// Takes a copy of the potential; the state is bit for bit what it was. At constant permittivity of one layer the potential
    /// shifts by the capacitive divider, psi -> psi + (V_r - V) [C / (C + C_STO)] (1 - x/L), C of the compact layer and the step to the
    /// first plane, which is exact. Electrons that carry charge come to balance at the voltage of the read; where that is the state's,
    /// they keep the state's.
    ///
    /// - Parameters:
    ///   - countsCharge: whether the charge of quasi-stationary electrons counts, I e^(d ln I) to first order (`ElectronCharge`).
    ///   - memory: where the read before left off, for a series of reads of states that change little.
    /// - Throws: `NewtonFailure` when the heat balance of the read has no root.
    public func frozenRead(
        _ u: Row, at readVoltage: Double, countsCharge: Bool = false, memory: ReadMemory? = nil
    ) throws(NewtonFailure) -> Double {
        if layout.hasElectrons, readVoltage != voltage {
            guard readCurrent != nil, let reader else { return 0 }
            return reader.electronCurrent(try balance(u, at: readVoltage, by: reader, memory: memory))
        }
        let copy = readBuffer.row
        copy.assign(u)
        if device.layers.count == 1, permittivityIsConstant {
            shiftPotential(copy, by: readVoltage - voltage)
        } else {
            guard solvePoisson(copy, voltage: readVoltage) else {
                throw .tooManyIterations(lastCorrection: .infinity, unknown: "psi of a read")
            }
        }
        guard let readCurrent else { return 0 }
        let stretch = Stretch<Double>(copy)
        let root = heating.root(guess: heating.ambient, voltage: readVoltage) {
            readCurrent.evaluate(
                stretch, first: layout.sheets.count, stride: layout.block, voltage: readVoltage, temperature: $0)
        }
        guard root.exists else { throw .noState("electroforming during a read at \(readVoltage) V") }
        guard countsCharge, !layout.hasElectrons else { return root.current }
        return try withCharge(root.current, copy, voltage: readVoltage, temperature: root.temperature, memory: memory) {
            HeldState(unknowns: u.values, temperature: temperature, voltage: voltage, ambient: ambientTemperature)
        }
    }

    /// The state that a read is made of.
    struct HeldState {
        let unknowns: [Double]
        let temperature, voltage, ambient: Double
    }

    /// A current (A) of quasi-stationary electrons in the band of a read of `state` (asked for where it is needed) with what their own charge does to it: to first
    /// order, or, where that is not small (`ElectronCharge.limit`), that of the read by a device whose electrons carry charge.
    ///
    /// - Throws: `NewtonFailure` when these do not come to balance.
    func withCharge(
        _ current: Double, _ band: Row, voltage level: Double, temperature: Double, memory: ReadMemory? = nil,
        of state: () -> HeldState
    ) throws(NewtonFailure) -> Double {
        let change = electronCharge.relativeChange(
            band, first: layout[.potential, 0], stride: layout.block, voltage: level, current: current, temperature: temperature
        )
        if abs(change) <= ElectronCharge.limit { return current * exp(change) }
        guard let charged else { return current }
        let held = state()
        charged.ambientTemperature = held.ambient
        charged.restore(temperature: held.temperature, voltage: held.voltage)
        let u = RealStorage(count: charged.unknowns)
        do {
            try charged.adopt(held.unknowns, of: layout, into: u.row, voltage: held.voltage)
            return try charged.frozenRead(u.row, at: level, memory: memory)
        } catch .noState(let detail) {
            throw .noState(detail)
        } catch {
            // Where electrons do not come to balance at the state's voltage: from the band of the read.
            charged.restore(temperature: temperature, voltage: level)
            try charged.adopt(band.values, of: layout, into: u.row, voltage: level)
            return charged.electronCurrent(u.row)
        }
    }

    /// The state of a read by a device of its own, whose psi, electrons and temperature come to balance with every ion where it is; lies in
    /// `readBuffer` until the next read.
    ///
    /// - Throws: `NewtonFailure` when they do not.
    func balance(
        _ u: Row, at readVoltage: Double, by reader: AssembledDevice, memory: ReadMemory? = nil
    ) throws(NewtonFailure) -> Row {
        guard let memory else { return try balance(u, at: readVoltage, by: reader, stages: 0) }
        let copy = readBuffer.row
        copy.assign(u)
        if memory.recall(at: readVoltage, into: copy, layout) {
            reader.stand(at: readVoltage, temperature: memory.temperature, ambient: ambientTemperature)
            if (try? reader.makeConsistent(copy, iterations: 12)) != nil {
                memory.keep(copy, at: readVoltage, temperature: reader.temperature)
                return copy
            }
        }
        memory.forget()
        let row = try balance(u, at: readVoltage, by: reader, stages: 0)
        memory.keep(row, at: readVoltage, temperature: reader.temperature)
        return row
    }

    private func balance(
        _ u: Row, at readVoltage: Double, by reader: AssembledDevice, stages: Int
    ) throws(NewtonFailure) -> Row {
        let copy = readBuffer.row
        copy.assign(u)
        if stages == 0 {
            // From the band without electrons: at a read they carry little charge, at a pulse before it much. Where that does not soon
            // lead there, and close to the state's own voltage, from the state.
            guard abs(readVoltage - voltage) > 0.3 else { return try balance(u, at: readVoltage, by: reader, stages: 1) }
            for i in 0..<nodes { copy[layout[.electrons, i]] = 0 }
            reader.stand(at: readVoltage, temperature: ambientTemperature, ambient: ambientTemperature)
            if reader.solvePoisson(copy, voltage: readVoltage) {
                reader.solveElectrons(copy)
                if (try? reader.makeConsistent(copy, iterations: 20)) != nil { return copy }
            }
            return try balance(u, at: readVoltage, by: reader, stages: 1)
        }
        reader.ambientTemperature = ambientTemperature
        reader.restore(temperature: ambientTemperature, voltage: voltage)
        do {
            for k in 1...stages {
                try reader.jump(copy, to: voltage + (readVoltage - voltage) * Double(k) / Double(stages))
            }
        } catch .noState {
            throw .noState("electroforming during a read at \(readVoltage) V")
        } catch {
            // From a hot pulse the electrons are far from those of a read: in more stages where these do not get there.
            guard stages < 64 else { throw error }
            return try balance(u, at: readVoltage, by: reader, stages: 8 * stages)
        }
        return copy
    }

    /// At a constant voltage and a first temperature (K), ready to solve a state.
    private func stand(at level: Double, temperature: Double, ambient: Double) {
        ambientTemperature = ambient
        restore(temperature: temperature, voltage: level)
        drive(from: level, rate: 0, at: 0)
        prepare(time: 0)
    }

    /// Shifts psi by what a step of the voltage does at frozen charges and constant permittivity.
    func shiftPotential(_ u: Row, by step: Double) {
        for i in 0..<nodes { u[layout[.potential, i]] += step * compactShare * dividerShares[i] }
    }

    var permittivityIsConstant: Bool {
        switch engine {
        case .two(let a): a.poisson.permittivities.allSatisfy(\.isConstant)
        case .three(let a): a.poisson.permittivities.allSatisfy(\.isConstant)
        }
    }
}

extension Assembly where L == Double {
    func solvePoisson(_ u: Row, voltage: Double, device: Device, grid: Grid, layers: [Int]) -> Bool {
        let (nodes, edges) = (board.nodes, board.nodes - 1)
        let compact = device.left.compactCapacitance
        let left = voltage - device.left.barrier
        let work = RealStorage(count: edges)
        let charge = work.row
        let atDepth = device.left.sheets.map { $0.depth > 0 ? SheetBorder<B, L>.node($0.depth, grid) : 0 }
        var planeCharge = 0.0
        for (k, node) in atDepth.enumerated() where node == 0 {
            planeCharge += device.left.sheets[k].charge * Constants.charge * u[k]
        }
        var sum = planeCharge
        let distance = device.left.planeDistance
        for i in 0..<edges {
            for (k, node) in atDepth.enumerated() where node == i && i > 0 {
                sum += device.left.sheets[k].charge * Constants.charge * u[k]
            }
            for (k, q, cells) in poisson.charges { sum += q * u[board.index(i, k)] * cells[i] }
            sum += poisson.fixed[i]
            charge[i] = sum
        }
        // The field of every edge (the last entry: of the gap at the contact plane), each a start for its next value.
        let isConstant = poisson.permittivities.allSatisfy(\.isConstant)
        let fieldStorage = RealStorage(count: edges + 1)
        let fields = fieldStorage.row
        for i in 0..<edges { fields[i] = (u[board.index(i, 0)] - u[board.index(i + 1, 0)]) / grid.edges[i] }
        fields[edges] = fields[0]
        func field(_ k: Int, _ layer: Int, _ displacement: Double) -> (value: Double, slope: Double) {
            let guess = fields[k]
            let found = poisson.permittivities[layer].field(displacement, near: guess.isFinite && !isConstant ? guess : nil)
            fields[k] = found.value
            return found
        }
        func miss(_ x: Double) -> (value: Double, slope: Double) {
            var (value, slope) = (left - x / compact + device.right.barrier, -1 / compact)
            if distance > 0 {
                let (field, byDisplacement) = field(edges, 0, x + planeCharge)
                value -= distance * field
                slope -= distance * byDisplacement
            }
            for i in 0..<edges {
                let (field, byDisplacement) = field(i, layers[i], x + charge[i])
                value -= grid.edges[i] * field
                slope -= grid.edges[i] * byDisplacement
            }
            return (value, slope)
        }
        // The displacement of the potential as it is: Newton's first step then is the divider of a step of the voltage.
        var x = poisson.permittivities[0].displacement(fields[0]).value - charge[0]
        if !x.isFinite { x = 0 }
        var (low, high) = (-Double.infinity, Double.infinity)
        let scale = (compact.isFinite ? compact : device.layerCapacitance) * Constants.thermalVoltage(300)
        for _ in 0..<200 {
            let (value, slope) = miss(x)
            guard value.isFinite, slope < 0 else { return false }
            if value > 0 { low = x } else { high = x }
            var next = x - value / slope
            // Newton left the bracket: its middle.
            if !(next > low && next < high), low.isFinite, high.isFinite { next = 0.5 * (low + high) }
            // Newton squares its error: what a step of 1e-9 leaves is round-off.
            let done = abs(next - x) <= 1e-9 * (abs(next) + abs(x)) + 1e-14 * scale
            x = next
            if isConstant || done { break }
        }
        var psi = left - x / compact - (distance > 0 ? distance * field(edges, 0, x + planeCharge).value : 0)
        for i in 0..<edges {
            u[board.index(i, 0)] = psi
            psi -= grid.edges[i] * field(i, layers[i], x + charge[i]).value
        }
        u[board.index(nodes - 1, 0)] = -device.right.barrier
        return psi.isFinite
    }
}
