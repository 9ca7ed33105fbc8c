import Essentials
import Foundation

/// Says before a long run, not after it, that its result could not be written.
enum OutputPath {
    /// Also removes what killed runs left half written beside it. Throws `InputError` when `path` is a folder, when its folder can neither be written nor made, or when it would
    /// be overwritten by its own side file.
    static func check(_ path: String, sideFile: String? = nil, option: String = "--out") throws {
        if AtomicFile.isStream(path) { return }
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw InputError(option, value: path, problem: "is a folder", expected: "a file in it")
        }
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
    }

    /// A file beside `path` with another ending: synapse.yaml gives synapse.state.json.
    static func beside(_ path: String, _ ending: String) -> String {
        let (folder, name) = (path.folderPart, path.namePart)
        let dot = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil }
        return (folder.isEmpty || folder == "/" ? folder : folder + "/") + name[..<(dot ?? name.endIndex)] + "." + ending
    }
}
