import Foundation

/// Where the Python interpreter is that has a package which a part of this program runs beside itself.
///
///     let python = try PythonLocation(package: "ale-py").find()
public struct PythonLocation: Sendable {
    /// The package that is wanted, as pip names it.
    public let package: String

    /// Where a Python with this package is to be sought.
    public init(package: String) { self.package = package }

    /// What to do when there is no such interpreter, or when it lacks the package.
    public var remedy: String { "`make setup`, which makes .venv with \(package) in it, or TAUSONITE_PYTHON set" }

    /// The interpreter: TAUSONITE_PYTHON if set, else `.venv/bin/python` in the working folder or one above it, else
    /// above the program itself, so that `.build/release/tausonite` finds its repository's from anywhere.
    ///
    /// Whether the package is in it shows only when it runs. Throws `InputError` that says to run `make setup` when there
    /// is no interpreter.
    public func find(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath,
        program: String? = Bundle.main.executableURL?.resolvingSymlinksInPath().path
    ) throws(InputError) -> String {
        if let given = environment["TAUSONITE_PYTHON"], !given.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: given) else {
                throw InputError(
                    "TAUSONITE_PYTHON", value: given, problem: "is not a program that can be run",
                    expected: "the path of a Python with \(package), such as .venv/bin/python", source: "environment")
            }
            return given
        }
        let starts = [folder] + (program.map { [URL(fileURLWithPath: $0).deletingLastPathComponent().path] } ?? [])
        for start in starts {
            if let found = Self.above(start) { return found }
        }
        throw InputError(
            ".venv/bin/python", problem: "is missing in \(folder) and the folders above it; \(package) runs in it",
            expected: remedy)
    }

    private static func above(_ folder: String) -> String? {
        var place = URL(fileURLWithPath: folder).standardizedFileURL
        while true {
            let candidate = place.appendingPathComponent(".venv/bin/python").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            if place.path == "/" { return nil }
            place = place.deletingLastPathComponent().standardizedFileURL
        }
    }
}
