import Foundation

extension AtomicFile {
    /// Extended attribute of every file that this program writes: its size and time of change, so that a file that somebody
    /// changed afterwards is told from one that is as it was written.
    private static let mark = "user.tausonite"

    /// Whether `path` is as this program wrote it; false also where the disk keeps no such marks, or a copy has lost them.
    package static func isOwn(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, let text = attribute(of: path) else { return false }
        return text == markText(status)
    }

    /// Whether `path` is a file with something in it that this program did not write, or that was changed since.
    package static func isForeign(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return false }
        return !isOwn(path)
    }

    /// Marks a file that was just written. Some disks keep no marks: then a file is foreign the next time.
    static func leaveMark(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let text = Array(markText(status).utf8)
        _ = calls?.set(descriptor, mark, text, text.count, 0)
    }

    private static func markText(_ status: stat) -> String {
        "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    private static func attribute(of path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 128)
        guard let count = calls?.get(path, mark, &bytes, bytes.count), count > 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private typealias Set = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
    private typealias Get = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer, Int) -> Int

    /// fsetxattr(2) and getxattr(2), which the C library has and Swift's module of it does not name.
    private static let calls: (set: Set, get: Get)? = {
        guard let set = dlsym(nil, "fsetxattr"), let get = dlsym(nil, "getxattr") else { return nil }
        return (unsafeBitCast(set, to: Set.self), unsafeBitCast(get, to: Get.self))
    }()
}
