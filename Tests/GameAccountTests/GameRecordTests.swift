import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import GameAccount

struct GameRecordTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("game-\(UUID().uuidString)")
    private var path: String { folder.appendingPathComponent("game.json").path }

    private func record() -> GameRecord {
        GameRecord(
            score: -3, steps: 3, frameSkip: 1, capped: false, units: 2, inputs: 3, deltaFStep: 0.5, deltaFMaximum: 20,
            lambdaMinimum: 0.08, lambdaMaximum: 0.92, updateSynapse: [1, 1, 5], updateLevel: [1, 40, 2],
            updateCount: [2, 1, 3], sumAbsoluteWeight: [0, 1, 2, 3, 4, 5.5], sumWeight: [0, -1, 2, -3, 4, -5.5],
            largestSynapse: 1, largestWeight: [0.5, 1, -19], largestDeltaF: [0.5, 0.5, -20], agent: "agent.safetensors",
            agentDigest: "ab", seed: UInt64.max, policy: "greedy", noops: 4, sticky: 0.25, frameLimit: 5000,
            actionDigest: "cd")
    }

    @Test func roundTripIsExact() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record().save(path: path)
        #expect(try GameRecord.load(path: path) == record())
        var more = record()
        more.traces = [
            .init(synapse: 5, weight: -0.25, lambda: 0.5, levels: [0, -40, 3]),
            .init(synapse: 0, weight: 0, lambda: 0.08, levels: [1, 0, 0]),
        ]
        more.devices = DeviceGame(
            .init(steps: 3, pulseEnergy: 1e-9, error: 1, reference: 4), step: 1, unit: 2e-9, differingActions: 2)
        try more.save(path: path)
        #expect(try GameRecord.load(path: path) == more && more.devices?.relativeError == 0.5)
        more.traces[0].synapse = 6
        #expect(throws: InputError.self) { try more.save(path: path) }
        #expect(record().nonzeroUpdates == 6)
    }

    /// Records of before have no sticky actions and no frame limit of their own.
    @Test func olderRecordsAreRead() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record().save(path: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let older = text.split(separator: "\n").filter { !$0.contains("\"sticky\"") && !$0.contains("\"frame_limit\"") }
        #expect(older.count == text.split(separator: "\n").count - 2)
        try older.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        var expected = record()
        (expected.sticky, expected.frameLimit) = (0, 108_000)
        #expect(try GameRecord.load(path: path) == expected)
    }

    @Test func savingAgainGivesEqualBytes() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record().save(path: path)
        let first = try Data(contentsOf: folder.appendingPathComponent("game.safetensors"))
        try record().save(path: path)
        #expect(try Data(contentsOf: folder.appendingPathComponent("game.safetensors")) == first)
    }

    @Test(arguments: [
        ("\"score\" : -3,", "", "score"), ("\"steps\" : 3", "\"steps\" : \"three\"", "steps"),
        ("\"steps\" : 3", "\"steps\" : 4", "largest.weight"), ("\"format\" : 1", "\"format\" : 9", "format"),
        ("\"frame_skip\" : 1", "\"frame_skip\" : 0", "frame_skip"), ("\"units\" : 2", "\"units\" : 3", "sum_abs_weight"),
        ("\"largest_synapse\" : 1", "\"largest_synapse\" : 6", "largest_synapse"),
        ("\"nonzero_updates\" : 6", "\"nonzero_updates\" : 7", "nonzero_updates"),
        ("\"sticky\" : 0.25", "\"sticky\" : 2", "sticky"), ("\"frame_limit\" : 5000", "\"frame_limit\" : 5", "frame_limit"),
        ("\"game.safetensors\"", "\"../game.safetensors\"", "arrays"), ("{", "[", "JSON"),
    ])
    func damagedRecordIsNamed(_ old: String, _ new: String, _ named: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record().save(path: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let damaged = text.replacingOccurrences(of: old, with: new)
        #expect(damaged != text)
        try damaged.write(toFile: path, atomically: true, encoding: .utf8)
        let error = try #require(throws: InputError.self) { try GameRecord.load(path: path) }
        #expect(error.description.contains(named), "\(error)")
        #expect(error.description.contains(folder.lastPathComponent), "\(error)")
    }

    @Test func impossibleRecordIsNotWritten() throws {
        var bad = record()
        bad.sumWeight[2] = .nan
        #expect(throws: InputError.self) { try bad.save(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
        bad = record()
        bad.updateSynapse[0] = 6
        #expect(throws: InputError.self) { try bad.validate() }
    }
}
