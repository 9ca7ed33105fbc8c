import ArgumentParser
import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols

/// A synapse from measurements of one's own.
struct MeasuredOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Your measurements instead of a simulated device; may be repeated. Pulses: amplitude_V,width_us,delta_F_nS[,sigma_nS,energy_pJ]; decays: bias_V,time_s,F_nS; reads: trains,conductance_nS; a trace: time_s,conductance_nS.",
            valueName: "table.csv"))
    var data: [String] = []

    @Option(name: .customLong("protocol"), help: ArgumentHelp("The protocol that made the trace.", valueName: "p.yaml"))
    var protocolFile: String?

    @Flag(help: "W, F and Lambda of the measurements alone: no device is fitted, no state model made.")
    var linearOnly = false

    @Option(help: "Relative sigma of the measurements where the file gives none, in per cent.")
    var dataSigma = 5.0

    @Option(help: "Iterations of the fit of the device at most.")
    var iterations = 6

    @Option(
        help: ArgumentHelp("Parameters of the device that may move. Default: those whose status is fitted.", valueName: "keys"))
    var free: String?

    func validate() throws {
        guard dataSigma > 0, dataSigma.isFinite else { throw ValidationError("--data-sigma must be above 0 per cent.") }
        guard (0...1000).contains(iterations) else { throw ValidationError("--iterations must be 0 to 1000.") }
        if data.isEmpty, linearOnly || protocolFile != nil {
            throw ValidationError("\(linearOnly ? "--linear-only" : "--protocol") needs --data.")
        }
    }
}

/// Makes both models of measurements and tests them on what was held out.
struct MeasuredExtraction {
    var options: MeasuredOptions
    var start: DeviceOptions
    var seed: UInt64
    var streams: Bool
    var bar: ProgressBar

    struct Result {
        var synapse: SynapseModel
        var models: LumpedTraining.Models?
        var device: DeviceDescription?
        /// In words: what the fit did.
        var fit: String?
    }

    func run() throws -> Result {
        let experiment = try options.protocolFile.map { try Experiment.load(path: $0) }
        let data = try MeasuredData.load(paths: options.data, experiment: experiment, sigma: options.dataSigma / 100)
        let fitted = options.linearOnly ? nil : try fitDevice(data.split(seed: seed).fit)
        let synapse = try data.synapse(
            seed: seed,
            fitted: fitted.map {
                .init(device: $0.device, synapse: $0.synapse, state: $0.models.state, reduction: $0.reduction)
            })
        return Result(synapse: synapse, models: fitted?.models, device: fitted?.device, fit: fitted?.words)
    }

    private struct Fitted {
        var device: DeviceDescription
        var synapse: SynapseModel
        var models: LumpedTraining.Models
        var reduction: SynapseModel.Reduction?
        var words: String
    }

    /// The device closest to the measurements, and its reductions.
    private func fitDevice(_ data: MeasuredData) throws -> Fitted {
        let keys = options.free?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let problem = try CalibrationProblem(device: start.load(), targets: data.targets, free: keys)
        // A first approach without the electrons' charge, which moves G by a per cent and takes most of the time.
        var rough = problem
        rough.chargeThreshold = .infinity
        defer { bar.finish() }
        let approach = Calibration(rough, iterationLimit: options.iterations)
        var state = try approach.begin(progress: bar.handler)
        let before = state.cost
        try approach.run(&state, progress: bar.handler)
        let calibration = Calibration(problem, iterationLimit: min(2, options.iterations))
        let first = state.iterations
        state = try calibration.begin(from: state.point, progress: bar.handler)
        try calibration.run(&state, progress: bar.handler)
        let source = "fitted to \(data.names.joined(separator: ", ")) by: tausonite extract"
        let device = try calibration.fittedDevice(state, source: source)
        bar.finish()
        let (_, synapse) = try Extract.extract(device, bar: bar)
        let words = String(
            format: "device fitted to %d numbers: cost %.4g -> %.4g in %d iterations%@", data.targets.targets.count, before,
            state.cost, first + state.iterations, state.isConverged ? "" : " (not at its end: --iterations)")
        if streams {
            let reduced = try Extract.reduce(device, synapse, game: nil, seed: seed, bar: bar)
            return Fitted(device: device, synapse: synapse, models: reduced.models, reduction: reduced.reduction, words: words)
        }
        return Fitted(
            device: device, synapse: synapse, models: try LumpedTraining(device.device).models(progress: bar.handler),
            reduction: nil, words: words)
    }
}

extension MeasuredExtraction.Result {
    /// For people.
    var text: String {
        func p(_ x: Double?) -> String { x.map { String(format: "%+.1f %%", $0 * 100) } ?? "-" }
        func line(_ a: String, _ b: String, _ c: String) -> String {
            a.padding(toLength: max(44, a.count + 2), withPad: " ", startingAt: 0)
                + b.padding(toLength: 12, withPad: " ", startingAt: 0) + c
        }
        var lines = fit.map { [$0] } ?? []
        let measured = synapse.measured
        lines.append(line("held out (seed \(measured?.seed ?? 0))", "linear", "state"))
        lines += (measured?.heldOut ?? []).map { line($0.name, p($0.linear), p($0.state)) }
        if measured?.heldOut.isEmpty ?? true { lines.append("nothing") }
        lines += (measured?.missing ?? []).map { "remark: \($0)" }
        return lines.joined(separator: "\n")
    }
}
