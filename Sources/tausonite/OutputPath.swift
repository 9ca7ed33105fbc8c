import Essentials
import Foundation

/// Says before a long run, not after it, that its result could not be written, or would take the place of somebody's own file.
enum OutputPath {
    /// Throws `InputError` where two files that one command writes are the same.
    static func checkApart(_ outputs: [(what: String, path: String?)]) throws(InputError) {
        var seen: [String: String] = [:]
        for (what, path) in outputs {
            guard let path, !AtomicFile.isStream(path) else { continue }
            if let other = seen.updateValue(what, forKey: URL(fileURLWithPath: path).standardizedFileURL.path) {
                throw InputError(what, value: path, problem: "is \(other) as well", expected: "files of their own")
            }
        }
    }

    /// Also removes what killed runs left half written beside it.
    ///
    /// - isSideFileRead: the side file is one that the command goes on with.
    /// - kinds: endings that name what is written; a file that ends as another kind of file is refused.
    /// - force: whether a file that this program did not write, or that was changed since, may be written over.
    ///
    /// Throws `InputError` when `path` is a folder, when its folder can neither be written nor made, when it would be overwritten by
    /// its own side file, ends as another kind, or is somebody's own.
    static func check(
        _ path: String, sideFile: String? = nil, isSideFileRead: Bool = false, option: String = "--out", kinds: [String] = [],
        force: Bool = false
    ) throws {
        if AtomicFile.isStream(path) {
            if isStandardOutput(path) { Terminal.giveUpOutput() }
            return
        }
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw InputError(option, value: path, problem: "is a folder", expected: "a file in it")
        }
        try checkKind(path, kinds, option)
        let url = URL(fileURLWithPath: path)
        if let sideFile, URL(fileURLWithPath: sideFile).path == url.path {
            throw InputError(
                option, value: path, problem: "has the ending of its own side file", expected: "another ending, such as .csv")
        }
        var folder = url.deletingLastPathComponent()
        while !manager.fileExists(atPath: folder.path), folder.path != "/" { folder = folder.deletingLastPathComponent() }
        Litter.remove(in: url.deletingLastPathComponent().path)
        guard manager.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue,
            manager.isWritableFile(atPath: folder.path)
        else {
            throw InputError(
                option, value: path, problem: "cannot be written", expected: "a path in a folder that you may write to")
        }
        if force { return }
        try protect(path, option)
        if let sideFile, !isSideFileRead { try protect(sideFile, option) }
    }

    /// Whether results go to standard output by this path.
    static func isStandardOutput(_ path: String) -> Bool {
        ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(path)
    }

    /// Endings that say what kind of file something is.
    private static let endings = [
        "csv", "json", "yaml", "yml", "png", "svg", "pdf", "html", "gif", "safetensors", "cir", "sp", "spice", "va", "py", "h5",
        "npz",
    ]

    private static func checkKind(_ path: String, _ kinds: [String], _ option: String) throws(InputError) {
        let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
        guard !kinds.isEmpty, endings.contains(ending), !kinds.contains(ending) else { return }
        throw InputError(
            option, value: path, problem: "ends as what is not written there",
            expected: "a name ending in \(kinds.map { ".\($0)" }.joined(separator: " or "))")
    }

    /// Throws where a file is not of this program's making: asks first where a person sits at the terminal.
    private static func protect(_ path: String, _ option: String) throws {
        let isShipped = ProjectFiles.isShipped(path)
        guard isShipped || AtomicFile.isForeign(path) else { return }
        let problem =
            isShipped ? "comes with the program" : "is there, and this program did not write it, or it was changed since"
        if !isShipped, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 {
            Terminal.write("\(path.visible) \(problem). Write over it? [y/N] ")
            if ["y", "yes"].contains(readLine()?.lowercased() ?? "") { return }
        }
        throw InputError(option, value: path, problem: problem, expected: "another name, or --force to write over it")
    }

    /// A file beside `path` with another ending: synapse.yaml gives synapse.state.json.
    static func beside(_ path: String, _ ending: String) -> String {
        let (folder, name) = (path.folderPart, path.namePart)
        let dot = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil }
        return (folder.isEmpty || folder == "/" ? folder : folder + "/") + name[..<(dot ?? name.endIndex)] + "." + ending
    }
}
