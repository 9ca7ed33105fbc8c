import Essentials
import Foundation

/// Reads a device file: first its structure, then every number that a device of that structure has.
struct DeviceReader {
    let root: YAML
    let shelf: MaterialShelf
    /// Materials by the section that names them: "layers.HfO2", "left".
    private var materials: [String: Material] = [:]
    private var layerNodes: [String: YAML] = [:]

    /// Keys of a file and of the sections that have no numbers of a rule alone; those of reactions are `law`, `moves` and their law's.
    static let keys = ["name", "summary", "area", "species", "layers", "left", "right", "heat"]
    static let speciesKeys = ["vacancies", "electrons"], vacancyKeys = ["law", "charge", "sites"]
    static let electronKeys = ["law", "tunnelling", "emission"]
    static let layerKeys = ["name", "material"] + ParameterRule.layer.map(\.rule.key) + [ParameterRule.emissionVelocity.key]
    static let contactKeys = ["name", "material", "electrons", "compact_layer", "sheets", "reactions"]
    static let contactElectronKeys = ["law", "barrier", "velocity"], compactLayerKeys = ["capacitance", "plane_distance"]
    static let sheetKeys = ["species", "sites", "depth"], reactionKeys = ["law", "moves"]
    static let heatRules = [ParameterRule.ambientTemperature, .thermalResistance, .maximumTemperature]

    init(_ root: YAML, shelf: MaterialShelf) {
        self.root = root
        self.shelf = shelf
    }

    /// - Throws: `InputError` with file, line, key, value and what would be right.
    static func read(_ root: YAML, shelf: MaterialShelf, path: String?, digest: String) throws(InputError) -> DeviceDescription
    {
        var reader = DeviceReader(root, shelf: shelf)
        _ = try root.mapping(known: keys)
        _ = try root["heat"]?.mapping(known: heatRules.map(\.key))
        let structure = try reader.structure()
        let entries = try structure.slots.map { slot throws(InputError) in try reader.entry(slot, structure) }
        let used = Set(reader.materials.values.map(\.digest)).sorted()
        let description = DeviceDescription(
            name: try root.required("name", example: "name: my device").string(), summary: try root["summary"]?.string() ?? "",
            structure: structure, entries: entries, path: path,
            digest: used.isEmpty ? digest : Digest.sha256(([digest] + used).joined(separator: "\n")))
        do {
            try description.check()
        } catch {
            throw error.located(in: root.source, line: reader.line(of: error.key))
        }
        return description
    }
}

// Structure
extension DeviceReader {
    private mutating func structure() throws(InputError) -> DeviceStructure {
        let species = try root.required(
            "species", example: "species: {vacancies: {law: lattice_gas, ...}, electrons: {law: quasi_stationary}}")
        _ = try species.mapping(known: DeviceReader.speciesKeys)
        if let vacancies = species["vacancies"] {
            _ = try vacancies.mapping(known: DeviceReader.vacancyKeys)
            if let law = vacancies["law"], try law.string() != "lattice_gas" {
                throw law.error("is not a law of vacancies", value: try law.string(), expected: "lattice_gas")
            }
        }
        var electrons = Device.ElectronModel.quasiStationary
        if let node = species["electrons"] {
            _ = try node.mapping(known: DeviceReader.electronKeys)
            let law = try node.required("law", example: "law: quasi_stationary")
            do {
                electrons = try DeviceDescription.electronModel(law.string(), key: law.path)
            } catch {
                throw error.located(in: law.source, line: law.line)
            }
        }
        let tunnelling: Device.Tunnelling? = try species["electrons"]?["tunnelling"].map { node throws(InputError) in
            try DeviceReader.choice(node, "form of tunnelling")
        }
        let emission: Device.Emission? = try species["electrons"]?["emission"].map { node throws(InputError) in
            try DeviceReader.choice(node, "place of emission")
        }
        return DeviceStructure(
            electrons: electrons, tunnelling: tunnelling ?? .none, emission: emission ?? .contact, layers: try layers(),
            left: try end("left"),
            right: try end("right"))
    }

