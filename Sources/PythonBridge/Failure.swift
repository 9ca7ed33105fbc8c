import CompactModel
import Essentials
import Foundation
import Simulation

/// What went wrong, as JSON that a caller turns into an exception of its own.
struct Failure: Encodable {
    /// "input", "stopped" or "other".
    var kind: String
    var message: String
    var key, value, problem, expected, source: String?
    var line: Int?

    init(_ error: any Error) {
        switch error {
        case let input as InputError:
            var shown = input
            // What a function's argument holds did not come from a command line.
            if shown.source == "command line" { shown.source = nil }
            (kind, message, line) = ("input", shown.description, shown.line)
            (key, value, problem, expected, source) = (shown.key, shown.value, shown.problem, shown.expected, shown.source)
        case let stop as Trace.Stop: (kind, message) = ("stopped", stop.reason)
        default: (kind, message) = ("other", "\(error)")
        }
    }

    var json: String { (try? Answer.json(self)) ?? "{\"kind\": \"other\", \"message\": \"an error that has no words\"}" }
}

/// How values become JSON for the caller.
enum Answer {
    /// Keys as they are named; numbers that JSON cannot say as "inf", "-inf" and "nan".
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func request<Request: Decodable>(_ text: String) throws -> Request {
        try JSONDecoder().decode(Request.self, from: Data(text.utf8))
    }
}
