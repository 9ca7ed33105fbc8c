import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

/// B(u) = u / (e^u - 1): identities, the seam between series and quotient, the slope.
struct BernoulliTests {
    @Test("B(0) = 1, B'(0) = -1/2; B -> 0 and B -> -u far out, and no overflow")
    func limits() {
        let zero = Bernoulli.evaluate(0, exponential: 1)
        #expect(zero.value == 1 && zero.slope == -0.5)
        #expect(Bernoulli.value(700) > 0 && Bernoulli.value(700) < 1e-300)
        #expect(Bernoulli.value(-700) == 700)
        #expect(Bernoulli.value(5000).isFinite && Bernoulli.value(-5000) == 5000)
    }

    @Test("B(-u) = B(u) + u and B(u) = e^-u B(-u), to 1e-14")
    func identities() {
        for k in -400...400 where k != 0 {
            let u = Double(k) * 0.05 + 1e-3
            let (plus, minus) = (Bernoulli.value(u), Bernoulli.value(-u))
            #expect(abs(minus - plus - u) < 1e-14 * max(1, abs(u)))
            #expect(abs(plus / (exp(-u) * minus) - 1) < 1e-14)
        }
    }

    @Test("Below and above |u| = 0.05 series and quotient meet: B and B' against expm1, to 1e-14 and 1e-12")
    func seam() {
        for u in [0.0499999, 0.0500001, -0.0499999, -0.0500001, 0.01, 0.2, -0.2, 1e-4] {
            let (value, slope) = Bernoulli.evaluate(u, exponential: exp(u))
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
            let difference = (Bernoulli.value(u + 1e-5) - Bernoulli.value(u - 1e-5)) / 2e-5
            #expect(abs(Bernoulli.evaluate(u, exponential: exp(u)).slope - difference) < 1e-8)
        }
    }
}
