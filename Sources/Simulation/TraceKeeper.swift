/// Keeps the trace of a run that goes on, so that a run that is killed leaves something behind.
public struct TraceKeeper {
    /// Asked at every step: whether it is time to keep the trace.
    public var isDue: () -> Bool
    /// Gets the trace as an interruption at this step would leave it; its `stopped` says how far the run is.
    public var keep: (Trace) -> Void

    /// A keeper of two closures.
    public init(isDue: @escaping () -> Bool, keep: @escaping (Trace) -> Void) {
        self.isDue = isDue
        self.keep = keep
    }
}
