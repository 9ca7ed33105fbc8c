import Essentials
import Foundation
import NeuralNetwork

extension GameRecord {
    /// The scalars, as `game.json` holds them; the arrays are in the safetensors file that `arrays` names.
    private struct Scalars: Codable {
        var format = 1
        var arrays: String
        var score, steps, frameSkip: Int
        var capped: Bool
        var units, inputs: Int
        var deltaFStep, deltaFMaximum, lambdaMinimum, lambdaMaximum: Double
        var nonzeroUpdates, largestSynapse: Int
        var agent, agentDigest: String
        var seed: UInt64
        var policy: String
        var noops: Int
        /// Missing in older records: no sticky actions, 108,000 frames.
        var sticky: Double?
        var frameLimit: Int?
        var actionDigest: String
        /// Absent where synapses were not devices.
        var devices: DeviceGame?
        /// Traces in the arrays; absent in older files.
        var traces: Int?
    }

    /// Path of the arrays that belong to `game.json`: the same name with the ending `.safetensors`.
    static func arraysPath(for path: String) -> String {
        (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".safetensors"
    }

    /// Writes `game.json` and, before it, `game.safetensors` beside it; each is whole or not there.
    ///
    /// About 2.7 MB for 169,984 synapses plus 6 bytes for each updated synapse and level.
    package func save(path: String) throws(InputError) {
        try validate()
        let arrays = Self.arraysPath(for: path)
        guard arrays != path else {
            throw InputError(path, problem: "is no name for a game record", expected: "a name such as game.json")
        }
        let synapses = units * inputs
        let traced: [Tensor] =
            traces.isEmpty
            ? []
            : [
                Tensor("trace.synapse", shape: [traces.count], traces.map { Int32($0.synapse) }),
                Tensor("trace.weight", shape: [traces.count], traces.map(\.weight)),
                Tensor("trace.lambda", shape: [traces.count], traces.map(\.lambda)),
                Tensor("trace.level", shape: [traces.count, steps], traces.flatMap(\.levels)),
            ]
        try Safetensors(
            [
                Tensor("update.synapse", shape: [updateSynapse.count], updateSynapse),
                Tensor("update.level", shape: [updateLevel.count], updateLevel),
                Tensor("update.count", shape: [updateCount.count], updateCount),
                Tensor("sum_abs_weight", shape: [synapses], sumAbsoluteWeight),
                Tensor("sum_weight", shape: [synapses], sumWeight),
                Tensor("largest.weight", shape: [largestWeight.count], largestWeight),
                Tensor("largest.delta_f", shape: [largestDeltaF.count], largestDeltaF),
            ] + traced, metadata: ["format": "1", "content": "arrays of a game record", "steps": "\(steps)"]
        ).save(path: arrays)
        let scalars = Scalars(
            arrays: URL(fileURLWithPath: arrays).lastPathComponent, score: score, steps: steps, frameSkip: frameSkip,
            capped: capped, units: units, inputs: inputs, deltaFStep: deltaFStep, deltaFMaximum: deltaFMaximum,
            lambdaMinimum: lambdaMinimum, lambdaMaximum: lambdaMaximum, nonzeroUpdates: nonzeroUpdates,
            largestSynapse: largestSynapse, agent: agent, agentDigest: agentDigest, seed: seed, policy: policy,
            noops: noops, sticky: sticky, frameLimit: frameLimit, actionDigest: actionDigest, devices: devices,
            traces: traces.isEmpty ? nil : traces.count)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard var data = try? encoder.encode(scalars) else {
            throw InputError("game record", problem: "holds numbers that JSON cannot", expected: "finite numbers", source: path)
        }
        data.append(UInt8(ascii: "\n"))
        try AtomicFile.write(data, to: path)
    }

    /// Reads a game record. Throws `InputError` naming the file, the key or tensor, and what would be right.
    package static func load(path: String) throws(InputError) -> GameRecord {
        let data = try AtomicFile.read(path)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let scalars: Scalars
        do {
            scalars = try decoder.decode(Scalars.self, from: data)
        } catch {
            throw InputError(
                "game record", problem: Self.explain(error), expected: "the JSON that `tausonite pong evaluate` writes",
                source: path)
        }
        guard scalars.format == 1 else {
            throw InputError("format", value: "\(scalars.format)", problem: "is not known", expected: "1", source: path)
        }
        guard !scalars.arrays.contains("/") else {
            throw InputError("arrays", value: scalars.arrays, problem: "is not a file beside this one", source: path)
        }
        guard (1...65_536).contains(scalars.units), (1...65_536).contains(scalars.inputs) else {
            throw InputError(
                "units, inputs", value: "\(scalars.units), \(scalars.inputs)", problem: "are out of range",
                expected: "1 ... 65536 each", source: path)
        }
        let beside = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(scalars.arrays).path
        let arrays = try Safetensors.load(path: beside)
        let synapses = scalars.units * scalars.inputs
        let updated = try arrays.tensor("update.synapse").count
        var record = GameRecord(
            score: scalars.score, steps: scalars.steps, frameSkip: scalars.frameSkip, capped: scalars.capped,
            units: scalars.units, inputs: scalars.inputs, deltaFStep: scalars.deltaFStep,
            deltaFMaximum: scalars.deltaFMaximum, lambdaMinimum: scalars.lambdaMinimum,
            lambdaMaximum: scalars.lambdaMaximum, updateSynapse: try arrays.elements("update.synapse", shape: [updated]),
            updateLevel: try arrays.elements("update.level", shape: [updated]),
            updateCount: try arrays.elements("update.count", shape: [updated]),
            sumAbsoluteWeight: try arrays.elements("sum_abs_weight", shape: [synapses]),
            sumWeight: try arrays.elements("sum_weight", shape: [synapses]), largestSynapse: scalars.largestSynapse,
            largestWeight: try arrays.elements("largest.weight", shape: [scalars.steps]),
            largestDeltaF: try arrays.elements("largest.delta_f", shape: [scalars.steps]), agent: scalars.agent,
            agentDigest: scalars.agentDigest, seed: scalars.seed, policy: scalars.policy, noops: scalars.noops,
            sticky: scalars.sticky ?? 0, frameLimit: scalars.frameLimit ?? 108_000, actionDigest: scalars.actionDigest)
        record.devices = scalars.devices
        record.traces = try Self.traces(scalars.traces ?? 0, steps: scalars.steps, in: arrays)
        do throws(InputError) {
            try record.validate()
        } catch {
            throw error.located(in: path)
        }
        guard record.nonzeroUpdates == scalars.nonzeroUpdates else {
            throw InputError(
                "nonzero_updates", value: "\(scalars.nonzeroUpdates)", problem: "does not fit \(scalars.arrays)",
                expected: "\(record.nonzeroUpdates); the two files must be of one game", source: path)
        }
        return record
    }

    private static func traces(
        _ count: Int, steps: Int, in arrays: Safetensors
    ) throws(InputError) -> [SynapseRecorder.Trace] {
        guard count > 0 else { return [] }
        let synapses: [Int32] = try arrays.elements("trace.synapse", shape: [count])
        let weights: [Float] = try arrays.elements("trace.weight", shape: [count])
        let lambdas: [Float] = try arrays.elements("trace.lambda", shape: [count])
        let levels: [Int16] = try arrays.elements("trace.level", shape: [count, steps])
        return (0..<count).map {
            .init(
                synapse: Int(synapses[$0]), weight: weights[$0], lambda: lambdas[$0],
                levels: Array(levels[$0 * steps..<($0 + 1) * steps]))
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "has no key \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "key \(context.codingPath.map(\.stringValue).joined(separator: ".")) has a value of the wrong type"
        default: "is not valid JSON"
        }
    }

    /// Checks that every number is possible and that the arrays fit one another. Throws `InputError` naming the first
    /// that is not.
    package func validate() throws(InputError) {
        func check(_ holds: Bool, _ key: String, _ value: String, _ expected: String) throws(InputError) {
            if !holds { throw InputError(key, value: value, problem: "is not possible", expected: expected) }
        }
        let synapses = units * inputs
        try check(steps >= 0 && steps <= 1_000_000, "steps", "\(steps)", "0 ... 1000000")
        try check((1...16).contains(frameSkip), "frame_skip", "\(frameSkip)", "1 ... 16")
        try check((0...1).contains(sticky), "sticky", "\(sticky)", "0 ... 1")
        try check((100...108_000).contains(frameLimit), "frame_limit", "\(frameLimit)", "100 ... 108000")
        try check(units > 0 && inputs > 0, "units, inputs", "\(units), \(inputs)", "1 or more each")
        try check(
            deltaFStep == 0 || (1e-12...1e12).contains(deltaFStep), "delta_f_step", "\(deltaFStep)",
            "0 (continuous) or 1e-12 ... 1e12")
        try check((0...1e15).contains(deltaFMaximum), "delta_f_maximum", "\(deltaFMaximum)", "0 ... 1e15")
        try check(
            lambdaMinimum >= -10 && lambdaMinimum <= lambdaMaximum && lambdaMaximum <= 10, "lambda_minimum",
            "\(lambdaMinimum) ... \(lambdaMaximum)", "a range within -10 ... 10")
        try check((-1000...1000).contains(score), "score", "\(score)", "-1000 ... 1000")
        try check((0...1000).contains(noops), "noops", "\(noops)", "0 ... 1000")
        try check(
            updateSynapse.count == updateLevel.count && updateSynapse.count == updateCount.count, "update arrays",
            "\(updateSynapse.count), \(updateLevel.count), \(updateCount.count)", "equal lengths")
        if let bad = updateSynapse.first(where: { $0 < 0 || Int($0) >= synapses }) {
            try check(false, "update.synapse", "\(bad)", "0 ..< \(synapses)")
        }
        if updateLevel.contains(0) { try check(false, "update.level", "0", "1 ... 255") }
        if let bad = updateCount.first(where: { $0 == 0 || Int($0) > steps }) {
            try check(false, "update.count", "\(bad)", "1 ... \(steps)")
        }
        for (name, values) in [("sum_abs_weight", sumAbsoluteWeight), ("sum_weight", sumWeight)] {
            try check(values.count == synapses, name, "\(values.count) values", "\(synapses)")
            try check(
                values.allSatisfy { abs($0) <= 1e15 }, name, "a number that is none or too large",
                "numbers within -1e15 ... 1e15")
        }
        for (name, values) in [("largest.weight", largestWeight), ("largest.delta_f", largestDeltaF)] {
            try check(values.count == steps, name, "\(values.count) values", "\(steps), one a step")
            try check(
                values.allSatisfy { abs($0) <= 1e12 }, name, "a number that is none or too large",
                "numbers within -1e12 ... 1e12")
        }
        for trace in traces {
            try check(
                trace.synapse >= 0 && trace.synapse < synapses, "trace.synapse", "\(trace.synapse)", "0 ..< \(synapses)")
            try check(trace.levels.count == steps, "trace.level", "\(trace.levels.count) steps", "\(steps)")
            try check(
                trace.weight.isFinite && (0...1).contains(trace.lambda), "trace.weight, trace.lambda",
                "\(trace.weight), \(trace.lambda)", "a finite number and one of 0 ... 1")
        }
        try check(
            largestSynapse >= 0 && largestSynapse < synapses, "largest_synapse", "\(largestSynapse)", "0 ..< \(synapses)")
    }
}
