import Foundation
import Testing

@testable import DeviceModel

/// B(u) = u / (e^u - 1): identities, the seam between series and quotient, the slope.
struct BernoulliTests {
    /// B(u) with an exponential whose argument is taken within +-708, as the fluxes do.
    private func value(_ u: Double) -> Double { bernoulli(u, exponential: exp(min(max(u, -708), 708))).value }

    @Test("B(0) = 1, B'(0) = -1/2; B -> 0 and B -> -u far out, and no overflow")
    func limits() {
        let zero = bernoulli(0, exponential: 1)
        #expect(zero.value == 1 && zero.slope == -0.5)
        #expect(value(700) > 0 && value(700) < 1e-300)
        #expect(value(-700) == 700)
        #expect(value(5000).isFinite && value(-5000) == 5000)
    }

    @Test("B(-u) = B(u) + u and B(u) = e^-u B(-u), to 1e-14")
    func identities() {
        for k in -400...400 where k != 0 {
            let u = Double(k) * 0.05 + 1e-3
            let (plus, minus) = (value(u), value(-u))
            #expect(abs(minus - plus - u) < 1e-14 * max(1, abs(u)))
            #expect(abs(plus / (exp(-u) * minus) - 1) < 1e-14)
        }
    }

    @Test("Below and above |u| = 0.05 series and quotient meet: B and B' against expm1, to 1e-14 and 1e-12")
    func seam() {
        for u in [0.0499999, 0.0500001, -0.0499999, -0.0500001, 0.01, 0.2, -0.2, 1e-4] {
            let (value, slope) = bernoulli(u, exponential: exp(u))
            #expect(abs(value / (u / expm1(u)) - 1) < 1e-14)
            // B' = (e^u - 1 - u e^u) / (e^u - 1)^2; the numerator as the series sum_(k>1) (1 - k) u^k / k!.
            var (term, numerator) = (u, 0.0)
            for k in 2...25 {
                term *= u / Double(k)
                numerator += Double(1 - k) * term
            }
            #expect(abs(slope / (numerator / (expm1(u) * expm1(u))) - 1) < 1e-12)
        }
    }

    @Test("B' equals the central difference of B to 1e-8")
    func slope() {
        for u in [-30.0, -3, -0.7, -0.03, 0.03, 0.7, 3, 30] {
            let difference = (value(u + 1e-5) - value(u - 1e-5)) / 2e-5
            #expect(abs(bernoulli(u, exponential: exp(u)).slope - difference) < 1e-8)
        }
    }
}
