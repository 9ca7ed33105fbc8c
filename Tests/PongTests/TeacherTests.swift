import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import Pong

/// Training with a teacher through the real emulator. Needs .venv (made by `make setup`).
@Suite(.serialized) struct TeacherTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("teacher-\(UUID().uuidString)").path

    private func agentFile(frameSkip: Int, actions: [Action] = Action.pongWithoutFire) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/teacher-\(frameSkip)-\(actions.count).safetensors"
        try Agent.untrained(seed: 5, actions: actions, frameSkip: frameSkip).save(path: path)
        return path
    }

    private func configuration(teacher: String, frameSkip: Int = 1) -> TrainingConfiguration {
        var configuration = SmallRun.configuration
        configuration.rollout = 6
        configuration.epochs = 1
        configuration.totalSteps = 96
        configuration.frameSkip = frameSkip
        configuration.teacher = teacher
        configuration.teacherSteps = 200
        return configuration
    }

    @Test(
        "A run with a teacher that is stopped and resumed equals the uninterrupted one, bit for bit, with any number of lanes")
    func resume() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = configuration(teacher: try agentFile(frameSkip: 4))
        let (one, names) = try SmallRun.compareWithCutRun(settings, folder: folder + "/one")
        settings.helpers = 2
        let (two, parts) = try SmallRun.compareWithCutRun(settings, folder: folder + "/two")
        #expect(names.contains("teacher.F") && parts.contains("teacher.0.F") && parts.contains("teacher.1.F"))
        #expect(one.agent.parameters == two.agent.parameters)
    }

    @Test("The advice is the teacher's policy: with the learner's own parameters and frame skip it is the learner's policy")
    func adviceIsThePolicy() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try agentFile(frameSkip: 2)
        var settings = configuration(teacher: path, frameSkip: 2)
        settings.start = path
        let teacher = try Teacher(settings.teacher!, for: settings, environments: 2)
        let agent = try Agent.load(path: path)
        let network = try ActorCritic(parameters: agent.parameters, constraints: agent.constraints)
        let state = network.makeState(environments: 2)
        var numbers = SeededGenerator(seed: 3, stream: 0)
        for step in 0..<5 {
            let pixels = (0..<2 * PongEnvironments.observationSize).map { _ in Float(numbers.uniform()) - 0.5 }
            let output = network.step(observations: pixels, state: state)
            teacher.watch(pixels)
            for e in 0..<2 {
                for (a, log) in Policy.logProbabilities(output.logits(environment: e)).enumerated() {
                    #expect(abs(teacher.advice[e * 3 + a] - Float(exp(log))) < 1e-6)
                }
            }
            teacher.forget([step == 2, false])
            if step == 2 { state.reset(environment: 0) }
        }
    }

    @Test("With frame skip 4 the teacher looks at every fourth frame, at the maximum of the last two")
    func pace() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try agentFile(frameSkip: 4)
        let teacher = try Teacher(path, for: configuration(teacher: path), environments: 2)
        let agent = try Agent.load(path: path)
        let network = try ActorCritic(parameters: agent.parameters, constraints: agent.constraints)
        let state = network.makeState(environments: 2)
        var numbers = SeededGenerator(seed: 4, stream: 0)
        var (before, expected): ([Float], [Float]) = ([], [])
        for step in 0..<9 {
            let pixels = (0..<2 * PongEnvironments.observationSize).map { _ in Float(numbers.uniform()) - 0.5 }
            teacher.watch(pixels)
            if step % 4 == 0 {
                let seen = step == 0 ? pixels : zip(pixels, before).map(max)
                let output = network.step(observations: seen, state: state)
                expected = (0..<2).flatMap { Policy.logProbabilities(output.logits(environment: $0)).map { Float(exp($0)) } }
            }
            for (a, b) in zip(teacher.advice, expected) { #expect(abs(a - b) < 1e-6) }
            teacher.forget([false, false])
            before = pixels
        }
    }

    @Test("A teacher with other actions, a shorter or an odd frame skip, or no file is refused by name")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func refusal(_ settings: TrainingConfiguration) throws -> String {
            try #require(throws: InputError.self) { _ = try Teacher(settings.teacher!, for: settings, environments: 2) }
                .description
        }
        #expect(try refusal(configuration(teacher: agentFile(frameSkip: 3), frameSkip: 2)).contains("multiple of frame_skip"))
        #expect(try refusal(configuration(teacher: agentFile(frameSkip: 1), frameSkip: 4)).contains("multiple of frame_skip"))
        #expect(try refusal(configuration(teacher: agentFile(frameSkip: 4, actions: Action.pong))).contains("other actions"))
        #expect(try refusal(configuration(teacher: folder + "/none.safetensors")).contains("none.safetensors"))
    }
}
