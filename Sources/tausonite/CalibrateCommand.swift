import ArgumentParser
import Calibration
import DeviceModel
import Essentials
import Foundation
import Protocols
import Validation

/// `tausonite calibrate`: fits a device file to the paper's numbers or to measurements of one's own.
struct Calibrate: ParsableCommand, LeavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        abstract: "Fit a device to the paper's numbers, or to your own measurements.",
        discussion: """
            Examples:

              tausonite calibrate --out fitted.yaml
              tausonite calibrate --targets Validation/weilenmann2024.yaml --device Materials/pt-sto-ti.yaml --out fitted.yaml --leave-one-out
              tausonite calibrate --data cells.csv --data-only --free forward_hop_energy,redox_potential --out mine.yaml
              tausonite calibrate --trace trace.csv --protocol pulses.yaml --out mine.yaml
              tausonite calibrate --device Materials/pt-sto-ti-drift.yaml --within vacancy_diffusivity=1e-20:1e-16 --out drift.yaml

            Levenberg-Marquardt within bounds; rates and areas move as logarithms, potentials linearly. The fit ends when slopes measured \
            on both sides foresee, or bring, less than 0.1 % of the cost. What may move: the parameters \
            that the device file calls fitted, or those of --free. The targets, their sigmas and the bounds stand in --weights.

            cells.csv has the columns amplitude_V, width_us, delta_F_nS and, if you know it, sigma_nS; a trace has time_s (from the \
            protocol's first step) and conductance_nS or current_A.

            After every iteration the state is written beside the result (fitted.state.json); --resume continues from it, also after \
            a kill, to the same result.
            """)

    @Option(help: "The paper's numbers.")
    var targets = "Validation/weilenmann2024.yaml"

    @Option(help: "Which numbers are targets, with their sigmas and the bounds of the parameters.")
    var weights = "Validation/calibration-targets.yaml"

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Where to write the fitted device.", valueName: "fitted.yaml"))
    var out = "results/fitted.yaml"

    @Option(
        help: ArgumentHelp("Free parameters, separated by commas. Default: those whose status is fitted.", valueName: "keys"))
    var free: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Bounds of one parameter in its own unit. May be repeated.", valueName: "key=low:high"))
    var within: [String] = []

    @Option(help: ArgumentHelp("Iterations at most; 0 only compares the device with its targets.", valueName: "n"))
    var iterations = 20

    @Option(help: ArgumentHelp("Your short-term steps, as CSV.", valueName: "cells.csv"))
    var data: String?

    @Option(help: ArgumentHelp("Your trace, as CSV; needs --protocol.", valueName: "trace.csv"))
    var trace: String?

    @Option(name: .customLong("protocol"), help: ArgumentHelp("The protocol that made the trace (YAML).", valueName: "p.yaml"))
    var protocolFile: String?

    @Option(help: "Relative sigma of your data where the file gives none, in per cent.")
    var dataSigma = 5.0

    @Flag(help: "Fit your data alone, without the paper's numbers.")
    var dataOnly = false

    @Option(help: ArgumentHelp("Continue from this state.", valueName: "state.json"))
    var resume: String?

    @Flag(help: "Fit again without each dF and predict it.")
    var leaveOneOut = false

    @Option(
        help: ArgumentHelp(
            "Start from values moved at random by up to this many per cent: a test of robustness.", valueName: "per cent"))
    var perturb = 0.0

    @Option(help: "Seed of --perturb.")
    var seed: UInt64 = 1

    @Flag(help: "Leave the electrons' charge out: several times faster, for a first approach only.")
    var ignoreCharge = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (trace == nil) == (protocolFile == nil) else { throw ValidationError("--trace and --protocol belong together.") }
        guard !dataOnly || data != nil || trace != nil else { throw ValidationError("--data-only needs --data or --trace.") }
        guard (0...10_000).contains(iterations) else { throw ValidationError("--iterations must be 0 to 10000.") }
        guard (0..<100).contains(perturb) else { throw ValidationError("--perturb must be 0 to below 100 per cent.") }
        guard (1e-4...1e6).contains(dataSigma) else {
            throw ValidationError("--data-sigma must be 0.0001 to 1000000 per cent.")
        }
    }

    /// The state file of a result: `fitted.yaml` has `fitted.state.json`.
    static func statePath(beside out: String) -> String {
        URL(fileURLWithPath: out).deletingPathExtension().appendingPathExtension("state.json").path
    }

    var leavings: @Sendable () -> String {
        let path = resume ?? Self.statePath(beside: out)
        let began = Date()
        return {
            let changed = (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate]) as? Date
            guard let changed, changed > began else { return "before the first iteration was saved" }
            return "\(path) holds all finished iterations; --resume \(path) goes on from there"
        }
    }

    func run() throws {
        let calibration = Calibration(try problem(), iterationLimit: iterations)
        let statePath = resume ?? Self.statePath(beside: out)
        try OutputPath.check(
            out, sideFile: statePath, isSideFileRead: resume != nil, kinds: ["yaml", "yml"], force: output.force)
        let bar = ProgressBar(quiet: output.quiet)
        let report: CalibrationReport
        var state: Calibration.State
        do {
            defer { bar.finish() }
            if let resume {
                state = try Calibration.State.load(path: resume, for: calibration)
            } else {
                let start = perturb > 0 ? calibration.problem.perturbedStart(by: perturb / 100, seed: seed) : nil
                state = try calibration.begin(from: start, progress: bar.handler)
            }
            let save: (Calibration.State) throws -> Void = { try $0.save(path: statePath) }
            try save(state)
            try calibration.run(&state, save: save, progress: bar.handler)
            if leaveOneOut {
                try calibration.leaveOneOut(&state, ids: leavable(calibration.problem), save: save, progress: bar.handler)
            }
            report = try CalibrationReport(calibration, state, progress: bar.handler)
        }
        let command = "fitted by: tausonite " + CommandLine.arguments.dropFirst().joined(separator: " ")
        try calibration.fittedDevice(state, source: command).write(to: out)
        if output.json {
            Terminal.print(String(decoding: try report.json(), as: UTF8.self))
        } else {
            Terminal.print(report.text, terminator: "")
        }
        if !output.quiet { Terminal.note("wrote \(out) and \(statePath)") }
    }

    /// The conductance steps: the targets that leaving one out makes sense for.
    private func leavable(_ problem: CalibrationProblem) -> [String] {
        problem.targets.targets.filter {
            switch $0.observable {
            case .shortTermStep, .cell: true
            default: false
            }
        }.map(\.id)
    }

    private func problem() throws -> CalibrationProblem {
        var all = try CalibrationTargets.load(
            path: ProjectFiles.locate(weights), paper: PaperNumbers.load(path: ProjectFiles.locate(targets)))
        if dataOnly { all.targets = [] }
        if let data { try all.addCells(csv: try text(data), source: data, sigma: dataSigma / 100) }
        if let trace, let protocolFile {
            try all.addTrace(
                csv: try text(trace), source: trace, experiment: Experiment.load(path: protocolFile), sigma: dataSigma / 100)
        }
        let keys = free?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        var problem = try CalibrationProblem(device: device.load(), targets: all, free: keys, bounds: bounds())
        if ignoreCharge { problem.chargeThreshold = .infinity }
        return problem
    }

    private func text(_ path: String) throws -> String {
        try AtomicFile.text(path, kind: "a CSV file")
    }

    /// "vacancy_diffusivity=1e-20:1e-16", in the unit of the parameter's files.
    private func bounds() throws -> [String: ClosedRange<Double>] {
        var result: [String: ClosedRange<Double>] = [:]
        for text in within {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let numbers = parts.count == 2 ? parts[1].split(separator: ":").compactMap { Double($0) } : []
            guard parts.count == 2, numbers.count == 2, numbers[0] < numbers[1], numbers.allSatisfy(\.isFinite) else {
                throw InputError(
                    "--within", value: text, problem: "is not of the form key=low:high",
                    expected: "for example vacancy_diffusivity=1e-20:1e-16",
                    source: "command line")
            }
            guard let specification = ParameterSpecification.all.first(where: { $0.key == parts[0] }) else {
                throw InputError(
                    parts[0], problem: "is not a parameter of the device",
                    expected: suggestion(for: parts[0], in: ParameterSpecification.all.map(\.key)).map { "perhaps \($0)" },
                    source: "command line")
            }
            result[parts[0]] = specification.unit.toSI(numbers[0])...specification.unit.toSI(numbers[1])
        }
        return result
    }
}
