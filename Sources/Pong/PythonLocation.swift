import Essentials
import Foundation

/// Where the Python interpreter with ale-py is.
enum PythonLocation {
    static let remedy = "run `make setup`, which makes .venv with ale-py in it, or set TAUSONITE_PYTHON"

    /// The interpreter: TAUSONITE_PYTHON if set, else `.venv/bin/python` in this folder or one above it.
    ///
    /// Throws `InputError` that says to run `make setup` when there is none.
    static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath
    ) throws -> String {
        let manager = FileManager.default
        if let given = environment["TAUSONITE_PYTHON"], !given.isEmpty {
            guard manager.isExecutableFile(atPath: given) else {
                throw InputError(
                    "TAUSONITE_PYTHON", value: given, problem: "is not a program that can be run",
                    expected: "the path of a Python with ale-py, such as /home/me/tausonite/.venv/bin/python",
                    source: "environment")
            }
            return given
        }
        var place = URL(fileURLWithPath: folder).standardizedFileURL
        while true {
            let candidate = place.appendingPathComponent(".venv/bin/python").path
            if manager.isExecutableFile(atPath: candidate) { return candidate }
            let parent = place.deletingLastPathComponent().standardizedFileURL
            if parent.path == place.path || place.path == "/" { break }
            place = parent
        }
        throw InputError(
            ".venv/bin/python", problem: "is missing in \(folder) and the folders above it; the game runs in it",
            expected: remedy)
    }
}
