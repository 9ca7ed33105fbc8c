import Foundation
import Testing

@testable import Simulation

/// The integral of V I by itself, on powers whose integral is known.
struct PulseAccountTests {
    /// Integral from 0 to 1 in `steps` equal steps, and how often the account looked inside them.
    private func energy(steps: Int, _ power: (Double) -> Double) -> (value: Double, looks: Int) {
        func moment(_ t: Double) -> PulseAccount.Moment { .init(power: power(t), current: 1, temperature: 300 + t) }
        var account = PulseAccount(start: moment(0))
        var looks = 0
        for k in 0..<steps {
            let (start, h) = (Double(k) / Double(steps), 1 / Double(steps))
            account.add(step: h, end: moment(start + h)) { share in
                looks += 1
                return moment(start + share * h)
            }
        }
        return (account.energy, looks)
    }

    @Test(
        "However few the steps, a curved power is integrated to the account's tolerance: rise, fall and a narrow peak",
        arguments: [1, 2, 5, 40])
    func curved(steps: Int) {
        let cases: [(name: String, power: (Double) -> Double, exact: Double)] = [
            ("rise", { exp(5 * $0) }, (exp(5) - 1) / 5), ("fall", { exp(-8 * $0) }, (1 - exp(-8)) / 8),
            ("peak", { 1 / (1 + 400 * ($0 - 0.45) * ($0 - 0.45)) }, (atan(20 * 0.55) + atan(20 * 0.45)) / 20),
        ]
        for (name, power, exact) in cases {
            #expect(abs(energy(steps: steps, power).value / exact - 1) < 2 * PulseAccount.tolerance, "\(name), \(steps) steps")
        }
    }

    @Test("Where the power is straight the steps themselves serve: no look inside but the first")
    func straight() {
        let (value, looks) = energy(steps: 50) { 2 + $0 }
        #expect(abs(value - 2.5) < 1e-12 && looks <= 1)
    }
}
