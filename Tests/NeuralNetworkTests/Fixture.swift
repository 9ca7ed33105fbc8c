import Foundation
import NeuralNetwork
import Testing

/// A golden file: float64 results of a PyTorch implementation from float32 inputs. Regenerate with any program that
/// follows Docs/network.md; sizes are read from the file.
struct Fixture {
    static let cells = ["mstpn", "mstpn_quant", "stpn"]

    let file: Safetensors
    let steps, batch: Int
    let shape: NetworkShape
    let constraints: CellConstraints

    static func url(_ name: String) throws -> URL {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return folder.appendingPathComponent(name)
    }

    init(_ name: String) throws {
        file = try Safetensors.load(path: Self.url("\(name).safetensors").path)
        steps = try file.integer("steps", in: 1...1000)
        batch = try file.integer("batch", in: 1...1000)
        var constraints = CellConstraints(lambdaRange: nil)
        constraints.kind = try #require(CellConstraints.Kind(rawValue: file.metadata["cell"] ?? ""))
        if let low = try file.number("lambda_min"), let high = try file.number("lambda_max") {
            constraints.lambdaRange = Float(low)...Float(high)
        }
        constraints.deltaFStep = Float(try file.number("delta_f_step") ?? 0)
        constraints.deltaFMaximum = Float(try file.number("delta_f_max") ?? 0)
        self.constraints = constraints
        shape = try ActorCriticParameters(file, prefix: "param.").shape
    }

    func parameters(prefix: String = "param.") throws -> ActorCriticParameters {
        try ActorCriticParameters(file, prefix: prefix)
    }

    func doubles(_ name: String) throws -> [Double] { try file.tensor(name).doubles() }
    func floats(_ name: String) throws -> [Float] { try doubles(name).map(Float.init) }
    func number(_ name: String) throws -> Double { try #require(try file.number(name)) }

    /// Observations of all steps, [T][B][pixels], normalised as (x - 128) / 128.
    func observations() throws -> [Float] {
        try file.tensor("obs").elements(as: UInt8.self).map { (Float($0) - 128) / 128 }
    }

    func resets() throws -> [Bool] { try file.tensor("reset").elements(as: UInt8.self).map { $0 != 0 } }

    /// h and F before step 0.
    func initialState() throws -> RecurrentState {
        let state = RecurrentState(shape: shape, environments: batch)
        let h = try floats("h0")
        let f = try floats("F0")
        for e in 0..<batch {
            state.set(
                environment: e, hidden: Array(h[e * shape.units..<(e + 1) * shape.units]),
                plastic: Array(f[e * shape.synapses..<(e + 1) * shape.synapses]))
        }
        return state
    }
}

/// Largest |a - b|.
func distance(_ a: some Sequence<Float>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
}
