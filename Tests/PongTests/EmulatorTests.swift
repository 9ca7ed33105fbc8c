import Essentials
import Foundation
import Testing

@testable import Pong

/// The helper process with real emulators. Needs .venv (made by `make setup`).
@Suite(.serialized) struct EmulatorTests {
    private func screens(_ games: Emulators) -> [UInt8] {
        (0..<games.count).flatMap { i in
            (0..<210).flatMap { row in (0..<160).map { games.memory.screen(i, slot: 1)[row, $0] } }
        }
    }

    private func step(_ games: Emulators, _ action: Int32) throws {
        try games.beginStep(
            actions: [Int32](repeating: action, count: games.count), noops: [Int](repeating: 0, count: games.count))
        try games.finishStep()
    }

    /// An untouched game of Pong is lost 0-21 in 3,056 frames (measured with ale-py 0.12.1).
    @Test func untouchedGameIsLost() throws {
        let games = try Emulators(count: 1)
        #expect(games.actionSet == [0, 1, 3, 4, 11, 12])
        try games.reset(noops: [0])
        var score = 0
        for frame in 1...4000 {
            try step(games, 0)
            let outcome = games.outcome(0)
            score += outcome.reward
            if outcome.over {
                #expect(frame == 3056)
                #expect(outcome == .init(reward: -1, over: true, capped: false, frames: 3056))
                break
            }
        }
        #expect(score == -21)
    }

    @Test func skippedFramesGiveTheSameGame() throws {
        let one = try Emulators(count: 1), four = try Emulators(count: 1, frameSkip: 4)
        try one.reset(noops: [7])
        try four.reset(noops: [7])
        for k in 0..<300 {
            let action: Int32 = [0, 3, 4][k / 5 % 3]
            var sum = 0
            for _ in 0..<4 {
                try step(one, action)
                sum += one.outcome(0).reward
            }
            try step(four, action)
            #expect(four.outcome(0).reward == sum)
            #expect(screens(one) == screens(four))
            #expect(one.outcome(0).frames == 7 + 4 * (k + 1))
        }
    }

    @Test func frameLimitEndsAGame() throws {
        let games = try Emulators(count: 1, frameLimit: 50)
        try games.reset(noops: [10])
        for _ in 0..<39 {
            try step(games, 0)
            #expect(!games.outcome(0).over)
        }
        try step(games, 0)
        #expect(games.outcome(0) == .init(reward: 0, over: true, capped: true, frames: 50))
        // Its last screen is shown until the game goes on.
        let other = try Emulators(count: 1)
        try other.reset(noops: [10])
        for _ in 0..<40 { try step(other, 0) }
        #expect(screens(games) == screens(other))
        try games.goOn()
        #expect(games.outcome(0).frames == 50)
        try step(games, 0)
        #expect(games.outcome(0).frames == 1)
    }

    /// A state saved in one process continues in another exactly as it did in the first.
    @Test func savedStatesContinueExactly() throws {
        let first = try Emulators(count: 2, frameSkip: 4)
        try first.reset(noops: [3, 11])
        for k in 0..<200 { try step(first, [0, 3, 4][k / 7 % 3]) }
        let states = try first.save()
        let second = try Emulators(count: 2, frameSkip: 4)
        try second.reset(noops: [0, 0])
        try second.restore(states)
        for k in 0..<1500 {
            let action: Int32 = [0, 3, 4][k / 11 % 3]
            try step(first, action)
            try step(second, action)
            #expect(first.outcome(0) == second.outcome(0))
            #expect(first.outcome(1) == second.outcome(1))
            if k % 50 == 0 { #expect(screens(first) == screens(second)) }
        }
        #expect(try first.save() == second.save())
    }

    @Test func coloursOfRealScreensAreKnown() throws {
        let games = try Emulators(count: 1)
        try games.reset(noops: [30])
        for _ in 0..<200 { try step(games, 3) }
        try games.learnPalette()
        var learned = Palette(), listed = Palette()
        learned.learn(from: games.memory)
        for index in 0..<256 where games.memory.colour(index) != nil {
            #expect(learned.colours[index] == listed.colours[index])
            #expect(listed.known[index])
        }
        listed.learn(from: games.memory)
        #expect(games.memory.colour(34) != nil)
    }

    @Test func killedHelperIsAnErrorAndNoZombie() throws {
        let games = try Emulators(count: 1)
        try games.reset(noops: [0])
        kill(games.processIdentifier, SIGKILL)
        let error = try #require(throws: InputError.self) { for _ in 0..<3 { try step(games, 0) } }
        #expect(error.description.contains("signal 9"))
        #expect(waitpid(games.processIdentifier, nil, WNOHANG) == -1, "the helper has been reaped")
        #expect(throws: InputError.self) { try step(games, 0) }
    }

    @Test func helperLeavesWithItsOwnerAndLeavesNothing() throws {
        let before = try sharedFiles()
        var identifier: Int32 = 0
        do {
            let games = try Emulators(count: 1)
            identifier = games.processIdentifier
            #expect(kill(identifier, 0) == 0)
            #expect(try sharedFiles() == before, "the shared file has no name")
        }
        #expect(kill(identifier, 0) == -1 && errno == ESRCH)
    }

    private func sharedFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter { $0.hasPrefix("tausonite") }
    }

    @Test func missingModuleSaysWhatToRun() throws {
        let script = Array(
            "import os, sys; print('No module named ale_py', file=sys.stderr); sys.stderr.flush(); os._exit(64)".utf8)
        let error = try #require(throws: InputError.self) { _ = try Emulators(count: 1, script: script) }
        #expect(error.key == "ale-py")
        #expect(error.description.contains("make setup") && error.description.contains("No module named ale_py"))
    }

    @Test func otherProtocolVersionIsRefused() throws {
        let text = String(decoding: PackageResources.ale_helper_py, as: UTF8.self)
            .replacingOccurrences(of: "VERSION = 2", with: "VERSION = 999")
        let error = try #require(throws: InputError.self) { _ = try Emulators(count: 1, script: Array(text.utf8)) }
        #expect(error.description.contains("protocol 2 asked for, this helper speaks 999"))
    }

    @Test func unknownGameIsRefused() throws {
        let error = try #require(throws: InputError.self) { _ = try Emulators(count: 1, game: "pongg") }
        #expect(error.key == "game")
    }

    @Test func outOfRangeIsRefused() {
        #expect(throws: InputError.self) { _ = try Emulators(count: 0) }
        #expect(throws: InputError.self) { _ = try Emulators(count: 1, frameSkip: 0) }
    }
}
