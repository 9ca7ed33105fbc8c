import Essentials
import Foundation

extension FigureBuilder {
    /// Device, state model and W/F/Lambda on pulse streams that no fit saw; not in the paper.
    func reduction() throws(InputError) -> Figure {
        let rows = data.streams.flatMap { stream in
            [("device", stream.device), ("state", stream.state), ("linear", stream.linear)].flatMap { model, values in
                zip(stream.time, values).map { time, value -> JSON in
                    ["n": .string(stream.name), "m": .string(model), "t": .number(time), "f": .number(value * 1e9)]
                }
            }
        }
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("reduction.vl.json", PackageResources.reduction_vl_json).filled(
                data: ["streams": rows], values: [:])
        func percent(_ x: Double) -> String { String(format: "%.1f %%", x * 100) }
        let errors = data.streams.map { "\($0.name): \(percent($0.linearError)) and \(percent($0.stateError))" }
        return Figure(
            "reduction", "Beside Figure 3", "The device and its two reductions on pulse streams of no fit", wide: true,
            paper: "The paper reduces its device to W, F and Lambda; it prints no error of that.",
            ours: spec == nil
                ? missing
                : "Random pulses on the base state, F 2 ms after each and at the end of the hold after it. Error (rms over rms of F) of "
                    + "the linear synapse (W, F and Lambda), and of the state model: \(errors.joined(separator: "; ")).",
            difference:
                "The linear synapse gives every pulse its step from the base state and every F one decay time; in the device a large F "
                + "takes smaller steps and falls faster. Docs/synapse.md.",
            unstated: "The paper prints no error of its reduction.", spec: spec)
    }
}
