import Essentials
import Foundation

extension DeviceDescription {
    /// Reads a device file, then applies overrides such as "platinum_barrier=0.74eV".
    ///
    /// The file has a `name`, perhaps a `summary`, and the sections of `ParameterSpecification.sections`, each with
    /// entries of the form
    ///
    ///     thickness: {value: 40, unit: nm, status: measured, source: "Weilenmann2024"}
    ///
    /// Every parameter must be there, but for those of laws that are off by default (deep traps). Throws `InputError` with file and line for unknown, doubled and missing keys (with
    /// the closest known ones), wrong types and units, and values out of range (with the range and its reason).
    public static func load(path: String, overrides: [String] = []) throws -> DeviceDescription {
        let data = try AtomicFile.read(path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw InputError(path, problem: "is not UTF-8 text", expected: "a device file, such as Materials/pt-sto-ti.yaml")
        }
        return try DeviceDescription(yaml: text, path: path).setting(overrides)
    }

    /// From the text of a device file; `path` names it in errors.
    public init(yaml text: String, path: String? = nil) throws {
        let source = path ?? "device description"
        let root = try YAML(parsing: text, source: source)
        let sections = ParameterSpecification.sections
        for entry in try root.mapping() where !(["name", "summary"] + sections).contains(entry.key) {
            throw DeviceDescription.unknown(entry, in: nil)
        }
        var entries: [String: ParameterEntry] = [:]
        var lines: [String: Int] = [:]
        for section in sections {
            let specifications = ParameterSpecification.all.filter { $0.section == section }
            if specifications.allSatisfy(\.isOptional), root[section] == nil { continue }
            let node = try root.required(
                section, example: "a section with \(specifications.map(\.key).joined(separator: ", "))")
            for entry in try node.mapping() {
                guard let specification = specifications.first(where: { $0.key == entry.key }) else {
                    throw DeviceDescription.unknown(entry, in: section)
                }
                entries[entry.key] = try DeviceDescription.entry(specification, entry.value)
                lines[entry.key] = entry.line
            }
            for specification in specifications where entries[specification.key] == nil && !specification.isOptional {
                throw InputError(
                    "\(section).\(specification.key)", problem: "is missing",
                    expected:
                        "\(specification.name), for example \(specification.key): {value: ..., unit: \(specification.unit.symbol), "
                        + "status: assumed, source: \"...\"} in \(specification.rangeText)", source: source, line: node.line)
            }
        }
        self.init(
            name: try root.required("name", example: "name: set T").string(), summary: try root["summary"]?.string() ?? "",
            entries: ParameterSpecification.all.map { entries[$0.key] ?? .absent($0) }, path: path, digest: Digest.sha256(text))
        do {
            try parameters.checkTogether()
        } catch let error as InputError {
            throw error.located(in: source, line: lines[error.key])
        }
    }

    private static func entry(_ specification: ParameterSpecification, _ node: YAML) throws -> ParameterEntry {
        let example = "{value: ..., unit: \(specification.unit.symbol), status: assumed, source: \"...\"}"
        guard case .mapping = node.content else { throw node.error("is \(node.kind)", expected: example) }
        _ = try node.mapping(known: ["value", "unit", "status", "source"])
        let number = try node.required("value", example: example)
        let unitNode = specification.unit.dimension == .none ? node["unit"] : try node.required("unit", example: example)
        let symbol = try unitNode?.string() ?? "-"
        guard let unit = PhysicalUnit.named(symbol) else {
            throw (unitNode ?? node).error(
                "is not a known unit", value: symbol,
                expected: Quantity.rightUnits(specification.unit.dimension, perCharge: specification.isEnergyPerCharge))
        }
        let statusNode = try node.required("status", example: example)
        guard let status = ParameterStatus(rawValue: try statusNode.string()) else {
            throw statusNode.error(
                "is not a status", value: try statusNode.string(),
                expected: ParameterStatus.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let source = try node.required("source", example: example).string()
        do {
            let value = try specification.value(of: Quantity(number.double(), unit))
            return ParameterEntry(specification: specification, value: value, status: status, source: source)
        } catch var error as InputError {
            if error.line == nil { error.key = node.path }
            throw error.located(in: node.source, line: number.line)
        }
    }

    private static func unknown(_ entry: YAML.Entry, in section: String?) -> InputError {
        let sections = ParameterSpecification.sections
        let home = ParameterSpecification.all.first { $0.key == entry.key }
        let candidates: [String]
        if let section {
            candidates = ParameterSpecification.all.filter { $0.section == section }.map(\.key)
        } else {
            candidates = ["name", "summary"] + sections
        }
        var expected = "one of \(candidates.joined(separator: ", "))"
        if let home {
            expected = "\(entry.key) in the section \(home.section)"
        } else if let near = suggestion(for: entry.key, in: candidates) {
            expected = "perhaps \(near)"
        }
        return InputError(
            entry.value.path, problem: section == nil ? "is not a section" : "is not a parameter of this section",
            expected: expected, source: entry.value.source, line: entry.line)
    }

    /// The description as a device file that reads back as the same parameters, statuses and sources.
    public var yaml: String {
        func quoted(_ text: String) -> String {
            "\""
                + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
                .replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\t", with: "\\t") + "\""
        }
        var lines = ["name: \(quoted(name))"]
        if !summary.isEmpty { lines.append("summary: \(quoted(summary))") }
        for section in ParameterSpecification.sections {
            let written = entries.filter { $0.section == section && !$0.isAbsent }
            guard !written.isEmpty else { continue }
            lines += ["", "\(section):"]
            for entry in written {
                // A value that no number of the usual unit gives exactly is written in the SI unit.
                let unit = entry.unit.exactNumber(of: entry.value) == nil ? entry.unit.baseUnit : entry.unit
                let number = unit.exactNumber(of: entry.value) ?? PhysicalUnit.shortest(entry.value)
                lines.append(
                    "  \(entry.key): {value: \(number == "inf" ? ".inf" : number), unit: \(unit.symbol == "-" ? "\"-\"" : unit.symbol), "
                        + "status: \(entry.status.rawValue), source: \(quoted(entry.source))}")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes `yaml` to a file, whole or not at all.
    public func write(to path: String) throws { try AtomicFile.write(yaml, to: path) }
}
