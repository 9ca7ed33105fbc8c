import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// A command that notices a signal itself and ends with its state saved.
protocol SavesWhenInterrupted {}

/// A command that ends at once, and knows what it leaves.
protocol LeavesWhenInterrupted {
    /// What is there after a signal, in a few words; asked for at that moment.
    var leavings: @Sendable () -> String { get }
}

/// Notes Ctrl-C, a request to terminate and the loss of the terminal, so that long work can end with its state saved.
final class Interruption {
    private final class Flag: Sendable {
        let signal = Atomic<Int32>(0)
        let first = Mutex<ContinuousClock.Instant?>(nil)
    }

    private let flag: Flag
    private let sources: [any DispatchSourceSignal]

    /// Notes signals; a second one, a second or more after the first, ends the program at once.
    convenience init() { self.init(leavings: nil) }

    /// Ends the program when a signal comes: with a word on what `command` leaves, and the code that a shell expects.
    convenience init(ending command: any ParsableCommand) {
        self.init(
            leavings: (command as? any LeavesWhenInterrupted)?.leavings ?? { @Sendable in "nothing was left half written" })
    }

    private init(leavings: (@Sendable () -> String)?) {
        let flag = Flag()
        self.flag = flag
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let before = signal(number, SIG_IGN)
            // Under nohup the loss of the terminal is to be survived.
            if number == SIGHUP, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                _ = flag.signal.compareExchange(expected: 0, desired: number, ordering: .relaxed)
                if let leavings { Self.end(number, leavings()) }
                let now = ContinuousClock.now
                let isSecond = flag.first.withLock { first in
                    defer { first = first ?? now }
                    // A wrapper may hand on what the terminal sent to the whole group: that is one signal.
                    return first.map { now - $0 > .seconds(1) } ?? false
                }
                if isSecond { Self.end(number, "ended at once by a second signal; the state before the work under way stays") }
            }
            source.resume()
            return source
        }
    }

    private static func end(_ number: Int32, _ words: String) -> Never {
        if Terminal.errorIsScreen { Terminal.write("\r\u{1b}[K") }
        Terminal.error("interrupted; \(words)")
        _exit(128 + number)
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
