import Energy
import Essentials
import Foundation
import TestSupport
import Testing

@Suite("periphery.yaml")
struct PeripheryFileTests {
    /// The shipped file holds every key, in its unit; nothing is without a range, and what was not seen at its source says so.
    @Test func theShippedFile() throws {
        let energies = try surroundings()
        #expect(energies.entries.map(\.key) == PeripheryEnergies.Key.allCases.map(\.rawValue))
        for entry in energies.entries {
            #expect(entry.estimate.low < entry.estimate.high && entry.range.count > 5 && entry.source.count > 5, "\(entry.key)")
            #expect(entry.status != .quoted || entry.quotedBy != nil, "\(entry.key)")
        }
        #expect(energies[.adc] == Estimate(low: 0.3e-12, middle: 1.67e-12, high: 5.1e-12))
        #expect(abs(energies[.lineCapacitance].middle - 0.2e-9) < 1e-24 && energies[.pitch].middle == 1e-6)
        #expect(energies[.sramLeakage].low == 1e-12 && energies[.rows].low == 128)
    }

    /// Horowitz's numbers by the factor of Stillmaker and Baas from 45 to 7 nm at 0.8 V, which the file's low ends at 7 nm are.
    @Test func scalingTo7nm() throws {
        func factor(_ a: Double, _ b: Double, _ c: Double) -> Double { a * 0.64 + b * 0.8 + c }
        let ratio = factor(0.1776, -0.09097, 0.02447) / factor(1.103, -0.362, 0.2767)
        #expect(abs(ratio - 0.094) < 0.0005)
        let energies = try surroundings()
        for (fine, coarse) in [(.multiply7, .multiply45), (.add7, .add45), (.sram7, .sram45)]
            as [(PeripheryEnergies.Key, PeripheryEnergies.Key)]
        {
            #expect(abs(energies[fine].low / (energies[coarse].middle * ratio) - 1) < 0.05, "\(fine)")
        }
    }

    private static func changed(_ index: Int, _ line: String) -> [String] {
        var lines = PeripheryFile.lines(1, 2, 4, "pJ")
        lines[index] = line
        return lines
    }

    /// What is wrong is named with file, key, value and what would be right.
    @Test(arguments: [
        (changed(0, "value: 0.5"), ["low 1.0, value 0.5", "pJ", "low <= value <= high"]),
        (changed(1, "low: 9"), ["low <= value <= high"]), (changed(2, "high: 1.5"), ["low <= value <= high"]),
        (changed(1, "low: -1"), ["converters.adc.low", "-1.0 pJ", "0 pJ or more"]),
        (changed(2, "high: .inf"), ["converters.adc.high", "not finite"]),
        (changed(0, "value: lots"), ["converters.adc.value", "not a number"]),
        (changed(3, "unit: nS"), ["converters.adc.unit", "conductance", "pJ"]),
        (changed(3, "unit: furlong"), ["converters.adc.unit", "furlong", "pJ"]),
        (changed(5, "status: sure"), ["converters.adc.status", "sure", "recalled"]),
        (changed(5, "status: quoted"), ["converters.adc.quoted_by", "missing"]),
        (changed(6, "source: \"\""), ["converters.adc.source", "empty"]),
        (changed(7, "rnage: a test"), ["converters.adc.rnage", "perhaps range"]),
        (changed(4, "nod: 32 nm"), ["converters.adc.nod", "perhaps node"]),
        (Array(PeripheryFile.lines(1, 2, 4, "pJ").dropLast()), ["converters.adc.range", "missing"]),
        (Array(PeripheryFile.lines(1, 2, 4, "pJ").dropFirst()), ["converters.adc.value", "missing", "pJ"]),
    ])
    func aBrokenEntryIsNamed(lines: [String], words: [String]) throws {
        var file = PeripheryFile()
        file.entries["converters.adc"] = lines
        let error = #expect(throws: InputError.self) { try file.energies() }
        let told = error?.description ?? ""
        #expect(told.hasPrefix("surroundings.yaml:"), "\(told)")
        for word in words { #expect(told.contains(word), "\(told) lacks \(word)") }
    }

    @Test func keysAreNamed() throws {
        func told(_ change: (inout PeripheryFile) -> Void) -> String {
            var file = PeripheryFile()
            change(&file)
            do { _ = try file.energies() } catch { return "\(error)" }
            return "nothing"
        }
        #expect(told { _ in } == "nothing")
        #expect(told { $0.numbers["arrays.pitch"] = nil }.contains("arrays.pitch: is missing"))
        let misspelt = told { $0.numbers["arrays.ptich"] = (1, 2, 3, "um") }
        #expect(misspelt.contains("arrays.ptich") && misspelt.contains("perhaps pitch"), "\(misspelt)")
        #expect(told { $0.numbers["arrays.rows"] = (0.5, 1, 2, "-") }.contains("less than one row"))
        #expect(told { $0.numbers["arrays.rows"] = (1, 2, 3, "um") }.contains("arrays.rows.unit"))
        let section = #expect(throws: InputError.self) {
            try PeripheryEnergies.parse(PeripheryFile().text + "opponents: {}\n", source: "surroundings.yaml")
        }
        #expect(section?.description.contains("opponents") == true)
        let empty = #expect(throws: InputError.self) { try PeripheryEnergies.parse("converters: {}", source: "s.yaml") }
        #expect(empty?.description.contains("is missing") == true)
        #expect(throws: InputError.self) { try PeripheryEnergies.load(path: "nowhere.yaml") }
    }

    /// A shape of the network that does not give its number of synapses is refused.
    @Test func thePapersShapeFits() throws {
        let text = try String(contentsOfFile: Repository.path("Validation/weilenmann2024.yaml"), encoding: .utf8)
        let broken = text.replacingOccurrences(of: "inputs: {value: 2656", with: "inputs: {value: 2592")
        let error = #expect(throws: InputError.self) { try PublishedEnergy.parse(broken, source: "paper.yaml") }
        #expect(error?.description.contains("169984") == true && error?.description.contains("64 x 2592") == true)
    }
}
