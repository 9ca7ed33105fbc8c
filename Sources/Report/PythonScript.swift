import Essentials
import Foundation

/// A script that this program runs in the private Python, as a child process.
///
/// Its text is part of the program, so that a copied binary needs no file beside it. What it writes to its error stream are lines for
/// progress, "progress 0.25 detail", and its complaint when it fails.
struct PythonScript: Sendable {
    /// Path of the interpreter.
    let python: String
    let text: String
    /// The pip package that the script needs.
    let package: String
    /// What it makes, for messages ("figures"), and what would be right.
    let subject, expected: String

    private var remedy: String { PythonLocation(package: package).remedy }

    /// Runs it to its end.
    ///
    /// Throws `InputError` when the interpreter cannot be started, when it lacks the package, or with the script's complaint.
    func run(arguments: [String], progress: ((_ fraction: Double, _ detail: String) -> Void)? = nil) throws(InputError) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        // -I: no module of the working folder takes the place of one that is meant.
        process.arguments = ["-I", "-B", "-c", text] + arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw InputError(python, problem: "cannot be started (\(error.localizedDescription))", expected: remedy)
        }
        var message = ""
        var rest = Data()
        while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = Data(rest[(end + 1)...])
                let words = line.split(separator: " ", maxSplits: 2)
                if words.first == "progress", words.count == 3, let fraction = Double(words[1]) {
                    progress?(fraction, String(words[2]))
                } else {
                    message += line + "\n"
                }
            }
        }
        message += String(decoding: rest, as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            if message.contains("No module named") { throw InputError(python, problem: "lacks \(package)", expected: remedy) }
            // A script's complaint stands in its first lines; a failure of its own ends with the reason.
            let lines = message.split(separator: "\n")
            let reason = message.hasPrefix("Traceback") ? String(lines.last ?? "") : lines.prefix(2).joined(separator: " ")
            throw InputError(subject, problem: "cannot be drawn (\(reason))", expected: expected)
        }
    }

    /// Gives a folder of its own for the files that pass between program and script; gone afterwards.
    func withFolder<Result>(_ work: (_ folder: String) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder(subject)
        return try work(folder.path)
    }
}
