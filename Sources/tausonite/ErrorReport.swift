import ArgumentParser
import Essentials
import Foundation
import Synchronization

/// How errors are told: a line for people, or with --json an object for programs, on standard error either way.
///
///     {"error":{"expected":"5 nm ... 500 nm ...","key":"thickness","problem":"is out of range","value":"1 nm"},"exit_code":2}
enum ErrorReport {
    private static let asJSON = Atomic<Bool>(false)

    /// From here on errors are objects.
    static func speakJSON() { asJSON.store(true, ordering: .relaxed) }

    /// Input that cannot be taken.
    static func tell(_ error: InputError) {
        guard asJSON.load(ordering: .relaxed) else { return Terminal.write("error: \("\(error)".visible)\n") }
        write(
            Line(
                error: .init(
                    message: "\(error)", source: error.source, line: error.line, key: error.key, value: error.value,
                    problem: error.problem, expected: error.expected), exit_code: 2))
    }

    /// Anything else that ends a command; the code where it is known.
    static func tell(_ message: String, code: Int32? = nil) {
        guard asJSON.load(ordering: .relaxed) else { return Terminal.write("error: \(message.visible)\n") }
        write(Line(error: .init(message: message), exit_code: code))
    }

    /// A wrong command line: what the parser says of it, and a word that was perhaps meant.
    static func tell(usage error: any Error, arguments: [String], code: Int32) {
        let near = Self.suggestion(arguments)
        guard asJSON.load(ordering: .relaxed) else {
            let lines = Tausonite.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.map { $0.count > 400 ? String($0).excerpt(400) : String($0) }.joined(separator: "\n")
            return Terminal.note(near.map { "Error: \($0)\n\(text)" } ?? text)
        }
        write(Line(error: .init(message: Tausonite.message(for: error).excerpt(1000), expected: near), exit_code: code))
    }

    /// "there is no command simulat; did you mean simulate?", where the first word that should name a command names none.
    static func suggestion(_ arguments: [String]) -> String? {
        var command: any ParsableCommand.Type = Tausonite.self
        var path = ""
        for word in arguments {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, word != "help" else { return nil }
            if word.hasPrefix("-") { continue }
            if let next = subcommands.first(where: { $0._commandName == word }) {
                command = next
                path += word + " "
                continue
            }
            let names = subcommands.map { $0._commandName }
            let near = Essentials.suggestion(for: word, in: names) ?? "one of \(names.joined(separator: ", "))"
            return "there is no command \"\(path)\(word.excerpt(60))\"; did you mean \(near)?"
        }
        return nil
    }

    private struct Line: Encodable {
        struct Detail: Encodable {
            var message: String
            var source: String?
            var line: Int?
            var key, value, problem, expected: String?
        }
        var error: Detail
        var exit_code: Int32?
    }

    private static func write(_ line: Line) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(line)) ?? Data()
        Terminal.write(String(decoding: data, as: UTF8.self).visible + "\n")
    }
}
