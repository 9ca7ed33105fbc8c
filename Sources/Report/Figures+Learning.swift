import Foundation
import Pong

extension FigureBuilder {
    /// The shipped agents' training.
    func learning() -> Figure { Figure.learning(curves) ?? Self.notShipped("learning-curve", "Learning curve") }

    /// Fig. 4b: training with different ranges of Lambda.
    func figure4b() -> Figure {
        sweep.flatMap { Figure.lambdaRanges($0) } ?? Self.notShipped("fig4b", "Figure 4b")
    }

    private static func notShipped(_ id: String, _ label: String) -> Figure {
        Figure(
            id, label, "Score over training", paper: Figure.paperOnLearning, ours: "Not part of this run: no logs of a training are there.",
            difference: "Training takes hours and is no part of this run.", spec: nil)
    }
}

extension Figure {
    static let paperOnLearning =
        "Mean reward while 16 agents for each of five ranges of Lambda are trained: the larger the upper limit, the faster it "
        + "rises; Lambda = 0 also learns, slower and less robustly."

    private static let roles = ["@ours", "@second", "@third", "@fourth", "@a1", "@a4"]
    private static let score = Vega.quantity(
        "y", "Mean score of the last 100 games", domain: [-21, 21], ticks: [-21, -14, -7, 0, 7, 14, 21])

    private static func colours(_ names: [String]) -> JSON {
        [
            "field": "c", "type": "nominal", "title": .null,
            "scale": [
                "domain": .array(names.map(JSON.string)),
                "range": .array(names.indices.map { .string(roles[$0 % roles.count]) }),
            ],
            "legend": ["orient": "top", "direction": "horizontal", "labelLimit": 400, "symbolType": "stroke"],
        ]
    }

    /// Score against agent steps and against core-seconds, one line a curve, a ring where a stage begins.
    ///
    /// Returns nil when there are no points.
    public static func learning(_ curves: [LearningCurve]) -> Figure? {
        let curves = curves.filter { !$0.points.isEmpty }
        guard !curves.isEmpty else { return nil }
        var lines: [JSON] = [], starts: [JSON] = []
        for curve in curves {
            for i in Thinning.indices(of: curve.points.map(\.score), limit: 600) {
                let point = curve.points[i]
                let row: JSON = [
                    "c": .string(curve.name), "s": .number(Double(point.agentSteps) * 1e-6), "t": .number(point.coreSeconds),
                    "y": .number(point.score), "k": .string("\(curve.name) \(point.stage)"),
                ]
                lines.append(row)
            }
            for (before, point) in zip(curve.points, curve.points.dropFirst()) where point.stage != before.stage {
                starts.append([
                    "c": .string(curve.name), "s": .number(Double(point.agentSteps) * 1e-6), "t": .number(point.coreSeconds),
                    "y": .number(point.score),
                ])
            }
        }
        let hues = colours(curves.map(\.name))
        let tooltip: JSON = [
            Vega.tip("c", "agent"), Vega.tip("s", "million steps", ".3f"), Vega.tip("t", "core-seconds", ",.0f"),
            Vega.tip("y", "score", ".2f"),
        ]
        func panel(_ field: String, _ title: String) -> JSON {
            var x = Vega.quantity(field, title, zero: true)
            x["axis"] = ["title": .string(title), "tickCount": 6, "grid": true]
            return [
                "width": 400, "height": 260,
                "layer": [
                    [
                        "data": Vega.values(lines), "mark": ["type": "line", "clip": true],
                        "params": [Vega.zoom("zoom_" + field)],
                        "encoding": ["x": x, "y": score, "color": hues, "detail": ["field": "k", "type": "nominal"], "tooltip": tooltip],
                    ],
                    [
                        "data": Vega.values(starts),
                        "mark": ["type": "point", "size": 70, "filled": false, "strokeWidth": 1.6, "clip": true],
                        "encoding": ["x": x, "y": score, "color": hues, "tooltip": tooltip],
                    ],
                ],
            ]
        }
        let spec = Vega.spec([
            "hconcat": [panel("s", "Agent steps (millions)"), panel("t", "Core-seconds, emulators included")],
            "spacing": 30,
        ])
        return Figure(
            "learning-curve", "Learning curve", "How the shipped agents learned", wide: true,
            paper: paperOnLearning, ours: curves.map(sentence).joined(separator: " "),
            difference:
                "A ring marks the start of a stage, whose mean begins anew with its own first "
                + "\(LearningCurve.fewestGames) games: the shortest come first, won or lost. Read from the logs shipped with the agents.",
            spec: spec)
    }

