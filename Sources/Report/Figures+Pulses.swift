import CompactModel
import Essentials
import Foundation

extension FigureBuilder {
    /// Fig. 2d: short-term pulses riding on a long-term weight.
    func figure2d() throws(InputError) -> Figure {
        let run = data.shortTerm
        let line = Thinning.samples(run.conductance, limit: 1200).map { sample -> JSON in
            ["t": .number(sample.time), "g": .number(sample.value * 1e9)]
        }
        let amplitudes = Set(run.pulses.map(\.amplitude)).sorted()
        let marks = run.pulses.map { pulse -> JSON in
            [
                "t": .number(pulse.time), "k": .string(Self.label(pulse.amplitude)),
                "d": .number(pulse.deltaConductance * 1e9), "w": .number(pulse.width * 1e6),
            ]
        }
        let spec =
            line.isEmpty
            ? nil
            : try FigureTemplate("fig2d.vl.json", PackageResources.fig2d_vl_json).filled(
                data: ["course": line, "pulses": marks],
                values: [
                    "span": .numbers([0, run.conductance.last?.time ?? 375]),
                    "amplitudes": Self.amplitudeScale(amplitudes),
                ])
        return Figure(
            "fig2d", "Figure 2d", "Short-term pulses on a long-term weight", wide: true,
            paper:
                "A 0.6 V read for 375 s with short-term pulses of 100 us; the long-term weight under them stays largely constant.",
            ours: spec == nil
                ? missing
                : "\(run.pulses.count) pulses (triangles). After 375 s without pulses the base is \(share("fig2d.base_drift")) of what it was; "
                    + "60 s after the last pulse it is \(share("fig2d.base_after_pulses")) of that of a device without pulses.",
            difference: "The number and times of the paper's pulses are not printed (only that the last three are labelled): "
                + "fifteen, evenly spaced, are our reading.",
            unstated: "The paper prints no numbers of this run but the last three steps: Figure 2e.", spec: spec)
    }

    /// Fig. 2e: the last three pulses of Fig. 2d.
    func figure2e() throws(InputError) -> Figure {
        let run = data.shortTerm
        let last = Array(run.pulses.suffix(3))
        let stated = [2.0: 3.0, 2.5: 5.0, 3.0: 10.0]
        var spec: JSON?
        if let first = last.first, let end = last.last, !run.conductance.isEmpty {
            let gap = last.count > 1 ? (end.time - first.time) / Double(last.count - 1) : 10
            let window = run.conductance.filter { $0.time >= first.time - 0.3 * gap && $0.time <= end.time + 1.1 * gap }
            let line = Thinning.samples(window, limit: 900).map { sample -> JSON in
                ["t": .number(sample.time), "g": .number(sample.value * 1e9)]
            }
            var ours: [JSON] = []
            var paper: [JSON] = []
            for pulse in last {
                let before = run.conductance.last { $0.time <= pulse.time }?.value ?? 0
                let label = String(format: "%g V: %.1f nS", pulse.amplitude, pulse.deltaConductance * 1e9)
                ours.append([
                    "t": .number(pulse.time), "g": .number((before + pulse.deltaConductance) * 1e9), "k": .string(label),
                ])
                if let value = stated[pulse.amplitude] {
                    paper.append([
                        "t": .number(pulse.time), "g": .number(before * 1e9 + value),
                        "d": .string(String(format: "%g V: %g nS", pulse.amplitude, value)),
                    ])
                }
            }
            spec = try FigureTemplate("fig2e.vl.json", PackageResources.fig2e_vl_json).filled(
                data: ["course": line, "steps": ours, "paper": paper])
        }
        return Figure(
            "fig2e", "Figure 2e", "The last three short-term pulses",
            paper: "Steps of 3, 5 and 10 nS for pulses of 2, 2.5 and 3 V (100 us): open diamonds, drawn above our own base.",
            ours: spec == nil
                ? missing
                : "\(row("fig2e.delta_f_2V")), \(row("fig2e.delta_f_2.5V")) and \(row("fig2e.delta_f_3V")), read 2 ms after the pulse.",
            difference:
                "The steps are printed with one digit. The middle one comes out high in every set of parameters calibrated so far: "
                + "between 2 and 3 V the model's step rises evenly, the printed ones fall behind in the middle.",
            spec: spec)
    }
}
