import Foundation

/// Files that are either whole or not there: written aside, synchronised, then renamed over the old one.
public enum AtomicFile {
    /// Writes `data` to `path`; the old file stays intact until the new one is complete.
    ///
    /// Creates missing folders. Threads and processes may write the same path: each file is whole, and the last one stays. Throws
    /// `InputError` naming the path when the folder cannot be written.
    public static func write(_ data: Data, to path: String) throws(InputError) {
        // A device such as /dev/null is written to and never replaced: root could rename a plain file over it.
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        if type == .typeCharacterSpecial || type == .typeBlockSpecial || type == .typeSocket {
            guard let device = FileHandle(forWritingAtPath: path), (try? device.write(contentsOf: data)) != nil else {
                throw InputError(path, problem: "cannot be written", expected: "a path in a folder that you may write to")
            }
            return
        }
        let target = URL(fileURLWithPath: path)
        let folder = target.deletingLastPathComponent()
        // A name of its own, so that two threads that write one file do not take each other's.
        let aside = folder.appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString).tmp")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try data.write(to: aside)
            let handle = try FileHandle(forWritingTo: aside)
            try handle.synchronize()
            try handle.close()
            guard rename(aside.path, target.path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
        } catch {
            try? FileManager.default.removeItem(at: aside)
            throw InputError(
                path, problem: "cannot be written (\(error.localizedDescription))",
                expected: "a path in a folder that you may write to")
        }
    }

    /// Writes text as UTF-8, whole or not at all; throws `InputError` where the file cannot be written.
    public static func write(_ text: String, to path: String) throws(InputError) {
        try write(Data(text.utf8), to: path)
    }

    /// Reads a whole file; throws `InputError` naming the path when it is missing.
    public static func read(_ path: String) throws(InputError) -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InputError(path, problem: "cannot be read", expected: "an existing, readable file")
        }
        return data
    }
}
