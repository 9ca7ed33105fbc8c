import CLanes
import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols
import Simulation

/// Several memristors on one grid, one a SIMD lane, beside the same devices one by one.
///
/// Self-heating is off: T is one number a device, so the heat balance is no part of the kernel.
final class LaneDevices {
    let lanes: Int
    let nodes: Int
    private let memory: LaneMemory
    private var problem: lane_devices
    private let scalar: [Memristor]
    private let start, old, solution: [RealStorage]
    /// Length of the step that the correction belongs to, s.
    private static let step = 1e-6
    private static let voltage = 3.0

    /// Set T with ten parameters of each device moved by up to 5 %, 50 us into a 3 V pulse.
    init(lanes: Int, everyPlane: Bool) throws {
        self.lanes = lanes
        var options = SolverOptions()
        if everyPlane { options.growth = 1 }
        var devices: [Memristor] = []
        var states: [[Double]] = []
        for lane in 0..<lanes {
            var p = DeviceParameters()
            p.thermalResistance = 0
            // Every plane of 0.2 nm is a node: 201 of them.
            if everyPlane { p.firstPlane = 0.2e-9 }
            let moved: [WritableKeyPath<DeviceParameters, Double>] = [
                \.area, \.compactCapacitance, \.platinumBarrier, \.vacancyDiffusivity, \.redoxPotential, \.forwardHopRate,
                \.backwardHopVelocity, \.hopFieldLength, \.oxygenLossRate, \.oxygenReturnRate,
            ]
            for (k, path) in moved.enumerated() { p[keyPath: path] *= 1 + 0.05 * Double((3 * lane + k) % 7 - 3) / 3 }
            let simulator = DeviceSimulator(p, options: options)
            try simulator.run([.hold(voltage: 0.6, duration: 10), .hold(voltage: Self.voltage, duration: 50e-6)])
            devices.append(simulator.device)
            states.append(simulator.state.unknowns)
        }
        scalar = devices
        nodes = devices[0].nodes
        old = states.map { RealStorage($0) }
        start = states.map { state in
            let row = RealStorage(state)
            for i in 0..<((state.count - 3) / 2) { row.row[3 + 2 * i] += 1e-3 * (1 - Double(2 * i) / Double(state.count - 3)) }
            return row
        }
        solution = states.map { RealStorage($0) }
        memory = LaneMemory(nodes: nodes, lanes: lanes)
        problem = memory.problem
        for lane in 0..<lanes { fill(lane) }
        for device in scalar {
            device.drive(from: Self.voltage, rate: 0, at: 0)
            device.prepare(time: 0)
        }
        for (k, row) in old.enumerated() { for i in 0..<row.row.count { old[k].row[i] = -row.row[i] / Self.step } }
    }

    private func fill(_ lane: Int) {
        let p = scalar[lane].parameters
        let (grid, v) = (scalar[lane].grid, Constants.thermalVoltage(p.ambientTemperature))
        let permittivity = Constants.vacuumPermittivity * p.permittivity
        let sheet = v * (p.compactCapacitance + permittivity / p.thickness) / (p.chargeNumber * Constants.charge)
        let constants: [(lane_constant, Double)] = [
            (LANE_CHARGE_NUMBER, p.chargeNumber), (LANE_CHARGE, Constants.charge), (LANE_DIFFUSIVITY, p.vacancyDiffusivity),
            (LANE_INVERSE_THERMAL, 1 / v), (LANE_THERMAL, v), (LANE_INVERSE_MAXIMUM, 1 / p.maximumDensity),
            (LANE_PERMITTIVITY, permittivity), (LANE_DONOR_CHARGE, Constants.charge * p.donorDensity), (LANE_SHIFT, 1 / Self.step),
            (LANE_VOLTAGE, Self.voltage), (LANE_PLATINUM_BARRIER, p.platinumBarrier), (LANE_TITANIUM_BARRIER, p.titaniumBarrier),
            (LANE_REDOX_POTENTIAL, p.redoxPotential), (LANE_COMPACT, p.compactCapacitance), (LANE_FIRST_PLANE, p.firstPlane),
            (LANE_REDOX_RATE, p.redoxRate), (LANE_REDOX_SYMMETRY, p.redoxSymmetry), (LANE_SITES, p.siteDensity),
            (LANE_INVERSE_OXYGEN_REFERENCE, 1 / p.oxygenReference), (LANE_FORWARD_HOP, p.forwardHopRate),
            (LANE_BACKWARD_HOP, p.backwardHopVelocity), (LANE_HOP_LENGTH, p.hopFieldLength), (LANE_HOP_SYMMETRY, p.hopSymmetry),
            (LANE_OXYGEN_LOSS, p.oxygenLossRate), (LANE_OXYGEN_RETURN, p.oxygenReturnRate),
            (LANE_INVERSE_CAPACITY, p.oxygenCapacity.isFinite ? 1 / p.oxygenCapacity : 0), (LANE_FLOOR, 0.1 * sheet),
            (LANE_INVERSE_TOLERANCE, 1 / scalar[lane].options.tolerance),
        ]
        for (index, value) in constants { memory.constants[Int(index.rawValue) * lanes + lane] = value }
        for (i, h) in grid.edges.enumerated() {
            memory.edges[i * lanes + lane] = h
            memory.hops[i * lanes + lane] = p.chargeNumber * p.hopDistance / (2 * h)
        }
        for (i, cell) in grid.cells.enumerated() { memory.cells[i * lanes + lane] = i == 0 ? p.firstPlane : cell }
        let state = old[lane].row
        for i in 0..<state.count { memory.history[i * lanes + lane] = -state[i] / Self.step }
    }

