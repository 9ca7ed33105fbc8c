import Essentials
import Foundation

/// A device as its file describes it: layers, laws and numbers, and where each number comes from.
public struct DeviceDescription: Sendable, Equatable {
    /// What the device is called, in the file's words.
    public var name: String
    /// What the device is, in the file's words.
    public var summary: String
    /// Every number, in the order of the file.
    public private(set) var entries: [ParameterEntry]
    /// The file, or nil for a description made in memory.
    public let path: String?
    /// SHA-256 of the file's bytes, followed by those of the materials it names and by the overrides, if there are any; of `yaml` for
    /// one made in memory.
    public private(set) var digest: String
    /// Whether the file has the old form, with one flat list of the memristor's parameters.
    public let isOldForm: Bool
    private(set) var structure: DeviceStructure

    /// How electrons are solved for.
    public var electrons: Device.ElectronModel {
        get { structure.electrons }
        set {
            structure.electrons = newValue
            digest = Digest.sha256(yaml)
        }
    }

    /// What the solver takes.
    public var device: Device { structure.device(name: name, entries: entries) }

    init(
        name: String, summary: String, structure: DeviceStructure, entries: [ParameterEntry], path: String?, digest: String,
        isOldForm: Bool = false
    ) {
        (self.name, self.summary, self.structure, self.entries) = (name, summary, structure, entries)
        (self.path, self.digest, self.isOldForm) = (path, digest, isOldForm)
    }

    /// Same name, summary, structure, numbers, path and digest.
    public static func == (a: DeviceDescription, b: DeviceDescription) -> Bool {
        a.name == b.name && a.summary == b.summary && a.structure == b.structure && a.entries == b.entries && a.path == b.path
            && a.digest == b.digest
    }

    /// The entry of a key: its path ("layers.SrTiO3.thickness"), an end of the path that only one number has ("thickness"), or a
    /// short name of the memristor ("platinum_barrier").
    ///
    /// Throws `InputError` naming the closest keys.
    public func entry(_ key: String) throws(InputError) -> ParameterEntry { entries[try index(of: key)] }

    /// Changes one value (SI), saying where the new one comes from.
    ///
    /// Throws `InputError` for an unknown key, a value out of range, or one that contradicts another parameter.
    public mutating func set(_ key: String, toSI value: Double, status: ParameterStatus, source: String) throws(InputError) {
        let index = try indexAddingTraps(of: key)
        try entries[index].rule.check(value, at: key)
        let old = entries[index]
        entries[index].value = value
        entries[index].status = status
        entries[index].source = source
        do {
            try check()
        } catch {
            entries[index] = old
            throw error
        }
        digest = Digest.sha256(yaml)
    }

