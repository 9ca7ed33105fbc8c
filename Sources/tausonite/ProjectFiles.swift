import Essentials
import Foundation

/// Finds the files that come with the program (`Materials/`, `Validation/`) from wherever it is started.
enum ProjectFiles {
    /// `path` as given when it exists in the working folder; else that of the project that the program lies in, so that
    /// `.build/release/tausonite` finds its repository, and an installed one its share/tausonite. Folders above the working one are
    /// not searched: who can write to a shared parent must not decide what is read.
    ///
    /// Throws `InputError` that says where was looked when nothing is found.
    static func locate(_ path: String) throws(InputError) -> String {
        if path.hasPrefix("/") || path == "-" || FileManager.default.fileExists(atPath: path) { return path }
        if let found = own(path) { return found }
        let places = ProgramLocation.folders()
        let looked =
            places.isEmpty
            ? "beside the program, where there are no Materials: \(ProgramLocation.program ?? "its place is not known"); "
                + "`make install` lays them there"
            : places.joined(separator: ", ")
        throw InputError(
            path, problem: "cannot be read: there is no such file",
            expected: "an existing file; looked for in \(FileManager.default.currentDirectoryPath) and in \(looked)")
    }

    /// A file of the program's own project, whatever the working folder holds; unchanged where there is none.
    static func shipped(_ path: String) -> String { own(path) ?? path }

    /// Whether a path is a file that came with the program: in Materials, Validation or Docs/examples of its project.
    static func isShipped(_ path: String) -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return ProgramLocation.folders().contains { folder in
            let place = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            return ["Materials", "Validation", "Docs/examples"].contains { real.hasPrefix("\(place)/\($0)/") }
        }
    }

    private static func own(_ path: String) -> String? {
        ProgramLocation.folders().map { "\($0)/\(path)" }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
