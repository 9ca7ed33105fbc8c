import ArgumentParser
import Essentials
import Foundation
import Pong

/// `tausonite pong train`: learns to play, with checkpoints to resume from.
struct PongTrain: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train an agent; the run can be cut at any moment and resumed exactly.",
        discussion: """
            Examples:

              tausonite pong train --config Validation/pong/ppo.yaml --out runs/ppo
              tausonite pong train --out runs/ppo --resume
              tausonite pong train --config Validation/pong/paper.yaml --set total_steps=1000000 --out runs/paper

            The folder gets log.csv, checkpoint.safetensors (and the one before), agent.safetensors, and agent-best.safetensors \
            (best mean of 100 games). Ctrl-C ends the run after the update under way, with a checkpoint; a run that was killed \
            goes on from its last checkpoint as if nothing had happened.
            """)

    @Option(help: ArgumentHelp("Configuration, such as Validation/pong/ppo.yaml.", valueName: "file.yaml"))
    var config: String?

    @Option(help: ArgumentHelp("Folder of the run.", valueName: "folder"))
    var out: String

    @Flag(help: "Go on from the folder's last checkpoint.")
    var resume = false

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a setting of the configuration: seed=2. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if config == nil && !resume { throw ValidationError("Give --config, or --resume for a run that exists.") }
        if config == nil && !overrides.isEmpty {
            throw ValidationError("--set changes a --config; a resumed run keeps its own.")
        }
    }

    func run() throws {
        let configuration = try config.map {
            try TrainingConfiguration.load(path: ProjectFiles.locate($0)).setting(overrides)
        }
        // Before the helpers start, so that no moment of the run is without it.
        let interrupted = Interruption()
        let trainer = try Trainer(configuration: configuration, folder: out, resume: resume)
        let line = TrainingLine(quiet: output.quiet)
        var last: TrainingStatus?
        do {
            defer { line.finish() }
            try trainer.run(
                status: {
                    line.show($0)
                    last = $0
                }, stop: { interrupted.happened })
        }
        guard let last else {
            Terminal.print("\(out): nothing left to train")
            return
        }
        if output.json {
            try printJSON(Summary(last, folder: out))
        } else {
            Terminal.print(TrainingLine.text(last, timeLeft: false))
            Terminal.print("\(out): \(last.agentSteps < last.totalSteps ? "stopped; --resume goes on" : "done")")
        }
        if interrupted.happened, last.agentSteps < last.totalSteps {
            Terminal.error("interrupted after \(last.agentSteps) steps; the checkpoint is in \(out), --resume goes on from it")
            throw ExitCode(interrupted.exitCode)
        }
    }

    private struct Summary: Encodable {
        var folder: String
        var agentSteps, totalSteps, games: Int
        var meanScore100: Double?
        var wallSeconds, coreSeconds: Double

        init(_ status: TrainingStatus, folder: String) {
            self.folder = folder
            agentSteps = status.agentSteps
            totalSteps = status.totalSteps
            games = status.games
            meanScore100 = status.meanScore
            wallSeconds = status.wallSeconds
            coreSeconds = status.coreSeconds
        }
    }
}

/// The state of a training run in one line on standard error.
private final class TrainingLine {
    private let quiet: Bool
    private var drawn: ContinuousClock.Instant?
    private var slow: (f: Double?, deltaF: Double?, bound: Double?) = (nil, nil, nil)

    init(quiet: Bool) { self.quiet = quiet }

    func show(_ status: TrainingStatus) {
        guard !quiet else { return }
        if status.largestF != nil { slow = (status.largestF, status.largestDeltaF, status.lambdaAtBound) }
        let pause: Duration = Terminal.errorIsScreen ? .milliseconds(200) : .seconds(30)
        if let drawn, ContinuousClock.now - drawn < pause { return }
        drawn = .now
        var full = status
        (full.largestF, full.largestDeltaF, full.lambdaAtBound) = slow
        let text = Self.text(full, timeLeft: true)
        Terminal.write(Terminal.errorIsScreen ? "\r\u{1b}[K\(text)" : "\(text)\n")
    }

    func finish() {
        if !quiet, drawn != nil, Terminal.errorIsScreen { Terminal.write("\r\u{1b}[K") }
    }

    static func text(_ s: TrainingStatus, timeLeft: Bool) -> String {
        func f(_ value: Double, _ format: String = "%.3g") -> String { String(format: format, value) }
        var parts = [
            "\(s.agentSteps) of \(s.totalSteps) steps", "\(f(s.stepsPerSecond, "%.0f")) steps/s",
            "score \(s.meanScore.map { f($0, "%.2f") } ?? "-") (last \(min(s.games, 100)) games)",
            "length \(s.meanLength.map { f($0, "%.0f") } ?? "-")", "entropy \(f(s.entropy))", "loss \(f(s.loss))",
            "gradient \(f(s.gradientNorm))",
        ]
        if let largestF = s.largestF, let deltaF = s.largestDeltaF, let bound = s.lambdaAtBound {
            parts += ["|F| \(f(largestF))", "|dF| \(f(deltaF))", "Lambda at bound \(f(bound * 100, "%.1f")) %"]
        }
        if timeLeft { parts.append("\(ProgressBar.duration(s.secondsLeft)) left") }
        return parts.joined(separator: "  ")
    }
}
