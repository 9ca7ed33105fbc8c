import Essentials
import Foundation

/// What a number of games says of an agent.
package struct GameStatistics: Equatable, Sendable, Codable {
    package var games: Int
    /// Games that differ in what was done; without chance many starts lead into the same rally.
    package var distinct: Int
    /// Mean score, standard deviation (n - 1) and standard error of the mean.
    package var mean, deviation, standardError: Double
    /// Least score, quartiles and greatest; quantiles between two scores are interpolated linearly.
    package var quantiles: [Double]
    package var won: Int
    /// Games that the frame limit ended.
    package var capped: Int
    /// Frames of a game, no-ops included, and frames for each point that either side made.
    package var framesPerGame, framesPerPoint: Double

    /// Of all games, or of the distinct ones alone. Throws `InputError` when there is none.
    package init(_ all: [Evaluation.Game], distinctOnly: Bool = false) throws {
        var seen: Set<String> = []
        let first = all.filter { seen.insert($0.actionDigest + Digest.sha256(Data($0.frameActions))).inserted }
        let games = distinctOnly ? first : all
        guard !games.isEmpty else { throw InputError("games", value: "0", problem: "say nothing", expected: "1 or more") }
        let scores = Evaluation.Summary(games.map { Double($0.score) })
        self.games = games.count
        distinct = first.count
        (mean, deviation) = (scores.mean, scores.deviation)
        standardError = deviation / Double(games.count).squareRoot()
        let sorted = games.map { Double($0.score) }.sorted()
        quantiles = [0, 0.25, 0.5, 0.75, 1].map { Self.quantile($0, of: sorted) }
        won = games.count { $0.score > 0 }
        capped = games.count { $0.capped }
        let frames = Double(games.reduce(0) { $0 + $1.frames })
        framesPerGame = frames / Double(games.count)
        framesPerPoint = frames / Double(max(1, games.reduce(0) { $0 + $1.points }))
    }

    static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let low = Int(clamped: place, rounded: .down)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
}
