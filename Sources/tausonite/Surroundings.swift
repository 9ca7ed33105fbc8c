import Essentials
import Foundation

/// What the program is started with: its three streams and the signals of a full disk or a closed pipe.
enum Surroundings {
    /// The least address space that every command gets along with; an allocation that fails ends a program without a word.
    static let leastMemory: UInt64 = 768 << 20

    /// To be called before anything is opened. Throws `InputError` where a limit leaves too little memory.
    static func prepare() throws(InputError) {
        prepareStreams()
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < leastMemory else { return }
        throw InputError(
            "ulimit -v", value: "\(limit.rlim_cur >> 20) MiB", problem: "is too little memory",
            expected: "\(leastMemory >> 20) MiB or more", source: "environment")
    }

    private static func prepareStreams() {
        // A closed stream would give its number to the next file that is opened, and what is printed would land there.
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            // Opened the wrong way round, so that reading or writing fails as it should.
            let mode = number == STDIN_FILENO ? O_WRONLY : O_RDONLY
            let opened = open("/dev/null", mode)
            if opened >= 0, opened != number {
                dup2(opened, number)
                _ = close(opened)
            }
        }
        // A pipe that nobody reads and a file that grows past its limit are errors of the write, not ends of the program.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// The exit code of a program that would end with `code`: not 0 where something that was printed did not arrive.
    static func close(_ code: Int32) -> Int32 {
        // Some disks say only now that they are full.
        let closed = Foundation.close(STDOUT_FILENO) == 0 || errno == EBADF ? nil : errno
        guard let first = Terminal.lostOutput ?? closed else { return code }
        // The terminal is gone, and that is what ends the program: nobody is there to be told.
        if code == 128 + SIGHUP { return code }
        // A reader that has seen enough (`| head`) closes its end: what a shell calls 141, and no error to speak of.
        if first == EPIPE { return code == 0 ? 128 + SIGPIPE : code }
        Terminal.error(
            "standard output: cannot be written (\(String(cString: strerror(first)))), so the result is not there; files that were "
                + "written stay")
        return code == 0 ? 1 : code
    }
}
