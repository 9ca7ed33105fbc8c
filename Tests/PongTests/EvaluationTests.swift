import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Testing

@testable import Pong

/// Whole games of a fresh agent through the real emulator. Needs .venv (made by `make setup`).
@Suite(.serialized) struct EvaluationTests {
    /// A fresh agent whose updates are large enough to leave the grid's zero: Gamma within +-100.
    private func lively(actions: [Action] = Action.pong) -> Agent {
        Agent.untrained(
            seed: 5, actions: actions, constraints: .device, initialisation: .init(gamma: 100))
    }

    @Test func gameKeepsItsAccount() throws {
        let agent = lively()
        let result = try Evaluation(frameLimit: 600).run(agent: agent, constraints: .device)
        let game = result.games[0]
        let record = try #require(result.record)
        #expect(game.capped && game.frames == 600 && game.steps == 600)
        #expect(record.steps == 600 && record.score == game.score && record.capped)
        #expect(record.units == 64 && record.inputs == 2656)
        #expect(record.deltaFStep == 0.5 && record.deltaFMaximum == 20)
        #expect(abs(record.lambdaMinimum - 0.08) < 1e-6 && abs(record.lambdaMaximum - 0.92) < 1e-6)
        #expect(record.nonzeroUpdates > 0)
        #expect(record.actionDigest == game.actionDigest && game.actions.count == 600)
        try record.validate()
        // The trace of the largest synapse obeys F' = Lambda F + dF on the grid, with F = G - W.
        let synapse = record.largestSynapse
        let weight = agent.parameters[.weight][synapse]
        let lambda = min(max(agent.parameters[.lambda][synapse], 0.08), 0.92)
        var plastic: Float = 0
        for step in 0..<600 {
            #expect(abs(record.largestWeight[step] - weight - plastic) < 1e-4)
            let level = record.largestDeltaF[step] / 0.5
            #expect(level == level.rounded() && abs(level) <= 40)
            plastic = lambda * plastic + record.largestDeltaF[step]
        }
        // Its sums and counts are those of the account.
        let sum = record.largestWeight.reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - record.sumWeight[synapse]) < 1e-3 * max(1, abs(sum)))
        let absolute = record.largestWeight.reduce(0.0) { $0 + Double(abs($1)) }
        #expect(abs(absolute - record.sumAbsoluteWeight[synapse]) < 1e-3 * max(1, absolute))
        let counted = zip(record.updateSynapse, record.updateCount).filter { $0.0 == synapse }.reduce(0) { $0 + Int($1.1) }
        #expect(counted == record.largestDeltaF.filter { $0 != 0 }.count)
    }

    @Test func gamesAreTheSameAloneAndAmongOthers() throws {
        let agent = lively(actions: Action.pongWithoutFire)
        func play(_ games: Int) throws -> [Evaluation.Game] {
            try Evaluation(games: games, starts: .upTo(30), policy: .sampled, seed: 9, frameLimit: 300)
                .run(agent: agent, constraints: .continuous).games
        }
        let three = try play(3)
        #expect(three == (try play(3)))
        #expect(Array(three.prefix(1)) == (try play(1)))
        #expect(Set(three.map(\.actionDigest)).count == 3, "games with different seeds differ")
        #expect(three.allSatisfy { (0...30).contains($0.noops) && $0.frames == 300 && $0.steps == 300 - $0.noops })
    }

    /// W -> s W, Gamma -> s Gamma leaves h = tanh((G . u) / n + b) as it is; exactly so for s = 2^k.
    @Test func scaledAgentPlaysTheSameGame() throws {
        let agent = lively()
        let evaluation = Evaluation(policy: .sampled, frameLimit: 500)
        let plain = try evaluation.run(agent: agent, constraints: .continuous).games[0]
        for factor in [0.25, 64] {
            let scaled = try agent.scaled(by: factor)
            #expect(scaled.parameters[.gamma][7] == Float(factor) * agent.parameters[.gamma][7])
            #expect(try evaluation.run(agent: scaled, constraints: .continuous).games[0] == plain)
        }
        // On a grid, the grid scales with the agent.
        let fine = CellConstraints(lambdaRange: 0.08...0.92, deltaFStep: 0.0625, deltaFMaximum: 2.5)
        var trained = agent
        trained.constraints = fine
        let device = try trained.scaled(by: 8)
        #expect(device.constraints == .device)
        let onFine = try evaluation.run(agent: trained, constraints: fine)
        let onDevice = try evaluation.run(agent: device, constraints: .device)
        #expect(onFine.games == onDevice.games)
        #expect(onFine.record?.updateCount == onDevice.record?.updateCount)
        #expect(onFine.record?.updateLevel == onDevice.record?.updateLevel)
        #expect(throws: InputError.self) { try agent.scaled(by: 0) }
        #expect(throws: InputError.self) { try agent.scaled(by: .nan) }
    }

    @Test func frameSkipShortensTheGame() throws {
        var agent = lively()
        agent.frameSkip = 4
        let game = try Evaluation(frameLimit: 400).run(agent: agent, constraints: .continuous).games[0]
        #expect(game.steps == 100 && game.frames == 400)
    }

    @Test func summaryIsMeanAndSampleDeviation() {
        // mean 2, sum of squares 2, n - 1 = 2
        let summary = Evaluation.Summary([1, 2, 3])
        #expect(summary == .init([3, 1, 2]))
        #expect(summary.mean == 2 && summary.deviation == 1 && summary.minimum == 1 && summary.maximum == 3)
        #expect(Evaluation.Summary([4]).deviation == 0)
    }

    @Test func optionsOutOfRangeAreNamed() throws {
        for evaluation in [
            Evaluation(games: 0), Evaluation(starts: .exactly(-1)), Evaluation(sticky: 1.5), Evaluation(frameLimit: 1),
        ] {
            #expect(throws: InputError.self) { try evaluation.run(agent: lively(), constraints: .continuous) }
        }
    }
}
