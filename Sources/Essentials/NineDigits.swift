import Foundation

/// Nine significant digits of a number as `printf` writes them with `%.9g`, ten times as fast as `String(format:)`.
///
/// The number is scaled to nine digits before the point in double-double arithmetic, which errs by far less than 1e-6 of the last
/// digit. Where the rest lies that near to a half, and outside 1e-290 ... 1e290, `printf` decides.
enum NineDigits {
    /// 10^k as the sum of two doubles, k from -300 to 300.
    private static let powers: [(high: Double, low: Double)] = {
        var up: [(Double, Double)] = [(1, 0)], down: [(Double, Double)] = [(1, 0)]
        for _ in 0..<300 {
            let (a, b) = up[up.count - 1]
            let product = a * 10
            up.append(normalised(product, (-product).addingProduct(a, 10) + b * 10))
            let (c, d) = down[down.count - 1]
            let quotient = c / 10
            down.append(normalised(quotient, (c.addingProduct(-quotient, 10) + d) / 10))
        }
        return down.dropFirst().reversed() + up
    }()

    private static func normalised(_ a: Double, _ b: Double) -> (Double, Double) {
        let sum = a + b
        return (sum, b - (sum - a))
    }

    /// The text of a finite number.
    static func text(_ x: Double) -> String {
        let size = abs(x)
        guard size > 1e-290, size < 1e290 else { return x == 0 && x.sign == .plus ? "0" : exact(x) }
        var exponent = Int(clamped: log10(size), rounded: .down)
        var digits = 0
        // The logarithm may be off by one next to a power of ten.
        for _ in 0..<2 {
            let (high, low) = powers[8 - exponent + 300]
            let product = size * high
            let rest = (-product).addingProduct(size, high) + size * low
            let whole = product.rounded()
            let part = (product - whole) + rest
            guard abs(part) < 0.499999 else { return exact(x) }
            if whole < 1e8 {
                exponent -= 1
            } else if whole >= 1e9 {
                exponent += 1
            } else {
                digits = Int(clamped: whole)
                break
            }
        }
        guard digits > 0 else { return exact(x) }
        return spelled(digits, exponent, isNegative: x < 0)
    }

    /// Digits d.dddddddd x 10^exponent without zeros at the end, in the form that %g chooses.
    private static func spelled(_ digits: Int, _ exponent: Int, isNegative: Bool) -> String {
        var (rest, count) = (digits, 9)
        while rest % 10 == 0 {
            rest /= 10
            count -= 1
        }
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var at = 0
            func put(_ byte: UInt8) {
                buffer[at] = byte
                at += 1
            }
            /// Digits number first ..< last of the count.
            func put(digits first: Int, _ last: Int) {
                for k in first..<last {
                    put(48 + (k < count ? UInt8(rest / tens[count - 1 - k] % 10) : 0))
                }
            }
            if isNegative { put(45) }
            if exponent < -4 || exponent >= 9 {
                put(digits: 0, 1)
                if count > 1 {
                    put(46)
                    put(digits: 1, count)
                }
                put(101)
                put(exponent < 0 ? 45 : 43)
                let size = abs(exponent)
                if size >= 100 { put(48 + UInt8(size / 100)) }
                put(48 + UInt8(size / 10 % 10))
                put(48 + UInt8(size % 10))
            } else if exponent < 0 {
                put(48)
                put(46)
                for _ in 1..<(-exponent) { put(48) }
                put(digits: 0, count)
            } else {
                put(digits: 0, exponent + 1)
                if count > exponent + 1 {
                    put(46)
                    put(digits: exponent + 1, count)
                }
            }
            return at
        }
    }

    private static let tens = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    private static func exact(_ x: Double) -> String { String(format: "%.9g", x) }
}
