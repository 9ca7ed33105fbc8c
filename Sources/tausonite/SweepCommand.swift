import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Studies
import Sweeps

/// `tausonite sweep`: what comes out of a device and a protocol where their numbers vary.
struct SweepCommand: ParsableCommand, SavesWhenInterrupted {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Vary numbers of the device and of the protocol, and tabulate, draw and weigh what comes out.",
        discussion: """
            Examples:

              tausonite sweep "Pulse {amplitude} for {width}" "Hold 0.6 V for 2 ms" Read --vary "amplitude=2 V to 4 V by 0.5 V" --vary "width=10 us to 1 ms in 5 log" --output "G of the last read" --output "energy of pulse 1"
              tausonite sweep --vary "area=+-20% in 5" --output base --output "tau 0.6 V" --out area --figure
              tausonite sweep --vary "area=+-10%" --vary "platinum_barrier=+-2%" --design sobol --samples 64 --output base --out cloud
              tausonite sweep --vary "area=+-10%" --vary "platinum_barrier=+-2%" --design saltelli --samples 64 --output base --out indices
              tausonite sweep --vary area --vary platinum_barrier --design elasticities --output base --output "cell 3 V 100 us"
              mpirun -n 4 tausonite sweep --vary "area=+-20% in 500" --output base --out area
              tausonite sweep --vary "area=+-20% in 500" --output base --out area --shard 2/8

            What varies is a number of the device file (as in --set) or one that the protocol leaves open as {name}. Values: a list "2 V, \
            3 V"; "2 V to 4 V by 0.5 V"; "1 us to 1 ms in 7 log" (seven, ends included, even on a logarithmic scale); "+-5%" around the \
            device's own, also "in 5"; and a range without a number, "2 V to 4 V" or "1 us to 1 ms log", for the designs that choose \
            their points. --points takes rows of a CSV file with columns such as area_nm2.

            Designs: grid (all combinations), lhs (Latin hypercube), sobol, saltelli (Sobol's indices, n (d + 2) points), elasticities \
            (d ln output / d ln input at one point, 1 + 4 d points).

            Outputs: G of read 2, G of the last read, dG from read 1 to read 2, energy of pulse 1, energy of all pulses, peak T of pulse 1, I \
            of pulse 1, time of mark 1, V of mark 1 (a condition that was met), G, I, V, T or time at the end, largest |I|, largest T; and what \
            calibrate fits to: base, step 2 V, cell 2 V 20 us, tau 0.6 V, level 6, retention 1000 s, forming_voltage and others \
            (Docs/scale.md).

            A point that fails is a row with its cause. In --out each unit of work is one whole file, so that a kill costs only what \
            was under way and the same command does what is missing; several processes on one folder, ranks of mpirun or srun, shards and \
            Slurm arrays share the work, and sweep.csv has the same bytes for any number of them. Without --out the table is printed.
            """)

    @Argument(help: "Sentences of the protocol, with {name} in place of numbers that vary.")
    var sentences: [String] = []

    @Option(name: .customLong("protocol"), help: "Protocol file (YAML) instead of sentences; it too may leave numbers open.")
    var protocolFile: String?

    @OptionGroup var device: DeviceOptions

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A number that varies, and its values. May be repeated.", valueName: "key=values"))
    var vary: [String] = []

    @Option(help: ArgumentHelp("Points as rows of a table; combined with every --vary.", valueName: "points.csv"))
    var points: String?

    @Option(parsing: .singleValue, help: ArgumentHelp("What is asked of each point. May be repeated.", valueName: "output"))
    var output: [String] = []

    @Option(help: ArgumentHelp("How points are chosen.", valueName: "grid|lhs|sobol|saltelli|elasticities"))
    var design = "grid"

    @Option(help: "Points of lhs and sobol, samples of saltelli; powers of two fill the ranges most evenly.")
    var samples = 64

    @Option(help: "Seed of lhs, sobol and saltelli.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Relative step of the elasticities; they are taken at this and at twice this.", valueName: "1%"))
    var step = "1%"

    @Option(
        name: .customLong("read-voltage"),
        help: ArgumentHelp("Voltage of frozen reads, such as \"0.6 V\".", valueName: "voltage"))
    var readVoltage: String?

    @Flag(
        name: .customLong("base-state"), inversion: .prefixedNo,
        help: "First bring the device to its base state. Default: as the protocol file says, else yes.")
    var baseState: Bool?

    @Option(
        help: ArgumentHelp(
            "Law of the electrons instead of the device file's: quasi_stationary or drift_diffusion.", valueName: "law"))
    var electrons: Device.ElectronModel?

    @Option(help: ArgumentHelp("Folder of the study.", valueName: "folder"))
    var out: String?

    @Flag(help: "Draw sweep.png, .svg and .vl.json, and sensitivities, into --out.")
    var figure = false

    @OptionGroup var sharing: SharingOptions

    @Option(help: "Points in one unit of work: more than 1 where points take a few milliseconds.")
    var batch = 1

    @OptionGroup var talk: OutputOptions

    func validate() throws {
        guard sentences.isEmpty || protocolFile == nil else { throw ValidationError("Give sentences or --protocol, not both.") }
        guard out != nil || (!figure && sharing.shard == nil) else { throw ValidationError("--figure and --shard need --out.") }
    }

    func run() throws {
        try SweepRun(self).perform()
    }

    func sweep() throws -> Sweep {
        var description = try device.load()
        if let electrons { description.electrons = electrons }
        let voltage = try readVoltage.map { try Quantity.si($0, as: .voltage, key: "--read-voltage") }
        var template: ProtocolTemplate?
        if let protocolFile {
            template = try ProtocolTemplate(file: protocolFile, readVoltage: voltage, startsFromBaseState: baseState)
        } else if !sentences.isEmpty {
            template = ProtocolTemplate(sentences: sentences, readVoltage: voltage, startsFromBaseState: baseState)
        }
        let plan = try SweepPlan(
            vary: vary, table: points, design: chosenDesign(), device: description, names: template?.names ?? [])
        if let template { try check(template, plan) }
        return try Sweep(
            device: description, template: template, plan: plan,
            outputs: output.map { text throws(InputError) in try SweepOutput(text) },
            batch: batch)
    }

    /// A protocol that cannot be read at any of the first points is a mistake in its words.
    private func check(_ template: ProtocolTemplate, _ plan: SweepPlan) throws {
        var problem: (any Error)?
        for point in plan.points.prefix(20) {
            do {
                _ = try template.experiment(plan.texts(point))
                return
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
    }

    private func chosenDesign() throws(InputError) -> SweepPlan.Design {
        guard (2...SweepPlan.mostPoints).contains(samples) else {
            throw InputError(
                "--samples", value: "\(samples)", problem: "is out of range", expected: "2 ... \(SweepPlan.mostPoints)")
        }
        switch design {
        case "grid": return .grid
        case "lhs": return .latinHypercube(samples, seed: seed)
        case "sobol": return .sobol(samples, seed: seed)
        case "saltelli": return .saltelli(samples, seed: seed)
        case "elasticities":
            let share = try Quantity.si(step, as: .none, key: "--step")
            guard (1e-5...0.4).contains(share) else {
                throw InputError("--step", value: step, problem: "is out of range", expected: "0.001 % ... 40 %")
            }
            return .elasticities(step: share)
        default:
            let known = ["grid", "lhs", "sobol", "saltelli", "elasticities"]
            throw InputError(
                "--design", value: design, problem: "is not known",
                expected: suggestion(for: design, in: known).map { "perhaps \($0)" } ?? known.joined(separator: ", "))
        }
    }
}

/// Which part of a study this process does.
struct SharingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do only this share of the units: every n-th, from the i-th. Default: the task of a Slurm array, else all.",
            valueName: "i/n"))
    var shard: String?

    @Option(help: "Units worked on side by side. Default: one in each rank of mpirun or srun, else all cores.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...4096).contains(threads) { throw ValidationError("--threads must be 1 to 4096.") }
    }
}
