import ArgumentParser
import CompactModel
import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Pong
import Report

/// `tausonite pong watch`: a recorded game to look at.
struct PongWatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show a recorded game: a GIF, a page with a player, or in the terminal.",
        discussion: """
            Examples:

              tausonite pong watch game.json --out game.gif --from "3 points" --to "5 points"
              tausonite pong watch game.json --out game.html
              tausonite pong watch game.json --live --speed 4

            The game is played again by its agent, as game.json says, and must come out as it is recorded: the same score, actions and \
            updates. Beside the screen stand the score, G = W + F and dF of the synapse with the game's largest dF, and the mean |F| over \
            the inputs of every unit. The ending of --out says what is written: .gif, or .html for a page of its own with play, pause, \
            scrubbing and speed, the whole game in some hundred kB. --from and --to take steps ("1200 steps") or points ("3 points": when \
            three points have been made in all) and belong to GIF and terminal; the page holds the whole game. A game on devices \
            (pong evaluate --cell device) needs the synapse that it was played on:

              tausonite pong watch game.json --synapse synapse.yaml --out game.html
            """)

    @Argument(help: ArgumentHelp("The record that `pong evaluate --out` or `reproduce` wrote.", valueName: "game.json"))
    var game: String

    @Option(help: ArgumentHelp("Where to write; ends with .gif or .html.", valueName: "game.gif"))
    var out: String?

    @Flag(help: "Play it in this terminal, with 24-bit colours.")
    var live = false

    @Option(help: ArgumentHelp("The agent, where it is no longer where the record says.", valueName: "agent.safetensors"))
    var agent: String?

    @Option(help: ArgumentHelp("The synapse that a game on devices was played on.", valueName: "synapse.yaml"))
    var synapse: String?

    @Option(
        help: ArgumentHelp("Its state model. Default: synapse.state.json beside synapse.yaml.", valueName: "synapse.state.json")
    )
    var state: String?

    @Option(help: ArgumentHelp("Where to begin.", valueName: "3 points"))
    var from: FilmPosition?

    @Option(help: ArgumentHelp("Where to end.", valueName: "1200 steps"))
    var to: FilmPosition?

    @Option(help: "Times the game's own pace of 60 frames a second, 0.05 ... 64.")
    var speed = 1.0

    @Option(help: "Most pictures a second of a GIF, 1 ... 50.")
    var rate = 15.0

    @Option(help: "Pixels of a GIF for one of the screen, 2 ... 6.")
    var scale = 2

    @Option(help: ArgumentHelp("Most megabytes of a GIF.", valueName: "MB"))
    var limit = 50.0

    @OptionGroup var output: OutputOptions

    func run() throws {
        let ending = out.map { URL(fileURLWithPath: $0).pathExtension.lowercased() }
        try check(ending)
        if let out { try OutputPath.check(out, force: output.force) }
        let record = try GameRecord.load(path: game)
        let player = try Agent.load(path: ProjectFiles.locate(agent ?? record.agent))
        let writer = try out.map { _ throws(InputError) in try FilmWriter.find() }
        let bar = ProgressBar(quiet: output.quiet)
        defer { bar.finish() }
        let film = try GameFilm.replay(record, by: player, devices: try devices(of: record, bar), progress: bar.handler)
        let steps = try FilmPosition.range(from: from, to: to, of: film)
        if let out, let writer {
            if ending == "gif" {
                let cut = FilmWriter.Cut(
                    steps: steps, speed: speed, rate: rate, scale: scale, limit: Int(clamped: limit * 1e6, rounded: .towardZero)
                )
                try writer.writeGIF(film, cut, to: out, progress: bar.handler)
            } else {
                try writer.writePage(film, of: record, to: out)
            }
            bar.finish()
            try show(film, steps: ending == "gif" ? steps : 0..<film.steps, path: out)
        }
        bar.finish()
        if live { try TerminalFilm.play(film, steps: steps, speed: speed) }
    }

    /// The devices of a game on devices; nil for the algebraic cell.
    private func devices(of record: GameRecord, _ bar: ProgressBar) throws -> (tables: PairTables, unit: Double)? {
        guard let played = record.devices else { return nil }
        guard let synapse else {
            throw InputError(
                "--synapse", problem: "is missing: the game was played on devices", expected: "the synapse it was played on",
                source: game)
        }
        let model = try SynapseModel.load(path: synapse)
        let cell = try StateModelFile.cell(state, of: model, at: synapse)
        let tables = try PairTables(synapse: model, cell: cell, step: played.step, progress: bar.handler)
        return (tables, model.weightMap.conductancePerUnit)
    }

    /// What the options alone can say is wrong, before the work begins.
    private func check(_ ending: String?) throws(InputError) {
        guard out != nil || live else {
            throw InputError("--out", problem: "is missing", expected: "--out game.gif, --out game.html, or --live")
        }
        if let ending, ending != "gif", ending != "html" {
            throw InputError("--out", value: out ?? "", problem: "has no ending that is known", expected: ".gif or .html")
        }
        if ending == "html", from != nil || to != nil, !live {
            throw InputError(
                "--from, --to", problem: "belong to a GIF or the terminal: a page holds the whole game",
                expected: "neither of them")
        }
        func range(_ option: String, _ value: Double, _ range: ClosedRange<Double>, _ unit: String) throws(InputError) {
            guard range.contains(value) else {
                throw InputError(
                    option, value: "\(value)", problem: "is out of range",
                    expected: "\(range.lowerBound) ... \(range.upperBound)\(unit)")
            }
        }
        try range("--speed", speed, 0.05...64, " times the game's pace")
        try range("--rate", rate, 1...50, " pictures a second")
        try range("--scale", Double(scale), 2...6, " pixels for one of the screen")
        try range("--limit", limit, 0.1...2000, " MB")
        guard !live || Terminal.outputIsScreen else {
            throw InputError("--live", problem: "needs a terminal with colours on standard output", expected: "--out game.gif")
        }
    }

    private struct Summary: Encodable {
        var out: String
        var bytes, firstStep, steps, gameSteps: Int
        /// At the end of what is shown.
        var agent, opponent: Int
    }

    private func show(_ film: GameFilm, steps: Range<Int>, path: String) throws {
        let size = try AtomicFile.read(path).count
        let score = film.score(after: steps.upperBound - 1)
        if output.json {
            try printJSON(
                Summary(
                    out: path, bytes: size, firstStep: steps.lowerBound, steps: steps.count, gameSteps: film.steps,
                    agent: score.agent, opponent: score.opponent))
        } else {
            Terminal.print(
                "\(path): \(String(format: "%.2f", Double(size) / 1e6)) MB, steps \(steps.lowerBound + 1) to \(steps.upperBound) of "
                    + "\(film.steps); \(score.agent) : \(score.opponent) at the end")
        }
    }
}

