import Essentials
import Foundation

/// One helper process: started with a socket as its doorbell, reaped when it ends, gone when this value goes.
///
/// The helper is a separate program, so ALE's licence (GPL-2.0) and its ROM stay out of this one. A socket pair and
/// not two pipes, because a send on a socket can be told not to raise SIGPIPE when the helper is dead.
final class HelperProcess {
    enum Command: UInt8 {
        case reset = 0x72  // r
        case step = 0x73  // s
        case goOn = 0x67  // g
        case save = 0x78  // x
        case restore = 0x69  // i
        case learnPalette = 0x70  // p
    }

    /// The interpreter that it runs in.
    static let location = PythonLocation(package: "ale-py")

    let identifier: pid_t
    private let doorbell: Int32
    private let errors: Int32
    private var reaped = false
    private let python: String

    /// Starts `script` on `python` with `memory` as descriptor 3 and waits until it is ready.
    init(python: String, script: [UInt8], arguments: [String], memory: HelperMemory) throws {
        self.python = python
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw InputError("helper process", problem: "no socket to talk to it (\(String(cString: strerror(errno))))")
        }
        var opened = [ends[0], ends[1]]
        do {
            let errors = try HelperMemory.namelessFile()
            opened.append(errors)
            // The script is handed over as an open file: it is compiled into this program, so that a copied binary still finds it.
            let program = try HelperMemory.namelessFile()
            opened.append(program)
            guard write(program, script, script.count) == script.count, lseek(program, 0, SEEK_SET) == 0 else {
                throw InputError("helper process", problem: "its script cannot be written to /dev/shm")
            }
            let identifier = try Self.spawn(
                python, ["-I", "-B", "/dev/fd/4"] + arguments,
                descriptors: [(ends[1], 0), (errors, 1), (errors, 2), (memory.descriptor, 3), (program, 4)])
            close(ends[1])
            close(program)
            self.identifier = identifier
            self.doorbell = ends[0]
            self.errors = errors
        } catch {
            opened.forEach { close($0) }
            throw error
        }
        guard try awaitByte() == UInt8(ascii: "!") else { throw failure("spoke out of turn") }
    }

    deinit {
        close(doorbell)
        if !reaped {
            // A closed doorbell ends the helper by itself; one that hangs is killed.
            for _ in 0..<200 where !reaped {
                if waitpid(identifier, nil, WNOHANG) != 0 { reaped = true } else { usleep(5000) }
            }
            if !reaped {
                kill(identifier, SIGKILL)
                waitpid(identifier, nil, 0)
            }
        }
        close(errors)
    }

    /// Rings the doorbell and returns at once; `await` must follow.
    func begin(_ command: Command) throws {
        var byte = command.rawValue
        while true {
            let sent = send(doorbell, &byte, 1, Int32(MSG_NOSIGNAL))
            if sent == 1 { return }
            if sent < 0 && errno == EINTR { continue }
            throw failure("does not listen any more")
        }
    }

    /// Waits until the helper has done `command`.
    func finish(_ command: Command) throws {
        guard try awaitByte() == command.rawValue else { throw failure("answered another command") }
    }

    func run(_ command: Command) throws {
        try begin(command)
        try finish(command)
    }

    /// Processor time that the helper has used, in s; 0 where the system has no /proc.
    var processorSeconds: Double {
        guard let data = FileManager.default.contents(atPath: "/proc/\(identifier)/stat"),
            let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " "),
            fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func awaitByte() throws -> UInt8 {
        var byte: UInt8 = 0
        while true {
            let received = recv(doorbell, &byte, 1, 0)
            if received == 1 { return byte }
            if received < 0 && errno == EINTR { continue }
            throw failure("ended")
        }
    }

    /// Says how the helper ended and what would help; reaps it.
    private func failure(_ what: String) -> InputError {
        var status: Int32 = 0
        if !reaped {
            for _ in 0..<400 where !reaped {
                if waitpid(identifier, &status, WNOHANG) != 0 { reaped = true } else { usleep(5000) }
            }
            if !reaped {
                kill(identifier, SIGKILL)
                waitpid(identifier, &status, 0)
                reaped = true
            }
        }
        let signal = status & 0x7f
        let code = (status >> 8) & 0xff
        let said = lastWords()
        switch (signal, code) {
        case (0, 64):
            return InputError(
                "ale-py", problem: "cannot be imported: \(said)", expected: Self.location.remedy, source: python)
        case (0, 65):
            return InputError("helper process", problem: "\(what): \(said)", expected: "a rebuilt program: `make build`")
        case (0, 66):
            return InputError("game", problem: said, expected: "ale-py 0.12.1: \(Self.location.remedy)", source: python)
        default:
            let end = signal != 0 ? "killed by signal \(signal)" : "exit code \(code)"
            return InputError(
                "helper process", problem: "\(what) (\(end))" + (said.isEmpty ? "" : ": \(said)"),
                expected: "an emulator that keeps running; if this happens again, \(Self.location.remedy)",
                source: python)
        }
    }

    /// The last line that the helper wrote to its error stream.
    private func lastWords() -> String {
        let size = lseek(errors, 0, SEEK_END)
        let start = max(0, size - 4096)
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        let count = pread(errors, &bytes, bytes.count, start)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return text.split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }

    /// Starts a program with the given descriptors and no others of ours (they are all close-on-exec).
    private static func spawn(_ path: String, _ arguments: [String], descriptors: [(Int32, Int32)]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // First away from the low numbers, so that no target overwrites a source that is still needed.
        let free = max(descriptors.map(\.0).max() ?? 0, 9) + 1
        for (index, pair) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, pair.0, free + Int32(index))
        }
        for (index, pair) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, free + Int32(index), pair.1)
            posix_spawn_file_actions_addclose(&actions, free + Int32(index))
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + environment).forEach { Foundation.free($0) } }
        // A group of its own: Ctrl-C goes to the terminal's group, and a game that dies of it takes the training along. The helper
        // ends with its socket.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var identifier = pid_t()
        let code = posix_spawn(&identifier, path, &actions, &attributes, &words, &environment)
        guard code == 0 else {
            throw InputError(
                "helper process", value: path, problem: "cannot be started (\(String(cString: strerror(code))))",
                expected: Self.location.remedy)
        }
        return identifier
    }
}
