import Essentials
import Foundation
import Testing

@testable import Pong

/// Several games side by side through the real emulator. Needs .venv (made by `make setup`).
@Suite(.serialized) struct EnvironmentTests {
    private struct Trace: Equatable {
        var rewards: [[Int]] = []
        var ends: [[Bool]] = []
        var finished: [PongEnvironments.FinishedGame] = []
        var observations: [Float] = []
    }

    private func play(_ games: PongEnvironments, steps: Int, from first: Int = 0) throws -> Trace {
        var trace = Trace()
        for k in first..<first + steps {
            try games.step((0..<games.configuration.count).map { (k / 7 + $0) % 3 })
            trace.rewards.append(games.rewards)
            trace.ends.append(games.ends)
            trace.finished += games.finished
        }
        trace.observations = games.observations
        return trace
    }

    private func make(count: Int = 3, first: Int = 0, seed: UInt64 = 4) throws -> PongEnvironments {
        let games = try PongEnvironments(
            .init(count: count, frameSkip: 4, actions: Action.pongWithoutFire, seed: seed, first: first, frameLimit: 900))
        try games.reset()
        return games
    }

    @Test func sameSeedSameGamesHoweverTheyAreShared() throws {
        let one = try play(make(), steps: 500)
        let (left, right) = (try make(count: 1), try make(count: 2, first: 1))
        for k in 0..<500 {
            try left.step([k / 7 % 3])
            try right.step([(k / 7 + 1) % 3, (k / 7 + 2) % 3])
            #expect(left.rewards + right.rewards == one.rewards[k] && left.ends + right.ends == one.ends[k])
        }
        #expect(left.observations + right.observations == one.observations)
        #expect(one.finished.count >= 3 && one.finished.allSatisfy { $0.capped && $0.frames == 900 })
        #expect(one.observations.allSatisfy { (-1...1).contains($0) })
        let other = try play(make(seed: 5), steps: 500)
        #expect(one != other, "another seed starts other games")
    }

    @Test func restoredGamesContinueExactly() throws {
        let games = try make()
        _ = try play(games, steps: 230)
        let snapshot = try games.snapshot()
        let expected = try play(games, steps: 300, from: 230)
        let fresh = try make(seed: 99)
        try fresh.restore(snapshot)
        #expect(fresh.observations == snapshot.observations)
        #expect(try play(fresh, steps: 300, from: 230) == expected)
    }

    @Test func scoreAndLengthOfAGameAreCounted() throws {
        let games = try PongEnvironments(.init(count: 1, noopMaximum: 0))
        try games.reset()
        var score = 0, steps = 0
        repeat {
            try games.step([0])
            score += games.rewards[0]
            steps += 1
        } while games.finished.isEmpty
        #expect(score == -21 && steps == 3056)
        #expect(games.finished == [.init(environment: 0, score: -21, steps: 3056, frames: 3056, capped: false)])
        #expect(games.ends == [true])
    }

    @Test func badConfigurationIsNamed() throws {
        let up = try #require(throws: InputError.self) { _ = try PongEnvironments(.init(count: 1, actions: [.noop, .up])) }
        #expect(up.description.contains("UP") && up.description.contains("LEFTFIRE"))
        let settings = TrainingConfiguration()
        #expect(throws: InputError.self) { _ = try settings.setting(["environments=2", "minibatches=2", "helpers=3"]) }
        let tooMany = try #require(throws: InputError.self) {
            _ = try settings.setting(["algorithm=a2c", "environments=4", "group=4", "helpers=2"])
        }
        #expect(tooMany.description.contains("helpers") && tooMany.description.contains("smaller group"))
        #expect(throws: InputError.self) { _ = try PongEnvironments(.init(count: 1, noopMaximum: -1)) }
        let games = try make()
        var snapshot = try games.snapshot()
        snapshot.scores.removeLast()
        #expect(throws: InputError.self) { try games.restore(snapshot) }
    }
}
