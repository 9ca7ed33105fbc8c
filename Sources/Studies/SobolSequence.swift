import Essentials

/// Points that fill the unit cube evenly: Sobol's sequence, shifted at random by a seed.
///
/// Point n is the exclusive or of the direction numbers of the bits of n ^ (n >> 1); each coordinate is then shifted by 32 random
/// bits (exclusive or) and lies in the middle of its 2^-32. The shift keeps the evenness and makes each point uniform by itself;
/// point n is the same however many are taken. The first 2^k points are the most even for whole k.
/// Source of the direction numbers: S. Joe, F. Y. Kuo, SIAM J. Sci. Comput. 30, 2635 (2008), doi:10.1137/070709359 (new-joe-kuo-6).
package struct SobolSequence: Sendable {
    /// Most coordinates.
    package static let largestDimension = 40
    private let directions: [[UInt32]]
    private let shifts: [UInt32]

    /// - seed: nil for the bare sequence, whose point 0 is the corner.
    package init(dimensions: Int, seed: UInt64?) {
        precondition((1...Self.largestDimension).contains(dimensions), "dimensions out of range")
        directions = (0..<dimensions).map(Self.directions)
        shifts = (0..<dimensions).map { dimension in
            guard let seed else { return 0 }
            var generator = SeededGenerator(seed: seed, stream: UInt64(dimension))
            return UInt32(truncatingIfNeeded: generator.next() >> 32)
        }
    }

    /// The bits of a point's coordinates, in units of 2^-32.
    func bits(_ index: Int) -> [UInt32] {
        let gray = UInt32(truncatingIfNeeded: index) ^ UInt32(truncatingIfNeeded: index >> 1)
        return zip(directions, shifts).map { direction, shift in
            var x = shift
            for bit in 0..<32 where gray >> UInt32(bit) & 1 == 1 { x ^= direction[bit] }
            return x
        }
    }

    /// Coordinates within (0, 1). Index: 0 ..< 2^32.
    package func point(_ index: Int) -> [Double] { bits(index).map { (Double($0) + 0.5) * 0x1p-32 } }

    /// m_1 ... m_s of the table, then m_k = 2 a_1 m_(k-1) ^ ... ^ 2^s m_(k-s) ^ m_(k-s), as v_k = m_k 2^(32 - k).
    private static func directions(_ dimension: Int) -> [UInt32] {
        guard dimension > 0 else { return (1...32).map { 1 << UInt32(32 - $0) } }
        let (polynomial, initial) = table[dimension - 1]
        let degree = initial.count
        var v = initial.enumerated().map { UInt32($1) << UInt32(31 - $0) }
        for k in degree..<32 {
            var next = v[k - degree] ^ (v[k - degree] >> UInt32(degree))
            for i in 1..<max(degree, 1) where polynomial >> (degree - i) & 1 == 1 { next ^= v[k - i] }
            v.append(next)
        }
        return v
    }

    /// Primitive polynomials by their bits, and the first m of each, from the second coordinate on.
    private static let table: [(polynomial: Int, m: [Int])] = [
        (3, [1]), (7, [1, 3]), (11, [1, 3, 1]), (13, [1, 1, 1]), (19, [1, 1, 3, 3]), (25, [1, 3, 5, 13]),
        (37, [1, 1, 5, 5, 17]), (41, [1, 1, 5, 5, 5]), (47, [1, 1, 7, 11, 19]), (55, [1, 1, 5, 1, 1]), (59, [1, 1, 1, 3, 11]),
        (61, [1, 3, 5, 5, 31]), (67, [1, 3, 3, 9, 7, 49]), (91, [1, 1, 1, 15, 21, 21]), (97, [1, 3, 1, 13, 27, 49]),
        (103, [1, 1, 1, 15, 7, 5]), (109, [1, 3, 1, 15, 13, 25]), (115, [1, 1, 5, 5, 19, 61]),
        (131, [1, 3, 7, 11, 23, 15, 103]), (137, [1, 3, 7, 13, 13, 15, 69]), (143, [1, 1, 3, 13, 7, 35, 63]),
        (145, [1, 3, 5, 9, 1, 25, 53]), (157, [1, 3, 1, 13, 9, 35, 107]), (167, [1, 3, 1, 5, 27, 61, 31]),
        (171, [1, 1, 5, 11, 19, 41, 61]), (185, [1, 3, 5, 3, 3, 13, 69]), (191, [1, 1, 7, 13, 1, 19, 1]),
        (193, [1, 3, 7, 5, 13, 19, 59]), (203, [1, 1, 3, 9, 25, 29, 41]), (211, [1, 3, 5, 13, 23, 1, 55]),
        (213, [1, 3, 7, 3, 13, 59, 17]), (229, [1, 3, 1, 3, 5, 53, 69]), (239, [1, 1, 5, 5, 23, 33, 13]),
        (241, [1, 1, 7, 7, 1, 61, 123]), (247, [1, 1, 7, 9, 13, 61, 49]), (253, [1, 3, 3, 5, 3, 55, 33]),
        (285, [1, 3, 1, 15, 31, 13, 49, 245]), (299, [1, 3, 5, 15, 31, 59, 63, 97]), (301, [1, 3, 1, 11, 11, 11, 77, 249]),
    ]
}
