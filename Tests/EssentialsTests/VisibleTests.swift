import Essentials
import Testing

/// What other people's files say reaches a screen as text and nothing else.
@Suite struct VisibleTests {
    @Test func nothingActsOnTheScreen() {
        #expect("plain äöü µ 漢字\tand\nlines".visible == "plain äöü µ 漢字\tand\nlines")
        #expect(
            "\u{1b}[2J\u{7}\r\u{7f}\u{9b}31m\u{202e}x\u{2028}\u{feff}".visible
                == #"\u001b[2J\u0007\u000d\u007f\u009b31m\u202ex\u2028\ufeff"#)
        #expect("a\nb\tc".excerpt() == #"a\u000ab\u0009c"#)
        #expect(String(repeating: "é", count: 300).excerpt() == String(repeating: "é", count: 200) + "... (200 bytes more)")
        #expect("e\(String(repeating: "\u{301}", count: 1000))".excerpt(10).unicodeScalars.count < 40)
    }

    /// No message repeats more than 200 characters of a key, a value or a file's name, in one line.
    @Test func messagesAreShortAndInOneLine() {
        let long = String(repeating: "x", count: 100_000) + "\n\u{1b}[31m"
        let error = InputError(long, value: long, problem: "is \(long)", expected: long, source: long, line: 3)
        #expect(
            error.description.utf8.count < 2300 && !error.description.contains("\n") && !error.description.contains("\u{1b}"))
        #expect(InputError("key", value: "a\u{1b}]0;b", problem: "is odd").description == #"key = a\u001b]0;b: is odd"#)
    }

    /// The one way from a floating-point number to a whole one: it says nil or holds, and never traps.
    @Test func integersAreChecked() {
        #expect(Int(checked: 2.5) == 3 && Int(checked: -2.5) == -3 && Int(checked: 2.9, rounded: .down) == 2)
        for bad in [1e300, -1e300, .infinity, -.infinity, .nan, 0x1p63] { #expect(Int(checked: bad) == nil) }
        #expect(Int(checked: -0x1p63) == .min && UInt8(checked: 255.4) == 255 && UInt8(checked: 256.0) == nil)
        #expect(Int(clamped: 1e300) == .max && Int(clamped: -Double.infinity) == .min && Int(clamped: Double.nan) == 0)
        #expect(UInt64(clamped: -3.0) == 0 && Int32(clamped: 3e9 as Float) == .max && Int(clamped: 3.99, rounded: .down) == 3)
    }
}
