import Essentials
import Foundation
import Protocols

/// A protocol that leaves numbers open: "Pulse {amplitude} for {width}".
///
/// A name in braces stands for what `--vary amplitude=...` gives, with its unit.
package struct ProtocolTemplate: Equatable, Sendable {
    private let texts: [String]
    /// nil: sentences of the command line.
    private let file: String?
    /// What the command line says instead of the file.
    private let readVoltage: Double?
    private let startsFromBaseState: Bool?
    /// Names that are left open, in order.
    package let names: [String]

    /// Sentences of a command line.
    package init(sentences: [String], readVoltage: Double? = nil, startsFromBaseState: Bool? = nil) {
        self.init(sentences, nil, readVoltage, startsFromBaseState)
    }

    /// A protocol file; throws `InputError` where it cannot be read.
    package init(file: String, readVoltage: Double? = nil, startsFromBaseState: Bool? = nil) throws(InputError) {
        self.init([try AtomicFile.text(file, kind: "a protocol file")], file, readVoltage, startsFromBaseState)
    }

    private init(_ texts: [String], _ file: String?, _ readVoltage: Double?, _ startsFromBaseState: Bool?) {
        (self.texts, self.file, self.readVoltage) = (texts, file, readVoltage)
        self.startsFromBaseState = startsFromBaseState
        var names: [String] = []
        for text in texts {
            for piece in text.components(separatedBy: "{").dropFirst() {
                guard let end = piece.firstIndex(of: "}") else { continue }
                let name = String(piece[..<end])
                if Self.isName(name), !names.contains(name) { names.append(name) }
            }
        }
        self.names = names
    }

    /// Letters, digits and underscores, a letter first: what else stands in braces is left as it is.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// What is the protocol as long as its names stay open, for a digest.
    package var identity: String {
        texts.joined(separator: "\n") + "\n\(readVoltage.map { "\($0)" } ?? "") \(startsFromBaseState.map { "\($0)" } ?? "")"
    }

    /// The experiment with values in place of the names.
    ///
    /// Throws `InputError` as the reader of sentences, also where a number does not fit its place.
    package func experiment(_ values: [String: String]) throws(InputError) -> Experiment {
        var filled = texts
        for (name, value) in values { filled = filled.map { $0.replacingOccurrences(of: "{\(name)}", with: value) } }
        var experiment: Experiment
        if let file {
            experiment = try Experiment(
                yaml: YAML(parsing: filled[0], source: file), fallbackName: file.namePart)
        } else {
            experiment = try Experiment(name: "command line", sentences: filled)
        }
        return try Experiment(
            name: experiment.name, steps: experiment.steps, readVoltage: readVoltage ?? experiment.readVoltage,
            startsFromBaseState: startsFromBaseState ?? experiment.startsFromBaseState)
    }
}
