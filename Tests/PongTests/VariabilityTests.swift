import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import Pong

/// Games on devices that differ. Needs .venv (made by `make setup`).
@Suite(.serialized) struct VariabilityTests {
    private let agent = Agent.untrained(
        seed: 5, actions: Action.pongWithoutFire, frameSkip: 4, constraints: .device, initialisation: .init(gamma: 100))

    private func evaluation(_ games: Int, _ change: (inout CellVariability) -> Void, seed: UInt64 = 9) -> Evaluation {
        var evaluation = Evaluation(games: games, starts: .upTo(30), sticky: 0.25, seed: seed, frameLimit: 800)
        change(&evaluation.variability)
        return evaluation
    }

    private func play(_ evaluation: Evaluation) throws -> [Evaluation.Game] {
        try evaluation.run(agent: agent, constraints: .device).games
    }

    /// The same seed plays the same games; game k does not depend on how many others are played; another seed has other devices.
    @Test func crossbarsBelongToTheSeedAndTheGame() throws {
        func spread(_ variability: inout CellVariability) {
            (variability.stepSpread, variability.decaySpread, variability.stuckFraction) = (0.5, 0.5, 0.05)
            (variability.stepNoise, variability.readNoise) = (0.25, 0.1)
        }
        let three = try play(evaluation(3, spread))
        #expect(try play(evaluation(3, spread)) == three)
        #expect(Array(three.prefix(1)) == (try play(evaluation(1, spread))))
        #expect(try play(evaluation(3, spread, seed: 10)) != three)
        #expect(try play(evaluation(3, { _ in })) != three)
    }

    /// With every option at 0 the games are those of a cell without devices, played on the path of crossbars or not; the record stays.
    @Test func withoutVariabilityTheGamesAreTheSame() throws {
        let plain = try evaluation(2, { _ in }).run(agent: agent, constraints: .device)
        #expect(plain.record != nil)
        var value = CellVariability.none
        value.stuckValue = 3  // of no synapse
        let again = try evaluation(2, { $0 = value }).run(agent: agent, constraints: .device)
        #expect(again.games == plain.games && again.record == plain.record)
        // The smallest spread there is takes the other path and still rounds to the same factors.
        let crossbars = try evaluation(2, { $0.stepSpread = 1e-12 }).run(agent: agent, constraints: .device)
        #expect(crossbars.games == plain.games && crossbars.record == nil)
    }

    @Test func aContinuousCellIsRefused() {
        let error = #expect(throws: InputError.self) {
            try evaluation(1, { $0.stepSpread = 0.1 }).run(agent: agent, constraints: .continuous)
        }
        #expect(error?.key == "deltaFStep")
    }

    /// A study that is cut and taken up again plays what is missing only and ends with the same table.
    @Test func aStudyGoesOnWhereItStopped() throws {
        var (none, spread, stuck) = (CellVariability.none, CellVariability.none, CellVariability.none)
        none.stepSpread = 0
        (spread.stepSpread, spread.decaySpread) = (0.2, 0.2)
        stuck.stuckFraction = 0.05
        let study = VariabilityStudy(
            agent: agent, constraints: .device, deviceDigest: "ab", evaluation: evaluation(2, { _ in }),
            settings: [none, spread, stuck])
        var saved: [[VariabilityStudy.Row]] = []
        let whole = try study.run([], save: { saved.append($0) })
        #expect(saved.map(\.count) == [1, 2, 3] && whole.map(\.variability) == [none, spread, stuck])
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("study-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try VariabilityStudy.table(saved[0]).save(path: path)
        let read = try VariabilityStudy.load(path: path)
        #expect(read.map(\.variability) == [none] && read[0].agentDigest == agent.digest)
        var played = 0
        let rest = try study.run(read, save: { _ in played += 1 })
        #expect(played == 2 && rest.map(\.mean) == whole.map(\.mean) && rest.map(\.won) == whole.map(\.won))
        #expect(VariabilityStudy.table(rest) == VariabilityStudy.table(whole))
        // Another seed or number of games is another row.
        var other = study
        other.evaluation.seed = 77
        other.settings = [none]
        #expect(try other.run(rest, save: { _ in }).count == 4)
    }
}
