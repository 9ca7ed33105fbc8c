import Foundation
import Testing

@testable import CompactModel
@testable import Export

@Suite struct HornerTests {
    /// T_4 = 8 x^4 - 8 x^2 + 1, T_3 = 4 x^3 - 3 x.
    @Test func chebyshevPolynomialsBecomePowers() {
        #expect(Horner.powers([0, 0, 0, 0, 1.0]) == [1, 0, -8, 0, 8])
        #expect(Horner.powers([0, 0, 0, 2.0, 0]) == [0, -6, 0, 8, 0])
    }

    /// Powers give what Clenshaw's rule gives, to the digits that degree 10 leaves.
    @Test func powersAreTheSurface() throws {
        let model = try SetP.lumps()
        let surface = model.ambients[0].bias.redox
        let (nv, nq) = (surface.shape.voltage, surface.shape.charge)
        let rows = (0...nv).map { i in (0...nq).map { surface.coefficients[i * (nq + 1) + $0] } }
        let powers = Horner.powers(rows)
        for (v, q) in [(-0.6, 0.2), (0.13, 1.1), (0.6, 2.0), (0, 0.001)] {
            let (x, y) = (LumpedSurface.scaled(v, surface.voltages), LumpedSurface.scaled(q, surface.charges))
            var sum = 0.0
            for i in 0...nv { for j in 0...nq { sum += powers[i][j] * pow(x, Double(i)) * pow(y, Double(j)) } }
            let shares = [Double](repeating: 0, count: model.lumpCount - 1)
            let expected = surface.slice(at: v, shares: shares.count).value(q, shares)
            #expect(abs(sum - expected) < 1e-10 * abs(expected), "\(v) V")
        }
    }

    @Test func nestedExpressions() {
        #expect(Horner.nested(["1", "2", "-3"], in: "x") == "(1+x*(2+x*-3))")
        #expect(Horner.scaled("v", -1...3) == "max(-1,min(1,(v-(1))/2))")
    }
}
