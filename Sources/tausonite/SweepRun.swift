import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Report
import Studies
import Sweeps

/// What `tausonite sweep` does, and what it says of it.
struct SweepRun {
    private let command: SweepCommand
    private let sweep: Sweep

    static let products = ["sweep.csv", "sensitivities.csv"]

    init(_ command: SweepCommand) throws {
        self.command = command
        sweep = try command.sweep()
    }

    func perform() throws {
        let renderer = command.figure ? try FigureRenderer.find() : nil
        // Without a folder the study lives in one that is gone afterwards.
        let temporary = command.out == nil ? try TemporaryFolder("sweep") : nil
        let path = command.out ?? temporary?.path ?? "."
        try OutputPath.check(path + "/sweep.csv", force: command.talk.force)
        let session = try StudySession(
            path, sweep.identity(version: Tausonite.configuration.version), products: Self.products, sharing: command.sharing,
            output: command.talk, isTemporary: command.out == nil)
        guard let made = try session.run({ [sweep] unit, stop in try sweep.work(unit, stop: stop) }) else { return }
        try session.merge(into: Self.products[0]) {
            let table = try SweepTable(sweep, folder: session.folder)
            if command.out != nil { try write(table, to: path, renderer) }
            try show(table, made: made)
            if table.empty == table.results.count { throw ExitCode(3) }
        }
    }

    private func write(_ table: SweepTable, to path: String, _ renderer: FigureRenderer?) throws {
        // The figures first: where sweep.csv is, everything is.
        if let renderer { try draw(table, path, renderer) }
        try table.sensitivityTable?.save(path: path + "/sensitivities.csv")
        try table.table.save(path: path + "/sweep.csv")
        note("wrote \(path)/sweep.csv" + (table.sensitivityTable == nil ? "" : " and sensitivities.csv"))
    }

    private func draw(_ table: SweepTable, _ path: String, _ renderer: FigureRenderer) throws {
        let plan = sweep.plan
        let variables = plan.variables.enumerated().map { k, variable in
            Figure.ParameterSweep.Column(
                title: variable.title, values: plan.points.map { $0[k] }, isLogarithmic: plan.isLogarithmic[k])
        }
        let outputs = sweep.outputs.enumerated().map { k, output in
            Figure.ParameterSweep.Column(title: output.title, values: table.values(k))
        }
        var figures: [Figure] = []
        if let points = try Figure.parameterSweep(
            .init(device: sweep.device.name, variables: variables, outputs: outputs, isGrid: plan.design == .grid))
        {
            figures.append(points)
        }
        let bars = table.sensitivities.compactMap { item in
            item.value.map {
                Figure.SensitivityBar(
                    output: item.output, variable: item.variable, kind: item.kind.replacingOccurrences(of: "_", with: " "),
                    value: $0,
                    error: item.error ?? 0)
            }
        }
        let isElastic = table.sensitivities.first?.kind == "elasticity"
        if let weights = try Figure.sensitivities(
            bars, title: isElastic ? "Elasticity d ln(output) / d ln(input)" : "Share of the variance")
        {
            figures.append(weights)
        }
        guard !figures.isEmpty else { return note("no figure: no point has a value") }
        _ = try renderer.render(figures, into: path)
        note("wrote \(figures.map { "\(path)/\($0.id).png" }.joined(separator: " and ")), .svg and .vl.json")
    }

    private func note(_ text: String) { if !command.talk.quiet { Terminal.note(text) } }

    private func show(_ table: SweepTable, made: Int) throws {
        if command.talk.json { return try printJSON(Summary(table, made: made), keys: .useDefaultKeys) }
        guard command.out != nil else { return Terminal.print(text(of: table), terminator: "") }
        Terminal.print(
            "\(sweep.device.name): \(table.results.count) points, \(made == sweep.units ? "all" : "\(made) of \(sweep.units) units") made here"
        )
        var causes: [String: Int] = [:]
        for result in table.failed { causes[result.failure?.rawValue ?? "", default: 0] += 1 }
        for (cause, count) in causes.sorted(by: { $0.key < $1.key }) {
            let example = table.failed.first { $0.failure?.rawValue == cause }
            Terminal.print("  \(count) \(cause): point \(example?.point ?? 0), \(example?.reason ?? "")")
        }
        for (k, output) in sweep.outputs.enumerated() {
            let values = table.values(k).compactMap { $0 }
            guard let least = values.min(), let most = values.max() else { continue }
            Terminal.print("  \(output.title): \(short(least)) ... \(short(most))")
        }
        for item in table.sensitivities {
            let value = item.value.map { "\(short($0)) +- \(short(item.error ?? 0))" } ?? "none"
            Terminal.print("  \(item.kind) of \(item.variable) in \(item.output): \(value)")
        }
    }

    private func short(_ value: Double) -> String { String(format: "%.4g", value) }

    /// The table, and the sensitivities behind an empty line.
    private func text(of table: SweepTable) -> String {
        table.table.csv + (table.sensitivityTable.map { "\n" + $0.csv } ?? "")
    }

    /// What --json prints: units in the names, rows as in the table.
    struct Summary: Encodable {
        struct Point: Encodable {
            var point: Int
            var varied: [String: Double]
            var outputs: [String: Double]
            var failure, reason: String?
        }
        var device: String
        var units, made, failed: Int
        var points: [Point]
        var sensitivities: [SweepTable.Sensitivity]

        init(_ table: SweepTable, made: Int) {
            let sweep = table.sweep
            (device, units, self.made, failed) = (sweep.device.name, sweep.units, made, table.failed.count)
            sensitivities = table.sensitivities
            points = table.results.map { result in
                var (varied, outputs): ([String: Double], [String: Double]) = ([:], [:])
                for (variable, number) in zip(sweep.plan.variables, sweep.plan.points[result.point]) {
                    varied[variable.column] = number
                }
                for (output, value) in zip(sweep.outputs, result.values) {
                    if let value { outputs[output.column] = output.unit.fromSI(value) }
                }
                return Point(
                    point: result.point, varied: varied, outputs: outputs, failure: result.failure?.rawValue,
                    reason: result.reason)
            }
        }
    }
}
