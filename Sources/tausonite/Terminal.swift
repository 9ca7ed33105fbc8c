import Foundation

/// Writing to standard error, and what it is connected to.
enum Terminal {
    /// Whether standard error is a screen, on which a line can be drawn over.
    static var errorIsScreen: Bool { isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

    /// Whether standard output is a screen that may be coloured.
    static var outputIsScreen: Bool { isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil }

    static func write(_ text: String) {
        fflush(nil)  // what was printed before comes first, also in a file that takes both
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// "error: ..." in one line, in the form that all commands share.
    static func error(_ message: String) { write("error: \(message)\n") }

    /// A remark that is no result: what was written where, what was left out.
    static func note(_ message: String) { write("\(message)\n") }
}

/// A value for people, with its SI prefix: 3.2e-9 "S" gives "3.2 nS".
func engineering(_ value: Double, _ unit: String, digits: Int = 4) -> String {
    guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)") \(unit)" }
    let prefixes = [(-15, "f"), (-12, "p"), (-9, "n"), (-6, "u"), (-3, "m"), (0, ""), (3, "k"), (6, "M"), (9, "G")]
    var exponent = Int((log10(abs(value)) / 3).rounded(.down)) * 3
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
