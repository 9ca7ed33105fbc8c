import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount

extension FigureBuilder {
    /// Bars of a histogram over energies (nJ) and counts, with the ranges of both axes.
    ///
    /// - mean: the paper's mean over the synapses, J, which gets a line.
    private func bars(
        _ histogram: Histogram, _ template: FigureTemplate, mean: Double, logarithmic: Bool
    ) throws(InputError) -> JSON? {
        guard !histogram.counts.isEmpty else { return nil }
        let edges = histogram.edges.map { $0 * 1e9 }
        let rows = histogram.counts.indices.filter { histogram.counts[$0] > 0 }.map { i -> JSON in
            [
                "a": .number(edges[i]), "b": .number(edges[i + 1]), "n": .number(Double(histogram.counts[i])), "zero": 0.8,
            ]
        }
        let counts = [0.8, Double(histogram.counts.max() ?? 1) * 8]
        let energies = [min(edges.first!, mean * 0.95e9), max(edges.last!, mean * 1.05e9)]
        var values: [String: JSON] = [
            "counts": .numbers(counts), "countTicks": LogarithmicAxis.ticks(counts), "energies": .numbers(energies),
        ]
        if logarithmic { values["energyTicks"] = LogarithmicAxis.ticks(energies) }
        let text = "paper: mean \(number(mean * 1e9)) nJ"
        return try template.filled(
            data: ["synapses": rows, "paper": [["a": .number(mean * 1e9), "l": .string(text)]]], values: values)
    }

    /// Fig. 4f: energy of the updates, synapse by synapse.
    func figure4f() throws(InputError) -> Figure {
        let template = try FigureTemplate("fig4f.vl.json", PackageResources.fig4f_vl_json)
        let spec = try account.map(\.deltaFHistogram).flatMap { (histogram) throws(InputError) in
            try bars(histogram, template, mean: published.memristor.deltaF / Double(published.synapses), logarithmic: true)
        }
        return Figure(
            "fig4f", "Figure 4f", "Energy of the updates per synapse",
            paper: "Histogram over the 169,984 synapses of what their short-term updates cost in the game; 0.4 mJ in all.",
            ours: account.map { account in
                account.deltaFHistogram.counts.isEmpty
                    ? Self.still
                    : "\(number(account.reading(.paper).deltaF * 1e3)) mJ in all; \(Self.grouped(account.deltaFHistogram.zeros)) synapses were "
                        + "never updated and have no place on the logarithmic axis."
            } ?? missing,
            difference: Self.reading,
            spec: spec)
    }

    /// Fig. 4g: growth of the energy of one synapse over the game.
    func figure4g() throws(InputError) -> Figure {
        var rows: [JSON] = []
        if let growth = account?.growth {
            let dt = TimeReading.paper.energyStep(frameSkip: account?.frameSkip ?? 1)
            for i in growth.step.indices {
                rows.append([
                    "n": .number(Double(growth.step[i])), "e": .number(growth.biasPowerSum[i] * dt * 1e9), "q": "bias (decay)",
                ])
                rows.append([
                    "n": .number(Double(growth.step[i])), "e": .number(growth.deltaFEnergy[i] * 1e9), "q": "updates (dF)",
                ])
            }
        }
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("fig4g.vl.json", PackageResources.fig4g_vl_json).filled(data: ["growth": rows])
        let end = account.flatMap { account -> String? in
            guard let bias = account.growth.biasPowerSum.last, let updates = account.growth.deltaFEnergy.last else {
                return nil
            }
            let dt = TimeReading.paper.energyStep(frameSkip: account.frameSkip)
            return
                "At the end \(number(bias * dt * 1e9)) nJ went into its bias and \(number(updates * 1e9)) nJ into its updates "
                + "(reading `paper`)."
        }
        return Figure(
            "fig4g", "Figure 4g", "Growth of the energy of that synapse",
            paper: "How the consumption of the synapse with the largest update adds up over the game.",
            ours: end ?? missing, difference: Self.reading,
            unstated: "The paper prints no energy of this synapse.", spec: spec)
    }

    /// Fig. 4h: energy of the bias, synapse by synapse.
    func figure4h() throws(InputError) -> Figure {
        let template = try FigureTemplate("fig4h.vl.json", PackageResources.fig4h_vl_json)
        let spec = try account.map(\.decayHistogram).flatMap { (histogram) throws(InputError) in
            try bars(histogram, template, mean: published.memristor.decay / Double(published.synapses), logarithmic: false)
        }
        return Figure(
            "fig4h", "Figure 4h", "Energy of the bias per synapse",
            paper: "P = |G_meas| V^2 with the worst case of 0.6 V on every synapse: 4.3 nW at G = 0; 35.6 mJ per game in all.",
            ours: account.map {
                "\(number($0.reading(.paper).decay * 1e3)) mJ in all, of which \(number($0.reading(.paper).decayFloor * 1e3)) mJ flow at "
                    + "G = 0 (\(row("energy.bias_power_floor")) per synapse); steps of 7.1 ms (reading `paper`)."
            } ?? missing,
            difference: Self.reading,
            spec: spec)
    }

    /// Fig. 4i: totals beside the GPU.
    func figure4i() throws(InputError) -> Figure {
        var rows: [JSON] = []
        func add(_ name: String, _ value: Double, _ kind: String) {
            rows.append(["n": .string(name), "e": .number(value * 1e3), "k": .string(kind), "zero": 1])
        }
        for reading in account?.readings ?? [] {
            add("Ours, \(reading.reading.rawValue)", reading.total, "memristor, ours")
        }
        add("Memristor, paper", published.memristor.total, "memristor, paper")
        let perStep = account.map { Double($0.steps) / Double(published.steps) } ?? 1
        for gpu in published.gpus.sorted(by: { $0.total < $1.total }) { add(gpu.name, gpu.total, "GPU, paper") }
        let spec = try FigureTemplate("fig4i.vl.json", PackageResources.fig4i_vl_json).filled(data: ["games": rows])
        let best = published.bestGPU.key
        let worst = published.worstGPU.key
        return Figure(
            "fig4i", "Figure 4i", "One game on memristors and on a GPU", wide: true,
            paper: "36.0 mJ against 3.46 to 34.9 J on an A100: 96 to 970 times less.",
            ours: account.map { account in
                account.readings.map {
                    "\($0.reading.rawValue): \(number($0.total * 1e3)) mJ, \(number($0.gains[best])) to \(number($0.gains[worst])) times less"
                }.joined(separator: "; ") + "."
                    + (perStep == 1
                        ? ""
                        : " The GPU bars are the paper's for 6,826 steps; the gains compare with GPU energy scaled to our "
                            + "\(Self.grouped(account.steps)) steps.")
            } ?? missing,
            difference:
                "The gain rests on how long a step lasts: with one second per step, the time the device's decay was measured for, "
                + "the bias alone outspends the best GPU row. " + Self.reading,
            spec: spec)
    }
}
