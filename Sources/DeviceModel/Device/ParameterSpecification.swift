import Essentials
import Foundation

/// A parameter of the one-layer memristor under its short name: a rule, where it stands in a device file and in `DeviceParameters`.
///
/// Short names (`thickness`, `platinum_barrier`) serve `--set`, calibration and files of the old form.
public struct ParameterSpecification: Sendable {
    /// Section of an old file: geometry, electrostatics, electrons, vacancies, platinum, traps, heat.
    public let section: String
    /// Short name, unique.
    public let key: String
    /// Symbol, unit, range and reason.
    public let rule: ParameterRule
    /// Whether an old file may leave it out: the law it belongs to is then off (the value of `DeviceParameters()`).
    public let isOptional: Bool
    /// Where it stands in a device file, "layers.*.thickness".
    let place: String
    /// Where the value stands.
    public let path: any WritableKeyPath<DeviceParameters, Double> & Sendable

    init(
        _ section: String, _ key: String, at place: String, _ rule: ParameterRule, optional: Bool = false,
        _ path: any WritableKeyPath<DeviceParameters, Double> & Sendable
    ) {
        (self.section, self.key, self.place, self.rule, isOptional, self.path) = (section, key, place, rule, optional, path)
    }

    /// Symbol of the equations.
    public var symbol: String { rule.symbol }
    /// What it is, in words.
    public var name: String { rule.name }
    /// The unit it is written in.
    public var unit: PhysicalUnit { rule.unit }
    /// Valid SI values.
    public var range: ClosedRange<Double> { rule.range }
    /// Why the range ends there.
    public var reason: String { rule.reason }
    /// Whether infinity is a value as well.
    public var allowsInfinity: Bool { rule.allowsInfinity }
    /// Whether it is an energy given in eV and held in V.
    public var isEnergyPerCharge: Bool { rule.isEnergyPerCharge }
    /// "5 nm ... 500 nm", with "or inf" where infinity is allowed.
    public var rangeText: String { rule.rangeText }

    /// Where it stands in a file whose only layer is called `layer`.
    func place(layer: String) -> String { place.replacingOccurrences(of: "*", with: layer) }
}