    /// The description with some parameters set from texts such as "platinum_barrier=0.74eV".
    ///
    /// Their status becomes `chosen`. All are applied before they are checked against each other. Throws `InputError`
    /// with source "command line".
    public func setting(_ overrides: [String]) throws(InputError) -> DeviceDescription {
        guard !overrides.isEmpty else { return self }
        var copy = self
        do throws(InputError) {
            for text in overrides {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw InputError(
                        text, problem: "is not of the form key=value", expected: "for example platinum_barrier=0.74eV")
                }
                try copy.set(String(parts[0].filter { !$0.isWhitespace }), to: String(parts[1]), written: text)
            }
            try copy.check()
        } catch {
            throw error.located(in: "command line")
        }
        copy.digest = Digest.sha256(digest + "\n" + overrides.joined(separator: "\n"))
        return copy
    }

    private mutating func set(_ key: String, to text: String, written: String) throws(InputError) {
        if key == "species.electrons.law" || key == "electrons" {
            structure.electrons = try DeviceDescription.electronModel(text.trimmingCharacters(in: .whitespaces), key: key)
            return
        }
        let word = text.trimmingCharacters(in: .whitespaces)
        if key == "species.electrons.tunnelling" || key == "tunnelling" {
            structure.tunnelling = try DeviceDescription.choice(word, key: key)
            return
        }
        if key == "species.electrons.emission" || key == "emission" {
            structure.emission = try DeviceDescription.choice(word, key: key)
            return
        }
        let index = try indexAddingTraps(of: key)
        let quantity = try Quantity(parsing: text, key: key)
        entries[index].value = try entries[index].rule.value(of: quantity, at: key)
        entries[index].status = .chosen
        entries[index].source = "set by hand: \(written)"
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(_ text: String, key: String) throws(InputError)
        -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            throw InputError(
                key, value: text, problem: "is not known", expected: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    static func electronModel(_ text: String, key: String) throws(InputError) -> Device.ElectronModel {
        guard let model = Device.ElectronModel(rawValue: text) else {
            throw InputError(
                key, value: text, problem: "is not a law of electrons",
                expected: Device.ElectronModel.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return model
    }
}

// Keys
extension DeviceDescription {
    /// A memristor without traps gains them, all off, when one of their numbers is asked for.
    private mutating func indexAddingTraps(of key: String) throws(InputError) -> Int {
        let plain = key.split(separator: ".").last.map(String.init) ?? key
        if structure.isMemristor, !structure.hasTraps, ParameterSpecification.traps.contains(where: { $0.key == plain }) {
            let old = structure
            structure = .memristor(traps: true, hop: old.hop)
            (structure.electrons, structure.layers) = (old.electrons, old.layers)
            (structure.tunnelling, structure.emission) = (old.tunnelling, old.emission)
            (structure.left.name, structure.right.name) = (old.left.name, old.right.name)
            let known = entries
            entries = structure.slots.map { slot in
                known.first { $0.path == slot.path } ?? .absent(slot, value: DeviceDescription.trapStandard(slot))
            }
        }
        return try index(of: key)
    }

    /// The value of a trap's number that no file gives: that of `DeviceParameters()`.
    private static func trapStandard(_ slot: DeviceStructure.Slot) -> Double {
        let parameters = DeviceParameters()
        return ParameterSpecification.traps.first { $0.place == slot.path }.map { parameters[keyPath: $0.path] } ?? .nan
    }

    private func index(of key: String) throws(InputError) -> Int {
        if let exact = entries.firstIndex(where: { $0.path == key }) { return exact }
        if let place = ParameterSpecification.all.first(where: { $0.key == key || "\($0.section).\($0.key)" == key })?.place(
            layer: structure.layers[0]),
            structure.isMemristor, let found = entries.firstIndex(where: { $0.path == place })
        {
            return found
        }
        let ends = entries.indices.filter { entries[$0].path.hasSuffix(".\(key)") }
        if ends.count == 1 { return ends[0] }
        guard ends.isEmpty else {
            throw InputError(
                key, problem: "is the key of \(ends.count) numbers",
                expected: ends.map { entries[$0].path }.joined(separator: " or "))
        }
        let plain = key.split(separator: ".").last.map(String.init) ?? key
        throw InputError(
            key, problem: "is not a parameter of the device",
            expected: nearest(to: plain).map { "perhaps \($0)" } ?? "one of \(shortKeys.joined(separator: ", "))")
    }

    /// The shortest key of every number.
    var shortKeys: [String] {
        entries.map { entry in
            if structure.isMemristor,
                let short = ParameterSpecification.all.first(where: { $0.place(layer: structure.layers[0]) == entry.path })
            {
                return short.key
            }
            return entries.count { $0.key == entry.key } == 1 ? entry.key : entry.path
        }
    }

    /// Keys near a word, which may also be a symbol: "phi_B" gives "platinum_barrier".
    func nearest(to word: String) -> String? {
        let keys = shortKeys
        func bySymbol(_ symbol: String) -> String? { entries.firstIndex { $0.symbol == symbol }.map { keys[$0] } }
        if let found = bySymbol(word) { return found }
        let near = closest(to: word, in: keys + entries.map(\.symbol)).map { bySymbol($0) ?? $0 }
        let unique = near.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return unique.isEmpty ? nil : unique.joined(separator: " or ")
    }
}
