import Foundation
import Testing

@testable import Essentials

@Suite struct AtomicFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("atomic-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    private func text(_ name: String) throws -> String {
        String(decoding: try AtomicFile.read("\(folder)/\(name)"), as: UTF8.self)
    }
    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Threads that write one path at once do not take each other's files: none fails, what is left is whole, and nothing lies beside it.
    @Test func threadsMayWriteOnePath() throws {
        defer { remove() }
        let texts = (0..<200).map { String(repeating: "\($0)\n", count: 2000) }
        _ = try concurrentMap(texts.count) { index throws(InputError) in
            try AtomicFile.write(texts[index], to: folder + "/table.csv")
        }
        #expect(texts.contains(try text("table.csv")))
        #expect(try names() == ["table.csv"])
    }

    /// What is written aside lies in the folder of the file, the working folder too, and never elsewhere.
    @Test func temporaryNamesAreInTheFolder() throws {
        defer { remove() }
        #expect(AtomicFile.temporaryName(in: "/a").hasPrefix("/a/.tausonite-"))
        #expect(AtomicFile.temporaryName(in: "").hasPrefix(".tausonite-") && !AtomicFile.temporaryName(in: "").contains("/"))
        #expect(AtomicFile.temporaryName(in: "a") != AtomicFile.temporaryName(in: "a"))
    }

    /// A link that lies where one writes is followed to its own target, and nothing else changes; one to nothing is refused.
    @Test func linksAreFollowedToTheirTargets() throws {
        defer { remove() }
        try AtomicFile.write("old", to: folder + "/target.csv")
        try FileManager.default.createSymbolicLink(atPath: folder + "/link.csv", withDestinationPath: "target.csv")
        try AtomicFile.write("new", to: folder + "/link.csv")
        #expect(try text("target.csv") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link.csv") == "target.csv")
        try FileManager.default.createSymbolicLink(atPath: folder + "/nowhere.csv", withDestinationPath: "absent/file")
        let error = #expect(throws: InputError.self) { try AtomicFile.write("new", to: folder + "/nowhere.csv") }
        #expect(error?.problem.contains("link to nothing") == true)
        // A stranger's link in a folder for all; only root can lay one for a test.
        if geteuid() == 0 {
            lchown(folder + "/link.csv", 65534, 65534)
            chmod(folder, 0o777)
            let error = #expect(throws: InputError.self) { try AtomicFile.write("stranger", to: folder + "/link.csv") }
            #expect(error?.problem.contains("not yours") == true)
            #expect(try text("target.csv") == "new")
        }
    }

    /// Links under every name that could be foreseen do not lead anywhere: temporary names are random and made new.
    @Test func plantedLinksAreNotOpened() throws {
        defer { remove() }
        try AtomicFile.write("mine", to: folder + "/victim")
        for name in ["result.csv.tmp", ".result.csv.tmp", ".tausonite-0.tmp"] {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "victim")
        }
        for _ in 0..<50 { try AtomicFile.write("result", to: folder + "/result.csv") }
        #expect(try text("victim") == "mine")
        #expect(try names() == [".result.csv.tmp", ".tausonite-0.tmp", "result.csv", "result.csv.tmp", "victim"])
    }

    /// A row is appended to the file itself: what a link of the same name leads to stays as it was.
    @Test func nothingIsAppendedThroughALink() throws {
        defer { remove() }
        try AtomicFile.write("mine", to: folder + "/victim")
        try AtomicFile.write("a\n", to: folder + "/log.csv")
        try AtomicFile.append(Data("b\n".utf8), to: folder + "/log.csv")
        #expect(try text("log.csv") == "a\nb\n")
        try FileManager.default.removeItem(atPath: folder + "/log.csv")
        try FileManager.default.createSymbolicLink(atPath: folder + "/log.csv", withDestinationPath: "victim")
        let refused = #expect(throws: InputError.self) { try AtomicFile.append(Data("c".utf8), to: folder + "/log.csv") }
        #expect(refused?.description.contains("is a symbolic link") == true)
        #expect(try text("victim") == "mine")
        #expect(throws: InputError.self) { try AtomicFile.append(Data("c".utf8), to: folder + "/missing") }
        #expect(throws: InputError.self) { try AtomicFile.append(Data("c".utf8), to: folder) }
    }

    /// A pipe is written to and stays a pipe; so is a device.
    @Test func pipesAndDevicesAreWrittenTo() throws {
        defer { remove() }
        let pipe = folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0 && AtomicFile.isStream(pipe) && !AtomicFile.isStream(folder + "/file"))
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try AtomicFile.write("through", to: pipe)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 7 && String(decoding: bytes.prefix(7), as: UTF8.self) == "through")
        try AtomicFile.write("away", to: "/dev/null")
        for path in ["/dev/null", "/dev/stdout"] { #expect(AtomicFile.isStream(path)) }
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        let full = #expect(throws: InputError.self) { try AtomicFile.write("more", to: "/dev/full") }
        #expect(full?.description.contains("No space left") == true && full?.expected == "room on the disk")
        #expect(throws: InputError.self) { try AtomicFile.write("more", to: "/dev/nothing-of-this-name") }
        #expect(!FileManager.default.fileExists(atPath: "/dev/nothing-of-this-name"))
    }

    /// What cannot be written says why, and leaves the old file and nothing else.
    @Test func refusalsLeaveTheOldFile() throws {
        defer { remove() }
        try AtomicFile.write("old", to: folder + "/file")
        for path in [
            "", folder, folder + "/", folder + "/file/below", folder + "/" + String(repeating: "n", count: 300), "a\0b",
        ] {
            #expect(throws: InputError.self) { try AtomicFile.write("new", to: path) }
        }
        #expect(try text("file") == "old" && names() == ["file"])
    }

    /// The permissions of a file outlive its content.
    @Test func permissionsAreKept() throws {
        defer { remove() }
        try AtomicFile.write("old", to: folder + "/secret")
        #expect(chmod(folder + "/secret", 0o600) == 0)
        try AtomicFile.write("new", to: folder + "/secret")
        var status = stat()
        #expect(stat(folder + "/secret", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    /// Half-written files of dead writers go; those whose writer lives, and other files, stay. The same for folders.
    @Test func litterOfDeadRunsIsRemoved() throws {
        defer { remove() }
        for name in [".tausonite-1.tmp", ".tausonite-2.tmp", "own.tmp", ".tausonite-notes"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let alive = open(folder + "/.tausonite-2.tmp", O_RDONLY)
        #expect(flock(alive, LOCK_EX) == 0)
        Litter.remove(in: folder)
        #expect(try names() == [".tausonite-2.tmp", ".tausonite-notes", "own.tmp"])
        close(alive)
        Litter.remove(in: folder)
        #expect(try names() == [".tausonite-notes", "own.tmp"])

        let purpose = "test\(getpid())"
        let left = FileManager.default.temporaryDirectory.path + "/tausonite-\(purpose)-dead"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        let first = try TemporaryFolder(purpose)
        #expect(!FileManager.default.fileExists(atPath: left))
        let path = first.path
        do {
            let second = try TemporaryFolder(purpose)
            #expect(second.path != path && FileManager.default.fileExists(atPath: path))
        }
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        withExtendedLifetime(first) {}
    }

    /// A file is read up to a limit, a device too, and a folder is said to be one.
    @Test func readsAreBounded() throws {
        defer { remove() }
        try AtomicFile.write(String(repeating: "a", count: 1000), to: folder + "/long")
        #expect(try AtomicFile.read(folder + "/long", atMost: 1000).count == 1000)
        let long = #expect(throws: InputError.self) { try AtomicFile.read(folder + "/long", atMost: 999) }
        #expect(long?.description.contains("1000 bytes: is too large; expected at most 999") == true)
        let endless = #expect(throws: InputError.self) { try AtomicFile.read("/dev/zero", atMost: 1 << 20) }
        #expect(endless?.problem == "is too large")
        #expect(throws: InputError.self) { try AtomicFile.read(folder) }
        #expect(throws: InputError.self) { try AtomicFile.read(folder + "/absent") }
    }
}
