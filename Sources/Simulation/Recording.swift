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
    /// At most this many samples, pulses and reads each, evenly spread over the run, the newest always among them: memory does not grow
    /// with the length of the protocol. Counts and sums still cover every pulse.
    case atMost(Int)
    /// Only the corners of the protocol.
    case corners
    /// Nothing but reads and pulses.
    case none

    /// Most entries of each list of the trace; nil: no bound.
    var limit: Int? {
        if case .atMost(let count) = self { count } else { nil }
    }
}
