import FiniteVolume
import LinearAlgebra

/// Up to eight devices of one structure solved side by side, a device a SIMD lane, under the same steps in time.
///
/// The equations are those of `AssembledDevice` with two unknowns a node, compiled for eight numbers at once. One step size and order
/// serve all: errors and Newton's corrections are the largest over the lanes, so each device is at least as accurate as alone.
/// Unknowns: value i of lane k is number 8 i + k. Lanes without a device of their own, and those taken out, hold copies of another one.
/// Cost: about a third (AVX-512) to a half (baseline x86-64) of the processor time of eight devices alone.
public final class DeviceEnsemble {
    /// One number of each lane.
    public typealias Lanes = SIMD8<Double>
    /// Number of lanes.
    public static let width = 8

    /// The devices in the order given.
    public let devices: [AssembledDevice]
    /// Where each unknown of one device stands.
    public let layout: Layout
    /// Grid and tolerances of all of them.
    public let options: SolverOptions
    /// Which of `devices` stands in each lane; lanes from `devices.count` on are copies.
    public private(set) var occupants: [Int]
    private(set) var assembly: Assembly<2, Lanes>
    let readCurrent: ThermionicCurrent<Lanes>?
    let readBuffer: RealStorage
    /// Rise of psi at each node per volt at frozen charges; nil where the permittivity falls with the field.
    let readShape: RealStorage?
    private var voltageStart = Lanes(repeating: 0), voltageRate = Lanes(repeating: 0), timeStart = 0.0

    /// - Returns: nil unless there are one to eight devices of one `EnsembleStructure`.
    public init?(_ devices: [AssembledDevice]) {
        guard let first = devices.first, devices.count <= Self.width, let structure = EnsembleStructure(first),
            devices.allSatisfy({ EnsembleStructure($0) == structure })
        else { return nil }
        self.devices = devices
        layout = first.layout
        options = first.options
        occupants = (0..<Self.width).map { $0 < devices.count ? $0 : 0 }
        assembly = Self.assembly(occupants.map { devices[$0] })
        let lanes = occupants.map { devices[$0] }
        readCurrent = ThermionicCurrent(lanes.map(\.device), grids: lanes.map(\.grid))
        readBuffer = RealStorage(count: Self.width * layout.count)
        readShape = Self.readShape(lanes, layout)
    }

    private static func assembly(_ lanes: [AssembledDevice]) -> Assembly<2, Lanes> {
        let devices = lanes.map(\.device)
        return Assembly(
            devices, grids: lanes.map(\.grid), layout: lanes[0].layout,
            vacancyCells: lanes.map { $0.device.vacancyCells($0.grid) },
            options: lanes[0].options, stoichiometry: try? lanes[0].device.checkedStoichiometry())
    }

    /// Voltage on the left contacts at the last prepared time, V.
    public var voltage: Lanes { assembly.board.voltage }
    /// Lattice temperatures of the hot spots, K.
    public var temperature: Lanes { assembly.board.rates.temperature }

    /// Ambient temperatures, K: the descriptions' until they are set.
    public var ambientTemperature: Lanes {
        get { assembly.heating.ambient }
        set { assembly.setAmbient(newValue) }
    }

    /// Sets the linear voltages of the stretch of integration that starts at `time`; V and V/s.
    public func drive(from start: Lanes, rate: Lanes, at time: Double) {
        (voltageStart, voltageRate, timeStart) = (start, rate, time)
        assembly.board.voltage = start
    }

    /// Puts temperatures and voltages back to those of saved states.
    public func restore(temperature: Lanes, voltage: Lanes) {
        assembly.board.voltage = voltage
        assembly.board.rates.set(temperature: temperature)
        assembly.firstCorrection = true
    }

    /// Largest content of sheets and layer met since the owner set it to 0, 1/m2.
    public var largestContent: Lanes {
        get { assembly.largestContent }
        set { assembly.largestContent = newValue }
    }

    /// Lanes that the last failure concerns: those without a heat balance, with a number that is not finite or a density that is not
    /// admissible; else the one with the largest error or correction.
    public func culprits(of failure: NewtonFailure) -> [Int] {
        if !assembly.failed.isEmpty { return assembly.failed }
        var norms = assembly.errorNorms
        if case .tooManyIterations = failure { norms = assembly.correctionNorms }
        var worst = 0
        for k in 1..<Self.width where !(norms[k] <= norms[worst]) { worst = k }
        return [worst]
    }

    /// Puts a copy of the device and state in lane `healthy` into each of `lanes`, so that the others can go on.
    ///
    /// Cost: a new assembly, some 0.1 ms.
    public func replace(_ lanes: [Int], by healthy: Int, in u: Row) {
        var (temperature, voltage, content, ambient) = (temperature, voltage, largestContent, ambientTemperature)
        for lane in lanes {
            occupants[lane] = occupants[healthy]
            for i in 0..<layout.count { u[Self.width * i + lane] = u[Self.width * i + healthy] }
            (temperature[lane], voltage[lane], content[lane]) = (temperature[healthy], voltage[healthy], content[healthy])
            ambient[lane] = ambient[healthy]
            (voltageStart[lane], voltageRate[lane]) = (voltageStart[healthy], voltageRate[healthy])
        }
        assembly = Self.assembly(occupants.map { devices[$0] })
        ambientTemperature = ambient
        restore(temperature: temperature, voltage: voltage)
        largestContent = content
    }

    /// Writes one device's unknowns into its lane.
    public func put(_ unknowns: [Double], lane: Int, into u: Row) {
        precondition(unknowns.count == layout.count, "the state belongs to another grid")
        for i in 0..<layout.count { u[Self.width * i + lane] = unknowns[i] }
    }

    /// One lane's unknowns.
    public func unknowns(lane: Int, of u: Row) -> [Double] { (0..<layout.count).map { u[Self.width * $0 + lane] } }
}

extension DeviceEnsemble: ImplicitSystem {
    public var unknowns: Int { Self.width * layout.count }

    public func prepare(time: Double) {
        assembly.board.voltage = voltageStart + voltageRate * (time - timeStart)
        assembly.firstCorrection = true
    }

    public func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        try assembly.correct(u, shift: shift, history: history, tolerance: options.tolerance)
    }

    public func condition(predictor u: Row, last: Row) { assembly.condition(u, last: last) }
    public func isAdmissible(_ u: Row) -> Bool { assembly.isAdmissible(u) }
    public func settle(_ u: Row, shift: Double, history: Row) -> Bool { assembly.settle(u, shift: shift, history: history) }
    public func errorNorm(_ e: Row, at u: Row) -> Double { assembly.errorNorm(e, at: u) }
}
