import Essentials
import Foundation

/// Where a parameter's value comes from.
public enum ParameterStatus: String, CaseIterable, Codable, Sendable {
    /// Measured or stated by a publication.
    case measured
    /// Taken over without a measurement on this device.
    case assumed
    /// Tuned so that the model meets measured numbers.
    case fitted
    /// Chosen: a convention, a degenerate direction, or a limit that changes no result.
    case chosen
}

/// One parameter with its value and everything a report says about it.
public struct ParameterEntry: Sendable {
    public let specification: ParameterSpecification
    /// SI value.
    public var value: Double
    public var status: ParameterStatus
    /// Publication, reasoning or range from the literature.
    public var source: String

    public var key: String { specification.key }
    public var section: String { specification.section }
    public var symbol: String { specification.symbol }
    public var name: String { specification.name }
    public var unit: PhysicalUnit { specification.unit }
    /// The number in `unit`, as it stands in a file.
    public var number: String { unit.exactNumber(of: value) ?? PhysicalUnit.shortest(unit.fromSI(value)) }
    /// An optional parameter that the file leaves out: its law is off.
    static func absent(_ specification: ParameterSpecification) -> ParameterEntry {
        ParameterEntry(
            specification: specification, value: DeviceParameters()[keyPath: specification.path], status: .chosen,
            source: "not in the file")
    }
    /// Whether it is as `absent` made it.
    var isAbsent: Bool { specification.isOptional && self == .absent(specification) }
    /// "5 nm ... 500 nm".
    public var rangeText: String { specification.rangeText }
}

extension ParameterEntry: Equatable {
    public static func == (a: ParameterEntry, b: ParameterEntry) -> Bool {
        a.key == b.key && a.value == b.value && a.status == b.status && a.source == b.source
    }
}

/// A device as its file describes it: the parameters, and where each one comes from.
public struct DeviceDescription: Sendable, Equatable {
    public var name: String
    /// What the set is, in the file's words.
    public var summary: String
    /// One entry for each of `ParameterSpecification.all`, in its order.
    public private(set) var entries: [ParameterEntry]
    /// The file, or nil for a description made in memory.
    public let path: String?
    /// SHA-256 of the file's bytes, followed by the overrides if there are any; of `yaml` for one made in memory.
    public private(set) var digest: String

    /// What the solver takes.
    public var parameters: DeviceParameters {
        var result = DeviceParameters()
        result.name = name
        for entry in entries { result[keyPath: entry.specification.path] = entry.value }
        return result
    }

    /// The entry of a key, with or without its section ("area" or "geometry.area").
    ///
    /// Throws `InputError` naming the closest keys.
    public func entry(_ key: String) throws -> ParameterEntry { entries[try index(of: key)] }

    /// Changes one value (SI), saying where the new one comes from.
    ///
    /// Throws `InputError` for an unknown key, a value out of range, or one that contradicts another parameter.
    public mutating func set(_ key: String, toSI value: Double, status: ParameterStatus, source: String) throws {
        let index = try index(of: key)
        try entries[index].specification.check(value)
        let old = entries[index]
        entries[index].value = value
        entries[index].status = status
        entries[index].source = source
        do {
            try parameters.checkTogether()
        } catch {
            entries[index] = old
            throw error
        }
        digest = Digest.sha256(yaml)
    }

    init(name: String, summary: String, entries: [ParameterEntry], path: String?, digest: String) {
        self.name = name
        self.summary = summary
        self.entries = entries
        self.path = path
        self.digest = digest
    }

    private func index(of key: String) throws -> Int {
        let plain = key.split(separator: ".").last.map(String.init) ?? key
        guard let index = entries.firstIndex(where: { $0.key == plain && (plain == key || "\($0.section).\($0.key)" == key) })
        else {
            let near =
                entries.first { $0.symbol == plain }?.key
                ?? suggestion(for: plain, in: entries.map(\.key) + entries.map(\.symbol))
            throw InputError(
                key, problem: "is not a parameter of the device",
                expected: near.map { "perhaps \(ParameterSpecification.keys(for: $0))" }
                    ?? "one of \(entries.map(\.key).joined(separator: ", "))")
        }
        return index
    }

