import Foundation
import Testing

@testable import DeviceModel

/// Arithmetic of one device and of eight side by side.
struct LaneTests {
    @Test("The bounded exponential is e^x up to 250 and its tangent beyond, with a slope that Newton's method can follow")
    func boundedExponential() {
        #expect(Double.bounded(1) == exp(1) && Double.bounded(-700) == exp(-700) && Double.bounded(249) == exp(249))
        for beyond in [1.0, 40, 1e4] {
            let expected = exp(250.0) * (1 + beyond)
            #expect(abs(Double.bounded(250 + beyond) / expected - 1) < 1e-14)
            #expect(abs(SIMD8<Double>.bounded(.init(repeating: 250 + beyond))[5] / expected - 1) < 1e-13)
        }
        #expect(Double.bounded(1e9).isFinite)
    }

    @Test("What is not a number stays so: the largest over the lanes, the larger of two, and the test for finite numbers")
    func notANumber() {
        var x = SIMD8<Double>(repeating: 1)
        x[3] = .nan
        #expect(x.greatest.isNaN)
        #expect(Double.nan.greatest.isNaN)
        x[3] = 7
        #expect(x.greatest == 7)
        #expect(Double.infinity.isFinite == false && (1.0).isFinite)
        #expect(Double.larger(.nan, 2) == 2)
    }
}
