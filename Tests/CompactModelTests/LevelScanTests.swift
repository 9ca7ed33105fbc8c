import DeviceModel
import Essentials
import Foundation
import Testing

@testable import CompactModel

/// The short-term weight at several long-term ones, with and without deep traps.
struct LevelScanTests {
    private func levels(_ parameters: DeviceParameters, trains: Int) throws -> [LevelScan.Level] {
        var scan = LevelScan(parameters)
        scan.campaign.trains = trains
        return try scan.run()
    }

    @Test("Level 0 is the campaign's: same base, dF and decay times as the cells and decays of Figs. 2 and 3, to 4 %")
    func baseLevel() throws {
        let level = try #require(try levels(DeviceParameters(), trains: 0).first)
        var campaign = Campaign(DeviceParameters())
        campaign.parts = [.map, .decays]
        campaign.widths = [100e-6]
        campaign.biases = [-0.6, 0.6]
        let measured = try campaign.run()
        // The scan waits 375 s longer than the campaign.
        #expect(abs(level.afterOneSecond / measured.baseConductance - 1) < 0.01)
        for (amplitude, step) in zip([2, 2.5, 3.0], level.deltaConductance) {
            let cell = try #require(measured.map.first { $0.amplitude == amplitude })
            #expect(abs(step / cell.deltaConductance[0] - 1) < 0.02, "\(amplitude) V")
        }
        for (bias, tau) in zip([-0.6, 0.6], level.tau) {
            let decay = try #require(measured.decays.first { $0.bias == bias })
            #expect(abs(tau / decay.tau - 1) < 0.04, "\(bias) V")
        }
        #expect(level.trappedVacancies == 0)
    }

    @Test("Set T loses its 2 V step as W grows; where deep traps carry W and nothing diffuses, step and decay time stay")
    func trapsKeepTheStep() throws {
        func change(_ parameters: DeviceParameters) throws -> (conductance: Double, step: Double, tau: Double) {
            let all = try levels(parameters, trains: 3)
            let (first, last) = (all[0], all[3])
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.conductance < $1.conductance })
            return (
                last.conductance / first.conductance, last.deltaConductance[0] / first.deltaConductance[0], last.tau[1] / first.tau[1]
            )
        }
        let plain = try change(DeviceParameters())
        #expect(plain.conductance > 1.3 && plain.step < 0.75 && plain.tau < 0.75)
        var p = DeviceParameters()
        p.vacancyDiffusivity = 1e-27
        p.oxygenLossRate = 7e-22
        p.trapCaptureRate = 1.5e-5
        p.trapDensity = 2e16
        p.trapDepth = 30e-9
        p.trapFieldLength = 0.8e-9
        let trapping = try change(p)
        #expect(trapping.conductance > 1.3 && trapping.step > 0.95 && trapping.tau > 0.9)
    }

    @Test("A device that runs away in a train says so")
    func runaway() throws {
        var p = DeviceParameters()
        p.thermalResistance *= 1.3
        #expect(throws: CampaignFailure.self) { _ = try levels(p, trains: 1) }
    }
}
