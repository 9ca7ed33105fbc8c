import CompactModel
import Essentials
import Foundation

extension FigureBuilder {
    /// Fig. 3a: short-term steps over amplitude and width.
    func figure3a() throws(InputError) -> Figure {
        let responses = data.responses
        let cells = responses.compactMap { response -> JSON? in
            guard !response.deltaConductance.isEmpty else { return nil }
            let mean = response.deltaConductance.reduce(0, +) / Double(response.deltaConductance.count) * 1e9
            return [
                "a": .string(Self.label(response.amplitude)), "w": .string(width(response.width)), "d": .number(mean),
                "s": .string(String(format: mean < 9.95 ? "%.2f" : "%.1f", mean)),
                "p": .string(Self.stated(response.amplitude, response.width)),
            ]
        }
        let amplitudes = Set(responses.map(\.amplitude)).sorted()
        let widths = Set(responses.map(\.width)).sorted()
        var traces: [JSON] = []
        for response in responses where !response.trace.isEmpty {
            for sample in Thinning.logarithmic(response.trace, limit: 90) {
                traces.append([
                    "t": .number(sample.time), "f": .number(sample.value * 1e9), "k": .string(Self.label(response.amplitude)),
                    "w": .string(width(response.width)),
                ])
            }
        }
        let sampled = responses.flatMap { $0.trace.map(\.time) }.filter { $0 > 0 }
        let times = [max(sampled.min() ?? 1e-3, 1e-4), max(sampled.max() ?? 60, 1)]
        let largest = responses.flatMap(\.deltaConductance).max() ?? 0
        let steps = [0.1, max(60, largest * 1.3e9)]
        let spec =
            cells.isEmpty
            ? nil
            : try FigureTemplate("fig3a.vl.json", PackageResources.fig3a_vl_json).filled(
                data: ["cells": cells, "traces": traces],
                values: [
                    "widths": .strings(widths.map(width)), "amplitudesDown": .strings(amplitudes.reversed().map(Self.label)),
                    "amplitudes": Self.amplitudeScale(amplitudes), "times": .numbers(times),
                    "timeTicks": LogarithmicAxis.ticks(times), "steps": .numbers(steps),
                    "stepTicks": LogarithmicAxis.ticks(steps),
                ])
        return Figure(
            "fig3a", "Figure 3a", "Short-term response to amplitude and width", wide: true,
            paper:
                "Pulses of 2, 2.5, 3 and 3.5 V and 20, 100 and 500 us, read at 0.6 V: steps between 0.7 nS (2 V, 20 us) and 38.6 nS "
                + "(3.5 V, 500 us).",
            ours: spec == nil
                ? missing
                : "\(row("fig3b.smallest")) and \(row("fig3b.largest")) at the same corners. Left the map with every step that the paper prints (the three at 100 us from Fig. 2e), right the decay that follows "
                    + "each pulse at 0.6 V.",
            difference: "The map over amplitude and width is from the paper's text; how its panel draws it is our reading.",
            spec: spec)
    }

    /// What the paper prints of a cell of the map.
    private static func stated(_ amplitude: Double, _ width: Double) -> String {
        switch (amplitude, (width * 1e6).rounded()) {
        case (2, 20): "paper: 0.7"
        case (3.5, 500): "paper: 38.6"
        case (2, 100): "paper: 3"
        case (2.5, 100): "paper: 5"
        case (3, 100): "paper: 10"
        default: ""
        }
    }

    private func width(_ seconds: Double) -> String { String(format: "%g us", (seconds * 1e6 * 1e6).rounded() / 1e6) }

    /// Fig. 3b: dF over width for each amplitude, with repeats.
    func figure3b() throws(InputError) -> Figure {
        var means: [JSON] = []
        var repeats: [JSON] = []
        for response in data.responses where !response.deltaConductance.isEmpty {
            let values = response.deltaConductance.map { $0 * 1e9 }
            let mean = values.reduce(0, +) / Double(values.count)
            means.append([
                "w": .number(response.width * 1e6), "d": .number(mean), "k": .string(Self.label(response.amplitude)),
                "lo": .number(values.min()!), "hi": .number(values.max()!), "n": .number(Double(values.count)),
            ])
            for value in values where values.count > 1 {
                repeats.append([
                    "w": .number(response.width * 1e6), "d": .number(value), "k": .string(Self.label(response.amplitude)),
                ])
            }
        }
        let amplitudes = Set(data.responses.map(\.amplitude)).sorted()
        let spec =
            means.isEmpty
            ? nil
            : try FigureTemplate("fig3b.vl.json", PackageResources.fig3b_vl_json).filled(
                data: ["means": means, "repeats": repeats], values: ["amplitudes": Self.amplitudeScale(amplitudes)])
        let count = data.responses.map(\.deltaConductance.count).max() ?? 0
        return Figure(
            "fig3b", "Figure 3b", "Step over pulse width",
            paper:
                "Five repeats of each pulse with a standard deviation of at most 0.9 nS. Open diamonds: every step the paper prints.",
            ours: spec == nil
                ? missing
                : "Means of \(count) \(count == 1 ? "pulse" : "repeats"); largest standard deviation \(row("fig3b.deviation")).",
            difference: "The model has no noise: what differs between repeats is memory of the pulse before.",
            spec: spec)
    }

    /// Fig. 3c: pulse energy over dF with the power law.
    func figure3c() throws(InputError) -> Figure {
        let law = synapse.energy
        let points = synapse.update.points.map { point -> JSON in
            [
                "d": .number(point.deltaConductance * 1e9), "e": .number(point.energy * 1e12),
                "k": .string(Self.label(point.amplitude)), "w": .number(point.width * 1e6),
                "T": .number(point.peakTemperature),
            ]
        }
        var lines: [JSON] = []
        let names = ["our fit", "paper, dF in nS", "paper, dF in units of 2 nS"]
        for i in 0...40 {
            let d = 0.5 * pow(60 / 0.5, Double(i) / 40)
            let values = [
                law.prefactorPerNanosiemens * 1e12 * pow(d, law.exponent), 30 * pow(d, 1.52), 30 * pow(d / 2, 1.52),
            ]
            for (name, value) in zip(names, values) {
                lines.append(["d": .number(d), "e": .number(value), "l": .string(name)])
            }
        }
        let amplitudes = Set(synapse.update.points.map(\.amplitude)).sorted()
        let spec =
            points.isEmpty
            ? nil
            : try FigureTemplate("fig3c.vl.json", PackageResources.fig3c_vl_json).filled(
                data: ["laws": lines, "cells": points], values: ["amplitudes": Self.amplitudeScale(amplitudes)])
        return Figure(
            "fig3c", "Figure 3c", "What a short-term step costs",
            paper:
                "E = c dF^alpha with c = 30 pJ and alpha = 1.52. Whether dF is in nS or in the network's unit of 2 nS is left open; "
                + "both readings are drawn.",
            ours: spec == nil
                ? missing
                : "c = \(row("fig3c.prefactor_nS")) (dF in nS) or \(row("fig3c.prefactor_unit")) (unitless), alpha = "
                    + "\(row("fig3c.exponent")) over all cells, \(number(law.cornerExponent)) from the smallest to the largest cell; "
                    + "rms of the fit \(number(law.residual * 100)) %.",
            difference:
                "At one amplitude the energy grows in proportion to the width while dF saturates, so one power law through all cells "
                + "is a summary, not a law; its exponent depends on which cells are weighed how.",
            spec: spec)
    }
}
