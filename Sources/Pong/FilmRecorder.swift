import Essentials
import GameAccount
import NeuralNetwork

/// Films one game while it is played: `Evaluation.run(film:)` lets it look before every step of the network.
///
/// Cost: 0.1 ms a step. One recorder films one game.
package final class FilmRecorder {
    private var screen = [UInt8](repeating: 0, count: GameFilm.width * GameFilm.height)
    private var last = [UInt8](repeating: 0, count: GameFilm.width * GameFilm.height)
    private var steps = 0
    private var colours: [UInt8: UInt32] = [:]
    private var changes: [UInt8] = []
    private var points: [GameFilm.Point] = []
    private var plastic: [Float] = []
    /// Steps that the game will have, where that is known, and who is told how far it is.
    private let expected: Int
    private let progress: ProgressHandler?

    /// - expected: the length of a game that is known already, for its progress.
    package init(expecting steps: Int = 0, progress: ProgressHandler? = nil) {
        expected = steps
        self.progress = progress
    }

    /// Takes the screen that the coming step answers and the F that it works with. Throws `InputError` when the helper dies.
    func look(at games: PongEnvironments, state: RecurrentState) throws {
        games.copyScreen(into: &screen)
        try GameFilm.appendChanges(from: last, to: screen, into: &changes) { colour in
            if colours[colour] == nil { colours[colour] = try games.colour(of: colour) }
        }
        // The first screen is a change of zeros, so the colour of zero shows in no run.
        if steps == 0, screen.contains(0) { colours[0] = try games.colour(of: 0) }
        plastic += state.meanAbsolutePlastic()
        swap(&screen, &last)
        steps += 1
        if expected > 0, steps % 128 == 0 {
            progress?(
                Progress(
                    "Replaying the game", fraction: min(1, Double(steps) / Double(expected)),
                    detail: "step \(steps) of \(expected)"))
        }
    }

    /// Takes the points of the step that was looked at last.
    func note(reward: Int) {
        if reward != 0 { points.append(.init(step: steps - 1, reward: reward)) }
    }

    /// The film of the game, once it has ended and its record is there. Throws `InputError` when they are not of one game.
    package func film(_ record: GameRecord) throws(InputError) -> GameFilm {
        guard steps == record.steps, points.reduce(0, { $0 + $1.reward }) == record.score else {
            throw InputError(
                "film", value: "\(steps) steps", problem: "is of another game than the record",
                expected: "\(record.steps) steps and a score of \(record.score)")
        }
        return GameFilm(
            steps: steps, frameSkip: record.frameSkip, colours: colours, changes: changes, points: points,
            unit: record.largestSynapse / record.inputs, input: record.largestSynapse % record.inputs,
            weight: record.largestWeight, deltaF: record.largestDeltaF, deltaFStep: record.deltaFStep, units: record.units,
            plastic: plastic)
    }
}
