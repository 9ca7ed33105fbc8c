import Foundation

extension AtomicFile {
    /// Most bytes of a file that is read whole.
    public static let largestRead = 1 << 30

    /// Reads a whole file, a pipe or a device (/dev/stdin, also as "-"), of at most `limit` bytes.
    ///
    /// Throws `InputError` naming the path when it is missing, a folder, may not be read, or is larger: an endless device ends there.
    public static func read(_ path: String, atMost limit: Int = largestRead) throws(InputError) -> Data {
        func failure(_ reason: String? = nil) -> InputError {
            InputError(
                path, problem: "cannot be read" + (reason.map { " (\($0))" } ?? ""), expected: "an existing, readable file")
        }
        guard !path.utf8.contains(0) else { throw failure("is no name of a file") }
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno == ENOENT ? nil : SystemFailure().reason) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(SystemFailure().reason) }
        if status.st_mode & S_IFMT == S_IFDIR { throw failure("is a folder") }
        let tooLarge = InputError(
            path, value: status.st_size > limit ? "\(status.st_size) bytes" : nil, problem: "is too large",
            expected: "at most \(limit) bytes")
        guard status.st_size <= limit else { throw tooLarge }
        var data = Data()
        data.reserveCapacity(Int(status.st_size))
        var piece = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 1 << 16), 1 << 24))
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(SystemFailure().reason)
            }
            if count == 0 { return data }
            guard data.count + count <= limit else { throw tooLarge }
            data.append(contentsOf: piece[..<count])
        }
    }

    /// Reads a whole file of UTF-8 text; throws `InputError` as `read`, and where the bytes are no such text.
    ///
    /// - kind: what the file should be, for the message: "a CSV file".
    public static func text(_ path: String, kind: String, atMost limit: Int = largestRead) throws(InputError) -> String {
        guard let text = String(validating: try read(path, atMost: limit), as: UTF8.self) else {
            throw InputError(path, problem: "is not UTF-8 text", expected: kind)
        }
        return text
    }
}
