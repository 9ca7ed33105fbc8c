import ArgumentParser
import DeviceModel
import Essentials
import Foundation

/// `tausonite parameters`: what a device file says, checked.
struct Parameters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a device file and list its parameters with status, range and source.",
        discussion: """
            Examples:

              tausonite parameters
              tausonite parameters --device my-device.yaml
              tausonite parameters --set area=2000nm2 --out my-device.yaml
              tausonite parameters --device old-form.yaml --out new-form.yaml

            Status: measured (or stated in a publication), assumed, fitted (tuned to the paper's numbers), chosen (a \
            convention or a limit that changes no result). --out writes the device with its changes as a new \
            file, which stands on its own: values of materials are written out, and a file of the old form becomes one of the present form.
            """)

    @OptionGroup var device: DeviceOptions

    @Option(help: ArgumentHelp("Write the device, with the changes of --set, to a new file.", valueName: "device.yaml"))
    var out: String?

    @OptionGroup var output: OutputOptions

    struct Row: Codable {
        var section, key, symbol, name, unit, status, source, range: String
        /// nil stands for infinity, which JSON cannot say.
        var value: Double?
    }

    func run() throws {
        let description = try device.load()
        if let out {
            try OutputPath.check(out, kinds: ["yaml", "yml"], force: output.force)
            try description.write(to: out)
        }
        if output.json {
            let rows = description.entries.map {
                Row(
                    section: $0.section, key: $0.key, symbol: $0.symbol, name: $0.name, unit: $0.unit.symbol,
                    status: $0.status.rawValue, source: $0.source, range: $0.rangeText,
                    value: Double($0.number).flatMap { $0.isFinite ? $0 : nil })
            }
            try printJSON(rows, keys: .useDefaultKeys)
        } else {
            Terminal.print(Parameters.table(description))
        }
        if let out, !output.quiet { Terminal.note("wrote \(out)") }
    }

    static func table(_ description: DeviceDescription) -> String {
        var lines = ["\(description.name): \(description.summary)", "sha256 \(description.digest)"]
        var section = ""
        for entry in description.entries {
            if entry.section != section {
                section = entry.section
                lines += ["", section]
            }
            let unit = entry.unit.symbol == "-" ? "" : entry.unit.symbol
            lines.append(
                "  "
                    + [(entry.key, 31), (entry.symbol, 9), ("\(entry.number) \(unit)", 22), (entry.status.rawValue, 10)]
                    .map { $0.0.padding(toLength: max($0.1, $0.0.count + 1), withPad: " ", startingAt: 0) }.joined()
                    + entry.rangeText)
        }
        return lines.joined(separator: "\n")
    }
}
