/// Which samples of a run are kept.
public enum Recording: Sendable, Equatable {
    /// Every accepted step.
    case everyStep
    /// At most one sample per `interval` seconds, besides the corners of the protocol.
    case interval(Double)
    /// Inside each segment at the times first * 10^(k / count) after its start, k = 0, 1, ..., and at its end: decays.
    /// The times are met exactly, by the integrator's own polynomial between steps.
    case perDecade(Int, first: Double)
    /// Inside each segment at multiples of `every` after its start, met exactly, and at its end.
    case exactInterval(Double)
    /// Only the corners of the protocol.
    case corners
    /// Nothing but reads and pulses.
    case none
}
