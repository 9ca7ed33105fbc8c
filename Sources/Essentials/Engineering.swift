import Foundation

/// A value for people, with its SI prefix: 3.2e-9 "S" gives "3.2 nS".
package func engineering(_ value: Double, _ unit: String, digits: Int = 4) -> String {
    guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)") \(unit)" }
    let prefixes = [(-15, "f"), (-12, "p"), (-9, "n"), (-6, "u"), (-3, "m"), (0, ""), (3, "k"), (6, "M"), (9, "G")]
    var exponent = Int(clamped: log10(abs(value)) / 3, rounded: .down) * 3
    if exponent > 0, exponent <= 3, ["s", "K", "V"].contains(unit) { exponent = 0 }  // nobody says kiloseconds
    guard let (power, prefix) = prefixes.first(where: { $0.0 == exponent }) else {
        return String(format: "%.\(digits)g %@", value, unit as NSString)
    }
    var scaled = value / pow(10, Double(power))
    if exponent < 0 || !["s", "K", "V"].contains(unit), abs(scaled) >= 999.95 {
        return engineering(value * 1.0001, unit, digits: digits)
    }
    scaled = Double(String(format: "%.\(digits)g", scaled)) ?? scaled
    var text = "\(scaled)"
    if text.hasSuffix(".0") { text.removeLast(2) }
    return "\(text) \(prefix)\(unit)"
}