    /// The description with some parameters set from texts such as "platinum_barrier=0.74eV".
    ///
    /// Their status becomes `chosen`. All are applied before they are checked against each other. Throws `InputError`
    /// with source "command line".
    public func setting(_ overrides: [String]) throws -> DeviceDescription {
        guard !overrides.isEmpty else { return self }
        var copy = self
        do {
            for text in overrides {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw InputError(
                        text, problem: "is not of the form key=value", expected: "for example platinum_barrier=0.74eV")
                }
                let key = parts[0].filter { !$0.isWhitespace }
                let index = try copy.index(of: String(key))
                let quantity = try Quantity(parsing: String(parts[1]), key: String(key))
                copy.entries[index].value = try copy.entries[index].specification.value(of: quantity)
                copy.entries[index].status = .chosen
                copy.entries[index].source = "set by hand: \(text)"
            }
            try copy.parameters.checkTogether()
        } catch let error as InputError {
            throw error.located(in: "command line")
        }
        copy.digest = Digest.sha256(digest + "\n" + overrides.joined(separator: "\n"))
        return copy
    }
}

extension ParameterSpecification {
    /// The keys behind suggestions that may be symbols: "phi_B" gives "platinum_barrier".
    static func keys(for suggestions: String) -> String {
        suggestions.components(separatedBy: " or ")
            .map { near in all.first { $0.symbol == near }?.key ?? near }
            .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            .joined(separator: " or ")
    }
}

extension DeviceParameters {
    /// Conditions between parameters. Throws `InputError` naming both.
    package func checkTogether() throws {
        func demand(_ condition: Bool, _ key: String, _ problem: String, _ expected: String) throws {
            if !condition { throw InputError(key, problem: problem, expected: expected) }
        }
        func activated(_ rate: (value: Double, key: String), _ prefactor: (value: Double, key: String), _ unit: String) throws {
            try demand(
                prefactor.value >= rate.value, prefactor.key, "is below \(rate.key): a negative activation energy",
                "at least \(rate.value) \(unit)")
        }
        // With an infinite field scale the permittivity is constant and its high-field limit without meaning.
        try demand(
            highFieldPermittivity <= permittivity || permittivityField == .infinity, "high_field_permittivity",
            "\(highFieldPermittivity) is above permittivity \(permittivity)", "at most permittivity (equal: constant)")
        try activated((vacancyDiffusivity, "vacancy_diffusivity"), (vacancyDiffusivityPrefactor, "vacancy_diffusivity_prefactor"), "m2/s")
        try activated((oxygenLossRate, "oxygen_loss_rate"), (oxygenLossPrefactor, "oxygen_loss_prefactor"), "m2/s")
        try activated((oxygenReturnRate, "oxygen_return_rate"), (oxygenReturnPrefactor, "oxygen_return_prefactor"), "1/s")
        try demand(
            maximumTemperature > ambientTemperature, "maximum_temperature",
            "\(maximumTemperature) K is not above ambient_temperature \(ambientTemperature) K", "more than ambient_temperature")
        try demand(
            vacancyBackground < maximumDensity, "vacancy_background", "is not below maximum_density",
            "less than \(maximumDensity) 1/m3")
        let bending = Constants.charge * (donorDensity + chargeNumber * vacancyBackground) * thickness * thickness
            / (2 * Constants.vacuumPermittivity * permittivity)
        try demand(
            bending <= 100, "donor_density",
            "and vacancy_background would bend the band of the depleted layer by \(PhysicalUnit("V", .voltage).rounded(bending)): it could not be depleted",
            "q (N_dop + z c_bulk) L^2 / (2 eps0 eps_r) of at most 100 V")
        try activated((trapCaptureRate, "trap_capture_rate"), (trapCapturePrefactor, "trap_capture_prefactor"), "1/s")
        try activated((trapReleaseRate, "trap_release_rate"), (trapReleasePrefactor, "trap_release_prefactor"), "1/s")
        try demand(
            trapCaptureRate == 0 || trapDepth < thickness, "trap_depth", "is not inside the layer",
            "below thickness, \(PhysicalUnit("nm", .length, exponent: -9).rounded(thickness))")
        try demand(
            thickness >= 10 * firstPlane, "first_plane", "is more than a tenth of thickness",
            "at most \(PhysicalUnit("nm", .length, exponent: -9).rounded(thickness / 10))")
    }
}
