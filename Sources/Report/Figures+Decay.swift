import CompactModel
import Essentials
import Foundation

extension FigureBuilder {
    /// Fig. 3d: decay of F at different biases.
    func figure3d() throws(InputError) -> Figure {
        var rows: [JSON] = []
        for curve in data.decays {
            guard let start = curve.samples.first?.value, start != 0 else { continue }
            for sample in Thinning.logarithmic(curve.samples, limit: 240) where sample.time >= 1e-3 && sample.time <= 400 {
                rows.append([
                    "t": .number(sample.time), "f": .number(sample.value / start), "b": .number(curve.bias),
                    "n": .number(sample.value * 1e9),
                ])
            }
        }
        var paper: [JSON] = []
        for (tau, name) in [(0.396, "paper, -0.6 V: 0.396 s"), (12.0, "paper, +0.6 V: 12.0 s")] {
            for i in 0...80 {
                let t = 1e-3 * pow(4e5, Double(i) / 80)
                paper.append(["t": .number(t), "f": .number(exp(-t / tau)), "l": .string(name)])
            }
        }
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("fig3d.vl.json", PackageResources.fig3d_vl_json).filled(
                data: ["decays": rows, "paper": paper])
        return Figure(
            "fig3d", "Figure 3d", "Decay of the short-term weight under bias",
            paper:
                "After a pulse of 3.5 V and 500 us, hundreds of ms at -0.6 V to tens of seconds at +0.6 V. Dashed: exponentials with the "
                + "decay times that the printed Lambda range implies for a step of 1 s.",
            ours: spec == nil
                ? missing
                : "\(row("fig3d.tau_min")) at -0.6 V and \(row("fig3d.tau_max")) at +0.6 V (single-exponential fits).",
            difference:
                "The model's decays are not exact exponentials: they start slower and end faster than the fitted exponential.",
            spec: spec)
    }

    /// Fig. 3e: Lambda over bias with the sigmoid.
    func figure3e() throws(InputError) -> Figure {
        let sigmoid = synapse.decay.sigmoid
        let points = synapse.decay.points.map { point -> JSON in
            ["b": .number(point.bias), "l": .number(point.lambda), "tau": .number(point.tau)]
        }
        let curve = (0...60).map { i -> JSON in
            let v = -0.66 + 1.32 * Double(i) / 60
            return [
                "b": .number(v),
                "l": .number(sigmoid.height / (1 + exp(-sigmoid.slope * (v - sigmoid.centre))) + sigmoid.offset),
            ]
        }
        let spec =
            points.isEmpty
            ? nil
            : try FigureTemplate("fig3e.vl.json", PackageResources.fig3e_vl_json).filled(
                data: ["sigmoid": curve, "points": points],
                values: ["lambdaTitle": .string("Lambda (per \(number(synapse.decay.step)) s)")])
        return Figure(
            "fig3e", "Figure 3e", "Retention per step over bias",
            paper:
                "Lambda between 0.08 and 0.92 with a sigmoid L / (1 + exp(-k (V - V0))) + Lambda0 whose parameters are not printed.",
            ours: spec == nil
                ? missing
                : "\(row("fig3e.lambda_min")) to \(row("fig3e.lambda_max")); the fit is L = \(number(sigmoid.height)), k = "
                    + "\(number(sigmoid.slope)) /V, V0 = \(number(sigmoid.centre)) V, Lambda0 = \(number(sigmoid.offset)), "
                    + "rms \(row("fig3e.sigmoid")).",
            difference:
                "Lambda belongs to a step of 1 s. A game drawn 60 times a second, or 7.1 ms per step as the paper's energy implies, "
                + "would see Lambda close to 1 at every bias: see Table 1.",
            spec: spec)
    }
}
