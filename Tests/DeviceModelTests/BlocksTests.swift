import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Block elimination against LAPACK's pivoting band solver on random diagonally dominant systems with the pattern of transport.
struct BlocksTests {
    /// Largest difference over the largest unknown, of one device's lane.
    private func worst<let B: Int, L: Lane>(_ solver: Blocks<B, L>, lane: Int, seed: UInt64) throws -> Double {
        var numbers = SeededNumbers(seed: seed)
        let n = solver.count
        var band = BandMatrix(order: B * n, lowerBandwidth: 2 * B - 1, upperBandwidth: 2 * B - 1)
        var b = [Double](repeating: 0, count: B * n)
        for i in 0..<n {
            for r in 0..<B {
                for c in 0..<B {
                    let onPattern = c == 0 || c == r
                    for (block, offset) in [(solver.lower, -1), (solver.diagonal, 0), (solver.upper, 1)] {
                        // Row sums of the off-diagonal entries stay below 4 B.
                        let value = numbers.uniform() + (offset == 0 && r == c ? Double(4 * B) : 0)
                        block[solver.at(i, r, c)][lane: lane] = offset == 0 || onPattern ? value : 0
                        guard (0..<n).contains(i + offset), offset == 0 || onPattern else { continue }
                        band[B * i + r, B * (i + offset) + c] = value
                    }
                }
                b[B * i + r] = numbers.uniform(-100, 100)
                solver.right[B * i + r][lane: lane] = b[B * i + r]
            }
        }
        let expected = try #require(band.solve(b))
        var copies = expected
        if lane == L.width - 1 {
            #expect(solver.solve())
            for k in copies.indices { copies[k] = solver.right[k][lane: lane] }
        }
        let size = expected.map(abs).max() ?? 0
        return zip(copies, expected).map { abs($0 - $1) / size }.max() ?? 1
    }

    @Test("2 x 2, 3 x 3 and 4 x 4 blocks equal LAPACK's band solver to 1e-12", arguments: [3, 4, 5, 28, 201])
    func oneDevice(blocks: Int) throws {
        var found = 0.0
        for seed in 0..<5 {
            let s = UInt64(10 * blocks + seed)
            found = max(found, try worst(Blocks<2, Double>(count: blocks), lane: 0, seed: s))
            found = max(found, try worst(Blocks<3, Double>(count: blocks), lane: 0, seed: s))
            found = max(found, try worst(Blocks<4, Double>(count: blocks), lane: 0, seed: s))
        }
        hold(found, below: 1e-12, as: "block elimination, \(blocks) blocks")
    }

    @Test("Eight systems side by side: the last lane equals LAPACK's band solver to 1e-12")
    func eightDevices() throws {
        let solver = Blocks<2, SIMD8<Double>>(count: 28)
        for lane in 0..<8 {
            hold(try worst(solver, lane: lane, seed: UInt64(lane)), below: 1e-12, as: "block elimination, lane \(lane)")
        }
    }

    @Test("A singular block is reported, as is one that is not a number")
    func singular() {
        for value in [0.0, .nan] {
            let solver = Blocks<2, Double>(count: 4)
            for i in 0..<4 { for r in 0..<2 { solver.diagonal[solver.at(i, r, r)] = 1 } }
            solver.diagonal[solver.at(2, 1, 1)] = value
            #expect(!solver.solve())
        }
    }
}
