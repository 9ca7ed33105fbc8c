import DeviceModel
import Essentials
import Foundation

/// How one parameter of a device varies from device to device.
///
/// A relative spread r (written in %) is lognormal, p = p_0 exp(w x - w^2 / 2) with w^2 = ln(1 + r^2): mean p_0, standard
/// deviation r |p_0|, and never another sign. An absolute one s (written in the parameter's unit) is normal, p = p_0 + s x. x
/// is standard normal.
public struct ParameterSpread: Sendable {
    /// Standard deviation from device to device.
    public enum Width: Sendable, Equatable {
        /// As a share of the device file's value.
        case relative(Double)
        /// In SI units.
        case absolute(Double)
    }

    /// Key as it was written.
    public let key: String
    /// The parameter in the device file; its value is the mean.
    public let entry: ParameterEntry
    /// Standard deviation.
    public let width: Width

    /// The spread of a parameter of this device.
    ///
    /// Throws `InputError` for an unknown key (with the nearest ones), a width below 0 or not finite, a value that is
    /// infinite, and a relative width of a value that is 0.
    public init(_ key: String, _ width: Width, of description: DeviceDescription) throws(InputError) {
        let entry = try description.entry(key)
        let (size, text) =
            switch width {
            case .relative(let r): (r, "\(PhysicalUnit.shortest(100 * r)) %")
            case .absolute(let s): (s, entry.unit.text(of: s))
            }
        guard size >= 0, size.isFinite else {
            throw InputError(
                key, value: text, problem: "is no standard deviation",
                expected: "0 or more, in % of the value"
                    + (entry.unit.symbol == "-" ? " or as a number" : " or in \(entry.unit.symbol)"))
        }
        guard entry.value.isFinite else {
            throw InputError(
                key, value: entry.number, problem: "cannot vary: it is infinite in this device",
                expected: "a parameter with a finite value")
        }
        if case .relative(let r) = width {
            guard r <= 2 else {
                throw InputError(key, value: text, problem: "is out of range", expected: "0 ... 200 %")
            }
            guard entry.value != 0 else {
                throw InputError(
                    key, value: text, problem: "is a share of 0", expected: "a standard deviation in \(entry.unit.symbol)")
            }
        }
        (self.key, self.entry, self.width) = (key, entry, width)
    }

    /// "area=5%" or "platinum_barrier=10meV".
    ///
    /// Throws `InputError` as the other, for a text of another form, and for a unit of another dimension.
    public init(parsing text: String, of description: DeviceDescription) throws(InputError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw InputError(
                text, problem: "is not of the form key=standard deviation",
                expected: "for example area=5% or platinum_barrier=10meV")
        }
        let (key, rule) = (parts[0], try description.entry(parts[0]).rule)
        let quantity = try Quantity(parsing: parts[1], key: key)
        if quantity.unit.symbol == "%" {
            try self.init(key, .relative(quantity.si), of: description)
            return
        }
        do throws(InputError) {
            let value = try quantity.si(as: rule.unit.dimension, key: key, perCharge: rule.isEnergyPerCharge)
            try self.init(key, .absolute(value), of: description)
        } catch {
            var error = error
            if let expected = error.expected, error.problem.contains("unit") { error.expected = expected + ", or %" }
            throw error
        }
    }

    /// "area=5%,thickness=0.4nm".
    ///
    /// Throws `InputError` as for one of them, for none, and for a parameter named twice.
    public static func list(_ text: String, of description: DeviceDescription) throws(InputError) -> [ParameterSpread] {
        var result: [ParameterSpread] = []
        for part in text.split(separator: ",") {
            let spread = try ParameterSpread(parsing: String(part), of: description)
            guard !result.contains(where: { $0.entry.path == spread.entry.path }) else {
                throw InputError(spread.key, problem: "is named twice", expected: "one standard deviation a parameter")
            }
            result.append(spread)
        }
        guard !result.isEmpty else {
            throw InputError("--spread", problem: "names no parameter", expected: "for example area=5%,platinum_barrier=10meV")
        }
        return result
    }

    /// The parameter's value (SI) at `x` of the standard normal distribution.
    public func value(at x: Double) -> Double {
        switch width {
        case .relative(let r):
            let w = log(1 + r * r).squareRoot()
            return entry.value * exp(w * x - 0.5 * w * w)
        case .absolute(let s): return entry.value + s * x
        }
    }

    /// "area 1.02e5 nm2 +- 5 % (lognormal)".
    public var text: String {
        let width =
            switch width {
            case .relative(let r): "\(PhysicalUnit.shortest((r * 1e6).rounded() / 1e4)) % (lognormal)"
            case .absolute(let s): "\(entry.unit.rounded(s)) (normal)"
            }
        return "\(key) \(entry.unit.rounded(entry.value)) +- \(width)"
    }
}
