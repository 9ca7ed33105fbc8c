import Foundation

/// Files of the repository that tests read.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Where a file lies, named from the root of the repository.
    package static func path(_ file: String) -> String { root.appendingPathComponent(file).path }

    /// Its text.
    package static func text(_ file: String) throws -> String { try String(contentsOfFile: path(file), encoding: .utf8) }
}
