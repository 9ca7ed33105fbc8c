import Essentials
import Foundation
import Synchronization

/// Writing to standard error, and what it is connected to.
enum Terminal {
    /// Whether standard error is a screen, on which a line can be drawn over.
    static var errorIsScreen: Bool { isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

    /// Whether standard output is a screen that may be coloured.
    static var outputIsScreen: Bool { isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil }

    private static let lost = Atomic<Int32>(0)
    private static let givenUp = Atomic<Bool>(false)

    /// Leaves standard output to a file that a command writes there (`--out -`): results for people go to standard error then.
    static func giveUpOutput() { givenUp.store(true, ordering: .relaxed) }

    /// Whether standard output is a file's.
    static var outputIsGivenUp: Bool { givenUp.load(ordering: .relaxed) }

    /// Why something that was printed did not arrive, as an `errno`; nil where all did.
    static var lostOutput: Int32? {
        let code = lost.load(ordering: .relaxed)
        return code == 0 ? nil : code
    }

    static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// Prints a result, at once, so that it stands before what is said later. Nothing in it acts on the screen: names come from other people's files.
    ///
    /// - isPainted: the text has colours of this program's own, and its maker made the rest of it visible.
    static func print(_ text: String, terminator: String = "\n", isPainted: Bool = false) {
        var rest = Array(((isPainted ? text : text.visible) + terminator).utf8)[...]
        let stream = outputIsGivenUp ? STDERR_FILENO : STDOUT_FILENO
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(stream, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                _ = lost.compareExchange(expected: 0, desired: errno, ordering: .relaxed)
                return
            }
            rest = rest.dropFirst(written)
        }
    }

    /// "error: ..." in one line, in the form that all commands share.
    static func error(_ message: String) { ErrorReport.tell(message) }

    /// A remark that is no result: what was written where, what was left out.
    static func note(_ message: String) { write("\(message.visible)\n") }
}
