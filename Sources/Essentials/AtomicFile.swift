import Foundation

/// Files that are either whole or not there: written aside under a random name, synchronised, renamed over the old one, and the
/// folder synchronised, so that a power cut leaves the old file or the new one.
public enum AtomicFile {
    /// Writes `data` to `path`; the old file stays intact until the new one is complete.
    ///
    /// Creates missing folders. Threads and processes may write the same path: each file is whole, and the last one stays. A
    /// symbolic link gets its target written, where the link is one's own; devices and pipes (/dev/stdout too, also as "-") are
    /// written to and never replaced. Mode and owner of an old file are kept. Throws `InputError` naming the path and the reason when that cannot
    /// be done; nothing is left then. Cost: two synchronisations beside the write.
    public static func write(_ data: Data, to path: String) throws(InputError) {
        do throws(SystemFailure) {
            switch try Destination(path) {
            case .stream(let place): try pour(data, into: place)
            case .file(let place, let old): try replace(place, old, with: data)
            }
        } catch {
            throw InputError(path, problem: "cannot be written (\(error.reason))", expected: error.remedy)
        }
    }

    /// Appends `data` to the plain file at `path`, which must be there; not synchronised, and a kill may leave a part of it.
    ///
    /// No symbolic link is followed, not even one's own: what is appended to may not be exchanged between two rows. Throws `InputError`
    /// naming the path and the reason.
    public static func append(_ data: Data, to path: String) throws(InputError) {
        do throws(SystemFailure) {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw errno == ELOOP ? SystemFailure(code: ELOOP, words: "is a symbolic link") : SystemFailure()
            }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw SystemFailure() }
            guard status.st_mode & S_IFMT == S_IFREG else { throw SystemFailure(code: EACCES, words: "is no plain file") }
            try fill(descriptor, data)
        } catch {
            throw InputError(path, problem: "cannot be written (\(error.reason))", expected: error.remedy)
        }
    }

    /// Writes text as UTF-8, whole or not at all; throws `InputError` where the file cannot be written.
    public static func write(_ text: String, to path: String) throws(InputError) {
        try write(Data(text.utf8), to: path)
    }

    /// Whether `path` is a device, a pipe or an open descriptor (/dev/null, /dev/stdout, a FIFO): such a thing has no files beside it.
    public static func isStream(_ path: String) -> Bool {
        if case .stream? = try? Destination(path) { return true }
        return false
    }

    private static func replace(_ path: String, _ old: stat?, with data: Data) throws(SystemFailure) {
        let folder = path.folderPart
        try makeFolder(folder)
        // Opened before anything changes: what cannot be synchronised leaves the old file.
        let home = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard home >= 0 || errno == EACCES else { throw SystemFailure() }
        defer { if home >= 0 { close(home) } }
        let (descriptor, aside) = try temporaryFile(in: folder)
        var isDone = false
        defer {
            // The lock on the name goes with the descriptor, so the name goes first.
            if !isDone { unlink(aside) }
            close(descriptor)
        }
        if let old {
            // Of the owner: what can be kept is; a stranger's file that one may write becomes one's own.
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            guard fchmod(descriptor, old.st_mode & 0o777) == 0 else { throw SystemFailure() }
        } else {
            let mask = currentMask()
            guard fchmod(descriptor, 0o666 & ~mask) == 0 else { throw SystemFailure() }
        }
        try fill(descriptor, data)
        leaveMark(descriptor)
        guard fsync(descriptor) == 0 else { throw SystemFailure() }
        guard rename(aside, path) == 0 else { throw SystemFailure() }
        isDone = true
        if home >= 0 { try synchronise(home) }
    }

    /// A path in `folder` that nobody can foresee; in the working folder where that is empty.
    static func temporaryName(in folder: String) -> String {
        let name = Litter.prefix + String(UInt64.random(in: .min ... .max), radix: 16) + Litter.ending
        return folder.isEmpty ? name : "\(folder)/\(name)"
    }

    /// An open, locked, new file with a name that nobody can foresee. Its lock says that its writer lives.
    private static func temporaryFile(in folder: String) throws(SystemFailure) -> (descriptor: Int32, path: String) {
        for _ in 0..<100 {
            let path = temporaryName(in: folder)
            // O_EXCL refuses a name that is there, links included.
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if descriptor < 0 {
                if errno == EEXIST || errno == EINTR { continue }
                throw SystemFailure()
            }
            // Who sweeps the folder at this very moment may have taken the name away.
            let isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            var status = stat()
            if isOurs, fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (descriptor, path) }
            unlink(path)
            close(descriptor)
        }
        throw SystemFailure(code: EEXIST)
    }

    private static func pour(_ data: Data, into path: String) throws(SystemFailure) {
        // An own descriptor is shared and not opened anew: what is printed goes on behind what is written.
        let own = descriptorNumber(of: path)
        let descriptor = own.map { dup($0) } ?? open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure() }
        defer { close(descriptor) }
        try fill(descriptor, data)
    }

    /// 1 of /dev/stdout, 3 of /dev/fd/3.
    private static func descriptorNumber(of path: String) -> Int32? {
        switch path {
        case "/dev/stdout", "-": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
            return folder.flatMap { Int32(path.dropFirst($0.count)) }
        }
    }

    static func fill(_ descriptor: Int32, _ data: Data) throws(SystemFailure) {
        var at = data.startIndex
        while at < data.endIndex {
            let piece = data[at..<min(data.endIndex, at + 1 << 24)]
            let written = piece.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw SystemFailure()
            }
            at += written
        }
    }

    /// Makes a folder and those above it that are missing; each is synchronised into the one that holds it.
    static func makeFolder(_ folder: String) throws(SystemFailure) {
        if folder.isEmpty || mkdir(folder, 0o777) == 0 {
            if !folder.isEmpty { try synchroniseFolder(folder.folderPart) }
            return
        }
        let code = errno
        switch code {
        case EEXIST:
            var status = stat()
            guard stat(folder, &status) == 0 else { throw SystemFailure() }
            guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(code: ENOTDIR) }
        case ENOENT:
            let above = folder.folderPart
            guard !above.isEmpty, above != folder else { throw SystemFailure(code: code) }
            try makeFolder(above)
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw SystemFailure() }
            try synchroniseFolder(above)
        case EROFS, EACCES, EPERM:
            // Also said of folders that are there, where nothing can be made beside them.
            var status = stat()
            guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(code: code) }
        default: throw SystemFailure(code: code)
        }
    }

    static func synchroniseFolder(_ folder: String) throws(SystemFailure) {
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that one may write to and not read cannot be synchronised; nor can those of some network disks.
        guard descriptor >= 0 else {
            if errno == EACCES { return }
            throw SystemFailure()
        }
        defer { close(descriptor) }
        try synchronise(descriptor)
    }

    /// Some disks cannot synchronise a folder; they say so.
    private static func synchronise(_ folder: Int32) throws(SystemFailure) {
        guard fsync(folder) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else { throw SystemFailure() }
    }

    /// The bits that a new file lacks; read from /proc, because to ask for them by `umask` is to change them for all threads.
    private static func currentMask() -> mode_t {
        guard let status = FileManager.default.contents(atPath: "/proc/self/status"),
            let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first(where: { $0.hasPrefix("Umask:") }),
            let mask = mode_t(line.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8)
        else { return 0o022 }
        return mask
    }
}
