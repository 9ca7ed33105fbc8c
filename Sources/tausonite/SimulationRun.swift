import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Protocols
import Report
import Simulation

/// What `tausonite simulate` runs, and what it writes of it.
final class SimulationRun {
    private let options: Simulate
    private let description: DeviceDescription
    private let experiment: Experiment
    private let written: (digest: String, file: String)
    private let recording: Recording
    private let record: String
    private let profiles: String?
    private let request: ProfileRequest?
    /// State to begin from, and the run to go on with.
    private let start: DeviceState?
    private let cut: StateFile.Cut?
    private let simulator: DeviceSimulator
    /// What draws the run, and what keeps the inside of the device for a page, where these are asked for.
    private let renderer: FigureRenderer?
    private let inside: InsideSeries?

    init(_ options: Simulate) throws {
        self.options = options
        let input = try SimulationInput(options)
        (description, experiment, start, cut) = (input.description, input.experiment, input.start, input.cut)
        written = input.written
        (record, profiles) = (cut?.record ?? options.record, cut?.profiles ?? options.profiles)
        recording = try Recording(record)
        request = try profiles.map { try ProfileRequest($0) }
        if let out = options.out {
            try OutputPath.check(out, sideFile: RunRecord.path(beside: out), kinds: ["csv"], force: options.output.force)
        }
        if let path = options.saveState { try OutputPath.check(path, option: "--save-state", force: options.output.force) }
        if let path = options.plot {
            try FigureRenderer.checkEnding(of: path, option: "--plot")
            try OutputPath.check(path, option: "--plot", force: options.output.force)
        }
        if let path = options.explore { try OutputPath.check(path, option: "--explore", force: options.output.force) }
        try OutputPath.checkApart([
            ("--out", options.out), ("the side file of --out", options.out.map(RunRecord.path(beside:))),
            ("the profiles of --out", options.out.map { OutputPath.beside($0, "profiles.csv") }),
            ("--save-state", options.saveState), ("--plot", options.plot), ("--explore", options.explore),
        ])
        renderer = try options.plot.map { _ throws(InputError) in try FigureRenderer.find() }
        inside = options.explore.map { _ in InsideSeries(limit: ExploreRun.moments) }
        let assembled = try AssembledDevice(description.device)
        for state in [start, cut?.checkpoint.state] {
            if let state { try state.checkFits(assembled, source: options.fromState ?? options.again ?? "state") }
        }
        simulator = DeviceSimulator(assembled, readVoltage: experiment.readVoltage)
        try request?.checkFits(experiment)
    }

    func perform() throws {
        let bar = ProgressBar(quiet: options.output.quiet)
        let interruption = Interruption()
        for remark in experiment.remarks where !options.output.quiet { Terminal.note(remark) }
        let partial = options.out.flatMap { out in
            PartialTrace(beside: out, duration: experiment.duration, record: sideFile, cut: stateOfCut) { [options] in
                if !options.output.quiet { Terminal.note($0) }
            }
        }
        let trace: Trace
        do {
            defer { bar.finish() }
            trace = try withExtendedLifetime((interruption, partial)) {
                try simulate(interruption, partial, progress: bar.handler)
            }
        } catch let stop as Trace.Stop where stop.cause == .interrupted {
            Terminal.error("interrupted before the protocol began, on the way to the base state")
            throw ExitCode(interruption.exitCode)
        }
        try write(trace)
        partial?.remove()
        try draw(trace)
        try show(trace, interruption)
    }

    private func simulate(
        _ interruption: Interruption, _ partial: PartialTrace?, progress: @escaping ProgressHandler
    ) throws -> Trace {
        simulator.isCancelled = interruption.check
        if let start { simulator.state = start }
        if experiment.startsFromBaseState, cut == nil { try simulator.run(Experiment.baseStateSteps) }
        simulator.keeper = partial?.keeper
        simulator.watcher = inside?.offer
        simulator.remembersCorners = options.out != nil
        let total = Double(max(1, experiment.segmentCount))
        var done = 0.0
        func step(_ time: Double) {
            done += 1
            progress(Essentials.Progress("simulating", fraction: min(done / total, 1), detail: "t = \(engineering(time, "s"))"))
        }
        if let cut { return simulator.resume(cut.checkpoint, experiment.waveform, recording: recording, progress: step) }
        return simulator.run(
            experiment.waveform, recording: recording, profiles: request, progress: step)
    }

