import Essentials
import Foundation
import Pong

extension FigureBuilder {
    /// The shipped agents' training.
    func learning() throws(InputError) -> Figure {
        try Figure.learning(curves) ?? Self.notShipped("learning-curve", "Learning curve")
    }

    /// Fig. 4b: training with different ranges of Lambda.
    func figure4b() throws(InputError) -> Figure {
        guard let sweep, let figure = try Figure.lambdaRanges(sweep) else { return Self.notShipped("fig4b", "Figure 4b") }
        return figure
    }

    private static func notShipped(_ id: String, _ label: String) -> Figure {
        Figure(
            id, label, "Score over training", paper: Figure.paperOnLearning,
            ours: "Not part of this run: no logs of a training are there.",
            difference: "Training takes hours and is no part of this run.", spec: nil)
    }
}

extension Figure {
    static let paperOnLearning =
        "Mean reward while 16 agents for each of five ranges of Lambda are trained: the larger the upper limit, the faster it "
        + "rises; Lambda = 0 also learns, slower and less robustly."

    private static let unstatedScores = "The paper states an order (a larger upper limit of Lambda learns faster), no scores."

    private static let roles = ["@ours", "@second", "@third", "@fourth", "@a1", "@a4"]

    /// One colour a name.
    private static func colours(_ names: [String]) -> JSON {
        [
            "domain": .strings(names), "range": .strings(names.indices.map { roles[$0 % roles.count] }),
        ]
    }

    /// Score against agent steps and against core-seconds, one line a curve, a ring where a stage begins.
    ///
    /// Returns nil when there are no points; throws `InputError` when the template is broken.
    package static func learning(_ curves: [LearningCurve]) throws(InputError) -> Figure? {
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
        let spec = try FigureTemplate("learning-curve.vl.json", PackageResources.learning_curve_vl_json).filled(
            data: ["scores": lines, "stages": starts], values: ["agents": colours(curves.map(\.name))])
        return Figure(
            "learning-curve", "Learning curve", "How the shipped agents learned", wide: true,
            paper: paperOnLearning, ours: curves.map(sentence).joined(separator: " "),
            difference:
                "A ring marks the start of a stage, whose mean begins anew with its own first "
                + "\(LearningCurve.fewestGames) games: the shortest come first, won or lost. Read from the logs shipped with the agents.",
            unstated: unstatedScores, spec: spec)
    }

    /// "frame skip 4: 13.0 after 2,146,304 agent steps (2,614 core-seconds); passed 0 after ..., +10 after ...."
    private static func sentence(_ curve: LearningCurve) -> String {
        func at(_ steps: Int, _ seconds: Double) -> String {
            "\(FigureBuilder.grouped(steps)) steps and \(FigureBuilder.grouped(Int(clamped: seconds))) core-seconds"
        }
        let passed = [(0.0, "0"), (10, "+10"), (18, "+18"), (20, "+20")].compactMap { score, name in
            curve.first(reaching: score).map { "\(name) after \(at($0.agentSteps, $0.coreSeconds))" }
        }
        let end = String(format: "%.1f", curve.points.last!.score)
        return "\(curve.name): \(end) at the end, after \(at(curve.agentSteps, curve.coreSeconds))"
            + (passed.isEmpty ? "." : "; reached \(passed.joined(separator: ", ")).")
    }

    /// Mean and spread over seeds for each range of Lambda. Returns nil when there are no points; throws `InputError` when the template is broken.
    package static func lambdaRanges(_ sweep: LambdaSweep) throws(InputError) -> Figure? {
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
        let spec = try FigureTemplate("fig4b.vl.json", PackageResources.fig4b_vl_json).filled(
            data: ["ranges": rows], values: ["ranges": colours(summaries.map(\.label))])
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
                + "has no frame skip and A2C. The paper prints only two of its five ranges.", unstated: unstatedScores,
            spec: spec)
    }
}
