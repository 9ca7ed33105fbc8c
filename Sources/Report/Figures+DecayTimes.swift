import Essentials
import Foundation

extension FigureBuilder {
    /// Decay times after pulses of several amplitudes beside the paper's one Lambda for each bias; not in the paper.
    func decayByPulse() throws(InputError) -> Figure {
        func pulse(_ t: FigureData.DecayTime) -> String { String(format: "%g V, %g us", t.amplitude, t.width * 1e6) }
        let times = data.decayTimes
        let rows = times.map { time -> JSON in
            ["p": .string(pulse(time)), "t": .number(time.tau), "b": .string(Self.bias(time.bias))]
        }
        let biases = times.reduce(into: [Double]()) { if !$0.contains($1.bias) { $0.append($1.bias) } }
        let pulses = times.filter { $0.bias == biases.first }.map(pulse)
        let paper = [(0.6, 12.0, "12.0 s"), (-0.6, 0.396, "0.396 s")].map { bias, tau, text -> JSON in
            ["t": .number(tau), "b": .string(Self.bias(bias)), "l": .string("paper, \(Self.bias(bias)): \(text)")]
        }
        let drawn = times.map(\.tau) + [12, 0.396]
        let range = [(drawn.min() ?? 1) / 2, (drawn.max() ?? 1) * 2]
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("decay-by-pulse.vl.json", PackageResources.decay_by_pulse_vl_json).filled(
                data: ["times": rows, "paper": paper],
                values: [
                    "pulses": .strings(pulses), "biases": .strings(biases.map(Self.bias)), "range": .numbers(range),
                    "ticks": LogarithmicAxis.ticks(range),
                ])
        let spans = biases.map { bias in
            let tau = times.filter { $0.bias == bias }.map(\.tau)
            return "\(number((tau.max() ?? 0) / (tau.min() ?? 1))) at \(Self.bias(bias))"
        }
        return Figure(
            "decay-by-pulse", "Beside Figure 3e", "Decay time against pulse and bias",
            paper:
                "One Lambda for each bias, whatever the pulse. Dashed: the decay times that the printed Lambda range implies "
                + "for a step of 1 s, 12.0 s at +0.6 V and 0.396 s at -0.6 V; none is printed for 0 V.",
            ours: spec == nil
                ? missing
                : "Single-exponential fits between 10 ms and 100 s after the pulse. Largest over smallest of these pulses: "
                    + "\(spans.joined(separator: ", ")).",
            difference: "The compact synapse takes those of 3.5 V, 500 us for every pulse.",
            spec: spec)
    }

    private static func bias(_ volts: Double) -> String { String(format: volts == 0 ? "%g V" : "%+g V", volts) }
}
