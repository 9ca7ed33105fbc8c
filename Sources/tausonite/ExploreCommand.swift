import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Report
import Simulation

/// `tausonite explore`: runs and synapses as one page to look around in.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Make a page of runs with a time slider over the inside of the device, and of synapses.",
        discussion: """
            Examples:

              tausonite explore weak.json strong.json --out explore.html
              tausonite explore trace.json --synapse synapse.yaml --out explore.html
              tausonite explore --synapse results/synapse.yaml --out synapse.html

            Each run is made again from the JSON file beside its trace, with the inside of the device at up to 120 moments. The page \
            needs nothing else: a slider moves time over band, vacancies, field and potential, two runs can be overlaid, and the \
            synapse has sliders for amplitude, width and bias. `simulate --explore` writes such a page of one run, `reproduce` one of \
            its device, `serve` one with the solver behind it.
            """)

    @Argument(help: ArgumentHelp("Side files of traces, as simulate wrote them.", valueName: "trace.json"))
    var records: [String] = []

    @Option(parsing: .singleValue, help: ArgumentHelp("A compact synapse; may be repeated.", valueName: "synapse.yaml"))
    var synapse: [String] = []

    @Option(help: ArgumentHelp("Where to write the page.", valueName: "explore.html"))
    var out: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !records.isEmpty || !synapse.isEmpty else {
            throw ValidationError("Give the .json file of a trace, or --synapse.")
        }
    }

    func run() throws {
        try OutputPath.check(out, force: output.force)
        let synapses = try synapse.map { path throws(InputError) in try SynapseModel.load(path: path) }
        let bar = ProgressBar(quiet: output.quiet)
        defer { bar.finish() }
        var runs: [ExploreRun] = []
        for (k, path) in records.enumerated() {
            bar.handler(
                Essentials.Progress("running", fraction: Double(k) / Double(records.count), detail: path))
            runs.append(try Explorer.run(record: path, label: PlotInput.label(path, among: records)))
        }
        try AtomicFile.write(ExplorePage(runs: runs, synapses: synapses).html(), to: out)
        bar.finish()
        Terminal.print(
            "\(out): \(runs.count) run\(runs.count == 1 ? "" : "s"), \(synapses.count) synapse\(synapses.count == 1 ? "" : "s")"
        )
    }
}

/// Runs devices for the explorer.
enum Explorer {
    /// A record's run once more, from where it began.
    static func run(record path: String, label: String) throws -> ExploreRun {
        guard let record = try? JSONDecoder().decode(RunRecord.self, from: AtomicFile.read(path)) else {
            throw InputError(
                path, problem: "is not the side file of a trace", expected: "a .json file that simulate wrote beside its trace")
        }
        let description = try DeviceDescription(yaml: record.deviceFile, path: path)
        let experiment = try Experiment(yaml: YAML(parsing: record.experiment, source: path))
        let assembled = try AssembledDevice(description.device)
        try record.start?.checkFits(assembled, source: path)
        return try run(description, assembled, experiment, start: record.start, label: label)
    }

    /// One run with the inside of the device along it. Throws `Trace.Stop` where the base state cannot be reached.
    static func run(
        _ description: DeviceDescription, _ assembled: AssembledDevice, _ experiment: Experiment, start: DeviceState? = nil,
        label: String, isCancelled: (() -> Bool)? = nil
    ) throws -> ExploreRun {
        let simulator = DeviceSimulator(assembled, readVoltage: experiment.readVoltage)
        simulator.isCancelled = isCancelled
        if let start { simulator.state = start }
        if experiment.startsFromBaseState { try simulator.run(Experiment.baseStateSteps) }
        let series = InsideSeries(limit: ExploreRun.moments)
        simulator.watcher = series.offer
        let trace = simulator.run(experiment.waveform)
        return ExploreRun(
            label: label, device: description.name, sentences: experiment.steps.map(\.sentence), trace: trace,
            moments: series.moments)
    }
}
