import LinearAlgebra
import Testing

/// Block elimination against LAPACK's pivoting band solver on random diagonally dominant systems.
struct BlockSolverTests {
    @Test("2 x 2 block elimination equals LAPACK's band solver to 1e-12", arguments: [1, 2, 3, 4, 28, 400])
    func twoByTwo(blocks: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(blocks))
        var worst = 0.0
        for _ in 0..<5 {
            let solver = BlockTridiagonal2(blocks: blocks)
            var band = BandMatrix(order: 2 * blocks, lowerBandwidth: 3, upperBandwidth: 3)
            var b = [Double](repeating: 0, count: 2 * blocks)
            for i in 0..<blocks {
                for r in 0..<2 {
                    for c in 0..<2 {
                        let k = 4 * i + 2 * r + c
                        // Row sums of the off-diagonal entries stay below 5.
                        solver.diagonal[k] = numbers.uniform() + (r == c ? 8 : 0)
                        solver.lower[k] = numbers.uniform()
                        solver.upper[k] = numbers.uniform()
                        band[2 * i + r, 2 * i + c] = solver.diagonal[k]
                        if i > 0 { band[2 * i + r, 2 * i - 2 + c] = solver.lower[k] }
                        if i + 1 < blocks { band[2 * i + r, 2 * i + 2 + c] = solver.upper[k] }
                    }
                    b[2 * i + r] = numbers.uniform(-100, 100)
                    solver.rightHandSide[2 * i + r] = b[2 * i + r]
                }
            }
            let expected = try #require(band.solve(b))
            #expect(solver.solve())
            let size = expected.map(abs).max() ?? 0
            for (x, y) in zip(solver.rightHandSide.values, expected) { worst = max(worst, abs(x - y) / size) }
        }
        hold(worst, below: 1e-12, as: "2 x 2 block elimination, \(blocks) blocks")
    }

    @Test("3 x 3 block elimination from both ends equals LAPACK's band solver to 1e-12", arguments: [3, 4, 5, 28, 201])
    func threeByThree(blocks: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(100 + blocks))
        var worst = 0.0
        for _ in 0..<5 {
            let solver = BlockTridiagonal3(blocks: blocks)
            var band = BandMatrix(order: 3 * blocks, lowerBandwidth: 5, upperBandwidth: 5)
            var b = [Double](repeating: 0, count: 3 * blocks)
            for i in 0..<blocks {
                for r in 0..<3 {
                    for c in 0..<3 {
                        let value = numbers.uniform() + (r == c ? 10 : 0)
                        solver.diagonal[9 * i + 3 * r + c] = value
                        band[3 * i + r, 3 * i + c] = value
                    }
                    b[3 * i + r] = numbers.uniform(-100, 100)
                    solver.rightHandSide[3 * i + r] = b[3 * i + r]
                }
                // (row, column) of the five entries of a neighbour's block.
                for (k, (r, c)) in [(0, 0), (1, 0), (1, 1), (2, 0), (2, 2)].enumerated() {
                    solver.lower[5 * i + k] = numbers.uniform()
                    solver.upper[5 * i + k] = numbers.uniform()
                    if i > 0 { band[3 * i + r, 3 * i - 3 + c] = solver.lower[5 * i + k] }
                    if i + 1 < blocks { band[3 * i + r, 3 * i + 3 + c] = solver.upper[5 * i + k] }
                }
            }
            let expected = try #require(band.solve(b))
            #expect(solver.solve())
            let size = expected.map(abs).max() ?? 0
            for (x, y) in zip(solver.rightHandSide.values, expected) { worst = max(worst, abs(x - y) / size) }
        }
        hold(worst, below: 1e-12, as: "3 x 3 block elimination, \(blocks) blocks")
    }

    @Test("A singular 3 x 3 block anywhere is reported", arguments: 0..<5)
    func singularThree(block: Int) {
        let solver = BlockTridiagonal3(blocks: 5)
        for i in 0..<5 { for k in [0, 4, 8] { solver.diagonal[9 * i + k] = 1 } }
        solver.diagonal[9 * block + 4] = 0
        #expect(!solver.solve())
    }

    @Test("A singular pivot block and a NaN are reported, not solved")
    func singular() {
        let solver = BlockTridiagonal2(blocks: 3)
        for i in 0..<3 { (solver.diagonal[4 * i], solver.diagonal[4 * i + 3]) = (1, 1) }
        #expect(solver.solve())
        for i in 0..<3 { (solver.diagonal[4 * i], solver.diagonal[4 * i + 3]) = (1, i == 1 ? 0 : 1) }
        #expect(!solver.solve())
        for i in 0..<3 { (solver.diagonal[4 * i], solver.diagonal[4 * i + 3]) = (1, i == 1 ? .nan : 1) }
        solver.rightHandSide[2] = 1
        #expect(!solver.solve())
    }

    @Test("The band solver inverts a known product: A x = b with x given, to 1e-13; a singular matrix gives nil")
    func band() throws {
        var numbers = SeededNumbers(seed: 7)
        let order = 60
        var matrix = BandMatrix(order: order, lowerBandwidth: 2, upperBandwidth: 1)
        let x = (0..<order).map { _ in numbers.uniform() }
        var b = [Double](repeating: 0, count: order)
        for i in 0..<order {
            for j in max(0, i - 2)...min(order - 1, i + 1) {
                matrix[i, j] = numbers.uniform() + (i == j ? 5 : 0)
                b[i] += matrix[i, j] * x[j]
            }
        }
        let solved = try #require(matrix.solve(b))
        for (a, e) in zip(solved, x) { #expect(abs(a - e) < 1e-13) }
        #expect(BandMatrix(order: 4, lowerBandwidth: 1, upperBandwidth: 1).solve([1, 1, 1, 1]) == nil)
    }
}
