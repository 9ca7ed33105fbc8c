import Essentials
import Foundation
import TestSupport
import Testing

@testable import DeviceModel

/// Materials by name: every shipped one is read, and a device file takes from them what it does not say itself.
struct MaterialTests {
    private static let folder = Repository.path("Materials/materials")
    private static let example = Repository.path("Docs/examples/two-layers.yaml")

    private func read(_ change: (String) -> String = { $0 }) throws -> DeviceDescription {
        try DeviceDescription(yaml: change(String(contentsOfFile: Self.example, encoding: .utf8)), path: Self.example)
    }

    @Test(
        "Every material is read; layers hold what a layer needs, electrodes their work function",
        arguments: [
            "SrTiO3", "TiO2", "HfO2", "Ta2O5", "Pt", "Ti", "TiN",
        ])
    func shipped(name: String) throws {
        let material = try Material(path: "\(Self.folder)/\(name.lowercased()).yaml")
        #expect(material.name == name)
        #expect(material.values.values.allSatisfy { !$0.source.isEmpty })
        guard material.kind == "layer" else {
            #expect(material.values["work_function"] != nil && material.values["thermal_conductivity"] != nil)
            return
        }
        // A layer of it needs its thickness, the vacancies of the fresh layer and nothing more.
        let own = Set(material.values.keys)
        let asked = ParameterRule.layer.map(\.rule).filter { $0.standard == nil && !own.contains($0.key) }.map(\.key)
        #expect(asked == ["thickness", "vacancy_background"])
        #expect(
            own.isSuperset(of: [
                "richardson_velocity", "electron_affinity", "charge_number", "maximum_density", "thermal_conductivity",
            ]))
        // The activation energy that the prefactor stands for is positive.
        #expect(material.values["vacancy_diffusivity_prefactor"]!.value > material.values["vacancy_diffusivity"]!.value)
    }

    @Test("Values of a material keep value, status and source; the file's own win")
    func override() throws {
        let found = try read()
        let material = try Material(path: Self.folder + "/srtio3.yaml")
        let mobility = try found.entry("layers.SrTiO3.electron_mobility")
        #expect(
            mobility.value == 6e-4 && mobility.status == .measured
                && mobility.source == material.values["electron_mobility"]?.source)
        #expect(try found.entry("layers.SrTiO3.permittivity").value == 100)
        #expect(try found.entry("layers.TiO2.permittivity").value == 114)
        let device = found.device
        #expect(device.layers.map(\.name) == ["SrTiO3", "TiO2"] && device.layers[0].densityOfStates == 6.06e25)
        // Emission velocity of the layer that each metal touches.
        #expect(
            device.left.electrons == .thermionic(velocity: 2.005e4) && device.right.electrons == .thermionic(velocity: 2.69e4))
        // Without a charge of its own the species takes that of the first layer's material.
        let plain = try read {
            $0.split(separator: "\n").filter { !$0.hasPrefix("    charge:") && !$0.hasPrefix("    sites:") }.joined(
                separator: "\n")
        }
        #expect(plain.device.chargeNumber == 2 && plain.device.maximumDensity == 5.038e28)
    }

    @Test(
        "work_function and electron_affinity are used where the file asks by these words: W - chi of the layer touched, chi(first) - chi"
    )
    func levels() throws {
        let number =
            "{value: 0.2, unit: eV, status: chosen, source: \"effective; to the band of TiO2, the layer that Ti touches\"}"
        let asked = { (text: String) in text.replacingOccurrences(of: number, with: "work_function") }
        let found = try read(asked)
        // 4.3 eV of TiO2, 3.9 eV of SrTiO3, 4.33 eV of Ti.
        #expect(try abs(found.entry("band_offset").value + 0.4) < 1e-12)
        #expect(try abs(found.entry("right.electrons.barrier").value - 0.03) < 1e-12)
        #expect(try found.entry("right.electrons.barrier").source.contains("Schottky-Mott"))
        // The solver counts the right barrier from the first layer's band: W(Ti) - chi(SrTiO3).
        #expect(abs(found.device.right.barrier - 0.43) < 1e-12 && found.device.left.barrier == 0.7)
        #expect(try abs(read().device.right.barrier - 0.6) < 1e-12)
        let error = #expect(throws: InputError.self) {
            try read { asked($0).replacingOccurrences(of: "  material: Ti\n", with: "  name: Ti\n") }
        }
        #expect(error?.description.contains("needs a material with work_function at right") == true && error?.line != nil)
    }

    @Test(
        "A material that is not there, of the wrong kind, or a value out of a device's range is named with its line",
        arguments: [
            ("material: TiO2", "material: TiO3", "perhaps TiO2"), ("material: TiO2", "material: Pt", "one of kind layer"),
            ("  material: Ti\n", "  material: HfO2\n", "one of kind electrode"),
            ("material: TiO2", "material: ../pt", "letters, digits"),
            ("material: TiO2", "material: SrTiO3", "a name of its own"),
            ("band_offset: electron_affinity", "band_offset: work_function", "{value: ..., unit: eV"),
            (
                "    vacancy_background: {value: 1e23, unit: 1/m3, status: assumed, source: \"example\"}\n", "",
                "vacancies in the fresh layer"
            ),
        ])
    func refused(old: String, new: String, words: String) throws {
        let error = #expect(throws: InputError.self) { try read { $0.replacingOccurrences(of: old, with: new) } }
        #expect(error?.expected?.contains(words) == true && error?.line != nil, "\(error?.description ?? "")")
    }

    @Test("What is written stands on its own: the same device without the materials, and the digest knows them")
    func written() throws {
        let found = try read()
        let again = try DeviceDescription(yaml: found.yaml)
        #expect(again.device == found.device && again.entries == found.entries)
        #expect(!found.yaml.contains("material:"))
        #expect(found.digest != Digest.sha256(try AtomicFile.read(Self.example)))
    }

    @Test("Two layers: a key that both have must say which; the memristor's flat parameters are refused for another stack")
    func keys() throws {
        let found = try read()
        let error = #expect(throws: InputError.self) { try found.setting(["thickness=5nm"]) }
        #expect(error?.expected == "layers.SrTiO3.thickness or layers.TiO2.thickness")
        #expect(try found.setting(["layers.TiO2.thickness=5nm"]).device.layers[1].thickness == 5e-9)
        let flat = #expect(throws: InputError.self) { try found.parameters }
        #expect(flat?.description.contains("one layer") == true && flat?.description.contains("two-layers.yaml") == true)
    }
}
