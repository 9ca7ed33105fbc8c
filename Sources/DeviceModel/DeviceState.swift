/// The complete state of a device at one time: what a run starts from and leaves behind.
///
/// `unknowns` is [N_p, N_O, N_s, psi_0, c_0, psi_1, c_1, ...], with N_t behind where there are deep traps, in SI units (1/m2, V,
/// 1/m3).
public struct DeviceState: Equatable, Sendable, Codable {
    public var unknowns: [Double]
    /// Time since the device's own zero, s.
    public var time: Double
    /// Voltage on Pt, V.
    public var voltage: Double
    /// Lattice temperature of the hot spot, K.
    public var temperature: Double
    /// Size of the last time step, s (0: unknown): with it a run goes on from a saved state to the last bit as it would have.
    public var lastStep: Double

    public init(unknowns: [Double], time: Double, voltage: Double, temperature: Double, lastStep: Double = 0) {
        self.unknowns = unknowns
        self.time = time
        self.voltage = voltage
        self.temperature = temperature
        self.lastStep = lastStep
    }

    public var storedOxygen: Double { unknowns[0] }
    public var interfacialOxygen: Double { unknowns[1] }
    public var planeVacancies: Double { unknowns[2] }
    /// psi at the nodes, V.
    public var potential: [Double] { (0..<nodes).map { unknowns[3 + 2 * $0] } }
    /// c at the nodes, 1/m3.
    public var vacancies: [Double] { (0..<nodes).map { unknowns[4 + 2 * $0] } }
    /// Vacancies in deep traps, 1/m2; nil for a device without.
    public var trappedVacancies: Double? { unknowns.count.isMultiple(of: 2) ? unknowns.last : nil }
    private var nodes: Int { (unknowns.count - 3) / 2 }
}

/// Discretisation and tolerances of the solver; the defaults meet the accuracy stated in Docs/verification.md.
public struct SolverOptions: Equatable, Sendable, Codable {
    /// Growth of the grid from the lattice plane at Pt (1: every plane is a node) and its largest edge, m.
    public var growth = 1.15
    public var largestEdge = 2e-9
    /// Local error per step, relative to V_T for the potential and to the inventory for the densities.
    public var tolerance = 2e-4
    /// Highest order of the time integrator, 1 ... 4.
    public var maximumOrder = 4
    /// Attempted steps before a run is given up.
    public var stepBudget = 5_000_000

    public init() {}

    /// Every lattice plane a node and a tenth of the tolerance: the reference that the defaults are compared with.
    public static var reference: SolverOptions {
        var options = SolverOptions()
        options.growth = 1
        options.tolerance = 2e-5
        return options
    }
}
