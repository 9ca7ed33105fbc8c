import CompactModel
import Foundation

extension FigureBuilder {
    /// Fig. 3a: short-term steps over amplitude and width.
    func figure3a() -> Figure {
        let responses = data.responses
        let cells = responses.compactMap { response -> JSON? in
            guard !response.deltaConductance.isEmpty else { return nil }
            let mean = response.deltaConductance.reduce(0, +) / Double(response.deltaConductance.count) * 1e9
            return [
                "a": .string(Self.label(response.amplitude)), "w": .string(width(response.width)), "d": .number(mean),
                "s": .string(String(format: mean < 9.95 ? "%.2f" : "%.1f", mean)),
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
        let map: JSON = [
            "width": 300, "height": 260, "title": "step dF (nS), mean of repeats", "data": Vega.values(cells),
            "encoding": [
                "x": [
                    "field": "w", "type": "ordinal", "title": "Width", "sort": .array(widths.map { .string(width($0)) }),
                    "axis": ["labelAngle": 0, "grid": false],
                ],
                "y": [
                    "field": "a", "type": "ordinal", "title": "Amplitude",
                    "sort": .array(amplitudes.reversed().map { .string(Self.label($0)) }), "axis": ["grid": false],
                ],
            ],
            "layer": [
                [
                    "mark": ["type": "rect", "cornerRadius": 3],
                    "encoding": [
                        "color": [
                            "field": "d", "type": "quantitative", "legend": .null,
                            "scale": ["type": "log", "scheme": "cividis"],
                        ],
                        "tooltip": [Vega.tip("a", "amplitude"), Vega.tip("w", "width"), Vega.tip("d", "dF (nS)", ".3g")],
                    ],
                ],
                [
                    "mark": ["type": "text", "fontSize": 12, "fontWeight": 600],
                    "encoding": [
                        "text": ["field": "s"],
                        "color": ["condition": ["test": "datum.d > 6", "value": "#111111"], "value": "#ffffff"],
                    ],
                ],
            ],
        ]
        let curves: JSON = [
            "data": Vega.values(traces),
            "facet": [
                "column": [
                    "field": "w", "type": "ordinal", "title": .null, "sort": .array(widths.map { .string(width($0)) }),
                ]
            ],
            "spacing": 14,
            "spec": [
                "width": 185, "height": 260, "mark": ["type": "line", "clip": true],
                "encoding": [
                    "x": Vega.quantity("t", "Time after the pulse (s)", log: true, domain: times, format: "~g"),
                    "y": Vega.quantity(
                        "f", "F (nS)", log: true, domain: [0.1, max(60, largest * 1.3e9)], format: "~g"),
                    "color": [
                        "field": "k", "type": "nominal", "title": .null, "scale": Self.amplitudeScale(amplitudes),
                        "legend": ["orient": "right"],
                    ],
                    "tooltip": [
                        Vega.tip("k", "amplitude"), Vega.tip("w", "width"), Vega.tip("t", "t (s)", ".3g"),
                        Vega.tip("f", "F (nS)", ".3g"),
                    ],
                ],
            ],
        ]
        let spec: JSON? = cells.isEmpty ? nil : Vega.spec(["hconcat": traces.isEmpty ? [map] : [map, curves], "spacing": 36])
        return Figure(
            "fig3a", "Figure 3a", "Short-term response to amplitude and width", wide: true,
            paper:
                "Pulses of 2, 2.5, 3 and 3.5 V and 20, 100 and 500 us, read at 0.6 V: steps between 0.7 nS (2 V, 20 us) and 38.6 nS "
                + "(3.5 V, 500 us).",
            ours: spec == nil
                ? missing
                : "\(row("fig3b.smallest")) and \(row("fig3b.largest")) at the same corners. Left the map, right the decay that follows "
                    + "each pulse at 0.6 V.",
            difference: "The map over amplitude and width is from the paper's text; how its panel draws it is our reading.",
            spec: spec)
    }

    private func width(_ seconds: Double) -> String { String(format: "%g us", (seconds * 1e6 * 1e6).rounded() / 1e6) }

    /// Fig. 3b: dF over width for each amplitude, with repeats.
    func figure3b() -> Figure {
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
        let x = Vega.quantity("w", "Pulse width (us)", log: true, domain: [15, 700], format: "~g")
        let y = Vega.quantity("d", "Step dF (nS)", log: true, domain: [0.4, 70], format: "~g")
        let colour: JSON = [
            "field": "k", "type": "nominal", "title": .null, "scale": Self.amplitudeScale(amplitudes),
            "legend": ["orient": "top-left"],
        ]
        let spec: JSON? =
            means.isEmpty
            ? nil
            : Vega.spec([
                "width": 440, "height": 300,
                "layer": [
                    [
                        "data": Vega.values(means), "mark": ["type": "line", "point": ["size": 60]],
                        "params": [Vega.zoom()],
                        "encoding": [
                            "x": x, "y": y, "color": colour,
                            "tooltip": [
                                Vega.tip("k", "amplitude"), Vega.tip("w", "width (us)", ".0f"),
                                Vega.tip("d", "mean dF (nS)", ".3g"),
                                Vega.tip("lo", "smallest", ".3g"), Vega.tip("hi", "largest", ".3g"),
                                Vega.tip("n", "repeats", ".0f"),
                            ],
                        ],
                    ],
                    [
                        "data": Vega.values(repeats), "mark": ["type": "point", "size": 22, "opacity": 0.6],
                        "encoding": ["x": x, "y": y, "color": colour],
                    ],
                    Vega.paperPoints(
                        [
                            ["w": 20, "d": 0.7, "s": "2 V, 20 us: 0.7 nS (Fig. 3)"],
                            ["w": 100, "d": 3, "s": "2 V, 100 us: 3 nS (Fig. 2e)"],
                            ["w": 100, "d": 5, "s": "2.5 V, 100 us: 5 nS (Fig. 2e)"],
                            ["w": 100, "d": 10, "s": "3 V, 100 us: 10 nS (Fig. 2e)"],
                            ["w": 500, "d": 38.6, "s": "3.5 V, 500 us: 38.6 nS (Fig. 3)"],
                        ], x: x, y: y, tooltip: [Vega.tip("s", "paper")]),
                ],
            ])
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
    func figure3c() -> Figure {
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
        let x = Vega.quantity("d", "Step dF (nS)", log: true, domain: [0.45, 65], format: "~g")
        let y = Vega.quantity("e", "Pulse energy (pJ)", log: true, domain: [4, 20000], format: "~g")
        let spec: JSON? =
            points.isEmpty
            ? nil
            : Vega.spec([
                "width": 440, "height": 300,
                "layer": [
                    [
                        "data": Vega.values(lines), "mark": ["type": "line", "clip": true], "params": [Vega.zoom()],
                        "encoding": [
                            "x": x, "y": y,
                            "color": [
                                "field": "l", "type": "nominal", "title": .null,
                                "scale": ["domain": .array(names.map(JSON.string)), "range": ["@ours", "@ink", "@muted"]],
                                "legend": ["orient": "top-left"],
                            ],
                            "strokeDash": [
                                "field": "l", "type": "nominal", "title": .null, "legend": ["orient": "top-left"],
                                "scale": ["domain": .array(names.map(JSON.string)), "range": [[1, 0], [7, 4], [2, 3]]],
                            ],
                        ],
                    ],
                    [
                        "data": Vega.values(points), "mark": ["type": "point", "filled": true, "size": 70],
                        "encoding": [
                            "x": x, "y": y,
                            "fill": [
                                "field": "k", "type": "nominal", "title": .null, "scale": Self.amplitudeScale(amplitudes),
                                "legend": ["orient": "bottom-right"],
                            ],
                            "tooltip": [
                                Vega.tip("k", "amplitude"), Vega.tip("w", "width (us)", ".0f"), Vega.tip("d", "dF (nS)", ".3g"),
                                Vega.tip("e", "E (pJ)", ".4g"), Vega.tip("T", "hottest (K)", ".1f"),
                            ],
                        ],
                    ],
                ],
            ])
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
