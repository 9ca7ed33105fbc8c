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

    /// The interpreter: TAUSONITE_PYTHON if set, else `.venv/bin/python` of the project that the program lies in, so that
    /// `.build/release/tausonite` finds its repository's from anywhere, else that of the working folder itself.
    ///
    /// Nothing above the working folder is run: who can write to a shared parent would decide what runs. Whether the package is in it
    /// shows only when it runs. Throws `InputError` that says to run `make setup` when there is no interpreter.
    public func find(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath,
        program: String? = ProgramLocation.program
    ) throws(InputError) -> String {
        if let given = environment["TAUSONITE_PYTHON"], !given.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: given) else {
                throw InputError(
                    "TAUSONITE_PYTHON", value: given, problem: "is not a program that can be run",
                    expected: "the path of a Python with \(package), such as .venv/bin/python", source: "environment")
            }
            return given
        }
        for place in ProgramLocation.folders(above: program) + [folder] {
            let candidate = "\(place)/.venv/bin/python"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw InputError(
            ".venv/bin/python", problem: "is missing beside the program and in \(folder); \(package) runs in it",
            expected: remedy)
    }
}

/// Where the program lies, and the files that come with it.
public enum ProgramLocation {
    /// The path of the program that runs, links resolved; nil where the system does not say.
    public static var program: String? { Bundle.main.executableURL?.resolvingSymlinksInPath().path }

    /// The folders that belong to `program` and hold Materials, nearest first: projects above it, and what `make install` laid into
    /// share/tausonite beside its bin.
    public static func folders(above program: String? = program) -> [String] {
        places(above: program).filter { FileManager.default.fileExists(atPath: $0 + "/Materials") }
    }

    /// Where files that come with `program` are sought: at most 8 folders above it, and share/tausonite in each.
    public static func places(above program: String? = program) -> [String] {
        guard let program else { return [] }
        var places: [String] = []
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent().standardizedFileURL
        for _ in 0..<8 {
            let path = folder.path == "/" ? "" : folder.path
            places += [path.isEmpty ? "/" : path, path + "/share/tausonite"]
            if folder.path == "/" { break }
            folder = folder.deletingLastPathComponent().standardizedFileURL
        }
        return places
    }
}
