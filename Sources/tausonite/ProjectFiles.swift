import Essentials
import Foundation

/// Finds the files that come with the program (`Materials/`, `Validation/`) from wherever it is started.
enum ProjectFiles {
    /// `path` as given when it exists in the working folder; else that of the project that the program lies in, so that
    /// `.build/release/tausonite` finds its repository. Folders above the working one are not searched: who can write to a shared
    /// parent must not decide what is read.
    ///
    /// Returns the path unchanged when nothing is found, so that the reader's own error names it.
    static func locate(_ path: String) -> String {
        if path.hasPrefix("/") || FileManager.default.fileExists(atPath: path) { return path }
        return own(path) ?? path
    }

    /// A file of the program's own project, whatever the working folder holds; unchanged where there is none.
    static func shipped(_ path: String) -> String { own(path) ?? path }

    private static func own(_ path: String) -> String? {
        ProgramLocation.folders().map { "\($0)/\(path)" }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
