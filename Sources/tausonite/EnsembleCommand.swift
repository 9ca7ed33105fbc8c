import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Report
import Simulation

/// `tausonite ensemble`: many devices of one design that differ at random, each measured.
struct EnsembleCommand: ParsableCommand, LeavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "ensemble",
        abstract: "Draw many devices around one, measure each, and say how they differ and how many are good.",
        discussion: """
            Examples:

              tausonite ensemble --devices 1000 --spread area=5%,platinum_barrier=10meV,thickness=0.4nm --out ensemble
              tausonite ensemble --devices 200 --spread area=5% --limits G_min=10:14nS,tau_0.6V=8:16s --json
              tausonite ensemble --devices 100 --spread platinum_barrier=5meV --forming --synapse synapse.yaml --out ensemble

            A spread in % is lognormal with the device file's value as mean and that relative standard deviation; one in the parameter's unit is \
            normal. Parameters are independent. A device with a value out of range is drawn again; how many were is said. Device k is the \
            same for any --devices.

            Measured on every device, as extract does it: G_min; dF of the first pulse of the twelve cells of the map (dF_2V_20us ... \
            dF_3.5V_500us); tau at +0.6, 0 and -0.6 V (tau_0.6V, tau_0V, tau_-0.6V); with --forming the least voltage that forms it in 10 ms. Eight \
            devices share SIMD lanes; runs in which the electrons' charge counts are made alone, and counted.

            --out writes ensemble.csv (every device), correlations.csv (Spearman's rho), ensemble.json, and with --figure cumulative \
            distributions as ensemble.png, .svg and .vl.json. With --synapse it also writes <out>/synapse.yaml: that synapse with a section \
            variability, which pong evaluate --spread synapse plays with.

            Good devices keep --limits; without it those around the paper's numbers: \(YieldLimit.standard.map(\.text).joined(separator: "; ")).
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: "Number of devices.")
    var devices = 1000

    @Option(
        help: ArgumentHelp("Standard deviations, in % of the value or in the parameter's unit.", valueName: "key=width,..."))
    var spread: String

    @Option(help: "Seed of the draws; the same seed gives the same devices.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("What a good device keeps; inf leaves an end open.", valueName: "quantity=low:high,..."))
    var limits: String?

    @Flag(help: "Also seek the forming voltage of every device (about as much work again).")
    var forming = false

    @Option(help: ArgumentHelp("Folder of tables.", valueName: "folder"))
    var out: String?

    @Flag(help: "Draw the cumulative distributions into --out.")
    var figure = false

    @Option(
        help: ArgumentHelp("A synapse that gets the section variability, as <out>/synapse.yaml.", valueName: "synapse.yaml"))
    var synapse: String?

    @Option(help: ArgumentHelp("Noise of a step from pulse to pulse for that section.", valueName: "0.5nS"))
    var stepNoise = "0nS"

    @Option(help: ArgumentHelp("Noise of a read for that section.", valueName: "0.2nS"))
    var readNoise = "0nS"

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard out != nil || (!figure && synapse == nil) else { throw ValidationError("--figure and --synapse need --out.") }
    }

    var leavings: @Sendable () -> String { { "no device of the ensemble was kept: tables are written at the end" } }

    func run() throws {
        let start = ContinuousClock.now
        let description = try device.load()
        var campaign = EnsembleCampaign(Campaign(description.device))
        campaign.findsForming = forming
        let (spreads, limits) = try checked(description, campaign)
        let noises = try [("--step-noise", stepNoise), ("--read-noise", readNoise)].map { key, text throws(InputError) in
            try Quantity.si(text, as: .conductance, key: key)
        }
        var model = try synapse.map { path throws(InputError) in try SynapseModel.load(path: path) }
        if let out { try OutputPath.check(out + "/ensemble.csv", force: output.force) }
        let renderer = figure ? try FigureRenderer.find() : nil
        let draws = try DeviceDraws(description, spreads: spreads, count: devices, seed: seed)
        let bar = ProgressBar(quiet: output.quiet)
        let outcome: EnsembleCampaign.Outcome
        do {
            defer { bar.finish() }
            outcome = try campaign.run(draws.members.map(\.device), progress: bar.handler)
        }
        let result = EnsembleResult(draws, campaign, outcome, limits: limits)
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        let summary = EnsembleSummary(description, result, seconds: seconds)
        if let out {
            try result.table.save(path: out + "/ensemble.csv")
            try summary.correlationTable.save(path: out + "/correlations.csv")
            try AtomicFile.write(summary.json(), to: out + "/ensemble.json")
            if model != nil {
                guard let measured = result.variability(stepNoise: noises[0], readNoise: noises[1]) else {
                    throw InputError(
                        "--synapse", problem: "gets no variability: a quantity could be measured on no device",
                        expected: "smaller spreads")
                }
                model?.variability = measured
                try model?.save(path: out + "/synapse.yaml")
            }
            if let renderer,
                let drawing = try Figure.ensemble(
                    result.quantities.map { ($0, result.values($0)) }, devices: devices,
                    spreads: spreads.map(\.text).joined(separator: "; "))
            {
                try PongCurve.draw(drawing, out: out + "/ensemble", renderer: renderer, output: output)
            }
        }
        Terminal.print(output.json ? String(decoding: try summary.json(), as: UTF8.self) : summary.text)
        if let out, !output.quiet {
            Terminal.note(
                "wrote ensemble.csv, correlations.csv\(model == nil ? "" : ", synapse.yaml") and ensemble.json to \(out)")
        }
    }

    private func checked(
        _ description: DeviceDescription, _ campaign: EnsembleCampaign
    ) throws(InputError) -> ([ParameterSpread], [YieldLimit]) {
        do throws(InputError) {
            guard (1...1_000_000).contains(devices) else {
                throw InputError("--devices", value: "\(devices)", problem: "is out of range", expected: "1 ... 1000000")
            }
            let spreads = try ParameterSpread.list(spread, of: description)
            let limits = try limits.map { text throws(InputError) in try YieldLimit.list(text, of: campaign.quantities) }
            return (spreads, limits ?? YieldLimit.standard)
        } catch {
            throw error.located(in: "command line")
        }
    }
}
