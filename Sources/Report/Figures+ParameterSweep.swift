import Essentials
import Foundation

extension Figure {
    /// A sweep over parameters as it is drawn.
    package struct ParameterSweep: Sendable {
        /// What was varied, and what came out; one value a point, nil where there is none.
        package struct Column: Sendable {
            /// With its unit.
            package var title: String
            package var values: [Double?]
            package var isLogarithmic = false

            package init(title: String, values: [Double?], isLogarithmic: Bool = false) {
                (self.title, self.values, self.isLogarithmic) = (title, values, isLogarithmic)
            }
        }

        package var device: String
        package var variables, outputs: [Column]
        /// Whether the points are all combinations of few values, and not scattered over ranges.
        package var isGrid: Bool

        package init(device: String, variables: [Column], outputs: [Column], isGrid: Bool) {
            (self.device, self.variables, self.outputs, self.isGrid) = (device, variables, outputs, isGrid)
        }

        /// Points of which every output is missing.
        var missing: Int {
            (variables.first?.values.indices ?? 0..<0).count { k in outputs.allSatisfy { $0.values[k] == nil } }
        }
    }

    /// One bar of a figure of sensitivities.
    package struct SensitivityBar: Sendable {
        package var output, variable, kind: String
        package var value, error: Double

        package init(output: String, variable: String, kind: String, value: Double, error: Double) {
            (self.output, self.variable, self.kind, self.value, self.error) = (output, variable, kind, value, error)
        }
    }

    /// Most lines in one panel; beyond that points are scattered.
    private static let mostSeries = 12

    /// Each output against the variable of most values, one line for each combination of the others; where there are no lines
    /// to draw, each output against each variable.
    ///
    /// nil where no point has a value; throws `InputError` when a template is broken.
    package static func parameterSweep(_ sweep: ParameterSweep) throws(InputError) -> Figure? {
        guard sweep.outputs.contains(where: { $0.values.contains { $0 != nil } }) else { return nil }
        let counts = sweep.variables.map { Set($0.values.compactMap { $0 }).count }
        let main = counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) } ?? 0
        let others = sweep.variables.indices.filter { $0 != main && counts[$0] > 1 }
        func series(_ point: Int) -> String {
            others.map { PhysicalUnit.shortest(rounded(sweep.variables[$0].values[point] ?? 0)) }.joined(separator: ", ")
        }
        let names = Set(sweep.variables[main].values.indices.map(series))
        let drawn =
            sweep.isGrid && names.count <= mostSeries
            ? try lines(
                sweep, main: main, series: series, title: others.map { sweep.variables[$0].title }.joined(separator: ", "))
            : try scatter(sweep)
        return Figure(
            "sweep", "Sweep",
            "\(sweep.outputs.map(\.title).joined(separator: "; ")) over \(sweep.variables.map(\.title).joined(separator: ", "))",
            wide: true, paper: "", ours: sweep.device,
            difference: sweep.missing > 0 ? "\(sweep.missing) points have no value and are not drawn." : "", spec: drawn)
    }

    private static func rounded(_ value: Double) -> Double { Double(String(format: "%.5g", value)) ?? value }

    private static func lines(
        _ sweep: ParameterSweep, main: Int, series: (Int) -> String, title: String
    ) throws(InputError) -> JSON {
        let x = sweep.variables[main]
        var rows: [JSON] = []
        for output in sweep.outputs {
            for point in x.values.indices {
                guard let a = x.values[point], let y = output.values[point] else { continue }
                rows.append([
                    "o": .string(output.title), "x": .number(a), "y": .number(y), "s": .string(series(point)),
                    "k": .string(series(point)),
                ])
            }
        }
        let spans = sweep.outputs.map { output -> Bool in
            let values = output.values.compactMap { $0 }
            guard let least = values.min(), let most = values.max() else { return true }
            return least > 0 && most > 20 * least
        }
        var spec = try FigureTemplate("sweep-lines.vl.json", PackageResources.sweep_lines_vl_json).filled(
            data: ["points": rows],
            values: [
                "scale": .string(x.isLogarithmic ? "log" : "linear"), "title": .string(x.title),
                "height": .string(spans.allSatisfy { $0 } ? "log" : "linear"), "series": .string(title),
            ])
        if title.isEmpty, var view = spec["spec"], var encoding = view["encoding"] {
            encoding["color"] = ["value": "@ours"]
            view["encoding"] = encoding
            spec["spec"] = view
        }
        return spec
    }

    private static func scatter(_ sweep: ParameterSweep) throws(InputError) -> JSON {
        var rows: [JSON] = []
        for output in sweep.outputs {
            for variable in sweep.variables {
                let given = variable.values.compactMap { $0 }
                guard let least = given.min(), let most = given.max(), most > least else { continue }
                let isLogarithmic = variable.isLogarithmic && least > 0
                let name =
                    "\(variable.title): \(PhysicalUnit.shortest(rounded(least))) ... \(PhysicalUnit.shortest(rounded(most)))"
                    + (isLogarithmic ? ", log" : "")
                for point in variable.values.indices {
                    guard let a = variable.values[point], let y = output.values[point] else { continue }
                    let place = isLogarithmic ? log(a / least) / log(most / least) : (a - least) / (most - least)
                    rows.append(["o": .string(output.title), "p": .string(name), "x": .number(place), "y": .number(y)])
                }
            }
        }
        return try FigureTemplate("sweep-scatter.vl.json", PackageResources.sweep_scatter_vl_json).filled(data: ["points": rows]
        )
    }

    /// Sensitivities by variable, one panel an output; the rules are one standard error, or the stated error, to either side.
    ///
    /// nil where there is none.
    package static func sensitivities(_ bars: [SensitivityBar], title: String) throws(InputError) -> Figure? {
        guard !bars.isEmpty else { return nil }
        var kinds: [String] = []
        for bar in bars where !kinds.contains(bar.kind) { kinds.append(bar.kind) }
        let rows = bars.map { bar -> JSON in
            [
                "o": .string(bar.output), "p": .string(bar.variable), "k": .string(bar.kind), "v": .number(bar.value),
                "low": .number(bar.value - bar.error), "high": .number(bar.value + bar.error),
            ]
        }
        let colours: JSON = ["domain": .strings(kinds), "range": .strings(Array(["@ours", "@second"].prefix(kinds.count)))]
        let spec = try FigureTemplate("sensitivities.vl.json", PackageResources.sensitivities_vl_json).filled(
            data: ["bars": rows],
            values: [
                "title": .string(title), "kinds": colours, "step": .number(kinds.count > 1 ? 14 : 22),
                "legend": kinds.count > 1 ? ["orient": "top"] : .null,
            ])
        return Figure(
            "sensitivities", "Sweep", title, wide: true, paper: "",
            ours: "Rules: one standard error, or the error stated in the table.",
            difference: "", spec: spec)
    }
}
