import Essentials
import Foundation
import Testing

@testable import Studies

/// Points that fill a range, and what is made of outputs at them.
@Suite struct DesignTests {
    /// scipy 1.16, `qmc.Sobol(40, scramble=False, bits=32).random(8)`, coordinates 0, 1, 2, 5, 10 and 39.
    @Test func sobolIsThatOfScipy() {
        let expected: [[Double]] = [
            [0, 0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [0.75, 0.25, 0.25, 0.75, 0.75, 0.25],
            [0.25, 0.75, 0.75, 0.25, 0.25, 0.75], [0.375, 0.375, 0.625, 0.125, 0.875, 0.875],
            [0.875, 0.875, 0.125, 0.625, 0.375, 0.375], [0.625, 0.125, 0.875, 0.875, 0.125, 0.625],
            [0.125, 0.625, 0.375, 0.375, 0.625, 0.125],
        ]
        let sequence = SobolSequence(dimensions: 40, seed: nil)
        for (index, row) in expected.enumerated() {
            let bits = sequence.bits(index)
            #expect([0, 1, 2, 5, 10, 39].map { Double(bits[$0]) * 0x1p-32 } == row)
        }
        // Coordinates 0 ... 39 of point 1000, folded into one number (from the same scipy).
        let mixed = sequence.bits(1000).reduce(0) { $0 &* 31 &+ $1 }
        #expect(mixed == Self.scipy1000)
    }

    static let scipy1000: UInt32 = 3296722944

    /// Of the first 2^k points, shifted or not, each coordinate has one in each of 2^k strata; pairs of the first two fill a net.
    @Test(arguments: [nil, 1, 99] as [UInt64?])
    func sobolIsEven(seed: UInt64?) {
        let sequence = SobolSequence(dimensions: 40, seed: seed)
        let points = (0..<256).map(sequence.point)
        for dimension in 0..<40 {
            #expect(Set(points.map { Int(checked: $0[dimension] * 256, rounded: .down) }).count == 256)
        }
        let boxes = Set(points.map { [Int(clamped: $0[0] * 16, rounded: .down), Int(clamped: $0[1] * 16, rounded: .down)] })
        #expect(boxes.count == 256)
        #expect(points.allSatisfy { $0.allSatisfy { $0 > 0 && $0 < 1 } })
    }

    @Test func seedsGiveTheSamePointsAndOthersOthers() {
        let (a, b) = (SobolSequence(dimensions: 3, seed: 7), SobolSequence(dimensions: 3, seed: 8))
        #expect(a.point(5) == Array(SobolSequence(dimensions: 5, seed: 7).point(5).prefix(3)) && a.point(5) != b.point(5))
        let cube = LatinHypercube.points(50, dimensions: 3, seed: 7)
        #expect(cube == LatinHypercube.points(50, dimensions: 3, seed: 7))
        #expect(cube != LatinHypercube.points(50, dimensions: 3, seed: 8))
        for dimension in 0..<3 {
            #expect(Set(cube.map { Int(clamped: $0[dimension] * 50, rounded: .down) }) == Set(0..<50))
        }
    }

    /// Ishigami's function with a = 7, b = 0.1 has closed indices (T. Ishigami, T. Homma, ISUMA 1990): V_1 = (1 + b pi^4 / 5)^2 / 2,
    /// V_2 = a^2 / 8, V_13 = 8 b^2 pi^8 / 225.
    @Test func saltelliGivesIshigamisIndices() throws {
        let scheme = SaltelliScheme(samples: 4096, inputs: 3)
        let values = scheme.points(seed: 3).map { point -> Double? in
            let x = point.map { (2 * $0 - 1) * .pi }
            return 100 + sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0])
        }
        let (indices, samples) = try #require(scheme.indices(values))
        let (v1, v2, v13) = (0.5 * pow(1 + 0.1 * pow(Double.pi, 4) / 5, 2), 49.0 / 8, 8 * 0.01 * pow(Double.pi, 8) / 225)
        let v = v1 + v2 + v13
        #expect(samples == 4096)
        let closed: [(Double, Double)] = [(v1 / v, (v1 + v13) / v), (v2 / v, v2 / v), (0, v13 / v)]
        for (index, exact) in zip(indices, closed) {
            // Four standard errors, which the scheme states itself; they are below 0.03 here.
            #expect(abs(index.first - exact.0) < 4 * index.firstError && index.firstError < 0.03, "\(index) \(exact)")
            #expect(abs(index.total - exact.1) < 4 * index.totalError && index.totalError < 0.03, "\(index) \(exact)")
        }
    }

    @Test func saltelliLeavesOutSamplesThatFailed() throws {
        let scheme = SaltelliScheme(samples: 64, inputs: 2)
        var values = scheme.points(seed: 1).map { point -> Double? in 3 * point[0] + point[1] }
        for sample in 0..<10 { values[sample * 4 + sample % 4] = nil }
        let (indices, samples) = try #require(scheme.indices(values))
        #expect(samples == 54 && abs(indices[0].total - 0.9) < 0.15 && abs(indices[1].total - 0.1) < 0.05)
        #expect(scheme.indices(values.map { _ in nil }) == nil && scheme.indices(values.map { _ in 5 }) == nil)
    }

    /// f = p^3 q^-1 has the elasticities 3 and -1 exactly; f = 1 + p has p / (1 + p), with an error that is stated.
    @Test func elasticities() throws {
        let scheme = ElasticityScheme(inputs: 2, step: 0.01)
        let power = scheme.elasticities(scheme.factors.map { 5 * pow($0[0], 3) / $0[1] })
        #expect(try abs(try #require(power[0]).value - 3) < 1e-12 && abs(try #require(power[1]).value + 1) < 1e-12)
        let sum = try #require(scheme.elasticities(scheme.factors.map { 1 + $0[0] })[0])
        #expect(abs(sum.value - 0.5) <= sum.error && sum.error < 1e-4)
        var broken: [Double?] = scheme.factors.map { $0[0] }
        broken[1] = nil
        #expect(scheme.elasticities(broken)[0] == nil)
        #expect(scheme.elasticities(scheme.factors.map { $0[0] - 1 })[0] == nil)
    }
}
