import Essentials
import NeuralNetwork
import Pong

extension Figure {
    /// Mean score and its standard error against the spread of step and decay time, and against the share of stuck synapses.
    ///
    /// Rows with noise, or with one of the two spreads alone, are left out. Returns nil when no row is left; throws
    /// `InputError` when the template is broken.
    package static func scoreVariability(_ rows: [VariabilityStudy.Row]) throws(InputError) -> Figure? {
        let plain = rows.filter {
            $0.variability.stepSpread == $0.variability.decaySpread && $0.variability.stepNoise == 0
                && $0.variability.readNoise == 0 && $0.variability.stuckValue == 0
        }
        func points(_ rows: [VariabilityStudy.Row], _ x: (CellVariability) -> Double) -> [JSON] {
            rows.map { row in
                [
                    "c": .string(row.agent), "x": .number(100 * x(row.variability)), "y": .number(row.mean),
                    "e": .number(row.standardError), "low": .number(row.mean - row.standardError),
                    "high": .number(row.mean + row.standardError), "n": .number(Double(row.games)),
                ]
            }
        }
        let spreads = points(plain.filter { $0.variability.stuckFraction == 0 }) { $0.stepSpread }
        let stuck = points(plain.filter { $0.variability.stepSpread == 0 }) { $0.stuckFraction }
        guard !spreads.isEmpty || !stuck.isEmpty else { return nil }
        var names: [String] = []
        for row in plain where !names.contains(row.agent) { names.append(row.agent) }
        let roles = ["@ours", "@second", "@third", "@fourth"]
        let colours: JSON = [
            "domain": .strings(names), "range": .strings(names.indices.map { roles[$0 % roles.count] }),
        ]
        let spec = try FigureTemplate("score-variability.vl.json", PackageResources.score_variability_vl_json).filled(
            data: ["spreads": spreads, "stuck": stuck], values: ["agents": colours])
        return Figure(
            "score-variability", "Score and variability", "What is left of a score on devices that differ", wide: true,
            paper: "The paper plays with devices that are all alike.",
            ours: "\(plain.count) settings, every game on a crossbar of its own.",
            difference: "Lognormal factors of mean 1 on each synapse's step and decay time; stuck synapses keep F = 0.",
            unstated: "The paper plays with devices that are all alike.",
            spec: spec)
    }
}
