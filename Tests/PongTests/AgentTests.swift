import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import Pong

struct AgentTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("agent-\(UUID().uuidString)").path

    @Test func roundTripKeepsEverything() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var agent = Agent.untrained(seed: 7, actions: Action.pongWithoutFire, frameSkip: 4, constraints: .device)
        agent.agentSteps = 1234
        agent.trainedBy = "test"
        try agent.save(path: path)
        let read = try Agent.load(path: path)
        #expect(read.parameters == agent.parameters)
        #expect(read.actions == Action.pongWithoutFire && read.frameSkip == 4 && read.constraints == .device)
        #expect(read.seed == 7 && read.agentSteps == 1234 && read.trainedBy == "test")
        #expect(read.digest == Digest.sha256(try AtomicFile.read(path)))
    }

    @Test func sameSeedSameAgent() {
        #expect(Agent.untrained(seed: 3).parameters == Agent.untrained(seed: 3).parameters)
        #expect(Agent.untrained(seed: 3).parameters != Agent.untrained(seed: 4).parameters)
    }

    @Test(arguments: [
        (["actions": "NOOP,RIGHT"], "actions"), (["actions": "NOOP,RIGHT,JUMP,LEFT,FIRE,UP"], "JUMP"),
        (["preprocessing": "grey"], "rllib84"), (["frame_skip": "0"], "frame_skip"),
        (["lambda_min": "0.95"], "lambda_min"), (["delta_f_step": "abc"], "delta_f_step"),
    ])
    func wrongMetadataIsNamed(_ change: [String: String], _ named: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let agent = Agent.untrained(seed: 1)
        try agent.parameters.save(path: path, metadata: agent.metadata.merging(change) { $1 })
        let error = try #require(throws: InputError.self) { try Agent.load(path: path) }
        #expect(error.description.contains(named) && error.description.contains(path), "\(error)")
    }

    @Test func truncatedFileIsNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Agent.untrained(seed: 1).save(path: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: InputError.self) { try Agent.load(path: path) }
        #expect(error.description.contains(path) && error.description.contains("cut short"), "\(error)")
    }

    @Test func actionsAreReadByName() throws {
        #expect(try Action.parse("NOOP,right left") == [.noop, .right, .left])
        #expect(Action.pong.map(\.rawValue) == [0, 1, 3, 4, 11, 12])
        #expect(Action.leftFire.name == "LEFTFIRE")
        #expect(throws: InputError.self) { try Action.parse("NOOP") }
        #expect(throws: InputError.self) { try Action.parse("NOOP NOOP") }
    }
}
