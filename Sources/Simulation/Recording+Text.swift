import Essentials

extension Recording {
    /// Reads "all", "corners", a time such as "10 ms", "20/decade" or "1000 samples".
    ///
    /// Throws `InputError` naming `key` for anything else.
    public init(_ text: String, key: String = "--record") throws(InputError) {
        switch text {
        case "all": self = .everyStep
        case "corners": self = .corners
        default:
            if let slash = text.firstIndex(of: "/"), text[slash...] == "/decade", let count = Int(text[..<slash]),
                (1...1000).contains(count)
            {
                self = .perDecade(count, first: 1e-7)
            } else if text.hasSuffix(" samples"), let count = Int(text.dropLast(8)), (4...100_000_000).contains(count) {
                self = .atMost(count)
            } else if let interval = try? Quantity.si(text, as: .time, key: key), interval > 0, interval.isFinite {
                self = .interval(interval)
            } else {
                throw InputError(
                    key, value: text, problem: "is not understood",
                    expected: "all, corners, a time such as \"10 ms\", 20/decade, or \"1000 samples\"")
            }
        }
    }
}
