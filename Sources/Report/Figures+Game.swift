import CompactModel
import Energy
import Foundation
import Pong

extension FigureBuilder {
    private static let reading = "The paper's text names the quantity; that this panel shows it is our reading."
    private static let still = "In this game no update reached half a step of the dF grid, so no dF was ever applied: "
        + "an agent that was not trained under the device's constraint leaves its plasticity unused."

    /// Fig. 4c: dF and G of the synapse with the largest update, step by step.
    func figure4c() -> Figure {
        var weights: [JSON] = [], updates: [JSON] = []
        if let game {
            let weight = game.largestWeight.map(Double.init), deltaF = game.largestDeltaF.map(Double.init)
            for i in Thinning.indices(of: weight, limit: 1600) {
                weights.append(["n": .number(Double(i)), "y": .number(weight[i]), "q": "G = W + F"])
            }
            let applied = deltaF.indices.filter { deltaF[$0] != 0 }
            for i in Thinning.indices(of: applied.map { deltaF[$0] }, limit: 1600) {
                updates.append([
                    "n": .number(Double(applied[i])), "y": .number(deltaF[applied[i]]), "zero": 0, "q": "dF",
                ])
            }
        }
        let x = Vega.quantity("n", "Network step", domain: [0, Double(max(game?.steps ?? 1, 1))])
        let y = Vega.quantity("y", "Unitless (1 unit = \(number(synapse.weightMap.conductancePerUnit * 1e9)) nS)")
        let colour: JSON = [
            "field": "q", "type": "nominal", "title": .null,
            "scale": ["domain": ["G = W + F", "dF"], "range": ["@ours", "@second"]],
            "legend": ["orient": "top", "direction": "horizontal"],
        ]
        let tooltip: JSON = [Vega.tip("q", "quantity"), Vega.tip("n", "step", ".0f"), Vega.tip("y", "value", ".3g")]
        let spec: JSON? = updates.isEmpty ? nil : Vega.spec([
            "width": 900, "height": 260,
            "layer": [
                [
                    "data": Vega.values(updates), "mark": ["type": "rule", "strokeWidth": 1.4, "opacity": 0.8, "clip": true],
                    "encoding": ["x": x, "y": y, "y2": ["field": "zero"], "color": colour, "tooltip": tooltip],
                ],
                [
                    "data": Vega.values(weights), "mark": ["type": "line", "strokeWidth": 1.1, "clip": true],
                    "params": [Vega.zoom()],
                    "encoding": ["x": x, "y": y, "color": colour, "tooltip": tooltip],
                ],
            ],
        ])
        return Figure(
            "fig4c", "Figure 4c", "One synapse over the game", wide: true,
            paper: "The short-term weight of a synapse while the agent plays one game of 6,826 steps.",
            ours: game.map { game in
                updates.isEmpty ? Self.still
                    : "Synapse \(Self.grouped(game.largestSynapse)) (unit \(game.largestSynapse / game.inputs), input "
                        + "\(game.largestSynapse % game.inputs)), the one with the largest update, over "
                        + "\(Self.grouped(game.steps)) steps: bars are the updates, the line is the whole weight."
            } ?? missing,
            difference: Self.reading, spec: spec)
    }

    /// Fig. 4d: how often each |dF| was applied.
    func figure4d() -> Figure {
        let levels = account?.levels ?? []
        let most = Double(levels.map(\.count).max() ?? 1)
        let rows = levels.map { level -> JSON in
            ["d": .number(level.deltaF), "n": .number(Double(level.count)), "zero": 0.8]
        }
        let spec: JSON? = rows.isEmpty ? nil : Vega.spec([
            "width": 440, "height": 280, "mark": ["type": "bar", "color": "@ours", "width": ["band": 0.8]],
            "encoding": [
                "x": ["field": "d", "type": "ordinal", "title": "|dF| (unitless)", "axis": ["labelAngle": 0, "labelOverlap": true, "format": "~g", "grid": false]],
                "y": Vega.quantity("n", "Updates in the game", log: true, domain: [0.8, most * 1.5], format: "~s"), "y2": ["field": "zero"],
                "tooltip": [Vega.tip("d", "|dF|", ".1f"), Vega.tip("n", "updates", ",.0f")],
            ],
        ], data: rows)
        return Figure(
            "fig4d", "Figure 4d", "How large the updates are",
            paper: "dF is rounded to steps of 0.5 and limited to 20; its energy of 0.4 mJ per game means that some three per cent of all "
                + "updates are as large as the smallest step, or fewer larger ones.",
            ours: account.map { account in
                levels.isEmpty ? Self.still
                    : "\(Self.grouped(account.nonzeroUpdates)) non-zero updates of \(Self.grouped(account.synapses * account.steps)), "
                        + "that is \(number(Double(account.nonzeroUpdates) / Double(account.synapses * account.steps) * 100)) %; mean size "
                        + "\(number(account.meanDeltaF)), largest \(number(account.largestDeltaF))."
            } ?? missing,
            difference: Self.reading, spec: spec)
    }