    /// The trace's side file.
    private func sideFile(_ trace: Trace) throws -> Data {
        try RunRecord(
            trace, device: description.name, deviceDigest: written.digest, deviceFile: written.file,
            experiment: experiment.yaml, solver: SolverOptions(), readVoltage: experiment.readVoltage,
            references: description.device.references, start: cut?.start ?? start
        ).json()
    }

    private func stateFile(_ state: DeviceState, cut: StateFile.Cut? = nil) -> StateFile {
        StateFile(
            device: description.name, deviceDigest: written.digest, deviceFile: written.file, state: state, cut: cut)
    }

    /// What it takes to go on with a run whose trace so far is given.
    private func stateOfCut(_ trace: Trace) -> StateFile? {
        simulator.checkpoint(trace).map {
            stateFile(
                $0.state,
                cut: StateFile.Cut(
                    experiment: experiment.yaml, record: record, profiles: profiles, start: cut?.start ?? start, checkpoint: $0)
            )
        }
    }

    private func write(_ trace: Trace) throws {
        let folder = options.out.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        for (name, state) in trace.saved.sorted(by: { $0.key < $1.key }) {
            let path = folder.map { $0.appendingPathComponent("\(name).json").path } ?? "\(name).json"
            try stateFile(state).save(path: path)
            note("wrote \(path), the state that the protocol keeps as \(name)")
        }
        if let path = options.saveState, trace.stopped == nil {
            try stateFile(simulator.state).save(path: path)
            note("wrote \(path), the state at the end")
        }
        guard let out = options.out else { return }
        try AtomicFile.write(trace.csv, to: out)
        if AtomicFile.isStream(out) { return }  // a device or a pipe has nothing beside it
        if !trace.profiles.isEmpty { try trace.profileTable.save(path: OutputPath.beside(out, "profiles.csv")) }
        let state = PartialTrace.statePath(beside: out)
        if trace.stopped?.cause == .interrupted, let cut = stateOfCut(trace) {
            try cut.save(path: state)
        } else if options.saveState.map({ URL(fileURLWithPath: $0).path }) != URL(fileURLWithPath: state).path,
            (try? StateFile.load(path: state))?.cut != nil
        {
            // What was left of a run that was cut: this one has reached its end.
            try? FileManager.default.removeItem(atPath: state)
        }
        try AtomicFile.write(sideFile(trace), to: RunRecord.path(beside: out))
    }

    /// What a person looks at: a figure, a page.
    private func draw(_ trace: Trace) throws {
        if let path = options.plot, let renderer {
            let run = PlotRun(label: description.name, source: "the run", trace: trace.table)
            var plot = Plot(runs: [run])
            plot.title = description.name
            try renderer.save(plot.figure(), to: path)
            note("wrote \(path)")
        }
        if let path = options.explore, let inside {
            let run = ExploreRun(
                label: experiment.name == "command line" ? description.name : experiment.name, device: description.name,
                sentences: experiment.steps.map(\.sentence), trace: trace, moments: inside.moments)
            try AtomicFile.write(ExplorePage(runs: [run]).html(), to: path)
            note("wrote \(path)")
        }
    }

    private func note(_ text: String) { if !options.output.quiet { Terminal.note(text) } }

    private func show(_ trace: Trace, _ interruption: Interruption) throws {
        if options.output.json {
            Terminal.print(String(decoding: try sideFile(trace), as: UTF8.self))
        } else {
            let began = start != nil || cut?.start != nil
            Terminal.print(
                SimulationSummary(trace: trace, device: description, experiment: experiment, isFromState: began).text)
            let references = description.device.references
            if options.cite { Terminal.print("\nTo cite:\n" + references.map { "  \($0.citation)" }.joined(separator: "\n")) }
        }
        let missed = simulator.missedProfiles
        if trace.stopped == nil, !missed.isEmpty {
            note("the protocol did not come to the profiles at \(missed.joined(separator: ", "))")
        }
        if let out = options.out {
            let beside = URL(fileURLWithPath: RunRecord.path(beside: out)).lastPathComponent
            note(
                "wrote \(out) (\(trace.samples.count) samples)" + (AtomicFile.isStream(out) ? "" : " and, beside it, \(beside)")
            )
        }
        guard let stop = trace.stopped else { return }
        let reason = stop.sentence(below: description.device.maximumTemperature)
        let further =
            stop.cause == .interrupted && options.out != nil
            ? "; --from-state \(PartialTrace.statePath(beside: options.out ?? "")) goes on with it" : ""
        Terminal.error("\(reason); the trace up to there is kept, \(trace.samples.count) samples\(further)")
        throw ExitCode(stop.cause == .interrupted ? interruption.exitCode : 3)
    }
}
