import Foundation
import Testing

@testable import Essentials

/// Normal numbers of `SeededGenerator`.
@Suite struct NormalTests {
    /// Moments of the standard normal distribution, 0, 1, 0, 3, each within five standard errors of 200,000 draws (variances of x, x^2, x^3, x^4:
    /// 1, 2, 15, 96), and no correlation within a pair.
    @Test func momentsAreThoseOfTheDistribution() {
        var generator = SeededGenerator(seed: 11)
        let pairs = (0..<100_000).map { _ in generator.normalPair() }
        let draws = pairs.flatMap { [$0.0, $0.1] }
        for (power, moment, variance) in [(1.0, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
            let mean = draws.reduce(0) { $0 + pow($1, power) } / 2e5
            #expect(abs(mean - moment) < 5 * (variance / 2e5).squareRoot(), "moment \(power): \(mean)")
        }
        #expect(abs(pairs.reduce(0) { $0 + $1.0 * $1.1 } / 1e5) < 5 / 1e5.squareRoot())
    }

    /// The series against the C library's logarithm: 2e-16 of max(1, |ln x|) is one unit in the last place; four are allowed.
    @Test func logarithmIsTheLogarithm() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let x = exp(generator.uniform(-40, 1))
            #expect(abs(SeededGenerator.logarithm(x) - log(x)) <= 4 * 2.2e-16 * max(1, abs(log(x))), "\(x)")
        }
        #expect(SeededGenerator.logarithm(1) == 0)
    }

    /// A seed is a sequence.
    @Test func sameSeedSameBits() {
        var (a, b) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5))
        let first = (0..<100).map { _ in a.normal().bitPattern }
        #expect(first == (0..<100).map { _ in b.normal().bitPattern })
        var c = SeededGenerator(seed: 6)
        #expect(first != (0..<100).map { _ in c.normal().bitPattern })
    }
}
