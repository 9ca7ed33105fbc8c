import CompactModel
import Energy
import Foundation
import GameAccount

extension FigureBuilder {
    static let reading = "The paper's text names the quantity; that this panel shows it is our reading."
    static let still =
        "In this game no update reached half a step of the dF grid, so no dF was ever applied: "
        + "an agent that was not trained under the device's constraint leaves its plasticity unused."

    /// Fig. 4c: dF and G of the synapse with the largest update, step by step.
    func figure4c() -> Figure {
        var weights: [JSON] = []
        var updates: [JSON] = []
        if let game {
            let weight = game.largestWeight.map(Double.init)
            let deltaF = game.largestDeltaF.map(Double.init)
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
        let spec: JSON? =
            updates.isEmpty
            ? nil
            : Vega.spec([
                "width": 900, "height": 260,
                "layer": [
                    [
                        "data": Vega.values(updates),
                        "mark": ["type": "rule", "strokeWidth": 1.4, "opacity": 0.8, "clip": true],
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
                updates.isEmpty
                    ? Self.still
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
        let spec: JSON? =
            rows.isEmpty
            ? nil
            : Vega.spec(
                [
                    "width": 440, "height": 280, "mark": ["type": "bar", "color": "@ours", "width": ["band": 0.8]],
                    "encoding": [
                        "x": [
                            "field": "d", "type": "ordinal", "title": "|dF| (unitless)",
                            "axis": ["labelAngle": 0, "labelOverlap": true, "format": "~g", "grid": false],
                        ],
                        "y": Vega.quantity("n", "Updates in the game", log: true, domain: [0.8, most * 1.5], format: "~s"),
                        "y2": ["field": "zero"],
                        "tooltip": [Vega.tip("d", "|dF|", ".1f"), Vega.tip("n", "updates", ",.0f")],
                    ],
                ], data: rows)
        return Figure(
            "fig4d", "Figure 4d", "How large the updates are",
            paper:
                "dF is rounded to steps of 0.5 and limited to 20; its energy of 0.4 mJ per game means that some three per cent of all "
                + "updates are as large as the smallest step, or fewer larger ones.",
            ours: account.map { account in
                levels.isEmpty
                    ? Self.still
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
                            "legend": points.isEmpty
                                ? .null : ["orient": "bottom-right", "format": ",d", "values": .array(decadeLegend)],
                        ],
                        "tooltip": [
                            Vega.tip("d", "|dF|", ".1f"), Vega.tip("e", "E (pJ)", ".3g"), Vega.tip("n", "updates", ",.0f"),
                        ],
                    ],
                ],
            ],
        ])
        return Figure(
            "fig4e", "Figure 4e", "Energy of an update, as the account uses it",
            paper: "The power law of Fig. 3c, applied to the network's unitless dF.",
            ours:
                "c = \(number(law.prefactorPerUnit * 1e12)) pJ for one unit, alpha = \(number(law.exponent)); circles are the sizes of update "
                + "that occurred in the game.",
            difference:
                "If the paper's c = 30 pJ is for dF in nS, one unit of 2 nS costs 30 * 2^1.52 = 86 pJ and its 0.4 mJ would be 1.1 mJ: "
                + "still about three per cent of the bias.",
            spec: spec)
    }
}
