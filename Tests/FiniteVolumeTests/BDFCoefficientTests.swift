import Foundation
import TestSupport
import Testing

@testable import FiniteVolume

/// The variable-step formulae on polynomials, for which they are exact.
struct BDFCoefficientTests {
    private func irregularAges(_ count: Int, _ numbers: inout SeededNumbers) -> [Double] {
        var age = 0.0
        return (0..<count).map { _ in
            age += numbers.uniform(0.2, 2)
            return age
        }
    }

    private func power(_ s: Double, _ k: Int) -> Double { k == 0 ? 1 : pow(s, Double(k)) }

    @Test("Order q differentiates polynomials of degree q exactly, and not of degree q + 1", arguments: 1...4)
    func derivative(order: Int) {
        var numbers = SeededNumbers(seed: UInt64(order))
        for _ in 0..<20 {
            let ages = irregularAges(5, &numbers)
            var formula = BDFCoefficients()
            formula.set(order: order, ages: ages)
            for degree in 0...(order + 1) {
                // p(s) = s^degree about t_new + 1, so that value and slope at t_new are 1 and degree.
                let sum = (0..<order).reduce(formula.shift) { $0 + formula.old[$1] * power(1 - ages[$1], degree) }
                let error = abs(sum - Double(degree))
                if degree <= order { #expect(error < 1e-9) } else { #expect(error > 1e-3) }
            }
        }
    }

    @Test(
        "Constant steps give the classical coefficients: 1; 3/2; 11/6; 25/12",
        arguments: zip(1...4, [1, 1.5, 11.0 / 6, 25.0 / 12]))
    func classical(order: Int, leading: Double) {
        var formula = BDFCoefficients()
        formula.set(order: order, ages: [1, 2, 3, 4, 5])
        #expect(abs(formula.shift - leading) < 1e-14)
    }

    @Test("k points extrapolate degree k - 1 exactly; the divided difference of order k is p^(k) / k!")
    func polynomials() {
        var numbers = SeededNumbers(seed: 9)
        let ages = irregularAges(6, &numbers)
        var weights = [Double](repeating: 0, count: 7)
        for count in 1...5 {
            BDFCoefficients.extrapolation(count: count, ages: ages, into: &weights)
            let value = (0..<count).reduce(0.0) { $0 + weights[$1] * power(1 - ages[$1], count - 1) }
            #expect(abs(value - 1) < 1e-9)
            BDFCoefficients.dividedDifference(count, ages: ages, into: &weights)
            let difference = (0...count).reduce(0.0) {
                $0 + weights[$1] * power(1 - ($1 == 0 ? 0 : ages[$1 - 1]), count)
            }
            #expect(abs(difference - 1) < 1e-9)
        }
    }
}
