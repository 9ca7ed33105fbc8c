import CompactModel
import Essentials
import Foundation

/// Python files that hand the synapse to network simulators.
package enum PythonAdapter {
    /// The m-STPN cell's constraints as a synapse sets them: grid and limit of dF, range of Lambda.
    package struct Cell: Sendable {
        package var step, maximum: Float
        package var lambda: ClosedRange<Float>
        package init(step: Float, maximum: Float, lambda: ClosedRange<Float>) {
            (self.step, self.maximum, self.lambda) = (step, maximum, lambda)
        }
    }

    /// PyTorch's module; `file` is what it will be called.
    package static func pytorch(_ synapse: SynapseModel, cell: Cell, file: String, origin: ExportOrigin) throws -> String {
        try fill(
            PackageResources.pytorch_py, synapse, origin, ambient: origin.ambient,
            [
                "FILE": file, "STEP": "\(cell.step)", "MAXIMUM": "\(cell.maximum)", "LAMBDA_MIN": "\(cell.lambda.lowerBound)",
                "LAMBDA_MAX": "\(cell.lambda.upperBound)", "DECAY_STEP": number(synapse.decay.step),
                "G_MIN": number(synapse.weightMap.minimumConductance), "G_UNIT": number(synapse.weightMap.conductancePerUnit),
            ])
    }

    /// A network simulator with devices of its own.
    package enum Tool: String, Sendable { case crosssim, aihwkit }

    /// What a device of such a tool is made from.
    package struct Choice: Sendable {
        /// SET trains before; bias of the decay, V; the pulse (aihwkit has but one).
        package var level: Int
        package var bias: Double
        package var pulse: Campaign.PulseShape
        package init(level: Int, bias: Double, pulse: Campaign.PulseShape) {
            (self.level, self.bias, self.pulse) = (level, bias, pulse)
        }
    }

    /// The file for CrossSim or aihwkit, and how far its equations are from the state model.
    package static func device(
        _ tool: Tool, _ synapse: SynapseModel, _ model: LumpedDevice, _ choice: Choice, module: String, origin: ExportOrigin
    ) throws -> (text: String, rows: [CompactExport.Row]) {
        let level = try model.level(trains: choice.level)
        guard model.biasRange.contains(choice.bias) else {
            throw InputError(
                "--bias", value: "\(choice.bias) V", problem: "lies outside the state model",
                expected: "\(number(model.biasRange.lowerBound)) ... \(number(model.biasRange.upperBound)) V")
        }
        let spread = synapse.variability
        func list(_ x: [Double]) -> String { "[" + x.map { String(format: "%.9g", $0) }.joined(separator: ", ") + "]" }
        let shared = ["MODULE": module, "BIAS": number(choice.bias), "STEP_SPREAD": number(spread?.step ?? 0)]
        switch tool {
        case .crosssim:
            let adapter = DriftAdapter(model, level: level, bias: choice.bias)
            let rows = adapter.check(model, level: level)
            let text = try fill(
                PackageResources.crosssim_py, synapse, origin, ambient: model.ambients[0].temperature,
                [
                    "W": number(adapter.weight * 1e9), "ERROR": worst(rows),
                    "F": list(adapter.weights.map { $0 * 1e9 }), "TIMES": list(adapter.times),
                    "LEFT": "[\n    " + adapter.left.map(list).joined(separator: ",\n    ") + "]",
                    "STEP_NOISE": number((spread?.stepNoise ?? 0) * 1e9), "READ_NOISE": number((spread?.readNoise ?? 0) * 1e9),
                ].merging(shared) { a, _ in a })
            return (text, rows)
        case .aihwkit:
            let adapter = try StepAdapter(model, level: level, synapse: synapse, pulse: choice.pulse, bias: choice.bias)
            let rows = [0.1, 0.5, 1].map { adapter.check(model, level: level, probability: $0) }
            let text = try fill(
                PackageResources.aihwkit_py, synapse, origin, ambient: model.ambients[0].temperature,
                [
                    "W": number(adapter.weight * 1e9), "ERROR": worst(rows),
                    "PULSE": "\(number(choice.pulse.amplitude)) V, \(number(choice.pulse.width * 1e6)) us",
                    "STEP_TIME": number(adapter.step), "TOP": number(adapter.top * 1e9), "LAMBDA": number(adapter.lambda),
                    "NODES": list(adapter.nodes.map { $0 * 1e9 }),
                    "TAU_SPREAD": number(spread?.decayTime ?? 0), "STEP_NOISE": number((spread?.stepNoise ?? 0) * 1e9),
                ].merging(shared) { a, _ in a })
            return (text, rows)
        }
    }

    private static func worst(_ rows: [CompactExport.Row]) -> String {
        String(format: "%.1f %%", (rows.map(\.error).max() ?? .nan) * 100)
    }

    /// The template with @@NAME@@ replaced; what stays unnamed is an error of the program's own.
    private static func fill(
        _ template: [UInt8], _ synapse: SynapseModel, _ origin: ExportOrigin, ambient: Double?, _ values: [String: String]
    ) throws -> String {
        var all = values
        all["ORIGIN"] =
            "Generated by tausonite; do not edit. Written by: \(plain(origin.command))\ndevice: \(plain(origin.device)), sha256 \(origin.digest)"
        all["DEVICE"] = quoted(synapse.device)
        all["DIGEST"] = synapse.deviceDigest
        all["AMBIENT"] = ambient.map(number) ?? "None"
        var text = String(decoding: template, as: UTF8.self)
        for (name, value) in all { text = text.replacingOccurrences(of: "@@\(name)@@", with: value) }
        if let left = text.range(of: "@@[A-Z_]+@@", options: .regularExpression) {
            throw InputError(String(text[left]), problem: "is left open in a template", expected: "a value")
        }
        return text
    }

    /// Without what would end a docstring.
    private static func plain(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "/").replacingOccurrences(of: "\"\"\"", with: "'")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}
