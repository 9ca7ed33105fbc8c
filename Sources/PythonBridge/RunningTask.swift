import Essentials
import Synchronization

/// Lets one thread see how far a call of another is, and end it.
final class RunningTask: Sendable {
    private let state = Mutex((isCancelled: false, fraction: 0.0))

    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    var fraction: Double { state.withLock { $0.fraction } }
    func cancel() { state.withLock { $0.isCancelled = true } }
    func show(_ fraction: Double) { state.withLock { $0.fraction = fraction } }

    /// For computations that report more than a share.
    var handler: ProgressHandler { { self.show($0.fraction) } }
}
