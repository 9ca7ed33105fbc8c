import Essentials
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// Sweeps under a real mpirun and a real Slurm.
@Suite(.serialized) struct ClusterTests {
    private static func line(_ arguments: [String]) -> String {
        ([CommandLineTests.program.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    }

    private static let study = SweepCommandTests.sweep + ["--quiet", "--out"]

    @Test(
        "1, 2 and 4 ranks of mpirun write the bytes of one thread",
        .enabled(if: Cluster.missingMPI == nil, Comment(rawValue: "needs \(Cluster.missingMPI ?? "")")))
    func ranks() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try SweepCommandTests.whole(in: folder)
        for ranks in [1, 2, 4] {
            let outcome = try Cluster.shell(
                "mpirun -n \(ranks) --oversubscribe \(Self.line(Self.study + ["ranks-\(ranks)"]))", in: folder)
            #expect(outcome.code == 0, "\(outcome.text)")
            // One of them says what came out.
            #expect(outcome.text.components(separatedBy: "24 points").count == 2, "\(outcome.text)")
            #expect(try SweepCommandTests.read("ranks-\(ranks)/sweep.csv", folder) == whole)
        }
    }

    @Test(
        "Of four ranks one is killed: with --enable-recovery the others do its unit too; without, mpirun ends all, and the next run does what is missing",
        .enabled(if: Cluster.missingMPI == nil, Comment(rawValue: "needs \(Cluster.missingMPI ?? "")")))
    func aRankIsKilled() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try SweepCommandTests.whole(in: folder)
        for (option, study) in [("--enable-recovery", "on"), ("", "off")] {
            // Rank 2 kills itself when a few units are there.
            let script = """
                if [ "$OMPI_COMM_WORLD_RANK" = 2 ]; then
                    \(Self.line(Self.study + [study])) & victim=$!
                    until [ "$(ls \(study)/units 2>/dev/null | wc -l)" -ge 3 ]; do sleep 0.005; done
                    kill -9 $victim; kill -9 $$
                fi
                exec \(Self.line(Self.study + [study]))
                """
            try AtomicFile.write(script, to: folder.path + "/rank.sh")
            let outcome = try Cluster.shell("timeout 120 mpirun -n 4 --oversubscribe \(option) bash rank.sh", in: folder)
            if study == "on" {
                #expect(outcome.code == 0, "\(outcome.text)")
            } else {
                #expect(outcome.code != 0)
                let next = try CommandLineTests.run(Self.study + [study], in: folder)
                #expect(next.code == 0, "\(next.error)")
            }
            #expect(try SweepCommandTests.read("\(study)/sweep.csv", folder) == whole)
        }
    }

    @Test(
        "A Slurm array of the example script, a job cut by scancel and its rerun, and srun with two tasks",
        .enabled(if: Cluster.missingSlurm == nil, Comment(rawValue: "needs \(Cluster.missingSlurm ?? "")")))
    func slurm() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try SweepCommandTests.whole(in: folder)
        // The example with this sweep in place of its own.
        let example = try Repository.text("Docs/examples/sweep.sbatch")
        let command = try #require(example.split(separator: "\n").first { $0.hasPrefix("srun tausonite sweep") })
        let lines = example.components(separatedBy: "\n").filter { !$0.hasPrefix("module ") }.map { line -> String in
            if line == command { return "srun " + Self.line(Self.study + ["array"]) }
            return line.hasPrefix("    ") ? "" : line
        }
        try AtomicFile.write(lines.joined(separator: "\n"), to: folder.path + "/array.sh")
        // Some tenths of a second a unit, so that a job can be cancelled among them.
        let slow = ["sweep", "--vary", "area=+-5% in 8", "--output", "level 1", "--quiet", "--out"]
        #expect(try CommandLineTests.run(slow + ["slow"], in: folder).code == 0)
        let script = """
            set -e
            sbatch --wait --array=1-3 -o array-%a.txt array.sh
            job=$(sbatch --parsable -n 1 -o cut.txt --wrap="srun \(Self.line(slow + ["steps", "--threads", "1"]))")
            until [ "$(ls steps/units 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.02; done
            scancel $job
            while squeue -h | grep -q .; do sleep 0.1; done
            test ! -e steps/sweep.csv
            srun -n 2 \(Self.line(slow + ["steps"]))
            """
        try AtomicFile.write(script, to: folder.path + "/jobs.sh")
        let outcome = try Cluster.slurm([folder.path + "/slurm", "timeout", "240", "bash", "jobs.sh"], in: folder)
        #expect(outcome.code == 0, "\(outcome.text)")
        #expect(try SweepCommandTests.read("array/sweep.csv", folder) == whole, "\(outcome.text)")
        #expect(
            try SweepCommandTests.read("steps/sweep.csv", folder) == SweepCommandTests.read("slow/sweep.csv", folder),
            "\(outcome.text)")
        // Each task of the array did its share.
        for task in 1...3 {
            let text = String(decoding: try SweepCommandTests.read("array-\(task).txt", folder), as: UTF8.self)
            #expect(!text.contains("error"), "\(text)")
        }
    }
}
