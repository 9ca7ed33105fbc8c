import LinearAlgebra

/// A stiff system M du/dt + f(u, t) = 0 with constant mass matrix M (zero rows are algebraic equations).
///
/// The integrator replaces du/dt at the new time by `shift * u + history`; the system assembles the residual
/// M (shift u + history) + f and its Jacobian, solves, and applies the correction to u itself, because only it knows how far a
/// potential may move and what must stay positive.
public protocol ImplicitSystem: AnyObject {
    /// Number of unknowns.
    var unknowns: Int { get }

    /// Called once per attempted step, before Newton: sets voltages and whatever else depends on time only.
    func prepare(time: Double)

    /// One Newton correction of `u`. Returns its size in units of the error tolerance and whether it was cut short.
    func correct(_ u: Row, shift: Double, history: Row) throws(NewtonFailure) -> NewtonCorrection

    /// Size of the local error `e` at state `u` in units of the tolerance; a step is kept when it is at most 1.
    func errorNorm(_ e: Row, at u: Row) -> Double

    /// True when `u` is physical (densities not negative); a converged but inadmissible step is repeated at first order,
    /// then cut, never clamped: clamping would lose inventory.
    func isAdmissible(_ u: Row) -> Bool

    /// Called once Newton has converged for a step: may take round-off out of the invariants of M du/dt = -f, whose history is
    /// `history`; false refuses the step. Does nothing unless the system says otherwise.
    func settle(_ u: Row, shift: Double, history: Row) -> Bool

    /// Makes an extrapolated start value usable (densities positive); free to change it, since Newton follows.
    func condition(predictor: Row, last: Row)
}

extension ImplicitSystem {
    public func settle(_ u: Row, shift: Double, history: Row) -> Bool { true }
}

/// What one Newton correction did.
@frozen
public struct NewtonCorrection: Sendable {
    /// Size of the correction in units of the tolerance.
    public var norm: Double
    /// Whether it was cut short.
    public var wasDamped: Bool
    /// The unknown that moved most, for messages.
    public var unknown: StaticString
    /// A correction of that size.
    @inlinable
    public init(norm: Double, wasDamped: Bool, unknown: StaticString = "an unknown") {
        self.norm = norm
        self.wasDamped = wasDamped
        self.unknown = unknown
    }
}

/// Why Newton's method gave up.
public enum NewtonFailure: Error, Equatable, Sendable {
    /// A block of the matrix cannot be inverted.
    case singularMatrix
    /// `unknown` became infinite or not a number.
    case notFinite(unknown: String)
    /// Newton's correction, in tolerances, did not shrink; `unknown` moved most.
    case tooManyIterations(lastCorrection: Double, unknown: String)
    /// The step had to shrink below the smallest one to keep the error, or the sign of a density.
    case stepTooSmall(unknown: String)
    /// The system has no state here (thermal runaway, say); the step is cut to find when, then the run stops.
    case noState(String)
    /// The budget of steps that the caller set is used up.
    case stepBudget(Int)
}

/// A solve that did not converge: when, and why. Never replaced by a plausible number.
public struct IntegrationFailure: Error, Sendable, CustomStringConvertible {
    /// Time reached, s.
    public var time: Double
    /// Size of the last attempted step, s.
    public var stepSize: Double
    /// Why it failed.
    public var reason: NewtonFailure

    /// A failure at `time` (s) with a last step of `stepSize` (s).
    public init(time: Double, stepSize: Double, reason: NewtonFailure) {
        self.time = time
        self.stepSize = stepSize
        self.reason = reason
    }

    /// Whether the system has no state at this time, rather than a solver that did not find it.
    public var isMissingState: Bool {
        if case .noState = reason { true } else { false }
    }

    public var description: String {
        switch reason {
        case .singularMatrix: "no solution at t = \(time) s: singular Jacobian (step \(stepSize) s)"
        case .notFinite(let unknown): "no solution at t = \(time) s: \(unknown) is not finite (step \(stepSize) s)"
        case .tooManyIterations(let last, let unknown):
            "no solution at t = \(time) s: Newton's correction of \(unknown) is still \(last) tolerances at the smallest step \(stepSize) s"
        case .stepTooSmall(let unknown):
            "no solution at t = \(time) s: \(unknown) cannot be followed within the tolerance at the smallest step \(stepSize) s"
        case .noState(let why): "stopped at t = \(time) s: \(why)"
        case .stepBudget(let steps): "stopped at t = \(time) s: the budget of \(steps) steps is used up"
        }
    }
}