    /// Puts the start value of the step back, in all lanes.
    func resetLanes() {
        for (lane, row) in start.enumerated() { for i in 0..<row.row.count { memory.unknowns[i * lanes + lane] = row.row[i] } }
    }

    func correctLanes() { lanes == 8 ? lane_correct_8(&problem) : lane_correct_4(&problem) }
    func assembleLanes() { lane_assemble_8(&problem) }
    func solveLanes() { lane_solve_8(&problem) }

    func resetScalar() { for (to, from) in zip(solution, start) { to.row.assign(from.row) } }

    /// One correction of every device, one after the other; returns the sizes in tolerances.
    @discardableResult
    func correctScalar() throws -> [Double] {
        var sizes: [Double] = []
        sizes.reserveCapacity(lanes)
        for (lane, device) in scalar.enumerated() {
            sizes.append(try device.correct(solution[lane].row, shift: 1 / Self.step, history: old[lane].row).norm)
        }
        return sizes
    }

    /// Largest difference between lanes and one by one after `count` corrections, relative to |u| (potentials: to V_T).
    func difference(after count: Int) throws -> Double {
        resetLanes()
        resetScalar()
        var worst = 0.0
        for _ in 0..<count {
            correctLanes()
            try correctScalar()
        }
        for (lane, row) in solution.enumerated() {
            for i in 0..<row.row.count {
                let (a, b) = (memory.unknowns[i * lanes + lane], row.row[i])
                let scale = i >= 3 && (i - 3) % 2 == 0 ? Constants.thermalVoltage(300) : abs(b)
                let error = abs(a - b) / scale
                worst = error.isFinite ? max(worst, error) : .infinity
            }
        }
        return worst
    }
}

/// The arrays of one `lane_devices`, aligned to 64 bytes: the one unsafe type of this benchmark.
final class LaneMemory {
    let constants, edges, cells, hops, history, unknowns, work, norm: UnsafeMutablePointer<Double>
    let problem: lane_devices
    private let base: UnsafeMutableRawPointer

    init(nodes: Int, lanes: Int) {
        let sizes = [Int(LANE_CONSTANTS.rawValue), nodes - 1, nodes, nodes - 1, 3 + 2 * nodes, 3 + 2 * nodes, 14 * nodes, 1]
        let total = sizes.reduce(0, +) * lanes
        base = .allocate(byteCount: 8 * total, alignment: 64)
        let doubles = base.bindMemory(to: Double.self, capacity: total)
        doubles.initialize(repeating: 0, count: total)
        var offset = 0
        let parts = sizes.map { size -> UnsafeMutablePointer<Double> in
            defer { offset += size * lanes }
            return doubles + offset
        }
        (constants, edges, cells, hops) = (parts[0], parts[1], parts[2], parts[3])
        (history, unknowns, work, norm) = (parts[4], parts[5], parts[6], parts[7])
        problem = lane_devices(
            nodes: nodes, constants: constants, edges: edges, cells: cells, hops: hops, history: history, unknowns: unknowns, work: work,
            norm: norm)
    }

    deinit { base.deallocate() }
}