    /// Fig. 4e: the pulse energy law on the network's grid.
    func figure4e() -> Figure {
        let law = synapse.energy
        var lines: [JSON] = []
        for i in 0...40 {
            let d = 0.4 * pow(25 / 0.4, Double(i) / 40)
            lines.append(["d": .number(d), "e": .number(law.prefactorPerUnit * 1e12 * pow(d, law.exponent)), "l": "ours"])
            lines.append(["d": .number(d), "e": .number(30 * pow(d, 1.52)), "l": "paper: 30 pJ dF^1.52"])
        }
        let points = (account?.levels ?? []).map { level -> JSON in
            [
                "d": .number(level.deltaF), "e": .number(law.prefactorPerUnit * 1e12 * pow(level.deltaF, law.exponent)),
                "n": .number(Double(level.count)),
            ]
        }
        let most = Double(account?.levels.map(\.count).max() ?? 1)
        let decadeLegend = [1.0, 1e2, 1e4, 1e6, 1e8].filter { $0 <= most }.map(JSON.number)
        let x = Vega.quantity("d", "|dF| (unitless)", log: true, domain: [0.4, 25], format: "~g")
        let y = Vega.quantity("e", "Energy of one update (pJ)", log: true, domain: [5, 10000], format: "~g")
        let spec = Vega.spec([
            "width": 440, "height": 280,
            "layer": [
                [
                    "data": Vega.values(lines), "mark": ["type": "line", "clip": true], "params": [Vega.zoom()],
                    "encoding": [
                        "x": x, "y": y,
                        "color": [
                            "field": "l", "type": "nominal", "title": .null,
                            "scale": ["domain": ["ours", "paper: 30 pJ dF^1.52"], "range": ["@ours", "@ink"]],
                            "legend": ["orient": "top-left"],
                        ],
                        "strokeDash": [
                            "field": "l", "type": "nominal", "title": .null, "legend": ["orient": "top-left"],
                            "scale": ["domain": ["ours", "paper: 30 pJ dF^1.52"], "range": [[1, 0], [7, 4]]],
                        ],
                    ],
                ],
                [
                    "data": Vega.values(points), "mark": ["type": "circle", "color": "@second", "opacity": 0.75],
                    "encoding": [
                        "x": x, "y": y,
                        "size": [
                            "field": "n", "type": "quantitative", "title": "updates",
                            "scale": ["type": "symlog", "range": [20, 320]],
                            "legend": points.isEmpty ? .null : ["orient": "bottom-right", "format": ",d", "values": .array(decadeLegend)],
                        ],
                        "tooltip": [Vega.tip("d", "|dF|", ".1f"), Vega.tip("e", "E (pJ)", ".3g"), Vega.tip("n", "updates", ",.0f")],
                    ],
                ],
            ],
        ])
        return Figure(
            "fig4e", "Figure 4e", "Energy of an update, as the account uses it",
            paper: "The power law of Fig. 3c, applied to the network's unitless dF.",
            ours: "c = \(number(law.prefactorPerUnit * 1e12)) pJ for one unit, alpha = \(number(law.exponent)); circles are the sizes of update "
                + "that occurred in the game.",
            difference: "If the paper's c = 30 pJ is for dF in nS, one unit of 2 nS costs 30 * 2^1.52 = 86 pJ and its 0.4 mJ would be 1.1 mJ: "
                + "still about three per cent of the bias.",
            spec: spec)
    }

