import ArgumentParser
import Calibration
import Essentials
import Foundation

/// `tausonite fuzz`: random devices under random protocols, to find where the solver breaks its word.
struct FuzzDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Try random devices and protocols on the solver.",
        discussion: """
            Example:

              tausonite fuzz --runs 10000 --seed 1

            Every run must end in a finished trace or in a stop that names time, voltage and what failed; nothing in it may be other than \
            finite; the vacancy-oxygen inventory is kept to 1e-9; no density is negative beyond round-off; 20,000 steps bound the work. Exit code \
            1 when a run breaks one of these. A numerical error names the parameter to look at.
            """)

    @Option(help: "Number of runs.")
    var runs = 10_000

    @Option(help: "Seed; the same seed gives the same runs.")
    var seed: UInt64 = 1

    @Option(help: "Run only this one; show its device, its protocol and how it ends.")
    var only: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
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
        let bar = ProgressBar(quiet: output.quiet)
        let summary: Fuzz.Summary
        do {
            defer { bar.finish() }
            summary = try fuzz.run(progress: bar.handler)
        }
        if output.json {
            try printJSON(summary, keys: .useDefaultKeys)
        } else {
            show(summary)
        }
        if !summary.faults.isEmpty { throw ExitCode(1) }
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
