import ArgumentParser
import DeviceModel
import Essentials
import Foundation
import Simulation

/// The device that a command works on.
struct DeviceOptions: ParsableArguments {
    /// The device that is meant where none is named.
    static let standard = "Materials/pt-sto-ti.yaml"

    @Option(help: "Device file (YAML).")
    var device = DeviceOptions.standard

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change a number, with its unit: platinum_barrier=0.74eV, layers.SrTiO3.thickness=41nm, or the law of the electrons: species.electrons.law=drift_diffusion. May be repeated.",
            valueName: "key=value"))
    var overrides: [String] = []

    /// Reads the file and applies the changes; throws `InputError`. A file of the old form is told how to become a new one.
    func load() throws -> DeviceDescription {
        let path = try ProjectFiles.locate(device)
        let description = try DeviceDescription.load(
            path: path, overrides: overrides, materials: [ProjectFiles.shipped("Materials/materials")])
        if description.isOldForm {
            Terminal.note(
                "\(device) has the old form; \"tausonite parameters --device \(device) --out new.yaml\" writes it in the present one"
            )
        }
        return description
    }

    /// The device of a state file unless another one is named, with the changes; without a state file, as `load()`.
    func load(from state: String?) throws -> DeviceDescription {
        guard let state, device == Self.standard else { return try load() }
        return try DeviceDescription(yaml: StateFile.load(path: state).deviceFile, path: state).setting(overrides)
    }
}

/// How a command talks.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "No progress and no remarks on standard error.")
    var quiet = false

    @Flag(help: "Write over files that this program did not write, or that were changed since.")
    var force = false
}

private func text(of value: some Encodable, _ encoder: JSONEncoder) throws(InputError) -> String {
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
        throw InputError("result", problem: "holds a number that is not finite", expected: "input within its stated ranges")
    }
}

/// A value as JSON with sorted keys, in snake_case unless the value's own names carry units (`delta_F_nS`).
func jsonText(
    _ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase
) throws(InputError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    return try text(of: value, encoder)
}

/// Prints a value as `jsonText` says it.
func printJSON(_ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase) throws {
    Terminal.print(try jsonText(value, keys: keys))
}
