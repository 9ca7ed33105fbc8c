import Essentials
import Foundation

/// Literature values of an oxide (`kind: layer`) or a metal (`kind: electrode`), each with its source.
struct Material: Sendable {
    struct Value: Sendable {
        let rule: ParameterRule
        /// SI.
        let value: Double
        let status: ParameterStatus
        let source: String
    }

    let name, kind, summary: String
    let values: [String: Value]
    /// SHA-256 of the file's bytes.
    let digest: String

    static let kinds = ["layer", "electrode"]
    static let sections = ["electrostatics", "electrons", "vacancies", "oxygen", "heat"]

    /// Keys that a material has beside those of a layer.
    static let ownRules: [ParameterRule] = [
        .init(
            "electron_affinity", "chi", "electron affinity", unit: "eV", in: 0...10,
            because: "from the band edge to the vacuum level"),
        .init("band_gap", "E_g", "band gap", unit: "eV", in: 0.1...15, because: "an oxide"),
        .init(
            "effective_mass", "m*", "effective mass of the density of states, in electron masses", unit: "-", in: 0.01...100,
            because: "bands to small polarons"),
        .init(
            "tunnelling_mass", "m_t", "effective mass of tunnelling, in electron masses", unit: "-", in: 0.01...100,
            because: "bands to small polarons"),
        .init("charge_number", "z", "charge number of the vacancy", unit: "-", in: 1...2, because: ParameterRule.charge.reason),
        .init(
            "maximum_density", "c_max", "density of oxygen sites", unit: "1/m3", in: 1e25...7e28,
            because: ParameterRule.sites.reason),
        .init(
            "thermal_conductivity", "kappa", "thermal conductivity", unit: "W/(m K)", in: 0.01...5000,
            because: "aerogels to diamond"),
        .init("work_function", "W", "work function", unit: "eV", in: 1...10, because: "from caesium to beyond platinum"),
        .init(
            "oxide_formation_energy", "E_ox", "energy set free per oxygen atom", unit: "eV", in: -5...10,
            because: "metals that bind oxygen weakly to strongly"),
    ]
    static let rules = ParameterRule.layer.map(\.rule) + [.emissionVelocity] + ownRules

    /// Reads a file of the form of Materials/materials.
    ///
    /// - Throws: `InputError` with file and line.
    init(path: String) throws(InputError) {
        let data = try AtomicFile.read(path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw InputError(
                path, problem: "is not UTF-8 text", expected: "a material, such as Materials/materials/srtio3.yaml")
        }
        let root = try YAML(parsing: text, source: path)
        _ = try root.mapping(known: ["name", "kind", "summary"] + Material.sections)
        name = try root.required("name").string()
        kind = try root.required("kind", example: "kind: layer").string()
        guard Material.kinds.contains(kind) else {
            throw root.error("has a kind that is none", value: kind, expected: Material.kinds.joined(separator: " or "))
        }
        summary = try root["summary"]?.string() ?? ""
        var values: [String: Value] = [:]
        for section in Material.sections {
            guard let node = root[section] else { continue }
            for entry in try node.mapping(known: Material.rules.map(\.key)) {
                guard let rule = Material.rules.first(where: { $0.key == entry.key }) else { continue }
                let (value, status, source) = try DeviceReader.value(entry.value, rule)
                values[entry.key] = Value(rule: rule, value: value, status: status, source: source)
            }
        }
        self.values = values
        digest = Digest.sha256(data)
    }
}

/// Where materials are found by their names: beside the device file, then in the program's own folder.
struct MaterialShelf {
    let folders: [String]

    /// Beside `path`: its folder and `materials` in it; then `further`, the program's own; then `Materials/materials` of every folder
    /// above `path`. The program's come first: who can write to a shared parent must not decide what SrTiO3 is.
    init(beside path: String?, further: [String] = []) {
        var folders: [String] = []
        if let path {
            var folder = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL
            folders += [folder.path, folder.appendingPathComponent("materials").path] + further
            for _ in 0..<32 {
                folders.append(folder.appendingPathComponent("Materials/materials").path)
                if folder.path == "/" { break }
                folder = folder.deletingLastPathComponent()
            }
        }
        self.folders = path == nil ? further : folders
    }

    /// The material that a node names, `material: HfO2`, in the file hfo2.yaml.
    func material(_ node: YAML, kind: String) throws(InputError) -> Material {
        let name = try node.string()
        guard DeviceReader.isName(name) else { throw node.error("is not a name", value: name, expected: DeviceReader.nameRule) }
        for folder in folders {
            let path = "\(folder)/\(name.lowercased()).yaml"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let found = try Material(path: path)
            guard found.kind == kind else {
                throw node.error("is a material of kind \(found.kind)", value: name, expected: "one of kind \(kind)")
            }
            return found
        }
        throw node.error(
            "is a material without a file", value: name,
            expected: suggestion(for: name, in: list).map { "perhaps \($0)" }
                ?? "one of \(names), or \(name.lowercased()).yaml beside the device file")
    }

    /// The materials there are, for messages.
    var names: String { list.isEmpty ? "none found" : list.joined(separator: ", ") }

    private var list: [String] {
        guard let folder = folders.first(where: { $0.hasSuffix("aterials") && FileManager.default.fileExists(atPath: $0) }),
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return [] }
        return files.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { try? Material(path: "\(folder)/\($0)").name }
    }
}
