import Essentials

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

/// One number of a device with everything a report says about it.
public struct ParameterEntry: Sendable {
    /// Where it stands in the file: "layers.SrTiO3.thickness", "left.reactions.hop.forward_rate".
    public let path: String
    /// What the catalogue says of it: symbol, unit, range.
    public let rule: ParameterRule
    /// SI value.
    public var value: Double
    /// Measured, assumed, fitted or chosen.
    public var status: ParameterStatus
    /// Publication, reasoning or range from the literature.
    public var source: String
    let store: @Sendable (inout Device, Double) -> Void

    init(_ slot: DeviceStructure.Slot, value: Double, status: ParameterStatus, source: String) {
        (path, rule, store) = (slot.path, slot.rule, slot.store)
        (self.value, self.status, self.source) = (value, status, source)
    }

    /// A number that the file leaves out.
    static func absent(_ slot: DeviceStructure.Slot, value: Double) -> ParameterEntry {
        ParameterEntry(slot, value: value, status: .chosen, source: ParameterEntry.notInFile)
    }

    static let notInFile = "not in the file"
    /// Whether it is as `absent` made it.
    var isAbsent: Bool { source == Self.notInFile && value == rule.standard }

    /// Last part of the path.
    public var key: String { path.split(separator: ".").last.map(String.init) ?? path }
    /// The path without its last part: "layers.SrTiO3"; "device" for a number that stands alone.
    public var section: String { path.contains(".") ? String(path.dropLast(key.count + 1)) : "device" }
    /// Symbol of the equations.
    public var symbol: String { rule.symbol }
    /// What it is, in words.
    public var name: String { rule.name }
    /// The unit it is written in.
    public var unit: PhysicalUnit { rule.unit }
    /// The number in `unit`, as it stands in a file.
    public var number: String { unit.exactNumber(of: value) ?? PhysicalUnit.shortest(unit.fromSI(value)) }
    /// "5 nm ... 500 nm".
    public var rangeText: String { rule.rangeText }
}

extension ParameterEntry: Equatable {
    /// Same path, value, status and source.
    public static func == (a: ParameterEntry, b: ParameterEntry) -> Bool {
        a.path == b.path && a.value == b.value && a.status == b.status && a.source == b.source
    }
}
