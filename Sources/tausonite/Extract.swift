import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Simulation

/// `tausonite extract`: a device gives its compact synapse.
struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a device with the protocols of Figs. 2 and 3 and reduce it to a synapse.",
        discussion: """
            Examples:

              tausonite extract --out synapse.yaml
              tausonite extract --device Materials/pt-sto-ti-drift.yaml --out drift.yaml --tables drift-tables
              tausonite extract --set compact_capacitance=0.42F/m2 --json

            The campaign: 12 pulses (2-3.5 V, 20-500 us, five times each), decays at 13 biases, six SET trains with their \
            waits, 375 s at 0.6 V with 15 short pulses, 30 loops between +-2 V, and a forming scan. Every fit comes with \
            its residual. --tables writes the measured data as CSV, one file per figure.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Where to write the synapse.", valueName: "synapse.yaml"))
    var out: String?

    @Option(help: ArgumentHelp("Folder for the measured data as CSV.", valueName: "folder"))
    var tables: String?

    @Flag(
        help:
            "Every lattice plane a node and a tenth of the time error: the reference that the default is held to (about 5 times the work)."
    )
    var fine = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let description = try device.load()
        if let out { try OutputPath.check(out) }
        let bar = ProgressBar(quiet: output.quiet)
        let (characterisation, synapse) = try Extract.extract(
            description, options: fine ? .reference : SolverOptions(), bar: bar)
        if let out { try synapse.save(path: out) }
        if let tables { try characterisation.saveTables(in: tables) }
        print(output.json ? try synapse.json() : SynapseSummary(synapse, characterisation).text)
        if !output.quiet {
            if let out { Terminal.note("wrote \(out)") }
            if let tables { Terminal.note("wrote \(characterisation.tables.count) tables to \(tables)") }
        }
    }

    /// Runs the campaign and reduces it; shared with `reproduce`.
    static func extract(
        _ description: DeviceDescription, options: SolverOptions = SolverOptions(), chargesElectrons: Bool = true,
        bar: ProgressBar
    ) throws -> (Characterisation, SynapseModel) {
        var campaign = Campaign(description.device, options: options)
        if !chargesElectrons { campaign.chargeThreshold = .infinity }
        campaign.drawsMechanism = chargesElectrons
        if chargesElectrons { campaign.extraDecays = campaign.decaysOfWeakerPulses }
        defer { bar.finish() }
        let result: Characterisation
        do {
            result = try campaign.run(progress: bar.handler)
        } catch let failure as CampaignFailure {
            throw InputError(
                "device", value: description.name, problem: "cannot be measured: \(failure)",
                expected: "parameters with which every protocol but the forming scan reaches its end",
                source: description.path)
        }
        guard
            let synapse = SynapseModel(
                result, readVoltage: campaign.readVoltage, device: description.name, deviceDigest: description.digest)
        else {
            throw InputError(
                "device", value: description.name,
                problem: "shows no short-term weight that a power law and an exponential can describe",
                expected: "parameters with which every pulse of the map raises the conductance", source: description.path)
        }
        return (result, synapse)
    }
}