    /// One of the words of `Choice`.
    static func choice<Choice: RawRepresentable & CaseIterable>(_ node: YAML, _ what: String) throws(InputError) -> Choice
    where Choice.RawValue == String {
        let text = try node.string()
        guard let choice = Choice(rawValue: text) else {
            throw node.error("is not a \(what)", value: text, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    private mutating func layers() throws(InputError) -> [String] {
        let node = try root.required(
            "layers", example: "a list of layers, left to right: [{name: SrTiO3, thickness: {...}, ...}]")
        var names: [String] = []
        for item in try node.list() {
            _ = try item.mapping(known: DeviceReader.layerKeys)
            let material = try item["material"].map { name throws(InputError) in try shelf.material(name, kind: "layer") }
            guard let name = try item["name"]?.string() ?? material?.name else {
                throw item.error("has no name", expected: "name: ..., or material: one of \(shelf.names)")
            }
            guard DeviceReader.isName(name) else {
                throw (item["name"] ?? item).error("is not a name", value: name, expected: DeviceReader.nameRule)
            }
            guard !names.contains(name) else {
                throw item.error(
                    "is the second layer of that name", value: name, expected: "a name of its own, such as name: \(name)-2")
            }
            names.append(name)
            layerNodes[name] = item
            materials["layers.\(name)"] = material
        }
        guard (1...16).contains(names.count) else {
            throw node.error("has \(names.count) layers", expected: "1 to 16 layers")
        }
        if let offset = layerNodes[names[0]]?["band_offset"] {
            throw offset.error(
                "is given for the first layer, from which offsets are counted", expected: "an offset of the later layers only")
        }
        return names
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 60
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-+".unicodeScalars.contains($0))
            }
    }
    static let nameRule = "letters, digits, \"_\", \"-\" and \"+\""

    private mutating func end(_ side: String) throws(InputError) -> DeviceStructure.End {
        let node = try root.required(side, example: "\(side): {electrons: {law: thermionic, barrier: {...}}}")
        _ = try node.mapping(known: DeviceReader.contactKeys)
        var end = DeviceStructure.End()
        let material = try node["material"].map { name throws(InputError) in try shelf.material(name, kind: "electrode") }
        materials[side] = material
        end.name = try node["name"]?.string() ?? material?.name ?? side
        let electrons = try node.required("electrons", example: "electrons: {law: thermionic, barrier: {...}}")
        _ = try electrons.mapping(known: DeviceReader.contactElectronKeys)
        let law = try electrons.required("law", example: "law: thermionic")
        guard let known = DeviceStructure.ElectronLaw(rawValue: try law.string()) else {
            throw law.error(
                "is not a law of electrons at a contact", value: try law.string(),
                expected: DeviceStructure.ElectronLaw.allCases.map(\.rawValue).joined(separator: ", "))
        }
        end.electrons = known
        if let velocity = electrons["velocity"] {
            guard known == .thermionic else {
                throw velocity.error("is given without emission", expected: "law: thermionic, or no velocity")
            }
            end.hasVelocity = true
        }
        if let layer = node["compact_layer"] {
            _ = try layer.mapping(known: DeviceReader.compactLayerKeys)
            end.hasCompactLayer = true
        }
        for entry in try node["sheets"]?.mapping() ?? [] {
            guard DeviceReader.isName(entry.key), entry.key != Reaction.vacancies else {
                throw entry.value.error("is not a name of a sheet", value: entry.key, expected: DeviceReader.nameRule)
            }
            _ = try entry.value.mapping(known: DeviceReader.sheetKeys)
            if let species = entry.value["species"], try species.string() != Reaction.vacancies {
                throw species.error(
                    "is not a charged species", value: try species.string(),
                    expected: "vacancies, or nothing for a neutral sheet")
            }
            end.sheets.append(
                DeviceStructure.SheetStructure(
                    name: entry.key, holdsVacancies: entry.value["species"] != nil, hasDepth: entry.value["depth"] != nil))
        }
        for entry in try node["reactions"]?.mapping() ?? [] { end.reactions.append(try reaction(entry)) }
        return end
    }

    private func reaction(_ entry: YAML.Entry) throws(InputError) -> DeviceStructure.ReactionStructure {
        guard DeviceReader.isName(entry.key) else {
            throw entry.value.error("is not a name of a reaction", value: entry.key, expected: DeviceReader.nameRule)
        }
        let lawNode = try entry.value.required("law", example: "law: \(RateLaws.all[0].name)")
        let name = try lawNode.string()
        guard let law = RateLaws.all.first(where: { $0.name == name }) else {
            throw RateLaws.unknown(name, key: lawNode.path).located(in: lawNode.source, line: lawNode.line)
        }
        _ = try entry.value.mapping(known: DeviceReader.reactionKeys + law.parameters.map(\.key))
        let node = try entry.value.required("moves", example: "moves of \(law.movesText)")
        var moves: [String: Int] = [:]
        for move in try node.mapping() {
            let count = try move.value.integer()
            guard count != 0, abs(count) <= 8 else {
                throw move.value.error(
                    "is not a stoichiometric number", value: "\(count)", expected: "a whole number within -8 ... 8, not 0")
            }
            moves[move.key] = count
        }
        return DeviceStructure.ReactionStructure(name: entry.key, law: name, moves: moves)
    }
}

// Numbers
extension DeviceReader {
    private func node(_ path: String) -> YAML? {
        var parts = path.split(separator: ".").map(String.init)
        var node = root
        if parts.first == "layers", parts.count > 1, let layer = layerNodes[parts[1]] {
            node = layer
            parts.removeFirst(2)
        }
        for part in parts {
            guard let next = node[part] else { return nil }
            node = next
        }
        return node
    }

    /// Line of the deepest part of a path that the file has.
    private func line(of path: String) -> Int {
        var parts = path.split(separator: ".").map(String.init)
        while !parts.isEmpty {
            if let found = node(parts.joined(separator: ".")) { return found.line }
            parts.removeLast()
        }
        return root.line
    }

    private func entry(_ slot: DeviceStructure.Slot, _ structure: DeviceStructure) throws(InputError) -> ParameterEntry {
        let parts = slot.path.split(separator: ".").map(String.init)
        if let node = node(slot.path) {
            if case .scalar(let text, _) = node.content, let found = try derived(slot, text, structure, node) { return found }
            let (value, status, source) = try DeviceReader.value(node, slot.rule)
            return ParameterEntry(slot, value: value, status: status, source: source)
        }
        let section = parts.dropLast().joined(separator: ".")
        let key =
            slot.path == "species.vacancies.charge"
            ? "charge_number" : slot.path == "species.vacancies.sites" ? "maximum_density" : parts[parts.count - 1]
        let home = section == "species.vacancies" ? "layers.\(structure.layers[0])" : section
        if let value = materials[home]?.values[key] {
            do {
                try slot.rule.check(value.value, at: slot.path)
            } catch {
                throw error.located(in: root.source, line: line(of: home))
            }
            return ParameterEntry(slot, value: value.value, status: value.status, source: value.source)
        }
        if let standard = slot.rule.standard { return .absent(slot, value: standard) }
        throw InputError(
            slot.path, problem: "is missing",
            expected:
                "\(slot.rule.name), for example \(slot.rule.key): {value: ..., unit: \(slot.rule.unit.symbol), "
                + "status: assumed, source: \"...\"} in \(slot.rule.rangeText)", source: root.source, line: line(of: slot.path))
    }

    /// `barrier: work_function` (of the electrode, less the electron affinity of the layer it touches) and
    /// `band_offset: electron_affinity` (of the first layer, less that of the layer), where the file asks for them by these words.
    private func derived(_ slot: DeviceStructure.Slot, _ text: String, _ structure: DeviceStructure, _ node: YAML)
        throws(InputError)
        -> ParameterEntry?
    {
        let parts = slot.path.split(separator: ".").map(String.init)
        let (upper, lower): (String, String)
        switch (parts[parts.count - 1], text) {
        case ("barrier", "work_function"):
            upper = parts[0]
            lower = "layers.\(parts[0] == "left" ? structure.layers[0] : structure.layers[structure.layers.count - 1])"
        case ("band_offset", "electron_affinity"):
            upper = "layers.\(structure.layers[0])"
            lower = "layers.\(parts[1])"
        default: return nil
        }
        func literature(_ place: String, _ key: String) throws(InputError) -> (name: String, entry: Material.Value) {
            guard let material = materials[place], let value = material.values[key] else {
                throw node.error(
                    "needs a material with \(key) at \(place)", value: text,
                    expected: "material: one of \(shelf.names) there, or a number here")
            }
            return (material.name, value)
        }
        let (a, b) = (
            try literature(upper, parts[0] == "layers" ? "electron_affinity" : "work_function"),
            try literature(lower, "electron_affinity")
        )
        // Materials give eV to a few digits: so does their difference.
        let value = ((a.entry.value - b.entry.value) * 1e6).rounded() / 1e6
        do {
            try slot.rule.check(value, at: slot.path)
        } catch {
            throw error.located(in: node.source, line: node.line)
        }
        return ParameterEntry(
            slot, value: value, status: .chosen,
            source: "\(a.entry.rule.name) of \(a.name) less electron affinity of \(b.name), as the file asks (Schottky-Mott); "
                + "\(a.name): \(a.entry.source); \(b.name): \(b.entry.source)")
    }

    /// Value (SI), status and source of `{value: ..., unit: ..., status: ..., source: ...}`.
    static func value(_ node: YAML, _ rule: ParameterRule) throws(InputError) -> (Double, ParameterStatus, String) {
        let example = "{value: ..., unit: \(rule.unit.symbol), status: assumed, source: \"...\"}"
        guard case .mapping = node.content else { throw node.error("is \(node.kind)", expected: example) }
        _ = try node.mapping(known: ["value", "unit", "status", "source"])
        let number = try node.required("value", example: example)
        let unitNode = rule.unit.dimension == .none ? node["unit"] : try node.required("unit", example: example)
        let symbol = try unitNode?.string() ?? "-"
        guard let unit = PhysicalUnit.named(symbol) else {
            throw (unitNode ?? node).error(
                "is not a known unit", value: symbol,
                expected: Quantity.rightUnits(rule.unit.dimension, perCharge: rule.isEnergyPerCharge))
        }
        let statusNode = try node.required("status", example: example)
        guard let status = ParameterStatus(rawValue: try statusNode.string()) else {
            throw statusNode.error(
                "is not a status", value: try statusNode.string(),
                expected: ParameterStatus.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let source = try node.required("source", example: example).string()
        do throws(InputError) {
            return (try rule.value(of: Quantity(number.double(), unit), at: node.path), status, source)
        } catch {
            throw error.located(in: node.source, line: number.line)
        }
    }
}
