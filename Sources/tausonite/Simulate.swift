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

            Sentences (Docs/protocols.md has every one): "Pulse 3.5 V for 500 us [from 0.6 V] [with 0.1 us edges]", \
            "Pair of pulses 3 V for 100 us 10 ms apart", "Train 100 x 4 V for 500 us with 0.1 s gaps" (from 0 V unless it says \
            "from 0.6 V"), "Hold 0.6 V for 375 s", "Hold 1 uA for 10 ms", "Rest for 240 s", "Sweep 0 V to 2 V at 1 V/s", \
            "Staircase 0 V to 2 V by 0.1 V every 10 ms", "Triangle 2 V at 1 kHz for 5 ms around 0 V", \
            "Sine 10 mV at 1 kHz for 5 ms around 0.6 V", "Noise 50 mV for 1 s every 1 ms seed 7", "Waveform pulse.csv within 1 mV", \
            "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse 1 V for 1 ms]", "Read [at 0.6 V]", "At 350 K", \
            "Save as after-set", "Repeat 30 times: [a; b]", "a * 100". A pulse starts from the voltage before it. At the end of a \
            sentence: "until I > 1 uA or G > 40 nS" (at its moment; also |I|, V, T, and behind the list of a repeat), \
            "compliance 1 uA", "at 350 K", "reading at 0.3 V".

              tausonite simulate "Sweep 0 V to 3 V at 1 V/s until I > 1 uA" "Hold 0.6 V for 1 s"
              tausonite simulate "Sweep 0 V to 4 V at 10 V/s compliance 2 uA" "Sweep to 0 V at 10 V/s" --out trace.csv
              tausonite simulate --waveform Docs/examples/spike.csv "Hold 0.6 V for 1 s"
              tausonite simulate "Train 100 x 4 V for 500 us with 0.1 s gaps" --save-state after-set.json
              tausonite simulate --from-state after-set.json "Hold 0.6 V for 375 s" --profiles "0 s, 1 s, 375 s" --out retention.csv

              tausonite simulate "Pulse 3 V for 100 us" "Hold 0.6 V for 12 s" --plot trace.png --explore explore.html

            The trace is CSV with units in its header; beside it lies a JSON file with everything needed to run it again \
            (--again, which takes further sentences). A run that ends in electroforming keeps its trace and exits with code 3; so \
            does one that Ctrl-C, a request to terminate or the loss of the terminal ends, with code 130, 143 or 129. Such a run \
            also leaves trace.state.json: "tausonite simulate --from-state trace.state.json --out trace.csv" goes on with it, and \
            ends with the bytes of a run that was never cut.

            While a run lasts, trace.csv.partial, trace.json.partial and trace.state.json.partial hold the trace so far, renewed \
            every few seconds; they go when the trace is written, so that only a killed run (kill -9, a power cut) leaves them.
            """)

    @Argument(help: "Sentences, in order.")
    var sentences: [String] = []

    @Option(name: .customLong("protocol"), help: "Protocol file (YAML) instead of sentences.")
    var protocolFile: String?

    @Option(help: ArgumentHelp("Repeat the run that this JSON side file records.", valueName: "trace.json"))
    var again: String?

    @Option(
        help: ArgumentHelp(
            "CSV file with time_s and voltage_V, run before the sentences: as \"Waveform file.csv\", which also takes \"hold\" and \"within 1 mV\".",
            valueName: "file.csv"))
    var waveform: String?

    @Option(
        name: .customLong("from-state"),
        help: ArgumentHelp(
            "Begin from this state, and on its device unless --device or --set says otherwise; without sentences: go on with the run that was cut there.",
            valueName: "state.json"))
    var fromState: String?

    @Option(
        name: .customLong("save-state"),
        help: ArgumentHelp("Where to keep the state at the end of the protocol.", valueName: "state.json"))
    var saveState: String?

    @Option(
        help: ArgumentHelp(
            "When to keep the inside of the device (band, quasi-Fermi level, densities, field, fluxes along x): \"0 s, 10 us after pulse 1, 12 s\", or \"corners\". In trace.profiles.csv beside --out, and in the JSON.",
            valueName: "moments"))
    var profiles: String?

    @Option(
        help: ArgumentHelp(
            "Draw V, |I|, G and T against time; the ending says what: .svg, .png, .pdf or .html.", valueName: "trace.svg"))
    var plot: String?

    @Option(
        help: ArgumentHelp(
            "Write a page to look around in: a time slider over band, vacancies, field and potential.",
            valueName: "explore.html"))
    var explore: String?

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
        let hasSteps = !sentences.isEmpty || waveform != nil
        let given = [hasSteps && again == nil, protocolFile != nil, again != nil].filter { $0 }.count
        guard given == 1 || (given == 0 && fromState != nil) else {
            throw ValidationError(
                "Give sentences, or --protocol, or --again, or --from-state: one of them, such as \"Pulse 3 V for 100 us\".")
        }
        guard again == nil || fromState == nil else { throw ValidationError("Give --again or --from-state, not both.") }
    }

    func run() throws {
        let run = try SimulationRun(self)
        try run.perform()
    }
}
