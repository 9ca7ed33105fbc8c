import Essentials
import Foundation
import TestSupport
import Testing

@testable import DeviceModel

/// Docs/files.md names every key that the reader of device files knows, with unit and default.
struct DocumentedKeysTests {
    /// Every number of a device file, in the order of the page: its section, and its rule.
    private static var numbers: [(section: String, rule: ParameterRule)] {
        let fixed: [(String, [ParameterRule])] = [
            ("file", [.area]), ("species.vacancies", [.charge, .sites]),
            ("layers", ParameterRule.layer.map(\.rule) + [.emissionVelocity.optional(standard: 2.7e4)]),
            ("left, right: electrons", [.barrier, .velocity]),
            ("left, right: compact_layer", [.capacitance, .planeDistance]), ("left: sheets", [.sheetSites, .depth]),
        ]
        let laws = RateLaws.all.map { ("left: reactions: \($0.name)", $0.parameters) }
        return (fixed + laws + [("heat", DeviceReader.heatRules)]).flatMap { section, rules in rules.map { (section, $0) } }
    }

    private static func row(_ section: String, _ rule: ParameterRule) -> String {
        let standard = rule.standard.map { $0.isFinite ? rule.unit.rounded($0, digits: 6) : ".inf" } ?? "none"
        return "| \(section) | `\(rule.key)` | \(rule.symbol) | \(rule.unit.symbol) | \(standard) |"
    }

    @Test("The page's table of numbers is that of the reader: every key with symbol, unit and default")
    func numbers() throws {
        let page = try Repository.text("Docs/files.md")
        let rows = Self.numbers.map { Self.row($0.section, $0.rule) }
        let missing = rows.filter { !page.contains($0 + "\n") }
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
        let written = page.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("| `") }.map(String.init)
        let known = Set(rows)
        let old = written.filter { $0.split(separator: "|").count == 5 && !known.contains($0) }
        #expect(old.isEmpty, "\(old.joined(separator: "\n"))")
    }

    @Test("The page names every other key of the reader, every law and every choice")
    func words() throws {
        let page = try Repository.text("Docs/files.md")
        let keys =
            DeviceReader.keys + DeviceReader.speciesKeys + DeviceReader.vacancyKeys + DeviceReader.electronKeys
            + DeviceReader.layerKeys + DeviceReader.contactKeys + DeviceReader.contactElectronKeys
            + DeviceReader.compactLayerKeys + DeviceReader.sheetKeys + DeviceReader.reactionKeys
        let choices =
            Device.Tunnelling.allCases.map(\.rawValue) + Device.Emission.allCases.map(\.rawValue)
            + Device.ElectronModel.allCases.map(\.rawValue) + DeviceStructure.ElectronLaw.allCases.map(\.rawValue)
            + RateLaws.all.map(\.name) + ParameterStatus.allCases.map(\.rawValue)
        let missing = Set(keys + choices).filter { !page.contains("`\($0)`") }.sorted()
        #expect(missing.isEmpty)
    }

    @Test("A key that heat does not have is refused, as everywhere else")
    func unknownKeyOfHeat() throws {
        let text = try Repository.text("Materials/pt-sto-ti.yaml").replacingOccurrences(
            of: "heat:\n", with: "heat:\n  thermal_capacity: {value: 1, unit: \"-\", status: chosen, source: \"\"}\n")
        #expect(throws: InputError.self) { try DeviceDescription(yaml: text, path: nil) }
    }
}