    private func bars(
        _ histogram: Histogram, unit: Double, title: String, log: Bool, colour: String
    ) -> JSON? {
        guard !histogram.counts.isEmpty else { return nil }
        let most = Double(histogram.counts.max() ?? 1)
        let rows = histogram.counts.indices.compactMap { i -> JSON? in
            histogram.counts[i] == 0 ? nil : [
                "a": .number(histogram.edges[i] * unit), "b": .number(histogram.edges[i + 1] * unit),
                "n": .number(Double(histogram.counts[i])), "zero": 0.8,
            ]
        }
        return Vega.spec([
            "width": 440, "height": 280,
            "mark": ["type": "rect", "color": .string(colour), "stroke": "@page", "strokeWidth": 0.5], "params": [Vega.zoom()],
            "encoding": [
                "x": Vega.quantity(
                    "a", title, log: log, domain: [histogram.edges.first! * unit, histogram.edges.last! * unit],
                    format: log ? "~g" : nil, grid: false), "x2": ["field": "b"],
                "y": Vega.quantity("n", "Synapses", log: true, domain: [0.8, most * 1.5], format: "~s"), "y2": ["field": "zero"],
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
                account.deltaFHistogram.counts.isEmpty ? Self.still
                    : "\(number(account.reading(.paper).deltaF * 1e3)) mJ in all; \(Self.grouped(account.deltaFHistogram.zeros)) synapses were "
                        + "never updated and have no place on the logarithmic axis."
            } ?? missing,
            difference: Self.reading,
            spec: account.flatMap {
                bars($0.deltaFHistogram, unit: 1e9, title: "Energy of updates per synapse and game (nJ)", log: true, colour: "@second")
            })
    }

    /// Fig. 4g: growth of the energy of one synapse over the game.
    func figure4g() -> Figure {
        var rows: [JSON] = []
        if let growth = account?.growth {
            let dt = TimeReading.paper.energyStep(frameSkip: account?.frameSkip ?? 1)
            for i in growth.step.indices {
                rows.append(["n": .number(Double(growth.step[i])), "e": .number(growth.biasPowerSum[i] * dt * 1e9), "q": "bias (decay)"])
                rows.append(["n": .number(Double(growth.step[i])), "e": .number(growth.deltaFEnergy[i] * 1e9), "q": "updates (dF)"])
            }
        }
        let spec: JSON? = rows.isEmpty ? nil : Vega.spec([
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
            guard let bias = account.growth.biasPowerSum.last, let updates = account.growth.deltaFEnergy.last else { return nil }
            let dt = TimeReading.paper.energyStep(frameSkip: account.frameSkip)
            return "At the end \(number(bias * dt * 1e9)) nJ went into its bias and \(number(updates * 1e9)) nJ into its updates "
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
                bars($0.decayHistogram, unit: 1e9, title: "Energy of bias per synapse and game (nJ)", log: false, colour: "@ours")
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
        let spec = Vega.spec([
            "width": 820, "height": 260,
            "layer": [
                [
                    "mark": ["type": "bar", "height": ["band": 0.72], "cornerRadiusEnd": 2],
                    "encoding": [
                        "y": ["field": "n", "type": "nominal", "sort": .null, "title": .null, "axis": ["labelColor": "@ink", "labelLimit": 200, "ticks": false]],
                        "x": Vega.quantity("e", "Energy per game (mJ)", log: true, domain: [1, 100000], format: "~s"),
                        "x2": ["field": "zero"],
                        "color": [
                            "field": "k", "type": "nominal", "title": .null,
                            "scale": ["domain": ["memristor, ours", "memristor, paper", "GPU, paper"], "range": ["@ours", "@muted", "@a1"]],
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
        let best = published.bestGPU.key, worst = published.worstGPU.key
        return Figure(
            "fig4i", "Figure 4i", "One game on memristors and on a GPU", wide: true,
            paper: "36.0 mJ against 3.46 to 34.9 J on an A100: 96 to 970 times less.",
            ours: account.map { account in
                account.readings.map {
                    "\($0.reading.rawValue): \(number($0.total * 1e3)) mJ, \(number($0.gains[best])) to \(number($0.gains[worst])) times less"
                }.joined(separator: "; ") + "."
                    + (perStep == 1 ? "" : " The GPU bars are the paper's for 6,826 steps; the gains compare with GPU energy scaled to our "
                        + "\(Self.grouped(account.steps)) steps.")
            } ?? missing,
            difference: "The gain rests on how long a step lasts: with one second per step, the time the device's decay was measured for, "
                + "the bias alone outspends the best GPU row. " + Self.reading,
            spec: spec)
    }
}
