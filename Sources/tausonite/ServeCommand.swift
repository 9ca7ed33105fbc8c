import ArgumentParser
import CompactModel
import DeviceModel
import Essentials
import FlyingFox
import Foundation
import Report

/// `tausonite serve`: the explorer's page with the solver behind it, on this machine alone.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "The explorer's page with the solver behind it, on 127.0.0.1.",
        discussion: """
            Examples:

              tausonite serve
              tausonite serve --port 8050 --device Materials/pt-sto-ti.yaml --device Materials/pt-sto-ti-drift.yaml --synapse synapse.yaml

            Open the address that it prints. Change a number or write a protocol, and the page shows the curves and the inside of the \
            device; trace, profiles, device file and protocol can be downloaded from it. The solver's own messages stand under the \
            form. Ctrl-C ends it.

            It listens on the loopback address only and answers no page but its own (Host and Origin are checked). A request holds at \
            most 64 kB, 200 sentences and 100 changed numbers; a run gets --limit seconds of computing and shows what it has by then; \
            two runs go at a time, and a third stops the oldest. No request names a file: waveforms are written out as points.
            """)

    @Option(help: "Port; 0 takes a free one.")
    var port: UInt16 = 8040

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Device files to choose from; may be repeated. Default: the shipped ones.", valueName: "device.yaml"))
    var device: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("A compact synapse for the page; may be repeated.", valueName: "synapse.yaml")
    )
    var synapse: [String] = []

    @Option(help: "Seconds of computing for one run, 0.1 ... 600.")
    var limit = 10.0

    @Flag(name: .shortAndLong, help: "No remarks on standard error.")
    var quiet = false

    /// What the page begins with.
    static let sentences = ["Hold 0.6 V for 1 s", "Pulse 3 V for 100 us", "Hold 0.6 V for 60 s"]

    private static let shipped = ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"]

    func run() async throws {
        guard (0.1...600).contains(limit) else {
            throw InputError("--limit", value: "\(limit)", problem: "is out of range", expected: "0.1 ... 600 s")
        }
        let paths = device.isEmpty ? Self.shipped.map { "Materials/\($0).yaml" } : device
        let devices = try paths.map { path in
            try DeviceDescription.load(
                path: ProjectFiles.locate(path), overrides: [], materials: [ProjectFiles.shipped("Materials/materials")])
        }
        let synapses = try synapse.map { path in try SynapseModel.load(path: path) }
        let solver = LiveSolver(devices: devices, limit: limit)
        let parameters = devices[0].entries.map { entry in
            "\(entry.path)=\(entry.number)" + (entry.unit.symbol == "-" ? "" : " \(entry.unit.symbol)")
        }
        let page = ExplorePage(
            runs: [], synapses: synapses,
            live: .init(devices: devices.map(\.name), parameters: parameters, sentences: Self.sentences))
        let server = LiveServer(page: page.html(), solver: solver, port: port)
        let announced = quiet
        try await server.run { address in
            Terminal.print(address)
            if !announced { Terminal.note("listening on this machine only; Ctrl-C ends it") }
        }
    }
}
