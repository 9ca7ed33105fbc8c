import Essentials
import Foundation
import TestSupport
import Testing

@testable import DeviceModel

/// Device files: the shipped ones say what the model's document says, read as they did in the old form, and a wrong one is refused with
/// its line.
@Suite struct DeviceDescriptionTests {
    static let setT = Repository.path("Materials/pt-sto-ti-store.yaml")
    static let setD = Repository.path("Materials/pt-sto-ti-drift.yaml")
    static func text() throws -> String { try String(contentsOfFile: setT, encoding: .utf8) }

    /// The catalogue and the value type name the same parameters, each once.
    @Test func everyParameterIsInTheCatalogue() {
        let stored = Mirror(reflecting: DeviceParameters()).children.filter { $0.value is Double }.count
        #expect(ParameterSpecification.all.count == stored)
        #expect(Set(ParameterSpecification.all.map(\.key)).count == stored)
        #expect(Set(ParameterSpecification.all.map { $0.path as AnyKeyPath }).count == stored)
        #expect(ParameterSpecification.all.allSatisfy { ParameterSpecification.sections.contains($0.section) })
    }

    /// Set T of Docs/device-model.md is also the default of the value type, to the last bit.
    @Test func theShippedFileIsSetT() throws {
        let device = try DeviceDescription.load(path: Self.setT)
        var expected = DeviceParameters()
        expected.name = "set T"
        #expect(try device.parameters == expected)
        #expect(device.digest == Digest.sha256(try AtomicFile.read(Self.setT)) && device.digest.count == 64)
    }

    /// Set D: the values that Docs/device-model.md prints at the end of section 4; the rest as in set T.
    @Test func theDriftFileIsSetD() throws {
        var expected = DeviceParameters()
        expected.name = "set D"
        expected.donorDensity = 1e25
        expected.platinumBarrier = 0.99389
        expected.redoxPotential = -0.031658
        expected.compactCapacitance = 0.33706
        expected.area = 1.86733e-15
        expected.forwardHopRate = 1670.3
        expected.hopActivation = 0
        expected.backwardHopVelocity = 2.43160e-12
        expected.hopFieldLength = 2.02212e-9
        expected.vacancyDiffusivity = 3.05340e-18
        expected.oxygenLossRate = 3.25844e-21
        expected.oxygenReturnRate = 5.20261e-5
        expected.thermalResistance = 1.95e6
        let device = try DeviceDescription.load(path: Self.setD)
        #expect(try device.parameters == expected)
        // E_D = k_B T0 ln(prefactor / D) = 0.696 eV, as printed.
        let activation = 8.617333262e-5 * 300 * log(expected.vacancyDiffusivityPrefactor / expected.vacancyDiffusivity)
        #expect(abs(activation - 0.696) < 0.0005)
    }

    @Test(
        "Each shipped file gives the very device that its old form gave, with the same statuses and sources",
        arguments: [
            "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps",
        ])
    func oldForm(name: String) throws {
        let new = try DeviceDescription.load(path: Repository.path("Materials/\(name).yaml"))
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let old = try DeviceDescription.load(path: folder.appendingPathComponent("old-form/\(name).yaml").path)
        #expect(old.isOldForm && !new.isOldForm)
        #expect(new.device == old.device && new.name == old.name && new.summary == old.summary)
        let parameters = try new.parameters
        #expect(try parameters == old.parameters)
        #expect(Device(parameters) == new.device)
        #expect(new.entries == old.entries)
        let converted = try DeviceDescription(yaml: old.yaml)
        #expect(new.yaml == old.yaml && converted.device == old.device && !converted.isOldForm)
        // A wrong key of an old file is still named in its section.
        let text = try String(contentsOfFile: folder.appendingPathComponent("old-form/\(name).yaml").path, encoding: .utf8)
        let line = text.components(separatedBy: "  thickness:")[0].components(separatedBy: "\n").count
        for (wrong, words) in [("  thicknes:", "perhaps thickness"), ("  platinum_barrier:", "in the section electrons")] {
            let error = #expect(throws: InputError.self) {
                try DeviceDescription(yaml: text.replacingOccurrences(of: "  thickness:", with: wrong), path: "my.yaml")
            }
            #expect(error?.line == line && error?.expected?.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test func writingAndReadingAreInverse() throws {
        for path in [Self.setT, Self.setD] {
            let device = try DeviceDescription.load(path: path)
            let again = try DeviceDescription(yaml: device.yaml)
            #expect(again.entries == device.entries)
            #expect(try again.parameters == device.parameters)
            #expect(again.name == device.name && again.summary == device.summary)
        }
        // Values that have no short decimal form survive as well.
        var device = try DeviceDescription.load(path: Self.setT)
        try device.set("thickness", toSI: 40e-9 * 1.2345678912345678, status: .fitted, source: "a \"test\" \\ with\nlines")
        try device.set("area", toSI: 1e-15 / 3, status: .fitted, source: "")
        #expect(try DeviceDescription(yaml: device.yaml).entries == device.entries)
    }

