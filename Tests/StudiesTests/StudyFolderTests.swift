import Essentials
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Studies

/// Units of work in a folder: each once, whatever ends before its time.
@Suite struct StudyFolderTests {
    private static func folder() throws -> String {
        let path = NSTemporaryDirectory() + "/tausonite-study-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func identity(_ units: Int, plan: String = "p", version: String = "1") -> StudyIdentity {
        StudyIdentity(command: "test", version: version, units: units, parts: ["device": "d", "plan": plan])
    }

    @Sendable private static func result(_ unit: Int) -> Data { Data("unit \(unit)\n".utf8) }

    @Test func everyUnitIsMadeOnceByAnyNumberOfThreadsAndFolders() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let counts = Mutex([Int](repeating: 0, count: 200))
        // Four that share one folder as processes do: the locks of one hold against the others.
        let outcomes = try concurrentMap(4) { rank in
            let study = try StudyFolder(path, Self.identity(200))
            return try study.run(WorkShare(rank: rank, size: 4), threads: 2) { unit in
                counts.withLock { $0[unit] += 1 }
                usleep(500)
                return Self.result(unit)
            }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 200))
        #expect(outcomes.allSatisfy { $0.present == 200 && !$0.isInterrupted } && outcomes.map(\.made).reduce(0, +) == 200)
        let study = try StudyFolder(path, Self.identity(200))
        for unit in 0..<200 { #expect(try AtomicFile.read(study.file(unit)) == Self.result(unit)) }
        // No lock is left, and nothing is done twice.
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/claims").isEmpty)
        let again = try study.run(WorkShare(), threads: 2) { _ in
            Issue.record("made again"); return Data()
        }
        #expect(again.made == 0 && again.present == 200)
    }

    @Test func anotherStudyIsRefusedByWhatDiffers() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try StudyFolder(path, Self.identity(3))
        var about = Self.identity(3)
        about.about = ["words": "other"]
        _ = try StudyFolder(path, about)
        for (other, word) in [
            (Self.identity(3, plan: "q"), "another plan"), (Self.identity(4), "number of units (3)"),
            (Self.identity(3, version: "2"), "version (1)"),
        ] {
            let error = #expect(throws: InputError.self) { try StudyFolder(path, other) }
            #expect(error?.problem.contains(word) == true, "\(String(describing: error))")
        }
        try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/study.json"))
        #expect(throws: InputError.self) { try StudyFolder(path, Self.identity(3)) }
    }

    @Test func aFileOfSomebodysOwnIsNotTakenForAProduct() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/sweep.csv"))
        let error = #expect(throws: InputError.self) { try StudyFolder(path, Self.identity(3), products: ["sweep.csv"]) }
        #expect(error?.key == path + "/sweep.csv" && !FileManager.default.fileExists(atPath: path + "/study.json"))
    }

    @Test func shardsPartTheUnitsAndRanksDoNot() throws {
        let shards = (0..<3).map { WorkShare(shard: .init(index: $0, count: 3)).order(of: 10) }
        #expect(shards == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]])
        for rank in 0..<4 {
            let order = WorkShare(rank: rank, size: 4).order(of: 10)
            #expect(order.sorted() == Array(0..<10) && order[0] == [0, 2, 5, 7][rank])
        }
        #expect(WorkShare(shard: .init(index: 5, count: 8)).order(of: 3).isEmpty)
    }

    @Test func sharesComeFromTheOptionOrTheLauncher() throws {
        func share(_ option: String? = nil, _ environment: [String: String] = [:]) throws -> WorkShare {
            try WorkShare(option: option, environment: environment)
        }
        #expect(try share() == WorkShare())
        #expect(try share("2/8").shard == .init(index: 1, count: 8))
        let array = [
            "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "10", "SLURM_ARRAY_TASK_STEP": "3",
            "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_PROCID": "0",
        ]
        #expect(
            try share(nil, array).shard == .init(index: 2, count: 4) && share("1/2", array).shard == .init(index: 0, count: 2))
        // Tasks that are run again are no even shares: they share all units.
        let some = array.merging(["SLURM_ARRAY_TASK_COUNT": "2"]) { $1 }
        #expect(try share(nil, some).shard == nil)
        let ranks = try share(nil, ["OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4"])
        #expect(ranks.rank == 3 && ranks.size == 4 && ranks.shard == nil && ranks.threads(environment: [:]) == 1)
        let steps = try share(nil, ["SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"])
        #expect(steps.rank == 1 && steps.size == 2 && steps.threads(environment: ["SLURM_CPUS_PER_TASK": "6"]) == 6)
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0", "1/2/3"] {
            let error = #expect(throws: InputError.self) { try share(wrong) }
            #expect(error?.key == "--shard" && error?.value == wrong)
        }
    }

    @Test func aStopKeepsWhatIsDoneAndAnErrorToo() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let study = try StudyFolder(path, Self.identity(50))
        let done = Mutex(0)
        let stopped = try study.run(WorkShare(), threads: 2, stop: { done.withLock { $0 >= 10 } }) { unit in
            done.withLock { $0 += 1 }
            return unit == 3 ? nil : Self.result(unit)
        }
        #expect(stopped.isInterrupted && stopped.present >= 8 && stopped.present < 50 && !study.isFinished(3))
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try study.run(WorkShare(), threads: 1) { unit in
                if unit == 30 { throw Broken() }; return Self.result(unit)
            }
        }
        #expect(study.isFinished(29) && !study.isFinished(30))
        let whole = try study.run(WorkShare(), threads: 2) { Self.result($0) }
        #expect(whole.present == 50 && !whole.isInterrupted)
    }

    /// The claim of a process that is gone is no lock any more; one of a process that lives is waited for, and taken over when
    /// that ends without a result.
    @Test func unitsOfTheDeadAreTakenOver() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let study = try StudyFolder(path, Self.identity(4))
        // A killed process leaves the file and no lock.
        try AtomicFile.write("", to: study.claim(1))
        let held = Mutex<FileLock?>(try FileLock(study.claim(2)))
        let release = DispatchQueue(label: "release")
        release.asyncAfter(deadline: .now() + 0.3) { held.withLock { $0 = nil } }
        let outcome = try study.run(WorkShare(), threads: 1) { Self.result($0) }
        #expect(outcome.made == 4 && held.withLock { $0 == nil })
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/claims").isEmpty)
    }

    @Test func oneOfManyLaysTheResultsTogether() throws {
        let path = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let study = try StudyFolder(path, Self.identity(1))
        func merge(_ share: WorkShare) throws -> Bool {
            try study.merging(share, product: "sweep.csv") { try AtomicFile.write("table", to: path + "/sweep.csv") }
        }
        #expect(try merge(WorkShare(rank: 1, size: 2)))
        // It is there: other ranks leave it; a command by itself renews it.
        #expect(try !merge(WorkShare(rank: 0, size: 2)) && merge(WorkShare()))
        let lock = try #require(try FileLock(path + "/claims/merge"))
        #expect(lock.isFirm)
        #expect(try !merge(WorkShare()))
        withExtendedLifetime(lock) {}
    }

    @Test func aLockIsHeldByOneAndFreeAfterwards() throws {
        let path = try Self.folder() + "/deep/er/lock"
        var first: FileLock? = try FileLock(path)
        #expect(first != nil)
        #expect(try FileLock(path) == nil)
        first = nil
        #expect(try FileLock(path) != nil)
        #expect(throws: InputError.self) { try FileLock("/proc/none/lock") }
    }
}
