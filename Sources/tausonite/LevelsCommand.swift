import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation

/// `tausonite levels`: the short-term weight at every level of the long-term one.
struct Levels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure dF and the decay times at every level that SET trains reach.",
        discussion: """
            Examples:

              tausonite levels
              tausonite levels --device Materials/pt-sto-ti-drift.yaml --trains 4 --json
              tausonite levels --set trap_capture_rate=1e-5/s --set trap_depth=30nm --set oxygen_loss_rate=0m2/s

            A network takes the step and the decay of F for independent of W. This table says how far a device is from that: each \
            line is one more SET train (100 pulses of 4 V, 500 us), 240 s at 0 V and 375 s at 0.6 V; dF of 100 us pulses and the decay \
            times at -0.6 V and +0.6 V start from copies of that state.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: "SET trains.")
    var trains = 6

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard (0...100).contains(trains) else {
            throw InputError("--trains", value: "\(trains)", problem: "is out of range", expected: "0 ... 100")
        }
        let description = try device.load()
        var scan = LevelScan(description.device)
        scan.campaign.trains = trains
        let bar = ProgressBar(quiet: output.quiet)
        let levels: [LevelScan.Level]
        do {
            defer { bar.finish() }
            levels = try scan.run(progress: bar.handler)
        }
        if output.json {
            try printJSON(Result(description.name, scan, levels), keys: .useDefaultKeys)
            return
        }
        let steps =
            scan.amplitudes.map { String(format: "dF(%g V)", $0) } + scan.biases.map { String(format: "tau(%+g V)", $0) }
        Terminal.print("\(description.name): \(engineering(scan.width, "s", digits: 3)) pulses")
        Terminal.print((["trains", "G after 1 s", "G"] + steps).map { pad($0) }.joined())
        for level in levels {
            let row =
                ["\(level.trains)", nano(level.afterOneSecond), nano(level.conductance)] + level.deltaConductance.map(nano)
                + level.tau.map { engineering($0, "s", digits: 3) }
            Terminal.print(row.map { pad($0) }.joined())
        }
        guard let first = levels.first, let last = levels.last, levels.count > 1 else { return }
        let ratios =
            zip(last.deltaConductance, first.deltaConductance).map { $0 / $1 } + zip(last.tau, first.tau).map { $0 / $1 }
        Terminal.print(
            (["last/first", "", String(format: "%.2f", last.conductance / first.conductance)]
                + ratios.map { String(format: "%.2f", $0) }).map { pad($0) }.joined())
    }

    private func nano(_ conductance: Double) -> String { String(format: "%.2f nS", conductance * 1e9) }
    private func pad(_ text: String) -> String { text.padding(toLength: max(12, text.count + 1), withPad: " ", startingAt: 0) }

    /// JSON with units in the names.
    private struct Result: Encodable {
        struct Level: Encodable {
            let trains: Int
            let conductance_after_1s_nS, conductance_nS: Double
            let delta_F_nS, tau_s: [Double]
            let interface_potential_V, lattice_vacancies_per_m2, trapped_vacancies_per_m2, stored_oxygen_per_m2: Double
        }
        let device: String
        let amplitudes_V: [Double]
        let width_us: Double
        let biases_V: [Double]
        let levels: [Level]

        init(_ name: String, _ scan: LevelScan, _ levels: [LevelScan.Level]) {
            device = name
            amplitudes_V = scan.amplitudes
            width_us = scan.width * 1e6
            biases_V = scan.biases
            self.levels = levels.map {
                Level(
                    trains: $0.trains, conductance_after_1s_nS: $0.afterOneSecond * 1e9, conductance_nS: $0.conductance * 1e9,
                    delta_F_nS: $0.deltaConductance.map { $0 * 1e9 }, tau_s: $0.tau,
                    interface_potential_V: $0.interfacePotential, lattice_vacancies_per_m2: $0.latticeVacancies,
                    trapped_vacancies_per_m2: $0.trappedVacancies, stored_oxygen_per_m2: $0.storedOxygen)
            }
        }
    }
}