    /// "frame skip 4: 13.0 after 2,146,304 agent steps (2,614 core-seconds); passed 0 after ..., +10 after ...."
    private static func sentence(_ curve: LearningCurve) -> String {
        func at(_ steps: Int, _ seconds: Double) -> String {
            "\(FigureBuilder.grouped(steps)) steps and \(FigureBuilder.grouped(Int(seconds.rounded()))) core-seconds"
        }
        let passed = [(0.0, "0"), (10, "+10"), (18, "+18"), (20, "+20")].compactMap { score, name in
            curve.first(reaching: score).map { "\(name) after \(at($0.agentSteps, $0.coreSeconds))" }
        }
        let end = String(format: "%.1f", curve.points.last!.score)
        return "\(curve.name): \(end) at the end, after \(at(curve.agentSteps, curve.coreSeconds))"
            + (passed.isEmpty ? "." : "; reached \(passed.joined(separator: ", ")).")
    }

    /// Mean and spread over seeds for each range of Lambda. Returns nil when there are no points.
    public static func lambdaRanges(_ sweep: LambdaSweep) -> Figure? {
        let summaries = sweep.summaries.filter { !$0.points.isEmpty }
        guard !summaries.isEmpty else { return nil }
        var rows: [JSON] = []
        for summary in summaries {
            for i in Thinning.indices(of: summary.points.map(\.mean), limit: 400) {
                let point = summary.points[i]
                rows.append([
                    "c": .string(summary.label), "s": .number(Double(point.agentSteps) * 1e-6), "y": .number(point.mean),
                    "low": .number(point.least), "high": .number(point.greatest),
                ])
            }
        }
        var hues = colours(summaries.map(\.label))
        hues["title"] = "Range of Lambda"
        let x = Vega.quantity("s", "Agent steps (millions)", zero: true)
        let spec = Vega.spec(
            [
                "width": 900, "height": 300,
                "layer": [
                    [
                        "mark": ["type": "area", "opacity": 0.18, "clip": true],
                        "encoding": ["x": x, "y": ["field": "low", "type": "quantitative"], "y2": ["field": "high"], "color": hues],
                    ],
                    [
                        "mark": ["type": "line", "clip": true], "params": [Vega.zoom()],
                        "encoding": [
                            "x": x, "y": score, "color": hues,
                            "tooltip": [
                                Vega.tip("c", "Lambda"), Vega.tip("s", "million steps", ".3f"), Vega.tip("y", "mean", ".2f"),
                                Vega.tip("low", "least", ".2f"), Vega.tip("high", "greatest", ".2f"),
                            ],
                        ],
                    ],
                ],
            ], data: rows)
        let ends = summaries.map { summary in
            let last = summary.points.last!
            return "Lambda \(summary.label): \(String(format: "%.1f", last.mean)) ("
                + String(format: "%.1f ... %.1f", last.least, last.greatest)
                + ", \(summary.runs) seed\(summary.runs == 1 ? "" : "s")) after \(FigureBuilder.grouped(last.agentSteps)) steps"
        }
        let most = summaries.map(\.runs).max()!
        return Figure(
            "fig4b", "Figure 4b", "Longer decay, faster learning", wide: true, paper: paperOnLearning,
            ours: ends.joined(separator: "; ") + ". Lines are means, bands reach from the least to the greatest run.",
            difference:
                "\(most == 1 ? "One run" : "At most \(most) runs") a range, where the paper has 16; frame skip 4 and PPO, where the paper "
                + "has no frame skip and A2C. The paper prints only two of its five ranges.", spec: spec)
    }
}
