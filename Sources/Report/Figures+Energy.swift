import CompactModel
import Energy
import Foundation
import GameAccount

extension FigureBuilder {
    private func bars(
        _ histogram: Histogram, unit: Double, title: String, log: Bool, colour: String
    ) -> JSON? {
        guard !histogram.counts.isEmpty else { return nil }
        let most = Double(histogram.counts.max() ?? 1)
        let rows = histogram.counts.indices.compactMap { i -> JSON? in
            histogram.counts[i] == 0
                ? nil
                : [
                    "a": .number(histogram.edges[i] * unit), "b": .number(histogram.edges[i + 1] * unit),
                    "n": .number(Double(histogram.counts[i])), "zero": 0.8,
                ]
        }
        return Vega.spec(
            [
                "width": 440, "height": 280,
                "mark": ["type": "rect", "color": .string(colour), "stroke": "@page", "strokeWidth": 0.5],
                "params": [Vega.zoom()],
                "encoding": [
                    "x": Vega.quantity(
                        "a", title, log: log, domain: [histogram.edges.first! * unit, histogram.edges.last! * unit],
                        format: log ? "~g" : nil, grid: false), "x2": ["field": "b"],
                    "y": Vega.quantity("n", "Synapses", log: true, domain: [0.8, most * 1.5], format: "~s"),
                    "y2": ["field": "zero"],
                    "tooltip": [Vega.tip("a", "from", ".4g"), Vega.tip("b", "to", ".4g"), Vega.tip("n", "synapses", ",.0f")],
                ],
            ], data: rows)
    }

    /// Fig. 4f: energy of the updates, synapse by synapse.
    func figure4f() -> Figure {
        Figure(
            "fig4f", "Figure 4f", "Energy of the updates per synapse",
            paper: "Histogram over the 169,984 synapses of what their short-term updates cost in the game; 0.4 mJ in all.",
            ours: account.map { account in
                account.deltaFHistogram.counts.isEmpty
                    ? Self.still
                    : "\(number(account.reading(.paper).deltaF * 1e3)) mJ in all; \(Self.grouped(account.deltaFHistogram.zeros)) synapses were "
                        + "never updated and have no place on the logarithmic axis."
            } ?? missing,
            difference: Self.reading,
            spec: account.flatMap {
                bars(
                    $0.deltaFHistogram, unit: 1e9, title: "Energy of updates per synapse and game (nJ)", log: true,
                    colour: "@second")
            })
    }

    /// Fig. 4g: growth of the energy of one synapse over the game.
    func figure4g() -> Figure {
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
        let spec: JSON? =
            rows.isEmpty
            ? nil
            : Vega.spec(
                [
                    "width": 440, "height": 280, "mark": ["type": "line"], "params": [Vega.zoom(), Vega.pick("q")],
                    "encoding": [
                        "x": Vega.quantity("n", "Network step"), "y": Vega.quantity("e", "Energy so far (nJ)", zero: true),
                        "color": [
                            "field": "q", "type": "nominal", "title": .null,
                            "scale": ["domain": ["bias (decay)", "updates (dF)"], "range": ["@ours", "@second"]],
                            "legend": ["orient": "top-left"],
                        ],
                        "opacity": Vega.pickedOpacity,
                        "tooltip": [Vega.tip("q", "part"), Vega.tip("n", "step", ".0f"), Vega.tip("e", "E (nJ)", ".4g")],
                    ],
                ], data: rows)
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
            ours: end ?? missing, difference: Self.reading, spec: spec)
    }

    /// Fig. 4h: energy of the bias, synapse by synapse.
    func figure4h() -> Figure {
        Figure(
            "fig4h", "Figure 4h", "Energy of the bias per synapse",
            paper: "P = |G_meas| V^2 with the worst case of 0.6 V on every synapse: 4.3 nW at G = 0; 35.6 mJ per game in all.",
            ours: account.map {
                "\(number($0.reading(.paper).decay * 1e3)) mJ in all, of which \(number($0.reading(.paper).decayFloor * 1e3)) mJ flow at "
                    + "G = 0 (\(row("energy.bias_power_floor")) per synapse); steps of 7.1 ms (reading `paper`)."
            } ?? missing,
            difference: Self.reading,
            spec: account.flatMap {
                bars(
                    $0.decayHistogram, unit: 1e9, title: "Energy of bias per synapse and game (nJ)", log: false, colour: "@ours"
                )
            })
    }

    /// Fig. 4i: totals beside the GPU.
    func figure4i() -> Figure {
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
        let spec = Vega.spec(
            [
                "width": 820, "height": 260,
                "layer": [
                    [
                        "mark": ["type": "bar", "height": ["band": 0.72], "cornerRadiusEnd": 2],
                        "encoding": [
                            "y": [
                                "field": "n", "type": "nominal", "sort": .null, "title": .null,
                                "axis": ["labelColor": "@ink", "labelLimit": 200, "ticks": false],
                            ],
                            "x": Vega.quantity("e", "Energy per game (mJ)", log: true, domain: [1, 100000], format: "~s"),
                            "x2": ["field": "zero"],
                            "color": [
                                "field": "k", "type": "nominal", "title": .null,
                                "scale": [
                                    "domain": ["memristor, ours", "memristor, paper", "GPU, paper"],
                                    "range": ["@ours", "@muted", "@a1"],
                                ],
                                "legend": ["orient": "bottom"],
                            ],
                            "tooltip": [Vega.tip("n", "what"), Vega.tip("e", "mJ per game", ",.1f")],
                        ],
                    ],
                    [
                        "mark": ["type": "text", "align": "left", "dx": 6],
                        "encoding": [
                            "y": ["field": "n", "type": "nominal", "sort": .null],
                            "x": ["field": "e", "type": "quantitative"],
                            "text": ["field": "e", "type": "quantitative", "format": ",.1f"],
                        ],
                    ],
                ],
            ], data: rows)
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
