import Essentials
import Foundation
import Testing

@testable import NeuralNetwork
@testable import Pong

/// Sticky actions, exact starts, and games cut off by the frame limit. Needs .venv (made by `make setup`).
@Suite(.serialized) struct ChanceTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("chance-\(UUID().uuidString)").path

    private func games(sticky: Double, skip: Int = 4, count: Int = 2, seed: UInt64 = 3, limit: Int = 108_000) throws
        -> PongEnvironments
    {
        let games = try PongEnvironments(
            .init(
                count: count, frameSkip: skip, actions: Action.pongWithoutFire, noopMaximum: 5, seed: seed, frameLimit: limit,
                sticky: sticky))
        try games.reset()
        return games
    }

    /// ALE's rule: each frame repeats the action of the frame before with probability p, else takes the one chosen. Repeats
    /// within a step of one action cannot be seen, so the chosen action changes at every step here: the share of first frames
    /// that still hold the old action is p, to four standard deviations.
    @Test func framesRepeatTheActionBefore() throws {
        let games = try games(sticky: 0.25)
        var (repeated, all) = (0, 0)
        var before = [Action.noop.rawValue, Action.noop.rawValue]
        for step in 0..<1500 {
            let chosen = [step % 3, (step + 1) % 3]
            try games.step(chosen)
            for i in 0..<2 {
                let frames = Array(games.frameActions[i * 4..<(i + 1) * 4])
                let code = Action.pongWithoutFire[chosen[i]].rawValue
                // Once taken, the chosen action stays to the step's end.
                let late = frames.prefix { $0 != code }.count
                #expect(frames == [Int32](repeating: before[i], count: late) + [Int32](repeating: code, count: 4 - late))
                if before[i] != code {
                    all += 1
                    repeated += late > 0 ? 1 : 0
                }
                before[i] = games.ends[i] ? Action.noop.rawValue : frames[3]
            }
        }
        let share = Double(repeated) / Double(all)
        #expect(all > 2000 && abs(share - 0.25) < 4 * (0.25 * 0.75 / Double(all)).squareRoot(), "\(share)")
    }

    /// With probability 1 nothing is ever done, and with 0 everything: the games of no-ops and of plain play.
    @Test func theEndsOfTheScale() throws {
        let (never, idle) = (try games(sticky: 1), try games(sticky: 0))
        let (plain, again) = (try games(sticky: 0), try games(sticky: 0))
        for step in 0..<200 {
            let chosen = [step / 5 % 3, step / 7 % 3]
            try never.step(chosen)
            try idle.step([0, 0])
            try plain.step(chosen)
            try again.step(chosen)
            #expect(never.rewards == idle.rewards && plain.rewards == again.rewards)
        }
        let (idles, repeats) = (never.observations == idle.observations, plain.observations == again.observations)
        let moves = plain.observations != idle.observations
        #expect(idles && repeats && moves)
    }

    @Test func restoredStickyGamesContinueExactly() throws {
        let games = try games(sticky: 0.4)
        for step in 0..<120 { try games.step([step % 3, step / 2 % 3]) }
        let snapshot = try games.snapshot()
        let other = try self.games(sticky: 0.4, seed: 99)
        try other.restore(snapshot)
        for step in 0..<300 {
            for one in [games, other] { try one.step([step / 3 % 3, step % 3]) }
            #expect(games.frameActions == other.frameActions && games.rewards == other.rewards)
        }
        let same = games.observations == other.observations
        #expect(same)
    }

    /// What each frame took is enough to play the game again on bare emulators.
    @Test func aStickyGameIsReplayedFromItsFrames() throws {
        let agent = Agent.untrained(seed: 5, actions: Action.pongWithoutFire, frameSkip: 4, initialisation: .init(gamma: 100))
        let evaluation = Evaluation(games: 3, starts: .upTo(30), sticky: 0.25, policy: .sampled, seed: 4, frameLimit: 2000)
        let played = try evaluation.run(agent: agent, constraints: .continuous).games
        let again = try evaluation.run(agent: agent, constraints: .continuous).games == played
        #expect(again)
        #expect(Set(played.map(\.frameActions)).count == 3)
        let game = played[1]
        let emulator = try Emulators(count: 1, frameLimit: 2000)
        try emulator.reset(noops: [game.noops])
        var score = 0
        for code in game.frameActions {
            try emulator.beginStep(actions: [Int32(code)], noops: [0])
            try emulator.finishStep()
            score += emulator.outcome(0).reward
        }
        #expect(emulator.outcome(0).over && score == game.score && game.frameActions.count + game.noops == game.frames)
    }

    @Test func startsAreExact() throws {
        let agent = Agent.untrained(seed: 5, actions: Action.pongWithoutFire)
        func noops(_ starts: Evaluation.Starts) throws -> [Int] {
            try Evaluation(games: 4, starts: starts, frameLimit: 100).run(agent: agent, constraints: .continuous).games.map(
                \.noops)
        }
        #expect(try noops(.exactly(7)) == [7, 7, 7, 7])
        #expect(try noops(.counted) == [0, 1, 2, 3])
        #expect(try Set(noops(.upTo(30))).count > 1)
    }

    /// A game cut off by the frame limit shows what the network would have seen next, and its value is added to the reward:
    /// r + gamma V(last screens), in the state that belongs to them. A game that ends is worth nothing more.
    @Test func aGameThatIsCutOffIsWorthItsFuture() throws {
        let games = try games(sticky: 0, skip: 1, count: 1, limit: 100)
        let free = try self.games(sticky: 0, skip: 1, count: 1)
        while games.finished.isEmpty {
            try games.step([1])
            try free.step([1])
        }
        #expect(games.finished[0].capped && games.ends == [true])
        let isWhatAnUncutGameShows = games.truncated[0] == free.observations
        #expect(isWhatAnUncutGameShows && games.truncated.count == 1)
        try games.step([1])
        #expect(games.truncated.isEmpty)

        var settings = SmallRun.configuration
        (settings.environments, settings.minibatches, settings.frameLimit, settings.noopMaximum) = (1, 1, 100, 0)
        (settings.rollout, settings.discount) = (30, 0.9)
        let learner = try Learner(
            parameters: Agent.untrained(seed: 2, actions: Action.pongWithoutFire, initialisation: .init(weight: 0.5))
                .parameters,
            constraints: settings.constraints, configuration: settings.learnerConfiguration)
        let lane = try GameLane(learner.lanes[0], settings)
        try lane.games.reset()
        let endings = try lane.play(draws: [Double](repeating: 0.5, count: 30), environments: 1, agentSteps: 0)
        // 100 frames of 4 a step: the 25th step is cut off, before any point is made.
        #expect(endings.map(\.step) == [24] && endings[0].game.capped && endings[0].game.score == 0)
        // The value of the last screens, found by playing the same game without the limit.
        settings.frameLimit = 108_000
        let other = try Learner(
            parameters: learner.parameters, constraints: settings.constraints, configuration: settings.learnerConfiguration)
        let uncut = try GameLane(other.lanes[0], settings)
        try uncut.games.reset()
        _ = try uncut.play(draws: [Double](repeating: 0.5, count: 30), environments: 1, agentSteps: 0)
        let future = other.rolloutValue(step: 25)
        #expect(abs(future) > 1e-3)
        #expect(abs(Double(learner.rolloutReward(step: 24)) - 0.9 * Double(future)) < 1e-6)
        #expect(learner.rolloutReward(step: 23) == 0 && other.rolloutReward(step: 24) == 0)
    }

    /// Sticky training with evaluations, cut and resumed, gives the same checkpoint and the same table of evaluations; the agent
    /// kept is the one of the best row.
    @Test func stickyTrainingResumesAndChoosesByEvaluation() throws {
        defer { for run in ["/a", "/b"] { try? FileManager.default.removeItem(atPath: folder + run) } }
        var settings = SmallRun.configuration
        (settings.sticky, settings.evaluationSteps, settings.evaluationGames, settings.frameLimit) = (0.25, 64, 2, 1500)
        let (whole, names) = try SmallRun.compareWithCutRun(settings, folder: folder)
        #expect(names.contains("games.held_action"))
        func rows(_ run: String) throws -> [[Substring]] {
            try String(contentsOfFile: folder + run + "/evaluations.csv", encoding: .utf8).split(separator: "\n")
                .map { Array($0.split(separator: ",").dropLast()) }
        }
        let table = try rows("/a")
        #expect(try table == rows("/b"))
        #expect(table.count == 3 && table[1][0] == "64" && table[2][0] == "128" && table[1][1] == "2")
        #expect(whole.counters.bestMean == table.dropFirst().map { Double($0[2])! }.max())
        let best = try Agent.load(path: folder + "/a/agent-best.safetensors")
        let first = table.dropFirst().max { Double($0[2])! < Double($1[2])! || ($0[2] == $1[2] && Int($0[0])! > Int($1[0])!) }!
        #expect(best.agentSteps == Int(first[0]))
    }

    /// A run begun by an older program: fewer keys in its config.yaml, fewer columns in its log, no held actions.
    @Test func anOlderRunGoesOn() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = SmallRun.configuration
        settings.checkpointSeconds = 1000
        do {
            let trainer = try Trainer(configuration: settings, folder: folder, resume: false)
            var updates = 0
            try trainer.run(status: { _ in updates += 1 }, stop: { updates == 4 })
        }
        let later = ["sticky:", "energy_", "frame_limit:", "evaluation_", "warm_up_steps:", "teacher"]
        let text =
            settings.text.split(separator: "\n").filter { line in !later.contains { line.hasPrefix($0) } }
            .joined(separator: "\n").replacingOccurrences(of: ": none", with: ": 0") + "\n"
        try AtomicFile.write(text, to: folder + "/config.yaml")
        let path = folder + "/checkpoint.safetensors"
        let file = try Safetensors.load(path: path)
        var metadata = file.metadata
        metadata["configuration"] = Digest.sha256(text)
        let log =
            try String(contentsOfFile: folder + "/log.csv", encoding: .utf8).split(separator: "\n").map { line -> String in
                var fields = line.split(separator: ",", omittingEmptySubsequences: false)
                fields.removeSubrange(fields.count - 6..<fields.count - 3)
                return fields.joined(separator: ",")
            }.joined(separator: "\n") + "\n"
        try AtomicFile.write(log, to: folder + "/log.csv")
        metadata["log_bytes"] = "\(log.utf8.count)"
        try Safetensors(file.tensors.filter { $0.name != "games.held_action" }, metadata: metadata).save(path: path)
        let trainer = try Trainer(configuration: nil, folder: folder, resume: true)
        try trainer.run()
        #expect(trainer.counters.agentSteps == 160)
        let rows = try String(contentsOfFile: folder + "/log.csv", encoding: .utf8).split(separator: "\n")
        let columns = rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
        #expect(rows.count == 11 && Set(columns).count == 1 && !rows[0].contains("kl_nat"))
        try Trainer(configuration: settings, folder: folder + "/plain", resume: false).run()
        #expect(try Agent.load(path: folder + "/plain/agent.safetensors").parameters == trainer.agent.parameters)
    }
}
