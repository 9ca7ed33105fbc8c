import Essentials
import Testing

@testable import Pong

struct GameStatisticsTests {
    private func game(_ score: Int, points: Int, frames: Int, _ digest: String, capped: Bool = false) -> Evaluation.Game {
        Evaluation.Game(
            score: score, steps: frames / 4, frames: frames, noops: 0, points: points, capped: capped, actions: [],
            actionDigest: digest)
    }

    /// Scores 21, 10, -5, 21: mean 11.75, squared deviations 85.5625, 3.0625, 280.5625, 85.5625 over 3. Sorted -5, 10, 21, 21: the
    /// quartiles lie at places 0.75, 1.5 and 2.25. Frames 1000 + 3000 + 2000 + 1000 over points 21 + 32 + 37 + 21.
    @Test func numbersByHand() throws {
        let games = [
            game(21, points: 21, frames: 1000, "a"), game(10, points: 32, frames: 3000, "b"),
            game(-5, points: 37, frames: 2000, "c", capped: true), game(21, points: 21, frames: 1000, "a"),
        ]
        let all = try GameStatistics(games)
        #expect(all.games == 4 && all.distinct == 3 && all.won == 3 && all.capped == 1)
        #expect(all.mean == 11.75)
        let deviation = ((85.5625 * 2 + 3.0625 + 280.5625) / 3).squareRoot()
        #expect(abs(all.deviation - deviation) < 1e-12 && abs(all.standardError - deviation / 2) < 1e-12)
        #expect(all.quantiles == [-5, 6.25, 15.5, 21, 21])
        #expect(all.framesPerGame == 1750 && abs(all.framesPerPoint - 7000.0 / 111) < 1e-12)
        let once = try GameStatistics(games, distinctOnly: true)
        #expect(once.games == 3 && once.distinct == 3 && abs(once.mean - 26.0 / 3) < 1e-12)
        #expect(throws: InputError.self) { try GameStatistics([]) }
    }
}
