import Dispatch
import Foundation
import Synchronization

/// Notes Ctrl-C and a request to terminate, so that long work can end with its state saved.
final class Interruption {
    private final class Flag: Sendable {
        let raised = Atomic<Bool>(false)
    }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [flag] in flag.raised.store(true, ordering: .relaxed) }
            source.resume()
        }
    }

    var happened: Bool { check() }

    /// `happened` for other threads; this value must outlive it.
    var check: @Sendable () -> Bool { { [flag] in flag.raised.load(ordering: .relaxed) } }
}
