import Essentials

/// Writes a description as a device file.
struct DeviceWriter {
    private let entries: [ParameterEntry]
    private(set) var lines: [String]

    var text: String { lines.joined(separator: "\n") + "\n" }

    init(_ description: DeviceDescription, _ structure: DeviceStructure) {
        entries = description.entries
        lines = ["name: \(YAML.quoted(description.name))"]
        if !description.summary.isEmpty { lines.append("summary: \(YAML.quoted(description.summary))") }
        numbers("", indent: 0)
        lines += ["", "species:", "  vacancies:", "    law: lattice_gas"]
        numbers("species.vacancies", indent: 4)
        var electrons = ["law: \(structure.electrons.rawValue)"]
        if structure.tunnelling != .none { electrons.append("tunnelling: \(structure.tunnelling.rawValue)") }
        if structure.emission != .contact { electrons.append("emission: \(structure.emission.rawValue)") }
        lines.append("  electrons: {\(electrons.joined(separator: ", "))}")
        lines += ["", "layers:"]
        for name in structure.layers {
            lines.append("  - name: \(name)")
            numbers("layers.\(name)", indent: 4)
        }
        contact("left", structure.left)
        contact("right", structure.right)
        lines += ["", "heat:"]
        numbers("heat", indent: 2)
    }

    private mutating func contact(_ side: String, _ end: DeviceStructure.End) {
        lines += ["", "\(side):", "  name: \(YAML.quoted(end.name))", "  electrons:", "    law: \(end.electrons.rawValue)"]
        numbers("\(side).electrons", indent: 4)
        if end.hasCompactLayer {
            lines.append("  compact_layer:")
            numbers("\(side).compact_layer", indent: 4)
        }
        if !end.sheets.isEmpty { lines.append("  sheets:") }
        for sheet in end.sheets {
            let head = lines.count
            if sheet.holdsVacancies { lines.append("      species: vacancies") }
            numbers("\(side).sheets.\(sheet.name)", indent: 6)
            lines.insert("    \(sheet.name):\(lines.count == head ? " {}" : "")", at: head)
        }
        if !end.reactions.isEmpty { lines.append("  reactions:") }
        for reaction in end.reactions {
            let moves = reaction.moves.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { "\($0.key): \($0.value)" }
            lines += ["    \(reaction.name):", "      law: \(reaction.law)", "      moves: {\(moves.joined(separator: ", "))}"]
            numbers("\(side).reactions.\(reaction.name)", indent: 6)
        }
    }

    /// Every number whose path is `section` and one key more.
    private mutating func numbers(_ section: String, indent: Int) {
        for entry in entries where !entry.isAbsent && entry.path == (section.isEmpty ? "" : section + ".") + entry.key {
            // A value that no number of the usual unit gives exactly is written in the SI unit.
            let unit = entry.unit.exactNumber(of: entry.value) == nil ? entry.unit.baseUnit : entry.unit
            let number = unit.exactNumber(of: entry.value) ?? PhysicalUnit.shortest(entry.value)
            lines.append(
                String(repeating: " ", count: indent)
                    + "\(entry.key): {value: \(number == "inf" ? ".inf" : number), unit: \(unit.symbol == "-" ? "\"-\"" : unit.symbol), "
                    + "status: \(entry.status.rawValue), source: \(YAML.quoted(entry.source))}")
        }
    }
}
