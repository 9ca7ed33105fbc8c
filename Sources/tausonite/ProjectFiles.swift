import Essentials
import Foundation

/// Finds the files that come with the program (`Materials/`, `Validation/`) from wherever it is started.
enum ProjectFiles {
    /// `path` as given when it exists; a relative one is also sought beside the folders above the working folder and
    /// above the program, so that `.build/release/tausonite` finds its repository.
    ///
    /// Returns the path unchanged when nothing is found, so that the reader's own error names it.
    static func locate(_ path: String) -> String {
        let manager = FileManager.default
        if path.hasPrefix("/") || manager.fileExists(atPath: path) { return path }
        var starts = [manager.currentDirectoryPath]
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            starts.append(program.deletingLastPathComponent().path)
        }
        for start in starts {
            var folder = URL(fileURLWithPath: start)
            for _ in 0..<8 {
                let candidate = folder.appendingPathComponent(path).path
                // A folder counts only if it is this project's, not any that happens to hold the same name.
                if manager.fileExists(atPath: folder.appendingPathComponent("Materials").path),
                    manager.fileExists(atPath: candidate)
                {
                    return candidate
                }
                if folder.path == "/" { break }
                folder = folder.deletingLastPathComponent()
            }
        }
        return path
    }
}
