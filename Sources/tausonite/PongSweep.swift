import ArgumentParser
import Essentials
import Foundation
import Pong
import Report
import Studies

/// `tausonite pong sweep`: figure 4b, training with different ranges of Lambda.
struct PongSweep: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train agents with different ranges of Lambda over several seeds, and compare them (figure 4b).",
        discussion: """
            Examples:

              tausonite pong sweep --ranges 0,0.08:0.92 --seeds 1,2 --steps 400000 --out runs/sweep
              tausonite pong sweep --ranges 0,0.08:0.92 --seeds 1,2 --steps 1000000 --jobs 2 --minutes 45 --out runs/sweep

            The same command goes on where the last one stopped: after Ctrl-C, after a kill, after its --minutes, or with more \
            --steps, seeds or ranges. Several processes on one folder share the runs, by locks or by --shard (default: the task of a \
            Slurm array). Runs that are done are left alone. The run that is least far goes on first, so all are about \
            as far at any moment. The folder gets <range>/seed-<n>/ (each a run as of `pong train`), lambda-sweep.csv, and \
            fig4b.png and .svg with mean and spread over the seeds.
            """)

    @Option(help: ArgumentHelp("Ranges of Lambda.", valueName: "low:high,..."))
    var ranges = "0,0.08:0.29,0.08:0.5,0.08:0.71,0.08:0.92"

    @Option(help: ArgumentHelp("Seeds; each range is trained with every one.", valueName: "n,..."))
    var seeds = "1,2"

    @Option(help: "Agent steps of each run.")
    var steps = 1_000_000

    @Option(help: ArgumentHelp("Ends the sitting after this many minutes, with checkpoints.", valueName: "n"))
    var minutes: Double?

    @Option(help: "Runs trained side by side, one core each.")
    var jobs = 1

    @Option(
        help: ArgumentHelp(
            "Train only this share of the runs: every n-th, from the i-th. Default: the task of a Slurm array, else all.",
            valueName: "i/n"))
    var shard: String?

    @Option(help: ArgumentHelp("What all runs share.", valueName: "file.yaml"))
    var config = "Validation/pong/ranges.yaml"

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the configuration. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("Folder of the runs.", valueName: "folder"))
    var out: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let minutes, !(0.001...10_000_000).contains(minutes) {
            throw ValidationError("--minutes must be 0.001 to 10000000.")
        }
    }

    func run() throws {
        let renderer = try FigureRenderer.find()
        try OutputPath.check(out + "/lambda-sweep.csv", force: output.force)
        let base = try TrainingConfiguration.load(path: ProjectFiles.locate(config)).setting(overrides)
        var plan = LambdaSweep.Plan(base: base, ranges: try Self.ranges(ranges), seeds: try Self.seeds(seeds), steps: steps)
        plan.jobs = jobs
        if let shard = try WorkShare(option: shard).shard { plan.share = { $0 % shard.count == shard.index } }
        let interruption = Interruption()
        defer { withExtendedLifetime(interruption) {} }
        let interrupted = interruption.check
        let end = ContinuousClock.now + .seconds((minutes ?? 1e7) * 60)
        let bar = ProgressBar(quiet: output.quiet)
        let sweep: LambdaSweep
        do {
            defer { bar.finish() }
            sweep = try LambdaSweep.train(
                plan, folder: out, progress: bar.handler, stop: { interrupted() || ContinuousClock.now >= end })
        }
        if let figure = try Figure.lambdaRanges(sweep) {
            try PongCurve.draw(figure, out: out + "/fig4b", renderer: renderer, output: output)
        } else if !output.quiet {
            Terminal.note("no figure yet: no range has a score of every seed")
        }
        try PongCurve.report(sweep, out: out, output: output)
        if interruption.happened {
            Terminal.error("interrupted; every run of \(out) has its checkpoint, and the same command goes on")
            throw ExitCode(interruption.exitCode)
        }
    }

    /// "0,0.08:0.92" as ranges; a single number is a range of that number alone.
    static func ranges(_ text: String) throws -> [ClosedRange<Double>] {
        try text.split(separator: ",").map { part in
            let ends = part.split(separator: ":").map { Double($0.trimmingCharacters(in: .whitespaces)) }
            guard (1...2).contains(ends.count), let low = ends.first ?? nil, let high = ends.last ?? nil, low >= 0, low <= high,
                high <= 1
            else {
                throw InputError(
                    "--ranges", value: String(part), problem: "is not a range of Lambda",
                    expected: "low:high within 0 ... 1, such as 0,0.08:0.92")
            }
            return low...high
        }
    }

    static func seeds(_ text: String) throws -> [UInt64] {
        try text.split(separator: ",").map { part in
            guard let seed = UInt64(part.trimmingCharacters(in: .whitespaces)) else {
                throw InputError(
                    "--seeds", value: String(part), problem: "is not a seed",
                    expected: "whole numbers of 0 or more, such as 1,2")
            }
            return seed
        }
    }
}
