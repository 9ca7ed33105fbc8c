import Foundation
import Testing

/// Holds a measured error to a limit; with VERIFICATION_TABLE naming a file, adds a line (id, measured, limit) to it, from which
/// `Scripts/verification-table.py` makes the table of Docs/verification.md.
package func hold(
    _ measured: Double, below limit: Double, as id: String, at location: SourceLocation = #_sourceLocation
) {
    #expect(measured <= limit, "\(id): measured \(measured), limit \(limit)", sourceLocation: location)
    guard let path = ProcessInfo.processInfo.environment["VERIFICATION_TABLE"] else { return }
    let line = "\(id)\t\(measured)\t\(limit)\n"
    guard let file = fopen(path, "a") else { return }
    // One write of a short line is atomic in append mode, so parallel tests do not mix.
    fputs(line, file)
    fclose(file)
}
