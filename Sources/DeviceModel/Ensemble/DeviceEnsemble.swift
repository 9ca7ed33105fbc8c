import FiniteVolume
import LinearAlgebra

/// Up to eight devices of one structure solved side by side, a device a SIMD lane, under the same steps in time.
///
/// The equations are those of `AssembledDevice`, compiled for eight numbers at once, with two unknowns a node or with three. With three
/// each lane says for itself whether its electrons stand in Poisson's equation (`charge`): those of the others are found without their
/// charge, which is the device of two unknowns. One step size and order serve all: errors and Newton's corrections are the largest over
/// the lanes, so each device is at least as accurate as alone. Unknowns: value i of lane k is number 8 i + k. Lanes without a device of
/// their own, and those taken out, hold copies of another one.
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
    public internal(set) var occupants: [Int]
    /// The equations, compiled for each block size.
    enum Engine {
        case two(Assembly<2, Lanes>)
        case three(Assembly<3, Lanes>)
    }
    var engine: Engine
    /// Devices whose electrons stand in Poisson's equation; without three unknowns a node none.
    public internal(set) var charged: Set<Int> = []
    let readCurrent: ThermionicCurrent<Lanes>?
    let readBuffer: RealStorage
    /// Rise of psi at each node per volt at frozen charges; nil where the permittivity falls with the field.
    let readShape: RealStorage?
    var voltageStart = Lanes(repeating: 0), voltageRate = Lanes(repeating: 0), timeStart = 0.0

    /// - Parameter withElectrons: whether devices with three unknowns a node are taken as well; all of them charge their electrons then.
    /// - Returns: nil unless there are one to eight devices of one `EnsembleStructure`.
    public init?(_ devices: [AssembledDevice], withElectrons: Bool = false) {
        guard let first = devices.first, devices.count <= Self.width,
            let structure = EnsembleStructure(first, withElectrons: withElectrons),
            devices.allSatisfy({ EnsembleStructure($0, withElectrons: withElectrons) == structure })
        else { return nil }
        self.devices = devices
        layout = first.layout
        options = first.options
        occupants = (0..<Self.width).map { $0 < devices.count ? $0 : 0 }
        let lanes = occupants.map { devices[$0] }
        engine = Self.engine(lanes)
        readCurrent = ThermionicCurrent(lanes.map(\.device), grids: lanes.map(\.grid))
        readBuffer = RealStorage(count: Self.width * layout.count)
        readShape = Self.readShape(lanes, layout)
        if layout.hasElectrons { charged = Set(devices.indices) }
    }

    static func engine(_ lanes: [AssembledDevice]) -> Engine {
        let devices = lanes.map(\.device)
        let (grids, layout, options) = (lanes.map(\.grid), lanes[0].layout, lanes[0].options)
        let cells = lanes.map { $0.device.vacancyCells($0.grid) }
        let stoichiometry = try? lanes[0].device.checkedStoichiometry()
        return layout.hasElectrons
            ? .three(
                Assembly(
                    devices, grids: grids, layout: layout, vacancyCells: cells, options: options, stoichiometry: stoichiometry,
                    resolvesIonicCurrent: false))
            : .two(
                Assembly(
                    devices, grids: grids, layout: layout, vacancyCells: cells, options: options, stoichiometry: stoichiometry))
    }

    /// Voltage on the left contacts at the last prepared time, V.
    public internal(set) var voltage: Lanes {
        get {
            switch engine {
            case .two(let a): a.board.voltage
            case .three(let a): a.board.voltage
            }
        }
        set {
            switch engine {
            case .two(let a): a.board.voltage = newValue
            case .three(let a): a.board.voltage = newValue
            }
        }
    }

    /// Lattice temperatures of the hot spots, K.
    public var temperature: Lanes {
        switch engine {
        case .two(let a): a.board.rates.temperature
        case .three(let a): a.board.rates.temperature
        }
    }

    /// Ambient temperatures, K: the descriptions' until they are set.
    public var ambientTemperature: Lanes {
        get { heating.ambient }
        set {
            switch engine {
            case .two(let a): a.setAmbient(newValue)
            case .three(let a): a.setAmbient(newValue)
            }
        }
    }

    var heating: SelfHeating<Lanes> {
        switch engine {
        case .two(let a): a.heating
        case .three(let a): a.heating
        }
    }

    /// Sets the linear voltages of the stretch of integration that starts at `time`; V and V/s.
    public func drive(from start: Lanes, rate: Lanes, at time: Double) {
        (voltageStart, voltageRate, timeStart) = (start, rate, time)
        voltage = start
    }

    /// Puts temperatures and voltages back to those of saved states.
    public func restore(temperature: Lanes, voltage new: Lanes) {
        voltage = new
        switch engine {
        case .two(let a):
            a.board.rates.set(temperature: temperature)
            a.firstCorrection = true
        case .three(let a):
            a.board.rates.set(temperature: temperature)
            a.firstCorrection = true
        }
    }

    /// Largest content of sheets and layer met since the owner set it to 0, 1/m2.
    public var largestContent: Lanes {
        get {
            switch engine {
            case .two(let a): a.largestContent
            case .three(let a): a.largestContent
            }
        }
        set {
            switch engine {
            case .two(let a): a.largestContent = newValue
            case .three(let a): a.largestContent = newValue
            }
        }
    }

    /// What the inventories are kept at, 1/m2; nil: at those of the step before.
    public var keptInventory: Lanes? {
        get {
            switch engine {
            case .two(let a): a.keptInventory
            case .three(let a): a.keptInventory
            }
        }
        set {
            switch engine {
            case .two(let a): a.keptInventory = newValue
            case .three(let a): a.keptInventory = newValue
            }
        }
    }
}

extension DeviceEnsemble: ImplicitSystem {
    public var unknowns: Int { Self.width * layout.count }

    public func prepare(time: Double) {
        voltage = voltageStart + voltageRate * (time - timeStart)
        switch engine {
        case .two(let a): a.firstCorrection = true
        case .three(let a): a.firstCorrection = true
        }
    }

    public func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection {
        switch engine {
        case .two(let a): try a.correct(u, shift: shift, history: history, tolerance: options.tolerance)
        case .three(let a): try a.correct(u, shift: shift, history: history, tolerance: options.tolerance)
        }
    }

    public func condition(predictor u: Row, last: Row) {
        switch engine {
        case .two(let a): a.condition(u, last: last)
        case .three(let a): a.condition(u, last: last)
        }
    }

    public func isAdmissible(_ u: Row) -> Bool {
        switch engine {
        case .two(let a): a.isAdmissible(u)
        case .three(let a): a.isAdmissible(u)
        }
    }

    public func settle(_ u: Row, shift: Double, history: Row) -> Bool {
        switch engine {
        case .two(let a): a.settle(u, shift: shift, history: history)
        case .three(let a): a.settle(u, shift: shift, history: history)
        }
    }

    public func errorNorm(_ e: Row, at u: Row) -> Double {
        switch engine {
        case .two(let a): a.errorNorm(e, at: u)
        case .three(let a): a.errorNorm(e, at: u)
        }
    }
}
