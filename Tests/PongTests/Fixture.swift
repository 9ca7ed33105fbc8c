import Foundation
import NeuralNetwork

/// A safetensors file of the Fixtures folder.
struct Fixture {
    private let file: Safetensors

    init(_ name: String) throws {
        let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!
        file = try Safetensors.load(path: folder.appendingPathComponent("\(name).safetensors").path)
    }

    func bytes(_ tensor: String) throws -> [UInt8] { try file.tensor(tensor).elements() }
    func floats(_ tensor: String) throws -> [Float] { try file.tensor(tensor).elements() }
}
