import Dispatch
import Foundation
import Synchronization

/// Notes Ctrl-C, a request to terminate and the loss of the terminal, so that long work can end with its state saved.
final class Interruption {
    private final class Flag: Sendable {
        let signal = Atomic<Int32>(0)
    }

    private let flag: Flag
    private let sources: [any DispatchSourceSignal]

    init() {
        let flag = Flag()
        self.flag = flag
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let before = signal(number, SIG_IGN)
            // Under nohup the loss of the terminal is to be survived.
            if number == SIGHUP, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                _ = flag.signal.compareExchange(expected: 0, desired: number, ordering: .relaxed)
            }
            source.resume()
            return source
        }
    }

    var happened: Bool { check() }

    /// `happened` for other threads; this value must outlive it.
    var check: @Sendable () -> Bool { { [flag] in flag.signal.load(ordering: .relaxed) != 0 } }

    /// What a shell expects of a program that a signal ended: 130 after Ctrl-C (also where none was noted), 143 after a request to
    /// terminate, 129 after the loss of the terminal.
    var exitCode: Int32 {
        let number = flag.signal.load(ordering: .relaxed)
        return 128 + (number == 0 ? SIGINT : number)
    }
}
