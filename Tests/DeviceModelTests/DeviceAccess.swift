import Essentials
import FiniteVolume
import LinearAlgebra

@testable import DeviceModel

/// What the tests ask of a device beside its public face.
extension AssembledDevice {
    /// One layer of a parameter set between any two contacts, with drift-diffusion electrons.
    convenience init(
        _ parameters: DeviceParameters, left: Contact, right: Contact, grid: Grid, options: SolverOptions = SolverOptions()
    ) throws(InputError) {
        var device = Device(parameters, left: left, right: right)
        device.electrons = .driftDiffusion
        try self.init(device, options: options, grid: grid)
    }

    /// The memristor of a parameter set with drift-diffusion electrons.
    static func coupled(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) throws(InputError)
        -> AssembledDevice
    {
        var device = Device(parameters)
        device.electrons = .driftDiffusion
        return try AssembledDevice(device, options: options)
    }

    /// The flat parameters of a one-layer device as far as tests ask for them.
    var parameters: DeviceParameters {
        var p = DeviceParameters()
        let layer = device.layers[0]
        p.thickness = layer.thickness
        p.area = device.area
        p.permittivity = layer.permittivity
        p.compactCapacitance = device.left.compactCapacitance
        p.donorDensity = layer.donorDensity
        p.platinumBarrier = device.left.barrier
        p.titaniumBarrier = device.right.barrier
        p.electronMobility = layer.electronMobility
        p.densityOfStates = layer.densityOfStates
        p.richardsonVelocity = device.left.emission?.value ?? .infinity
        p.opticalPermittivity = layer.opticalPermittivity
        p.chargeNumber = device.chargeNumber
        p.hopDistance = layer.hopDistance
        p.firstPlane = layer.plane
        p.maximumDensity = device.maximumDensity
        p.ambientTemperature = device.ambientTemperature
        p.thermalResistance = device.thermalResistance
        return p
    }

    /// The equations with two unknowns a node.
    var two: Assembly<2, Double> {
        guard case .two(let assembly) = engine else { preconditionFailure("three unknowns a node") }
        return assembly
    }

    /// The equations with three unknowns a node.
    var three: Assembly<3, Double> {
        guard case .three(let assembly) = engine else { preconditionFailure("two unknowns a node") }
        return assembly
    }

    /// Place of psi at node i.
    func index(_ node: Int) -> Int { layout[.potential, node] }
    func psi(_ node: Int) -> Int { layout[.potential, node] }
    func c(_ node: Int) -> Int { layout[.vacancies, node] }

    /// Sheet of vacancies that moves the barrier by V_T, 1/m2.
    var thermalSheet: Double { 10 * device.sheetFloor }

    /// Thermal voltage at the present temperature, V.
    var thermalVoltage: Double { Constants.thermalVoltage(temperature) }

    /// Linearised rates of the contact's reactions at a state: redox, hop, store, trap.
    func reactionRates(_ u: Row) -> [ReactionRate<Double>] {
        switch engine {
        case .two(let a):
            a.board.u = Stretch(u)
            return a.contact?.evaluate(a.board) ?? []
        case .three(let a):
            a.board.u = Stretch(u)
            return a.contact?.evaluate(a.board) ?? []
        }
    }

    /// Vacancies in deep traps, 1/m2.
    func trappedVacancies(_ u: Row) -> Double { density(of: Device.SheetName.trapped, in: u) }
}

extension Permittivity where L == Double {
    init(_ parameters: DeviceParameters) { self.init([Layer(parameters)]) }
}

extension ImageForce {
    init(_ parameters: DeviceParameters) { self.init(Device(parameters)) }
}

extension SelfHeating where L == Double {
    init(_ parameters: DeviceParameters) { self.init([Device(parameters)]) }
}
