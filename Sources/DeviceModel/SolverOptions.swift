/// Discretisation and tolerances of the solver; the defaults meet the accuracy stated in Docs/verification.md.
public struct SolverOptions: Equatable, Sendable, Codable {
    /// Growth of the grid from the lattice plane at Pt (1: every plane is a node) and its largest edge, m.
    public var growth = 1.15
    /// Largest edge of the grid, m.
    public var largestEdge = 2e-9
    /// Local error per step, relative to V_T for the potential and to the inventory for the densities.
    public var tolerance = 2e-4
    /// Highest order of the time integrator, 1 ... 4.
    public var maximumOrder = 4
    /// Attempted steps before a run is given up.
    public var stepBudget = 5_000_000

    /// The defaults.
    public init() {}

    /// Every lattice plane a node and a tenth of the tolerance: the reference that the defaults are compared with.
    public static var reference: SolverOptions {
        var options = SolverOptions()
        options.growth = 1
        options.tolerance = 2e-5
        return options
    }
}
