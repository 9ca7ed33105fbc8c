import Foundation
import Testing

@testable import Essentials

struct NineDigitsTests {
    @Test("A number in a table is what printf writes with %.9g: of every size, next to powers of ten, at ties")
    func sameAsPrintf() {
        var generator = SeededGenerator(seed: 9)
        var numbers = (0..<40_000).map { _ in Double(bitPattern: generator.next()) }
        numbers += (0..<40_000).map { _ in
            Double.random(in: -1...1, using: &generator) * pow(10, Double.random(in: -20...20, using: &generator).rounded())
        }
        for k in -320...308 {
            let power = pow(10, Double(k))
            for factor in [1, 1.5, 9.99999999, 9.999999995, 9.9999999949999, 1.000000005, 0.9999999995, 5] {
                numbers += [power * factor, -power * factor, (power * factor).nextUp, (power * factor).nextDown]
            }
        }
        for k in 0..<10_000 { numbers += [Double(k) / 8, Double(k) * 1e-9, Double(123_456_789 + k) + 0.5] }
        numbers += [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let wrong = numbers.first { $0.isFinite && $0.field != String(format: "%.9g", $0) }
        #expect(wrong == nil, "\(wrong.map { "\($0): \($0.field)" } ?? "")")
        #expect(Double.nan.field.isEmpty && Double.infinity.field.isEmpty)
    }
}
