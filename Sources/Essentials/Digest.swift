import Foundation

/// SHA-256, so that a result can name the very files it was computed from.
///
/// Source: FIPS PUB 180-4, sections 4.1.2, 4.2.2, 5.1.1 and 6.2. Cost: about 64 rounds per 64 bytes; meant for
/// files of kilobytes to some megabytes.
public enum Digest {
    /// The digest as 64 lower-case hexadecimal digits.
    public static func sha256(_ data: Data) -> String {
        sha256Bytes(data).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// The digest as 32 bytes.
    public static func sha256Bytes(_ data: Data) -> Data {
        var state = initialState
        var message = [UInt8](data)
        let bits = UInt64(message.count) * 8
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
        var schedule = [UInt32](repeating: 0, count: 64)
        for start in stride(from: 0, to: message.count, by: 64) {
            compress(&state, message[start..<start + 64], &schedule)
        }
        return Data(
            state.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) } })
    }

    /// Digest of UTF-8 text.
    public static func sha256(_ text: String) -> String { sha256(Data(text.utf8)) }

    private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>, _ w: inout [UInt32]) {
        func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { (x >> n) | (x << (32 - n)) }
        for t in 0..<16 {
            let i = block.startIndex + 4 * t
            w[t] = UInt32(block[i]) << 24 | UInt32(block[i + 1]) << 16 | UInt32(block[i + 2]) << 8 | UInt32(block[i + 3])
        }
        for t in 16..<64 {
            let s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >> 3)
            let s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ roundConstants[t] &+ w[t]
            let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let second = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] = state[i] &+ value }
    }

    private static let primes: [UInt64] = {
        var found: [UInt64] = []
        var candidate: UInt64 = 2
        while found.count < 64 {
            if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
            candidate += 1
        }
        return found
    }()

    /// First 32 bits of the fractional part of the square roots of the first 8 primes.
    private static let initialState: [UInt32] = primes.prefix(8).map { fraction($0, power: 2) }
    /// First 32 bits of the fractional part of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = primes.map { fraction($0, power: 3) }

    /// floor(2^32 p^(1/power)) mod 2^32, by bisection in whole numbers (r^power <= p 2^(32 power)).
    private static func fraction(_ prime: UInt64, power: Int) -> UInt32 {
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            if isAtMost(middle, power: power, prime) { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    /// r^power <= p 2^(32 power) in exact arithmetic of 128 bits (both sides stay below 2^111).
    private static func isAtMost(_ r: UInt64, power: Int, _ prime: UInt64) -> Bool {
        var left = UInt128(1)
        for _ in 0..<power { left *= UInt128(r) }
        return left <= UInt128(prime) << UInt128(32 * power)
    }
}
