import Foundation

/// A lock on a file, held while this value lives: one process, or one thread of it, at a time does what the file stands for.
///
/// The kernel gives it back when its holder ends, however that happens: after kill -9 nothing stays locked. It is advice among
/// those who ask, and the file's content is left alone. On a network disk it holds between machines where the disk passes locks on
/// (NFS 4; Lustre mounted with flock); elsewhere `isFirm` is false, and whoever asks holds it.
/// Source: flock(2). Cost: two system calls.
package final class FileLock: Sendable {
    /// The file that is locked.
    package let path: String
    /// Whether the disk keeps locks; without them every asker holds the lock.
    package let isFirm: Bool
    private let descriptor: Int32

    /// Takes the lock, making file and folder where they are missing; nil where another holds it.
    ///
    /// Throws `InputError` where the file cannot be opened.
    package init?(_ path: String) throws(InputError) {
        do throws(SystemFailure) { try AtomicFile.makeFolder(path.folderPart) } catch {
            throw InputError(path, problem: "cannot be made (\(error.reason))", expected: error.remedy)
        }
        let opened = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            let failure = SystemFailure()
            throw InputError(path, problem: "cannot be locked (\(failure.reason))", expected: failure.remedy)
        }
        var isFirm = true
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK {
                close(opened)
                return nil
            }
            isFirm = false
            break
        }
        (self.path, self.isFirm, descriptor) = (path, isFirm, opened)
    }

    /// Takes the file away, to be called when its work is done for good: whoever opened it before finds that out by asking for
    /// the work's result.
    package func removeFile() { unlink(path) }

    deinit { close(descriptor) }
}
