import Essentials
import Foundation
import NeuralNetwork
import Testing

/// Small files that claim large things.
@Suite struct ClaimTests {
    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "read without an error"
    }

    /// Three tensors of some kilobytes whose shapes ask for a network of 1.1e15 bytes: refused before anything is made.
    @Test func shapesAreComparedBeforeAnythingIsMade() {
        func claim(_ conv1: [Int], _ conv2: [Int], _ actor: [Int], _ metadata: [String: String] = [:]) -> Safetensors {
            Safetensors(
                [("conv1.weight", conv1), ("conv2.weight", conv2), ("actor.weight", actor)].map { name, shape in
                    Tensor(name, shape: shape, [Float](repeating: 0, count: shape.reduce(1, *)))
                }, metadata: metadata)
        }
        let wide = ["obs_size": "4096", "conv1_stride": "1", "conv2_stride": "1"]
        for file in [
            claim([4096, 1, 8, 1], [4096, 1, 4, 1], [1, 1024]), claim([16, 1, 8, 1], [4096, 1, 4, 1], [1, 4096], wide),
            claim([16, 1, 8, 8], [4096, 16, 1, 1], [1, 4096], wide),
        ] {
            let told = message { _ = try ActorCriticParameters(file) }
            #expect(told.contains("wrong shape") || told.contains("is missing"), "\(told)")
        }
    }

    @Test func doubledNamesManyAxesAndLongMetadataAreRefused() {
        func told(_ header: String, _ count: Int = 4) -> String {
            var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
            bytes.append(Data(header.utf8))
            bytes.append(Data(count: count))
            return message { _ = try Safetensors(data: bytes, source: "x") }
        }
        let a = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        #expect(told("{\(a)}") == "read without an error")
        #expect(told("{\(a),\(a)}").contains("twice"))
        #expect(told(#"{"__metadata__":{"k":"a\":b{"},\#(a)}"#) == "read without an error")
        let axes =
            #"{"a":{"dtype":"F32","shape":[\#(Array(repeating: "1", count: 17).joined(separator: ","))],"data_offsets":[0,4]}}"#
        #expect(told(axes).contains("17 axes"))
        let long = String(repeating: "x", count: 10_001)
        #expect(told(#"{"__metadata__":{"k":"\#(long)"},\#(a)}"#).contains("too long"))
    }

    /// A grid that a Float makes 0, or whose levels no integer holds, is refused and does not trap.
    @Test func gridsThatDoNotFitAreRefused() {
        for (step, maximum) in [(1e-30, 20), (1e-45, 20), (.infinity, 20), (0.5, .infinity), (0.5, .nan), (.nan, 20)]
            as [(Float, Float)]
        {
            let constraints = CellConstraints(lambdaRange: nil, deltaFStep: step, deltaFMaximum: maximum)
            #expect(throws: InputError.self) { try constraints.validate() }
            _ = constraints.levels
        }
    }
}
