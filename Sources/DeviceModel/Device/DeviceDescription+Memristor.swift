import Essentials

/// The one-layer memristor: its short names, its flat parameters, and files of the old form.
extension DeviceDescription {
    /// A number of the memristor under its short name.
    public struct ShortEntry: Sendable {
        /// What the catalogue says of it.
        public let specification: ParameterSpecification
        /// The number in this device.
        public let entry: ParameterEntry
        /// The short name.
        public var key: String { specification.key }
        /// SI value.
        public var value: Double { entry.value }
        /// Measured, assumed, fitted or chosen.
        public var status: ParameterStatus { entry.status }
        /// The number in its unit, as it stands in a file.
        public var number: String { entry.number }
    }

    /// Every number by its short name; deep traps where the file has them.
    ///
    /// - Throws: `InputError` for another stack than the memristor.
    public var shortEntries: [ShortEntry] {
        get throws(InputError) {
            guard structure.isMemristor else {
                throw InputError(
                    path ?? name, problem: "is another stack than the one-layer memristor, of which this is known how to do",
                    expected:
                        "one layer, and at the left contact the sheets and reactions of Materials/pt-sto-ti.yaml under their names"
                )
            }
            return ParameterSpecification.all.compactMap { s in
                entries.first { $0.path == s.place(layer: structure.layers[0]) }.map { ShortEntry(specification: s, entry: $0) }
            }
        }
    }

    /// The flat parameters of the memristor.
    ///
    /// - Throws: `InputError` for another stack.
    public var parameters: DeviceParameters {
        get throws(InputError) {
            var result = DeviceParameters()
            result.name = name
            (result.hop, result.tunnelling, result.emission) = (structure.hop, structure.tunnelling, structure.emission)
            for short in try shortEntries { result[keyPath: short.specification.path] = short.value }
            return result
        }
    }

    /// The memristor of a parameter set; every number has the same status and source.
    public init(
        _ parameters: DeviceParameters, summary: String = "", status: ParameterStatus = .chosen,
        source: String = "set in memory"
    ) {
        self.init(parameters, summary: summary, path: nil, digest: nil, isOldForm: false) { _ in (status, source) }
    }

    private init(
        _ parameters: DeviceParameters, summary: String, path: String?, digest: String?, isOldForm: Bool,
        metadata: (ParameterSpecification) -> (ParameterStatus, String)
    ) {
        var structure = DeviceStructure.memristor(traps: parameters.trapCaptureRate > 0, hop: parameters.hop)
        (structure.tunnelling, structure.emission) = (parameters.tunnelling, parameters.emission)
        let entries = structure.slots.map { slot -> ParameterEntry in
            guard let s = ParameterSpecification.all.first(where: { $0.place(layer: structure.layers[0]) == slot.path }) else {
                return .absent(slot, value: slot.rule.standard ?? .nan)
            }
            let (status, source) = metadata(s)
            return ParameterEntry(slot, value: parameters[keyPath: s.path], status: status, source: source)
        }
        let plain = DeviceDescription(
            name: parameters.name, summary: summary, structure: structure, entries: entries, path: path, digest: "",
            isOldForm: isOldForm)
        self.init(
            name: plain.name, summary: summary, structure: structure, entries: entries, path: path,
            digest: digest ?? Digest.sha256(plain.yaml), isOldForm: isOldForm)
    }
}

extension DeviceParameters {
    /// Conditions between parameters. Throws `InputError` naming both.
    package func checkTogether() throws(InputError) { try DeviceDescription(self).check() }
}

// Files of the old form
extension DeviceDescription {
    static func isOldForm(_ root: YAML) -> Bool {
        root["layers"] == nil && root["species"] == nil
            && ParameterSpecification.sections.contains { $0 != "heat" && root[$0] != nil }
    }

    /// Sections of `ParameterSpecification.sections`, each with its parameters; all must be there but those of the traps.
    static func readOldForm(_ root: YAML, path: String?, digest: String) throws(InputError) -> DeviceDescription {
        let sections = ParameterSpecification.sections
        for entry in try root.mapping() where !(["name", "summary"] + sections).contains(entry.key) {
            throw unknown(entry, in: nil)
        }
        var parameters = DeviceParameters()
        var metadata: [String: (ParameterStatus, String)] = [:]
        var lines: [String: Int] = [:]
        for section in sections {
            let newer = (ParameterSpecification.activatedHop + ParameterSpecification.tunnelling).map(\.key)
            let specifications = ParameterSpecification.all.filter { $0.section == section && !newer.contains($0.key) }
            if specifications.allSatisfy(\.isOptional), root[section] == nil { continue }
            let node = try root.required(
                section, example: "a section with \(specifications.map(\.key).joined(separator: ", "))")
            for entry in try node.mapping() {
                guard let specification = specifications.first(where: { $0.key == entry.key }) else {
                    throw unknown(entry, in: section)
                }
                let (value, status, source) = try DeviceReader.value(entry.value, specification.rule)
                parameters[keyPath: specification.path] = value
                metadata[entry.key] = (status, source)
                lines[entry.key] = entry.line
            }
            for specification in specifications where metadata[specification.key] == nil && !specification.isOptional {
                throw InputError(
                    "\(section).\(specification.key)", problem: "is missing",
                    expected:
                        "\(specification.name), for example \(specification.key): {value: ..., unit: \(specification.unit.symbol), "
                        + "status: assumed, source: \"...\"} in \(specification.rangeText)", source: root.source,
                    line: node.line)
            }
        }
        parameters.name = try root.required("name", example: "name: set T").string()
        let description = DeviceDescription(
            parameters, summary: try root["summary"]?.string() ?? "", path: path, digest: digest, isOldForm: true
        ) { metadata[$0.key] ?? (.chosen, ParameterEntry.notInFile) }
        do {
            try description.check()
        } catch {
            let short = ParameterSpecification.all.first { $0.place(layer: description.structure.layers[0]) == error.key }
            throw error.located(in: root.source, line: short.flatMap { lines[$0.key] })
        }
        return description
    }

    private static func unknown(_ entry: YAML.Entry, in section: String?) -> InputError {
        let sections = ParameterSpecification.sections
        let home = ParameterSpecification.all.first { $0.key == entry.key }
        let candidates =
            section.map { name in ParameterSpecification.all.filter { $0.section == name }.map(\.key) } ?? ["name", "summary"]
            + sections
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
}
