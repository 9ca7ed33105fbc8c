/// Which samples of a run are kept.
public enum Recording: Sendable, Equatable {
    /// Every accepted step.
    case everyStep
    /// At most one sample per `interval` seconds, besides the corners of the protocol.
    case interval(Double)
    /// Inside each segment samples at times growing geometrically from its start, `perDecade` to a decade: decays.
    case perDecade(Int)
    /// Only the corners of the protocol.
    case corners
    /// Nothing but reads and pulses.
    case none
}
