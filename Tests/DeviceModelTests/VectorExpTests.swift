import Foundation
import TestSupport
import Testing

@testable import DeviceModel

/// The vector exponential behind every flux, against Foundation's.
struct VectorExpTests {
    private func exponentials(_ values: [Double]) -> [Double] {
        let storage = LaneStorage<Double>(values.count)
        for (i, x) in values.enumerated() { storage.all[i] = x }
        storage.all.exponentials(values.count)
        return storage.all.values
    }

    @Test("Relative error below 1e-15 over the whole range [-708, 708]")
    func relativeError() {
        var numbers = SeededNumbers(seed: 1)
        let wide = (0..<200_000).map { _ in numbers.uniform(-708, 708) }
        let narrow = (0..<200_000).map { _ in numbers.uniform(-2, 2) }
        let arguments = wide + narrow + [0, -0.0, 708, -708, 1e-300, 0.34657359027997264]
        var worst = 0.0
        for (x, e) in zip(arguments, exponentials(arguments)) { worst = max(worst, abs(e / exp(x) - 1)) }
        hold(worst, below: 1e-15, as: "vector exponential")
    }

    @Test("Arguments beyond 708 are taken at the bound; NaN stays NaN")
    func bounds() {
        let e = exponentials([709, 1e308, .infinity, -709, -.infinity, .nan])
        for k in 0..<3 { #expect(abs(e[k] / exp(708.0) - 1) < 1e-15) }
        for k in 3..<5 { #expect(abs(e[k] / exp(-708.0) - 1) < 1e-15) }
        #expect(e[5].isNaN)
    }

    @Test("Every length gives the same bits as one value at a time", arguments: 0..<19)
    func lengths(count: Int) {
        let arguments = (0..<count).map { -3 + 0.37 * Double($0) }
        #expect(exponentials(arguments) == arguments.map { exponentials([$0])[0] })
    }
}
