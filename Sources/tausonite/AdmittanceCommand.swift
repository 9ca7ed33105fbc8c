import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Protocols
import Report
import Simulation

/// `tausonite admittance`: C-V and C-f of a device from its linearised equations.
struct AdmittanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admittance",
        abstract: "Small-signal admittance at a bias: C-V and C-f, from the linearised equations.",
        discussion: """
            Examples:

              tausonite admittance
              tausonite admittance --bias "0.6 V" --hold "10 s" --frequency "1 mHz to 1 GHz" --out c-f.csv --figure c-f.svg
              tausonite admittance --bias "-1 V to 1 V by 0.1 V" --frequency "1 MHz" --electrons drift_diffusion --out c-v.csv
              tausonite admittance --from-state after-set.json --bias "0.6 V" --json

            Each bias is reached from the same start (the base state, a fresh device with --no-base-state, or a state) by an edge \
            of 0.1 us and a hold. There the equations are linearised: (J + i w M) du + f_V dV = 0, with self-heating; the current \
            is that of electrons, ions and displacement together. The column drift says how far the potential moves by itself \
            within a period, in V_T: where that is more than 0.01 the device is not at rest for this frequency, and the command \
            says so. Docs/protocols.md has what it was checked against.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A voltage, or a range: \"-1 V to 1 V by 0.1 V\".", valueName: "voltages"))
    var bias = "0 V"

    @Option(
        help: ArgumentHelp("A frequency between 1 mHz and 1 GHz, or a range: \"1 mHz to 1 GHz\".", valueName: "frequencies"))
    var frequency = "1 mHz to 1 GHz"

    @Option(help: "Frequencies in a decade of a range.")
    var perDecade = 5

    @Option(help: ArgumentHelp("How long each bias is held before.", valueName: "time"))
    var hold = "10 s"

    @Option(
        name: .customLong("from-state"),
        help: ArgumentHelp(
            "Begin from this state, on its device unless --device or --set says otherwise.", valueName: "state.json"))
    var fromState: String?

    @Flag(
        name: .customLong("base-state"), inversion: .prefixedNo,
        help: "First bring the device to its base state (default), or begin with a fresh one.")
    var baseState = true

    @Option(
        help: ArgumentHelp(
            "Law of the electrons instead of the device file's: with their charge, drift_diffusion.", valueName: "law"))
    var electrons: Device.ElectronModel?

    @Option(help: ArgumentHelp("Where to write the table, as .csv or .json.", valueName: "y.csv"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Where to draw C and |Re Y|: .svg, .png, .pdf or .html; what was drawn lies beside it as .vl.json.",
            valueName: "y.svg"))
    var figure: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let biases = try voltages(), frequencies = try frequencies()
        let wait = try Quantity.si(hold, as: .time, key: "--hold")
        try Step.hold(voltage: 0, duration: wait).check()
        if let out { try OutputPath.check(out, kinds: ["csv", "json"], force: output.force) }
        if let figure {
            try OutputPath.check(figure, option: "--figure", force: output.force)
            try FigureRenderer.checkEnding(of: figure, option: "--figure")
        }
        var (description, start): (DeviceDescription, DeviceState?) = (try device.load(from: fromState), nil)
        if let electrons { description.electrons = electrons }
        let assembled = try AssembledDevice(description.device)
        if let fromState {
            let state = try StateFile.load(path: fromState).state
            try state.checkFits(assembled, source: fromState)
            start = state
        }
        let simulator = DeviceSimulator(assembled)
        if let start { simulator.state = start } else if baseState { try simulator.run(Experiment.baseStateSteps) }
        let begin = simulator.state
        var rows: [AdmittanceRow] = []
        let bar = ProgressBar(quiet: output.quiet)
        do {
            defer { bar.finish() }
            for (k, bias) in biases.enumerated() {
                simulator.state = begin
                try simulator.run([.hold(voltage: bias, duration: wait)])
                rows += try simulator.admittance(frequencies: frequencies).map {
                    AdmittanceRow(bias: bias, area: description.device.area, admittance: $0)
                }
                bar.handler(
                    Essentials.Progress("linearising", fraction: Double(k + 1) / Double(biases.count), detail: "\(bias) V"))
            }
        }
        try show(rows, description)
    }

    private func show(_ rows: [AdmittanceRow], _ description: DeviceDescription) throws {
        let table = AdmittanceRow.table(rows)
        let result = AdmittanceRow.Result(device: description.name, hold: hold, rows: rows)
        if let out {
            let isJSON = URL(fileURLWithPath: out).pathExtension.lowercased() == "json"
            try AtomicFile.write(isJSON ? jsonText(result, keys: .useDefaultKeys) + "\n" : table.csv, to: out)
        }
        if output.json {
            try printJSON(result, keys: .useDefaultKeys)
        } else {
            Terminal.print("\(description.name): small-signal admittance, each bias held for \(hold)")
            Terminal.print(["bias", "frequency", "Re Y", "C", "C / area", "drift"].map(AdmittanceRow.padded).joined())
            for row in rows.prefix(out == nil ? rows.count : 40) { Terminal.print(row.line) }
            if out != nil, rows.count > 40 { Terminal.print("... and \(rows.count - 40) more") }
        }
        let restless = rows.filter { $0.admittance.drift > AdmittanceRow.restless }.count
        if restless > 0, !output.quiet {
            Terminal.note(
                "\(restless) of \(rows.count) points: the potential moves by more than \(AdmittanceRow.restless) V_T within a period "
                    + "by itself (drift); a longer --hold or a higher frequency lies further from that")
        }
        if let figure {
            let drawing = try Figure.admittance(
                rows.map {
                    (
                        bias: $0.bias, frequency: $0.admittance.frequency, capacitance: $0.perArea,
                        conductance: $0.admittance.conductance
                    )
                })
            try FigureRenderer.find().save(drawing, to: figure)
        }
        for path in [out, figure] { if let path, !output.quiet { Terminal.note("wrote \(path)") } }
    }

    /// "0.6 V" or "-1 V to 1 V by 0.1 V".
    private func voltages() throws -> [Double] {
        let parts = bias.components(separatedBy: " to ")
        guard parts.count == 2 else { return [try voltage(bias)] }
        let ends = parts[1].components(separatedBy: " by ")
        guard ends.count == 2 else {
            throw InputError("--bias", value: bias, problem: "says no step", expected: "\"-1 V to 1 V by 0.1 V\"")
        }
        let (from, to, step) = (try voltage(parts[0]), try voltage(ends[0]), abs(try voltage(ends[1])))
        let count = abs(to - from) / max(step, 1e-9)
        guard step > 0, count >= 0.5, count < 10_000 else {
            throw InputError(
                "--bias", value: bias, problem: "is no range",
                expected: "2 to 10,000 voltages, such as \"-1 V to 1 V by 0.1 V\"")
        }
        let whole = Int(clamped: count + 1e-6, rounded: .down)
        // Voltages as they would be written: 0.3, not 0.30000000000000004.
        return (0...whole).map { k in
            (1e9 * (from + (to > from ? step : -step) * Double(k))).rounded() / 1e9
        }
    }

    private func voltage(_ text: String) throws -> Double {
        let value = try Quantity.si(text, as: .voltage, key: "--bias")
        guard Step.voltageRange.contains(value) else {
            throw InputError("--bias", value: text, problem: "is out of range", expected: "-20 V ... 20 V")
        }
        return value
    }

    /// "1 kHz", or a range with so many in a decade.
    private func frequencies() throws -> [Double] {
        func one(_ text: String) throws -> Double {
            let value = try Quantity.si(text, as: .rate, key: "--frequency")
            guard (1e-3 * (1 - 1e-9)...1e9 * (1 + 1e-9)).contains(value) else {
                throw InputError(
                    "--frequency", value: text, problem: "is out of range",
                    expected: "1 mHz ... 1 GHz: below the device is never at rest, above the electrons' heat and transit count")
            }
            return value
        }
        let parts = frequency.components(separatedBy: " to ")
        guard parts.count == 2 else { return [try one(frequency)] }
        let (low, high) = (try one(parts[0]), try one(parts[1]))
        guard low < high, (1...100).contains(perDecade) else {
            throw InputError(
                "--frequency", value: "\(frequency), \(perDecade) in a decade", problem: "is no range",
                expected: "a lower one to a higher one, 1 to 100 in a decade")
        }
        let steps = max(1, Int(clamped: log10(high / low) * Double(perDecade)))
        return (0...steps).map { k in
            let exponent = log10(low) + log10(high / low) * Double(k) / Double(steps)
            // Whole decades exactly.
            return abs(exponent - exponent.rounded()) < 1e-9 ? pow(10, exponent.rounded()) : pow(10, exponent)
        }
    }
}

/// One point of a table of admittances.
struct AdmittanceRow {
    /// V, m2.
    var bias, area: Double
    var admittance: Admittance

    /// More drift than this, and there is no one state that the sine responds to.
    static let restless = 0.01

    /// C / A, F/m2.
    var perArea: Double { admittance.capacitance / area }
    private var impedance: (real: Double, imaginary: Double) {
        let (g, b) = (admittance.conductance, admittance.susceptance)
        let size = g * g + b * b
        return (g / size, -b / size)
    }

    static func padded(_ text: String) -> String {
        text.padding(toLength: max(14, text.count + 2), withPad: " ", startingAt: 0)
    }

    var line: String {
        [
            PhysicalUnit("V", .voltage).rounded(bias), engineering(admittance.frequency, "Hz"),
            engineering(admittance.conductance, "S"), String(format: "%.4g F", admittance.capacitance),
            String(format: "%.4g F/m2", perArea), String(format: "%.2g", admittance.drift),
        ].map(Self.padded).joined()
    }

    static func table(_ rows: [AdmittanceRow]) -> Table {
        Table(
            rows,
            columns: [
                ("bias_V", { $0.bias }), ("frequency_Hz", { $0.admittance.frequency }),
                ("conductance_S", { $0.admittance.conductance }), ("susceptance_S", { $0.admittance.susceptance }),
                ("capacitance_F", { $0.admittance.capacitance }), ("capacitance_F_per_m2", { $0.perArea }),
                ("impedance_real_Ohm", { $0.impedance.real }), ("impedance_imaginary_Ohm", { $0.impedance.imaginary }),
                ("drift_V_T", { $0.admittance.drift }),
            ])
    }

    /// JSON with units in the names.
    struct Result: Encodable {
        struct Point: Encodable {
            let bias_V, frequency_Hz, conductance_S, susceptance_S, capacitance_F, capacitance_F_per_m2, drift_V_T: Double
        }
        let device, hold: String
        let points: [Point]

        init(device: String, hold: String, rows: [AdmittanceRow]) {
            (self.device, self.hold) = (device, hold)
            points = rows.map {
                Point(
                    bias_V: $0.bias, frequency_Hz: $0.admittance.frequency, conductance_S: $0.admittance.conductance,
                    susceptance_S: $0.admittance.susceptance, capacitance_F: $0.admittance.capacitance,
                    capacitance_F_per_m2: $0.perArea, drift_V_T: $0.admittance.drift)
            }
        }
    }
}
