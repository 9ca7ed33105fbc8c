import Foundation

/// Why the system refused.
struct SystemFailure: Error {
    var code = errno
    /// Said instead of the system's words.
    var words: String?

    var reason: String { words ?? String(cString: strerror(code)) }

    /// What would help.
    var remedy: String {
        switch code {
        case ENOSPC, EDQUOT: "room on the disk"
        case EFBIG: "a limit of file sizes that the file fits in (ulimit -f)"
        case EMFILE, ENFILE: "a higher limit of open files (ulimit -n)"
        case EROFS: "a folder on a disk that is not read-only"
        case ENAMETOOLONG: "a shorter name"
        default: "a path in a folder that you may write to"
        }
    }
}

extension AtomicFile {
    /// What stands behind a path that is to be written.
    enum Destination {
        /// A plain file, there or to be made, by its own path, with what it has now.
        case file(String, stat?)
        /// A device, a pipe or an open descriptor.
        case stream(String)

        init(_ path: String) throws(SystemFailure) {
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw SystemFailure(code: ENOENT, words: "is no name of a file")
            }
            if path == "-" {
                self = .stream("/dev/stdout")
                return
            }
            let name = path.namePart
            guard !path.hasSuffix("/"), name != ".", name != ".." else { throw SystemFailure(code: EISDIR) }
            // /dev/stdout, /dev/fd/3, /proc/self/fd/1: what they lead to may be a file, and is an open one.
            let above = path.folderPart
            let folder = Self.real(above.isEmpty ? "." : above) ?? above
            if folder == "/dev" || folder.hasPrefix("/dev/fd") || folder == "/proc" || folder.hasPrefix("/proc/") {
                guard access(path, F_OK) == 0 else { throw SystemFailure() }
                self = .stream(path)
                return
            }
            var status = stat()
            guard lstat(path, &status) == 0 else {
                guard errno == ENOENT else { throw SystemFailure() }
                self = .file(path, nil)
                return
            }
            var place = path
            if status.st_mode & S_IFMT == S_IFLNK {
                // In a folder for all, a stranger may have laid the link.
                guard status.st_uid == geteuid() || status.st_uid == 0 || Self.owner(of: folder) == status.st_uid else {
                    throw SystemFailure(code: EACCES, words: "is a symbolic link that is not yours")
                }
                guard let target = Self.real(path), stat(target, &status) == 0 else {
                    throw SystemFailure(code: ENOENT, words: "is a symbolic link to nothing")
                }
                place = target
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                guard access(place, W_OK) == 0 else { throw SystemFailure() }
                self = .file(place, status)
            case S_IFIFO, S_IFCHR, S_IFBLK: self = .stream(place)
            case S_IFDIR: throw SystemFailure(code: EISDIR)
            default: throw SystemFailure(code: EACCES, words: "is neither a file nor a device nor a pipe")
            }
        }

        private static func real(_ path: String) -> String? {
            guard let found = realpath(path, nil) else { return nil }
            defer { free(found) }
            return String(cString: found)
        }

        private static func owner(of folder: String) -> uid_t? {
            var status = stat()
            // Who owns a folder that all may write to (the sticky /tmp is root's) vouches for nobody's links in it.
            guard stat(folder, &status) == 0, status.st_mode & 0o022 == 0 else { return nil }
            return status.st_uid
        }
    }
}
