import ArgumentParser
import Calibration
import Essentials
import Foundation
import Studies

/// `tausonite fuzz`: random devices under random protocols, to find where the solver breaks its word.
struct FuzzDevices: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Try random devices and protocols on the solver.",
        discussion: """
            Example:

              tausonite fuzz --runs 10000 --seed 1
              tausonite fuzz --runs 1000000 --out fuzzed --shard 2/8

            Every run must end in a finished trace or in a stop that names time, voltage and what failed; nothing in it may be other than \
            finite; the vacancy-oxygen inventory is kept to 1e-9; no density is negative beyond round-off; 20,000 steps bound the work. Exit code \
            1 when a run breaks one of these. A numerical error names the parameter to look at. With --out runs are kept by the fifty in a folder \
            that processes, ranks, shards and Slurm arrays share and that goes on after a kill (Docs/scale.md).
            """)

    @Option(help: "Number of runs.")
    var runs = 10_000

    @Option(help: "Seed; the same seed gives the same runs.")
    var seed: UInt64 = 1

    @Option(help: "Run only this one; show its device, its protocol and how it ends.")
    var only: Int?

    @Option(help: ArgumentHelp("Folder of the study.", valueName: "folder"))
    var out: String?

    @OptionGroup var sharing: SharingOptions

    @OptionGroup var output: OutputOptions

    /// Runs in one unit of work.
    private static let batch = 50

    func validate() throws {
        guard out != nil || sharing.shard == nil else { throw ValidationError("--shard needs --out.") }
        guard (1...100_000_000).contains(runs) else { throw ValidationError("--runs must be 1 to 100000000.") }
        if let only, only < 0 { throw ValidationError("--only must be 0 or more.") }
    }

    func run() throws {
        let fuzz = Fuzz(runs: runs, seed: seed)
        if let only {
            if !output.json { Terminal.print(fuzz.description(only)) }
            try printJSON(fuzz.trial(only), keys: .useDefaultKeys)
            return
        }
        let units = (runs + Self.batch - 1) / Self.batch
        let identity = StudyIdentity(
            command: "fuzz", version: Tausonite.configuration.version, units: units,
            parts: ["runs": "\(runs)", "seed": "\(seed)"])
        // Without a folder the study lives in one that is gone afterwards.
        let temporary = out == nil ? try TemporaryFolder("fuzz") : nil
        let session = try StudySession(
            out ?? temporary?.path ?? ".", identity, products: ["fuzz.json"], sharing: sharing, output: output,
            isTemporary: out == nil)
        let done = try session.run { [runs] unit, stop in
            var outcomes: [Fuzz.Outcome] = []
            for run in unit * Self.batch..<min((unit + 1) * Self.batch, runs) {
                if stop() { return nil }
                outcomes.append(fuzz.trial(run))
            }
            return try JSONEncoder().encode(outcomes)
        }
        guard done != nil else { return }
        try session.merge(into: "fuzz.json") {
            let summary = fuzz.summary(try outcomes(session.folder))
            if out != nil {
                try AtomicFile.write(jsonText(summary, keys: .useDefaultKeys) + "\n", to: session.folder.path + "/fuzz.json")
            }
            if output.json {
                try printJSON(summary, keys: .useDefaultKeys)
            } else {
                show(summary)
            }
            if !summary.faults.isEmpty { throw ExitCode(1) }
        }
    }

    private func outcomes(_ folder: StudyFolder) throws -> [Fuzz.Outcome] {
        try (0..<folder.identity.units).flatMap { unit in
            guard let part = try? JSONDecoder().decode([Fuzz.Outcome].self, from: AtomicFile.read(folder.file(unit))),
                part.map(\.index) == Array(unit * Self.batch..<min((unit + 1) * Self.batch, runs))
            else {
                throw InputError(
                    folder.file(unit), problem: "is not what fuzz wrote", expected: "the file removed, and fuzz run again")
            }
            return part
        }
    }

    private func show(_ summary: Fuzz.Summary) {
        Terminal.print(
            "\(summary.runs) runs (seed \(summary.seed)), \(summary.steps) steps, largest inventory drift \(String(format: "%.1e", summary.largest_drift)), "
                + "least density \(String(format: "%.1e", summary.least_density)) thermal sheets"
        )
        for ending in Fuzz.Ending.allCases {
            if let count = summary.endings[ending.rawValue] { Terminal.print("  \(ending.rawValue): \(count)") }
        }
        for example in summary.examples {
            let hint = example.suspect.map { "; look at \($0)" } ?? ""
            Terminal.print("  run \(example.index), \(example.ending.rawValue): \(example.reason)\(hint)")
        }
        Terminal.print(summary.faults.isEmpty ? "No faults." : "\(summary.faults.count) runs with faults:")
        for outcome in summary.faults.prefix(20) {
            Terminal.print(
                "  run \(outcome.index) (\(outcome.ending.rawValue)): \(outcome.faults.joined(separator: "; ")) \(outcome.reason)"
            )
        }
    }
}
