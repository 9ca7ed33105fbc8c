import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import Foundation

/// `tausonite forming`: the voltage at which a device runs away thermally.
struct FormingScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forming",
        abstract: "Find the electroforming voltage of a device for a hold time.",
        discussion: """
            Examples:

              tausonite forming
              tausonite forming --hold "1 ms" --from 4 --to 5 --step 0.05 --json
              tausonite forming --from=-1 --to=-4

            Each amplitude is one pulse from the base state. Where the heat balance has no root below the maximum temperature the device \
            forms; the first such amplitude is then closed in on by bisection to 0.01 V.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Duration of the pulse, with its unit.", valueName: "time"))
    var hold = "10 ms"

    @Option(help: "First amplitude, V.")
    var from = 3.5

    @Option(help: "Last amplitude, V; below --from the scan goes towards negative voltages.")
    var to = 5.0

    @Option(help: "Step of the scan, V.")
    var step = 0.1

    @OptionGroup var output: OutputOptions

    func run() throws {
        var search = FormingSearch(try device.load().device)
        search.hold = try Quantity.si(hold, as: .time, key: "--hold")
        (search.from, search.to, search.step) = (from, to, step)
        let bar = ProgressBar(quiet: output.quiet)
        let outcome: FormingSearch.Outcome
        do {
            defer { bar.finish() }
            outcome = try search.run(progress: bar.handler)
        }
        if output.json {
            try printJSON(Result(outcome), keys: .useDefaultKeys)
            return
        }
        Terminal.print("amplitude   forms after   highest temperature   current")
        for trial in outcome.trials {
            let columns = [
                String(format: "%.4g V", trial.amplitude), trial.time.map { engineering($0, "s", digits: 3) } ?? "-",
                String(format: "%.1f K", trial.peakTemperature), engineering(trial.current, "A", digits: 3),
            ]
            Terminal.print(
                zip(columns, [12, 14, 22, 0]).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
                    .joined())
        }
        let time = engineering(outcome.hold, "s", digits: 3)
        switch (outcome.forms, outcome.survives) {
        case (let forms?, let survives?):
            Terminal.print(
                String(format: "Forming voltage for %@: %.3f V (%.3f V is survived)", time as NSString, forms, survives))
        case (let forms?, nil):
            Terminal.print(
                String(format: "Forms within %@ at %.3f V already, the lowest amplitude tried", time as NSString, forms))
        default: Terminal.print("No forming within \(time) up to the highest amplitude tried")
        }
    }

    /// JSON with units in the names.
    private struct Result: Encodable {
        struct Trial: Encodable {
            let amplitude_V: Double
            let forms_after_s: Double?
            let peak_temperature_K, current_A: Double
        }
        let hold_s: Double
        let forming_voltage_V, survived_voltage_V: Double?
        let trials: [Trial]

        init(_ outcome: FormingSearch.Outcome) {
            hold_s = outcome.hold
            forming_voltage_V = outcome.forms
            survived_voltage_V = outcome.survives
            trials = outcome.trials.map {
                Trial(
                    amplitude_V: $0.amplitude, forms_after_s: $0.time, peak_temperature_K: $0.peakTemperature,
                    current_A: $0.current)
            }
        }
    }
}
