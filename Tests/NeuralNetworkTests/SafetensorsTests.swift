import Essentials
import Foundation
import NeuralNetwork
import Testing

@Suite struct SafetensorsTests {
    private func file(header: String, data: Int) -> Data {
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        bytes.append(Data(header.utf8))
        bytes.append(Data(count: data))
        return bytes
    }

    private func message(_ data: Data) -> String {
        do {
            _ = try Safetensors(data: data, source: "agent.safetensors")
            return "read without an error"
        } catch {
            return "\(error)"
        }
    }

    @Test func everyTypeSurvivesARoundTrip() throws {
        var file = Safetensors([
            Tensor("f", shape: [2, 2], [1.5, -2, 3, .leastNormalMagnitude] as [Float]),
            Tensor("d", shape: [1], [Double.pi]),
            Tensor("i", shape: [3], [-1, 0, 7] as [Int32]),
            Tensor("u", shape: [2], [.max, 1] as [UInt32]),
            Tensor("i8", shape: [3], [-128, 0, 127] as [Int8]),
            Tensor("u8", shape: [3], [0, 128, 255] as [UInt8]),
            Tensor("u16", shape: [1], [65535] as [UInt16]),
            Tensor("i16", shape: [1], [-32768] as [Int16]),
            Tensor("u64", shape: [1], [.max] as [UInt64]),
            Tensor("i64", shape: [1], [.min] as [Int64]),
            Tensor("empty", shape: [0, 4], [] as [Float]),
        ])
        file.metadata = ["seed": "7", "said": "a \"quoted\" word, ä"]
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.save(path: path)
        var back = try Safetensors.load(path: path)
        #expect(back.source == path)
        back.source = nil
        #expect(back == file)
        #expect(try back.elements("f", shape: [2, nil], as: Float.self) == [1.5, -2, 3, .leastNormalMagnitude])
    }

    @Test func brokenFilesSayWhatIsWrong() throws {
        let good =
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}"#
        #expect(message(file(header: good, data: 9)) == "read without an error")
        #expect(message(Data([1, 2])).contains("cut short"))
        #expect(message(file(header: good, data: 9).prefix(60)).contains("truncated"))
        #expect(message(file(header: good, data: 5)).contains("tensor a = 5 bytes of data: data is cut short"))
        #expect(message(file(header: good, data: 10)).contains("no tensor names"))
        #expect(message(file(header: "[1,2]", data: 0)).contains("JSON"))
        #expect(message(file(header: #"{"a":{"dtype":"F32""#, data: 0)).contains("not valid"))
        #expect(message(file(header: #"{"a":{"dtype":"F99","shape":[],"data_offsets":[0,4]}}"#, data: 4)).contains("F99"))
        let overlap =
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        #expect(message(file(header: overlap, data: 8)).contains("overlaps"))
        let hole = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        #expect(message(file(header: hole, data: 8)).contains("hole"))
        let misfit = #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#
        #expect(message(file(header: misfit, data: 8)).contains("do not fit shape [3]"))
        let negative = #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}"#
        #expect(message(file(header: negative, data: 8)).contains("impossible shape"))
        let huge = #"{"a":{"dtype":"F64","shape":[9223372036854775807,9],"data_offsets":[0,8]}}"#
        #expect(message(file(header: huge, data: 8)).contains("impossible shape"))
        #expect(message(file(header: overlap, data: 8)).hasPrefix("agent.safetensors: tensor b"))
        // No prefix of a good file is taken for a whole one, and none traps.
        let whole = file(header: good, data: 9)
        for length in 0..<whole.count { #expect(message(whole.prefix(length)) != "read without an error") }
    }

    @Test func wrongAgentsAreRefusedByName() throws {
        var shape = NetworkShape()
        (shape.observationSide, shape.filters1, shape.kernel1, shape.stride1) = (12, 2, 3, 2)
        (shape.filters2, shape.kernel2, shape.stride2, shape.units, shape.actions) = (3, 2, 1, 4, 2)
        let agent = ActorCriticParameters(shape: shape, seed: 3)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try agent.save(path: path, metadata: ["seed": "3"])
        let (back, metadata) = try ActorCriticParameters.load(path: path)
        #expect(back == agent)
        #expect(metadata["seed"] == "3")

        func refusal(_ change: (inout Safetensors) -> Void) throws -> String {
            var file = try Safetensors.load(path: path)
            change(&file)
            try file.save(path: path + ".bad")
            defer { try? FileManager.default.removeItem(atPath: path + ".bad") }
            do {
                _ = try ActorCriticParameters.load(path: path + ".bad")
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(try refusal { _ in } == "accepted")
        let missing = try refusal { file in
            file = Safetensors(file.tensors.filter { $0.name != "stpn.Gamma" }, metadata: file.metadata)
        }
        #expect(missing.contains("tensor stpn.Gamma: is missing"))
        let reshaped = try refusal { $0.append(Tensor("stpn.W", shape: [4, 3], [Float](repeating: 0, count: 12))) }
        #expect(reshaped.contains("tensor stpn.W = [4, 3]: has the wrong shape"))
        #expect(reshaped.contains("[4, \(shape.inputs)]"))
        let notANumber = try refusal { $0.append(Tensor("stpn.bias", shape: [4], [0, .nan, 0, 0] as [Float])) }
        #expect(notANumber.contains("tensor stpn.bias = nan: element 1 is not a finite number"))
        let doubles = try refusal { $0.append(Tensor("stpn.bias", shape: [4], [0, 0, 0, 0] as [Double])) }
        #expect(doubles.contains("F64") && doubles.contains("expected F32"))
        let stride = try refusal { $0.metadata["conv1_stride"] = "fast" }
        #expect(stride.contains("metadata conv1_stride = fast"))
        #expect(throws: InputError.self) { try ActorCriticParameters.load(path: path + ".none") }
    }
}
