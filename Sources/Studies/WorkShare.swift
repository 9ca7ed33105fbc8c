import Essentials
import Foundation

/// Which units of a study a process may take, and with which it begins.
///
/// A shard is a share that is fixed: units k with k mod n = i - 1, so that parts computed without a common disk can be laid
/// together. A rank is no share: all ranks may take every unit, and it only says where each begins, so that they seldom meet.
package struct WorkShare: Equatable, Sendable {
    /// One of `count` fixed shares, counted from 0.
    package struct Shard: Equatable, Sendable {
        package var index, count: Int

        package init(index: Int, count: Int) { (self.index, self.count) = (index, count) }
    }

    /// nil: all units.
    package var shard: Shard?
    /// Place among the processes that were started together, and their number.
    package var rank = 0, size = 1
    /// Whether this process was started beside others by mpirun or srun.
    package var isRank = false

    package init(shard: Shard? = nil, rank: Int = 0, size: Int = 1) {
        (self.shard, self.rank, self.size, isRank) = (shard, rank, size, size > 1)
    }

    /// What `--shard` says ("2/8", from 1), else what the launcher has set: the variables of a Slurm array for the shard, those of
    /// mpirun or srun for the rank.
    ///
    /// An array that is no plain sequence (some tasks run again: `--array=3,7`) gives no shard: its tasks share all units. Throws
    /// `InputError` for a shard that is none.
    package init(option: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws(InputError) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        for (rank, size) in Self.launchers {
            guard let place = number(rank), let count = number(size), count > 0, (0..<count).contains(place) else { continue }
            (self.rank, self.size, isRank) = (place, count, count > 1)
            break
        }
        if let option {
            shard = try Self.shard(option)
            return
        }
        guard let task = number("SLURM_ARRAY_TASK_ID"), let least = number("SLURM_ARRAY_TASK_MIN"),
            let most = number("SLURM_ARRAY_TASK_MAX"), let count = number("SLURM_ARRAY_TASK_COUNT")
        else { return }
        let step = max(number("SLURM_ARRAY_TASK_STEP") ?? 1, 1)
        let place = (task - least) / step
        if (most - least) / step + 1 == count, (task - least) % step == 0, (0..<count).contains(place) {
            shard = Shard(index: place, count: count)
        } else if size == 1 {
            (rank, size) = (((task % 1024) + 1024) % 1024, 1024)
        }
    }

    /// Open MPI; MPICH, Intel MPI and others of their kin; srun.
    private static let launchers = [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
        ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
        ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ]

    private static func shard(_ text: String) throws(InputError) -> Shard {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let place = parts[0], let count = parts[1], (1...1_000_000).contains(count),
            (1...count).contains(place)
        else {
            throw InputError(
                "--shard", value: text, problem: "is no share",
                expected: "i/n with i from 1 to n, such as 2/8: every eighth unit, from the second")
        }
        return Shard(index: place - 1, count: count)
    }

    /// Units to be looked at, in order: those of the shard, from the place where this rank begins around to it.
    package func order(of count: Int) -> [Int] {
        let mine = shard.map { shard in Array(stride(from: shard.index, to: count, by: shard.count)) } ?? Array(0..<count)
        guard size > 1, !mine.isEmpty else { return mine }
        let start = Int(clamped: Double(mine.count) * Double(rank) / Double(size), rounded: .down) % mine.count
        return Array(mine[start...] + mine[..<start])
    }

    /// Units worked on side by side where the command does not say: what Slurm gives each task, one for a rank among others,
    /// else all cores.
    package func threads(environment: [String: String] = ProcessInfo.processInfo.environment) -> Int {
        if let given = environment["SLURM_CPUS_PER_TASK"].flatMap({ Int($0) }), given > 0 { return given }
        if isRank { return 1 }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(cores, environment["SLURM_CPUS_ON_NODE"].flatMap { Int($0) } ?? cores))
    }
}