    @Test func metadataReachesTheReport() throws {
        let device = try DeviceDescription.load(path: Self.setT)
        let mobility = try device.entry("electron_mobility")
        #expect(mobility.symbol == "mu_n" && mobility.number == "6" && mobility.unit.symbol == "cm2/(V s)")
        #expect(mobility.status == .measured && mobility.source.contains("1412.3478"))
        #expect(try device.entry("layers.SrTiO3.thickness").rangeText == "5 nm ... 500 nm")
        #expect(try device.entry("platinum_barrier").number == "0.7294")
        #expect(try device.entry("oxygen_capacity").value == .infinity)
        #expect(device.entries.allSatisfy { !$0.source.isEmpty })
    }

    @Test func overrides() throws {
        let device = try DeviceDescription.load(
            path: Self.setT, overrides: ["platinum_barrier=0.74eV", "heat.thermal_resistance = 0 K/W", "permittivity=300"])
        let parameters = try device.parameters
        #expect(parameters.platinumBarrier == 0.74 && parameters.thermalResistance == 0)
        #expect(try device.entry("platinum_barrier").status == .chosen)
        let byPath = try DeviceDescription.load(
            path: Self.setT,
            overrides: ["layers.SrTiO3.thickness=41nm", "left.electrons.barrier=0.74eV", "forward_rate=6000/s"])
        #expect(byPath.device.layers[0].thickness == 41e-9 && byPath.device.left.barrier == 0.74)
        #expect(byPath.device.left.reactions[1].law["forward_rate"] == 6000)
        #expect(
            try DeviceDescription.load(path: Self.setT, overrides: ["species.electrons.law=drift_diffusion"]).device.electrons
                == .driftDiffusion)
        #expect(device.digest != Digest.sha256(try AtomicFile.read(Self.setT)))
    }

    @Test(arguments: [
        ("phi_B=0.7eV", "perhaps platinum_barrier"), ("Phi_b=0.7eV", "platinum_barrier"),
        ("platinum_barier=0.7eV", "platinum_barrier"), ("thickness=40", "a length in nm"),
        ("thickness=40 nS", "a length in nm"), ("thickness=-40 nm", "5 nm ... 500 nm"),
        ("thickness", "platinum_barrier=0.74eV"), ("=3", "platinum_barrier=0.74eV"),
        ("thickness=nan nm", "finite"), ("thickness=inf nm", "5 nm ... 500 nm"), ("heat.thickness=40 nm", "perhaps thickness"),
        ("vacancy_diffusivity=1e-3 cm2/s", "m2/s"), ("oxygen_return_prefactor=1e-6 1/s", "at least 5.87e-05 1/s"),
        ("ambient_temperature=20 K", "200 K"), ("barrier=0.7 eV", "left.electrons.barrier or right.electrons.barrier"),
        ("electrons=none", "quasi_stationary or drift_diffusion"),
    ])
    func wrongOverrides(text: String, words: String) {
        let error = #expect(throws: InputError.self) { try DeviceDescription.load(path: Self.setT, overrides: [text]) }
        #expect(error?.source == "command line" && error?.expected?.contains(words) == true, "\(error?.description ?? "")")
    }

    /// (what to replace in set T, by what, the line of the error, a word of it)
    @Test(arguments: [
        ("    thickness:", "    thicknes:", "thicknes", "perhaps thickness"),
        ("layers:", "layer:", "layer", "perhaps layers"), ("species:", "spezies:", "spezies", "perhaps species"),
        ("{value: 40, unit: nm", "{value: 40, unit: nS", "thickness", "a length in nm"),
        ("{value: 40, unit: nm", "{value: 40, unit: furlong", "unit", "not a known unit"),
        ("{value: 40, unit: nm", "{value: 40", "thickness.unit", "is missing"),
        ("{value: 40, unit: nm", "{unit: nm", "thickness.value", "is missing"),
        ("{value: 40, unit: nm", "{value: forty, unit: nm", "value", "is not a number"),
        ("{value: 40, unit: nm", "{value: .nan, unit: nm", "value", "is not a number"),
        ("{value: 40, unit: nm", "{value: .inf, unit: nm", "thickness", "5 nm ... 500 nm"),
        ("{value: 40, unit: nm", "{value: -40, unit: nm", "thickness", "5 nm ... 500 nm"),
        ("{value: 40, unit: nm", "{value: [40], unit: nm", "value", "a list"),
        (
            "{value: 40, unit: nm, status: measured", "{value: 40, unit: nm, status: guessed", "status",
            "measured, assumed, fitted, chosen"
        ),
        ("{value: 40, unit: nm, status: measured", "{value: 40, unit: nm", "thickness.status", "is missing"),
        ("{value: 40, unit: nm", "{value: 40, unti: nm", "unti", "perhaps unit"),
        (
            "    thickness:", "    permittivity: {value: 1, unit: \"-\", status: chosen, source: x}\n    thickness:",
            "permittivity",
            "more than once"
        ),
        ("law: butler_volmer", "law: butler_vollmer", "left.reactions.redox.law", "perhaps butler_volmer"),
        ("law: butler_volmer", "law: arrhenius", "left.reactions.redox.law", "one of butler_volmer, field_hop"),
        ("law: quasi_stationary", "law: quasistationary", "species.electrons.law", "quasi_stationary or drift_diffusion"),
        ("law: thermionic", "law: tunnel", "electrons.law", "thermionic, ohmic, blocked"),
        ("law: lattice_gas", "law: ideal_gas", "species.vacancies.law", "lattice_gas"),
        ("moves: {plane: -1, vacancies: 1}", "moves: {plane: -1, vacancies: 1.5}", "vacancies", "a whole number"),
        (
            "moves: {plane: -1, vacancies: 1}", "moves: {plane: -1, ozone: 1}", "left.reactions.hop.moves",
            "one of stored, oxygen, plane, vacancies"
        ),
        ("moves: {plane: -1, vacancies: 1}", "moves: {plane: -1}", "left.reactions.hop.moves", "{plane: -1, vacancies: 1}"),
        ("moves: {plane: -1, vacancies: 1}", "moves: {vacancies: 1}", "left.reactions.hop.moves", "{plane: -1, vacancies: 1}"),
        ("species: vacancies", "species: oxygen", "left.sheets.plane.species", "vacancies, or nothing"),
        ("  compact_layer:", "  compact_layers:", "left.compact_layers", "perhaps compact_layer"),
        ("      forward_rate:", "      forward_rte:", "left.reactions.hop.forward_rte", "perhaps forward_rate"),
    ])
    func wrongFiles(old: String, new: String, key: String, words: String) throws {
        let text = try Self.text()
        #expect(text.contains(old))
        let line = text.components(separatedBy: old)[0].components(separatedBy: "\n").count
        let error = #expect(throws: InputError.self) {
            try DeviceDescription(yaml: text.replacingOccurrences(of: old, with: new), path: "my.yaml")
        }
        let said = error?.description ?? ""
        #expect(said.hasPrefix("my.yaml:") && said.contains(key) && said.contains(words), "\(said)")
        // A doubled key is reported where it is given again, two lines on; a missing one where its mapping starts.
        let place = words == "more than once" ? line + 2 : line
        #expect(abs((error?.line ?? 0) - place) <= 1, "\(said)")
    }

    @Test func aMissingParameterIsNamedWithItsRange() throws {
        let text = try Self.text().components(separatedBy: "\n").filter { !$0.hasPrefix("area:") }.joined(separator: "\n")
        let error = #expect(throws: InputError.self) { try DeviceDescription(yaml: text, path: "my.yaml") }
        #expect(error?.key == "area" && error?.problem == "is missing")
        #expect(error?.expected?.contains("1 nm2 ... 1e8 nm2") == true)
    }

    @Test func contradictionsBetweenParametersNameBoth() throws {
        let text = try Self.text().replacingOccurrences(
            of: "high_field_permittivity: {value: 320", with: "high_field_permittivity: {value: 400"
        )
        .replacingOccurrences(of: "permittivity_field: {value: .inf", with: "permittivity_field: {value: 1e8")
        let error = #expect(throws: InputError.self) { try DeviceDescription(yaml: text, path: "my.yaml") }
        #expect(error?.key == "layers.SrTiO3.high_field_permittivity" && error?.problem.contains("permittivity 320") == true)
        #expect(error?.line != nil)
    }

    @Test("A layer whose own charge would bend its band by more than 100 V is refused: it could not be depleted")
    func spaceCharge() throws {
        // q N L^2 / (2 eps0 eps_r) = 1.602e-19 x 1e26 x (400 nm)^2 / (2 x 8.854e-12 x 320) = 452 V; at 40 nm it is 4.5 V.
        let error = #expect(throws: InputError.self) {
            try DeviceDescription.load(path: Self.setT, overrides: ["donor_density=1e26 1/m3", "thickness=400nm"])
        }
        #expect(
            error?.description.contains("donor_density") == true && error?.description.contains("452") == true,
            "\(error?.description ?? "")")
        #expect(throws: Never.self) { try DeviceDescription.load(path: Self.setT, overrides: ["donor_density=1e26 1/m3"]) }
    }

    @Test func garbageAndMissingFiles() {
        #expect(throws: InputError.self) { try DeviceDescription.load(path: "/nowhere/device.yaml") }
        for text in [
            "", "just words", "[1, 2]", "name: [x]", "geometry: 3", "layers: 3", "layers: []\nspecies: {}", "\u{0}\u{1}",
        ] {
            #expect(throws: InputError.self, "\(text)") { try DeviceDescription(yaml: text) }
        }
    }

    /// Damaged files: each is refused with an `InputError`, or read as a device that passes every check and
    /// writes back as itself.
    @Test func damagedFilesNeverTrap() throws {
        let text = Array(try Self.text())
        let pool = Array("0123456789.-eE{}:,\"\n []#&*!%inf")
        var state: UInt64 = 42
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var refused = 0
        for _ in 0..<400 {
            var copy = text
            for _ in 0...draw(3) {
                let at = draw(copy.count)
                switch draw(3) {
                case 0: copy.remove(at: at)
                case 1: copy.insert(pool[draw(pool.count)], at: at)
                default: copy[at] = pool[draw(pool.count)]
                }
            }
            do throws(InputError) {
                let device = try DeviceDescription(yaml: String(copy), path: "t.yaml")
                for entry in device.entries { try entry.rule.check(entry.value, at: entry.path) }
                #expect(try DeviceDescription(yaml: device.yaml).entries == device.entries)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 40)
    }
}
