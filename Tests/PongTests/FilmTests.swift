import Essentials
import Foundation
import GameAccount
import NeuralNetwork
import Testing

@testable import Pong

/// Filmed games and their replay. Needs .venv (made by `make setup`).
@Suite(.serialized) struct FilmTests {
    private func lively(frameSkip: Int = 1) -> Agent {
        Agent.untrained(
            seed: 5, actions: Action.pongWithoutFire, frameSkip: frameSkip, constraints: .device,
            initialisation: .init(gamma: 100))
    }

    /// Any sequence of screens comes back, pixel by pixel: equal ones, all pixels changed, single pixels at both ends, long runs.
    @Test func changesGiveBackTheScreens() {
        let size = GameFilm.width * GameFilm.height
        var random = SeededGenerator(seed: 4, stream: 1)
        var screens = [[UInt8](repeating: 0, count: size), [UInt8](repeating: 7, count: size)]
        screens.append((0..<size).map { _ in UInt8(random.integer(below: 3)) })
        screens.append(screens[2])
        for k in [0, size - 1, 20_000] {
            var next = screens.last!
            next[k] = 200
            screens.append(next)
        }
        for _ in 0..<20 {
            var next = screens.last!
            let start = random.integer(below: size)
            let end = min(size, start + random.integer(below: 20_000))
            for k in start..<end where random.uniform() < 0.7 { next[k] = UInt8(random.integer(below: 4)) }
            screens.append(next)
        }
        var changes: [UInt8] = []
        for (k, screen) in screens.enumerated() {
            GameFilm.appendChanges(from: k == 0 ? screens[0] : screens[k - 1], to: screen, into: &changes)
        }
        var film = empty
        film.steps = screens.count
        film.changes = changes
        var projector = GameFilm.Projector(film)
        for screen in screens {
            let goesOn = projector.advance()
            #expect(goesOn && projector.screen == screen)
        }
        let goesOn = projector.advance()
        #expect(!goesOn)
    }

    private var empty: GameFilm {
        GameFilm(
            steps: 0, frameSkip: 1, colours: [:], changes: [], points: [], unit: 0, input: 0, weight: [], deltaF: [],
            deltaFStep: 0.5, units: 1, plastic: [])
    }

    /// The film's screens are those of an emulator that is given the game's actions alone; its score and mean |F| are the game's.
    @Test(arguments: [1, 4])
    func aFilmShowsTheGame(frameSkip: Int) throws {
        let agent = lively(frameSkip: frameSkip)
        let recorder = FilmRecorder()
        let result = try Evaluation(starts: .exactly(3), sticky: 0.25, policy: .sampled, seed: 8, frameLimit: 700)
            .run(agent: agent, constraints: .device, film: recorder)
        let game = result.games[0]
        let record = try #require(result.record)
        let film = try recorder.film(record)
        #expect(film.steps == game.steps && film.points.count == game.points && !film.points.isEmpty)
        let score = film.score(after: film.steps - 1)
        #expect(score.agent - score.opponent == game.score)
        let emulators = try Emulators(count: 1, frameSkip: frameSkip)
        try emulators.reset(noops: [3])
        var projector = GameFilm.Projector(film)
        var shown = [UInt8](repeating: 0, count: GameFilm.width * GameFilm.height)
        for step in 0..<film.steps {
            guard projector.advance() else { break }
            emulators.memory.screen(0, slot: 1).copy(into: &shown)
            #expect(projector.screen == shown, "step \(step)")
            let codes = game.frameActions.dropFirst(step * frameSkip).prefix(frameSkip).map(Int32.init)
            guard codes.count == frameSkip else { break }
            try emulators.beginStep(actions: Array(codes), noops: [3])
            try emulators.finishStep()
        }
        #expect(projector.shown == film.steps)
        #expect(Set(projector.screen).isSubset(of: Set(film.colours.keys)) && film.colours[34] == 0x904811)
        #expect(film.plastic.count == 64 * film.steps && film.plastic.prefix(64).allSatisfy { $0 == 0 })
        #expect(film.plastic.allSatisfy { $0 >= 0 && $0.isFinite } && film.plastic.max()! > 0)
        // Filming changes nothing.
        let plain = try Evaluation(starts: .exactly(3), sticky: 0.25, policy: .sampled, seed: 8, frameLimit: 700)
            .run(agent: agent, constraints: .device)
        #expect(plain.record == record && plain.games == result.games)
    }

    /// The mean |F| of a unit is that of its row of F.
    @Test func meanOfARow() {
        let shape = NetworkShape.pong(actions: 3)
        let state = RecurrentState(shape: shape, environments: 1)
        var random = SeededGenerator(seed: 1, stream: 1)
        let plastic = (0..<shape.synapses).map { _ in Float(random.uniform() - 0.5) }
        state.set(environment: 0, hidden: [Float](repeating: 0, count: shape.units), plastic: plastic)
        let means = state.meanAbsolutePlastic()
        #expect(means.count == shape.units)
        for (unit, mean) in means.enumerated() {
            let row = plastic[unit * shape.inputs..<(unit + 1) * shape.inputs].reduce(0.0) { $0 + Double(abs($1)) }
            #expect(abs(Double(mean) - row / Double(shape.inputs)) < 1e-5)
        }
    }

    /// A replay is the recorded game, or an error that says what differs.
    @Test func aReplayIsHeldToTheRecord() throws {
        let agent = lively()
        var evaluation = Evaluation(starts: .exactly(2), sticky: 0.25, policy: .sampled, seed: 3, frameLimit: 500)
        evaluation.traces = 3
        let first = FilmRecorder()
        let record = try #require(try evaluation.run(agent: agent, constraints: .device, film: first).record)
        #expect(record.sticky == 0.25 && record.frameLimit == 500)
        #expect(try GameFilm.replay(record, by: agent) == first.film(record))
        for (change, named) in [
            ({ $0.seed = 4 }, "is not the recorded game"), ({ $0.sticky = 0 }, "is not the recorded game"),
            ({ $0.score += 1 }, "score"),
            ({ $0.actionDigest = "ab" }, "action_digest"), ({ $0.noops = 4 }, "is not the recorded game"),
            ({ $0.largestWeight[20] += 1 }, "arrays"), ({ $0.lambdaMaximum = 0.5 }, "is not the recorded game"),
            ({ $0.agentDigest = "ab" }, "sha256"), ({ $0.policy = "bold" }, "greedy or sampled"),
            ({ $0.frameLimit = 400 }, "is not the recorded game"), ({ $0.traces[0].levels[7] += 1 }, "arrays"),
            ({ $0.devices = DeviceGame(.init(), step: 1, unit: 1e-9, differingActions: 0) }, "cell = device"),
        ] as [((inout GameRecord) -> Void, String)] {
            var other = record
            change(&other)
            let error = #expect(throws: InputError.self) { try GameFilm.replay(other, by: agent) }
            #expect(error?.description.contains(named) == true, "\(named): \(String(describing: error))")
        }
        #expect(throws: InputError.self) { try FilmRecorder().film(record) }
    }
}
