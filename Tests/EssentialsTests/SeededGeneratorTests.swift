import Essentials
import Foundation
import Testing

@Suite struct SeededGeneratorTests {
    /// xoshiro256** from state (1, 2, 3, 4): first outputs by hand from the definition, rotl(s1 * 5, 7) * 9.
    @Test func followsTheDefinition() throws {
        var generator = try #require(SeededGenerator(state: [1, 2, 3, 4]))
        // s1 = 2: rotl(10, 7) * 9 = 1280 * 9. Then s1 becomes 2 ^ (3 ^ 1) = 0, so the second output is 0.
        #expect(generator.next() == 11520)
        #expect(generator.next() == 0)
        #expect(SeededGenerator(state: [0, 0, 0, 0]) == nil)
        #expect(SeededGenerator(state: [1]) == nil)
    }

    @Test func goesOnFromItsState() throws {
        var first = SeededGenerator(seed: 42)
        for _ in 0..<100 { _ = first.next() }
        let text = try JSONEncoder().encode(first)
        var second = try JSONDecoder().decode(SeededGenerator.self, from: text)
        for _ in 0..<100 { #expect(first.next() == second.next()) }
        var (a, b) = (SeededGenerator(seed: 1, stream: 0), SeededGenerator(seed: 1, stream: 1))
        #expect(a.next() != b.next())
    }

    /// Mean 1/2 and variance 1/12 within five standard errors of 100,000 draws; integers cover their range evenly.
    @Test func drawsAreUniform() {
        var generator = SeededGenerator(seed: 7)
        let draws = (0..<100_000).map { _ in generator.uniform() }
        let mean = draws.reduce(0, +) / 1e5
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
        #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / 1e5).squareRoot())
        #expect(abs(variance - 1.0 / 12) < 5 * (1.0 / 180 / 1e5).squareRoot())
        var bins = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { bins[generator.integer(below: 7)] += 1 }
        #expect(bins.allSatisfy { abs(Double($0) - 10_000) < 5 * (70_000.0 * 6 / 49).squareRoot() })
        #expect(generator.permutation(50).sorted() == Array(0..<50))
    }
}
