import Foundation
import Testing

@testable import CompactModel

@Suite struct FitTests {
    @Test func exponentialRecoversItsTimeConstant() throws {
        // F = 5 exp(-t / 2.3): log-spaced samples give tau exactly, amplitude free.
        let times = (0...32).map { 0.01 * pow(10, Double($0) / 8) }
        let fit = try #require(Fits.exponential(times: times, values: times.map { 5e-9 * exp(-$0 / 2.3) }))
        #expect(abs(fit.tau / 2.3 - 1) < 1e-9)
        #expect(fit.residual < 1e-9)
    }

    @Test func exponentialRefusesWhatDoesNotDecay() {
        #expect(Fits.exponential(times: [1, 2], values: [1, 0.5]) == nil)
        #expect(Fits.exponential(times: [1, 2, 3], values: [0, 0, 0]) == nil)
        #expect(Fits.exponential(times: [1, 2, 3], values: [1, 0.5]) == nil)
    }

    @Test func powerLawRecoversPrefactorAndExponent() throws {
        // E = 30 pJ dF^1.52, the paper's law.
        let x = [0.7, 3, 5, 10, 38.6]
        let fit = try #require(Fits.powerLaw(x, x.map { 30e-12 * pow($0, 1.52) }))
        #expect(abs(fit.prefactor / 30e-12 - 1) < 1e-12)
        #expect(abs(fit.exponent - 1.52) < 1e-12)
        #expect(fit.residual < 1e-12)
        #expect(Fits.powerLaw([1, -1], [1, 1]) == nil)
    }

    @Test func sigmoidRecoversItsFourParameters() throws {
        let truth = SynapseModel.Sigmoid(height: 0.9, slope: 5, centre: -0.1, offset: 0.05, residual: 0)
        let voltages = (-6...6).map { Double($0) / 10 }
        let fit = try #require(Fits.sigmoid(voltages, voltages.map { truth.lambda(at: $0) }))
        #expect(abs(fit.height - 0.9) < 1e-6)
        #expect(abs(fit.slope - 5) < 1e-5)
        #expect(abs(fit.centre + 0.1) < 1e-6)
        #expect(abs(fit.offset - 0.05) < 1e-6)
        #expect(fit.residual < 1e-9)
    }
}
