import Foundation

/// What a killed run leaves, and how the next one knows it: a name of a known form whose writer holds no lock on it any more.
public enum Litter {
    static let prefix = ".tausonite-"
    static let ending = ".tmp"

    /// Removes half-written files of killed runs from a folder; those of runs that live stay, and so does everything of other users.
    ///
    /// Does nothing where the folder is not there. Cost: one look at the folder.
    public static func remove(in folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(ending) {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            taking(path, kind: S_IFREG) { unlink(path) }
        }
    }

    /// Runs `body` where `path` is of the kind, one's own, and locked by nobody.
    static func taking(_ path: String, kind: mode_t, _ body: () -> Void) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == kind, status.st_uid == geteuid(),
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        body()
    }
}

/// A new folder for work in between, for this user alone; gone with this value, or with the next such folder after a kill.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String
    private let descriptor: Int32

    /// - purpose: part of its name, such as "figures". Folders of this purpose that killed runs left are removed. Throws `InputError`
    /// where none can be made.
    public init(_ purpose: String) throws(InputError) {
        let manager = FileManager.default
        let above = manager.temporaryDirectory.path
        let prefix = "tausonite-\(purpose)-"
        for name in (try? manager.contentsOfDirectory(atPath: above)) ?? [] where name.hasPrefix(prefix) {
            Litter.taking("\(above)/\(name)", kind: S_IFDIR) { try? manager.removeItem(atPath: "\(above)/\(name)") }
        }
        var template = Array("\(above)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let failure = SystemFailure()
            throw InputError(
                above, problem: "takes no folder for work in between (\(failure.reason))",
                expected: "\(failure.remedy), or TMPDIR set to one")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(descriptor)
    }
}
