/// A random generator whose whole state can be written down: xoshiro256**, seeded by SplitMix64.
///
/// Equal seeds give equal sequences on every machine; the state (four words) goes into checkpoints. It draws the
/// networks' first weights, their actions and orders of learning, and the devices and starts of the calibration.
/// Source: D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021), doi:10.1145/3460772.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable, Codable {
    /// The four words; never all zero.
    public private(set) var state: [UInt64]

    /// The generator of this seed: the same seed gives the same numbers on every machine.
    public init(seed: UInt64) {
        var word = seed
        state = (0..<4).map { _ in
            word &+= 0x9e37_79b9_7f4a_7c15
            var z = word
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    /// Goes on from a state written down earlier; nil unless it has four words, not all zero.
    public init?(state: [UInt64]) {
        guard state.count == 4, state.contains(where: { $0 != 0 }) else { return nil }
        self.state = state
    }

    /// A generator whose sequence does not depend on how far other streams have run: one seed, many streams.
    public init(seed: UInt64, stream: UInt64) {
        var mixed = SeededGenerator(seed: stream)
        self.init(seed: seed ^ mixed.next())
    }

    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }
        let result = rotate(state[1] &* 5, 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotate(state[3], 45)
        return result
    }

    /// Uniform in [0, 1), 53 bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// An integer in 0 ..< bound without bias, by Lemire's method (the standard library's own choice may change).
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "bound must be positive")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A permutation of 0 ..< count (Fisher-Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, integer(below: last + 1)) }
        return order
    }
}
