import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

extension Device.ElectronModel: ExpressibleByArgument {}

/// `tausonite simulate`: one device under one protocol gives a trace.
struct Simulate: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        abstract: "Run a device under a protocol and write the trace.",
        discussion: """
            Examples:

              tausonite simulate "Hold 0.6 V for 10 s" "Pulse 3 V for 100 us" "Hold 0.6 V for 60 s" --out trace.csv
              tausonite simulate "Repeat 3 times: [Sweep 0 V to 2 V at 1 V/s; Sweep to -2 V at 1 V/s; Sweep to 0 V at 1 V/s]"
              tausonite simulate --protocol loops.yaml --set thermal_resistance=0K/W --json

            Sentences: "Pulse 3.5 V for 500 us [from 0.6 V] [with 0.1 us edges]", "Train 100 x 4 V for 500 us with 0.1 s gaps", \
            "Hold 0.6 V for 375 s", "Rest for 240 s", "Sweep 0 V to 2 V at 1 V/s", "Read [at 0.6 V]", \
            "Repeat 30 times: [a; b]", "a * 100". A pulse starts from the voltage before it.

            The trace is CSV with units in its header; beside it lies a JSON file with everything needed to run it again \
            (--again). A run that ends in electroforming keeps its trace and exits with code 3; so does one that Ctrl-C, a \
            request to terminate or the loss of the terminal ends, with code 130, 143 or 129.

            While a run lasts, trace.csv.partial and trace.json.partial hold the trace so far, renewed every few seconds; they go \
            when the trace is written, so that only a killed run (kill -9, a power cut) leaves them.
            """)

    @Argument(help: "Sentences, in order.")
    var sentences: [String] = []

    @Option(name: .customLong("protocol"), help: "Protocol file (YAML) instead of sentences.")
    var protocolFile: String?

    @Option(help: ArgumentHelp("Repeat the run that this JSON side file records.", valueName: "trace.json"))
    var again: String?

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Where to write the trace; its side file gets the ending .json.", valueName: "trace.csv"))
    var out: String?

    @Flag(
        name: .customLong("base-state"), inversion: .prefixedNo,
        help:
            "First bring the device to its base state: 1000 s at 0 V, 300 s at 0.6 V. Default: as the protocol file says, else yes."
    )
    var baseState: Bool?

    @Option(
        name: .customLong("read-voltage"),
        help: ArgumentHelp("Voltage of frozen reads, such as \"0.6 V\".", valueName: "voltage"))
    var readVoltage: String?

    @Option(
        help: ArgumentHelp(
            "Samples kept: all, corners, a time such as \"10 ms\" (at most one per), \"20/decade\" after every corner, or \"1000 samples\" (spread evenly; pulses and reads too, so that memory does not grow with the protocol).",
            valueName: "which"))
    var record = "all"

    @Option(
        help: ArgumentHelp(
            "Law of the electrons instead of the device file's: quasi_stationary, or drift_diffusion, the slower reference with their charge in Poisson's equation.",
            valueName: "law"))
    var electrons: Device.ElectronModel?

    @Flag(help: "Also print the works behind the laws that this run used.")
    var cite = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        let given = [!sentences.isEmpty, protocolFile != nil, again != nil].filter { $0 }.count
        guard given == 1 else {
            throw ValidationError("Give sentences, or --protocol, or --again: one of them, such as \"Pulse 3 V for 100 us\".")
        }
    }

    func run() throws {
        let recording = try Simulate.recording(record)
        let (description, experiment) = try input()
        if let out { try OutputPath.check(out, sideFile: RunRecord.path(beside: out)) }
        // A device or a pipe has nothing beside it.
        let record = out.flatMap { AtomicFile.isStream($0) ? nil : RunRecord.path(beside: $0) }
        let references = description.device.references
        func sideFile(_ trace: Trace) throws -> Data {
            try RunRecord(
                trace, device: description.name, deviceDigest: description.digest, deviceFile: description.yaml,
                experiment: experiment.yaml, solver: SolverOptions(), readVoltage: experiment.readVoltage,
                references: references
            ).json()
        }
        let isQuiet = output.quiet
        let partial = out.flatMap {
            PartialTrace(beside: $0, duration: experiment.duration, record: sideFile) { if !isQuiet { Terminal.note($0) } }
        }
        let bar = ProgressBar(quiet: output.quiet)
        let interruption = Interruption()
        let trace: Trace
        do {
            defer { bar.finish() }
            trace = try simulate(description, experiment, recording, interruption, partial, bar.handler)
        } catch let stop as Trace.Stop where stop.cause == .interrupted {
            Terminal.error("interrupted before the protocol began, on the way to the base state")
            throw ExitCode(interruption.exitCode)
        }
        if let out {
            try AtomicFile.write(trace.csv, to: out)
            if let record { try AtomicFile.write(sideFile(trace), to: record) }
            partial?.remove()
        }
        if output.json {
            Terminal.print(String(decoding: try sideFile(trace), as: UTF8.self))
        } else {
            Terminal.print(SimulationSummary(trace: trace, device: description, experiment: experiment).text)
            if cite { Terminal.print("\nTo cite:\n" + references.map { "  \($0.citation)" }.joined(separator: "\n")) }
        }
        if let out, !output.quiet {
            Terminal.note(
                "wrote \(out) (\(trace.samples.count) samples)"
                    + (record.map { " and, beside it, \(URL(fileURLWithPath: $0).lastPathComponent)" } ?? "")
            )
        }
        if let stop = trace.stopped {
            let place = "after \(engineering(stop.time, "s")) at \(PhysicalUnit("V", .voltage).rounded(stop.voltage))"
            let state = "T = \(engineering(stop.temperature, "K")), I = \(engineering(stop.current, "A"))"
            let reason =
                stop.isElectroforming
                ? "electroforming \(place): the heat balance has no solution below "
                    + "\(engineering(description.device.maximumTemperature, "K")) (\(state))"
                : "stopped \(place): \(stop.reason) (\(state))"
            Terminal.error("\(reason); the trace up to there is kept, \(trace.samples.count) samples")
            throw ExitCode(stop.cause == .interrupted ? interruption.exitCode : 3)
        }
    }

    /// The device and the experiment, from the arguments.
    private func input() throws -> (DeviceDescription, Experiment) {
        var experiment: Experiment
        var description: DeviceDescription
        if let again {
            guard let record = try? JSONDecoder().decode(RunRecord.self, from: AtomicFile.read(again)) else {
                throw InputError(
                    again, problem: "is not the side file of a trace",
                    expected: "a .json file that simulate wrote beside its trace")
            }
            description = try DeviceDescription(yaml: record.deviceFile, path: again).setting(device.overrides)
            if let electrons { description.electrons = electrons }
            experiment = try Experiment(yaml: YAML(parsing: record.experiment, source: again))
        } else {
            description = try device.load()
            if let electrons { description.electrons = electrons }
            experiment =
                try protocolFile.map { try Experiment.load(path: $0) } ?? Experiment(name: "command line", sentences: sentences)
        }
        if let readVoltage {
            experiment.readVoltage = try Quantity.si(readVoltage, as: .voltage, key: "--read-voltage")
        }
        if let baseState { experiment.startsFromBaseState = baseState }
        experiment = try Experiment(
            name: experiment.name, steps: experiment.steps, readVoltage: experiment.readVoltage,
            startsFromBaseState: experiment.startsFromBaseState)
        return (description, experiment)
    }

    private func simulate(
        _ description: DeviceDescription, _ experiment: Experiment, _ recording: Recording, _ interruption: Interruption,
        _ partial: PartialTrace?, _ progress: @escaping ProgressHandler
    ) throws -> Trace {
        let simulator = DeviceSimulator(try AssembledDevice(description.device), readVoltage: experiment.readVoltage)
        simulator.isCancelled = interruption.check
        if experiment.startsFromBaseState { try simulator.run(Experiment.baseStateSteps) }
        simulator.keeper = partial?.keeper
        let total = Double(max(1, experiment.segmentCount))
        var done = 0.0
        return withExtendedLifetime((interruption, partial)) {
            simulator.run(experiment.waveform, recording: recording) { time in
                done += 1
                progress(Essentials.Progress("simulating", fraction: done / total, detail: "t = \(engineering(time, "s"))"))
            }
        }
    }

    /// "all", "corners", "10 ms", "20/decade" or "1000 samples".
    static func recording(_ text: String) throws -> Recording {
        switch text {
        case "all": return .everyStep
        case "corners": return .corners
        default: break
        }
        if let slash = text.firstIndex(of: "/"), text[slash...] == "/decade", let count = Int(text[..<slash]),
            (1...1000).contains(count)
        {
            return .perDecade(count, first: 1e-7)
        }
        if text.hasSuffix(" samples"), let count = Int(text.dropLast(8)), (4...100_000_000).contains(count) {
            return .atMost(count)
        }
        do {
            let interval = try Quantity.si(text, as: .time, key: "--record")
            if interval > 0, interval.isFinite { return .interval(interval) }
        } catch {}
        throw InputError(
            "--record", value: text, problem: "is not understood",
            expected: "all, corners, a time such as \"10 ms\", 20/decade, or \"1000 samples\"")
    }
}