/// A moment of a game, as a person says it: "1200 steps" or "3 points".
enum FilmPosition: ExpressibleByArgument, Equatable {
    case steps(Int)
    case points(Int)

    init?(argument: String) {
        let words = argument.split(separator: " ")
        guard (1...2).contains(words.count), let number = Int(words[0]), number >= 0 else { return nil }
        switch words.count == 2 ? String(words[1]) : "steps" {
        case "step", "steps": self = .steps(number)
        case "point", "points": self = .points(number)
        default: return nil
        }
    }

    /// Steps of the game before this moment. Throws `InputError` when the game has fewer.
    func boundary(_ film: GameFilm, option: String) throws(InputError) -> Int {
        switch self {
        case .steps(let number):
            guard number <= film.steps else {
                throw InputError(
                    option, value: "\(number) steps", problem: "is behind the end of the game",
                    expected: "0 ... \(film.steps) steps")
            }
            return number
        case .points(let number):
            guard number <= film.points.count else {
                throw InputError(
                    option, value: "\(number) points", problem: "are more than were made",
                    expected: "0 ... \(film.points.count) points")
            }
            return number == 0 ? 0 : film.points[number - 1].step + 1
        }
    }

    /// The steps between two moments; the whole game where neither is given.
    static func range(from: FilmPosition?, to: FilmPosition?, of film: GameFilm) throws(InputError) -> Range<Int> {
        let first = try from?.boundary(film, option: "--from") ?? 0
        let end = try to?.boundary(film, option: "--to") ?? film.steps
        guard first < end else {
            throw InputError(
                "--from, --to", value: "steps \(first) to \(end)", problem: "leave nothing between them",
                expected: "--from before --to, within \(film.steps) steps and \(film.points.count) points")
        }
        return first..<end
    }
}
