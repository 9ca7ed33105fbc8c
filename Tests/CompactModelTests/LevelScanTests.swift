import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

@testable import CompactModel

/// The short-term weight at several long-term ones, with and without deep traps.
struct LevelScanTests {
    private func levels(_ parameters: DeviceParameters, trains: Int) throws -> [LevelScan.Level] {
        var scan = LevelScan(parameters)
        scan.campaign.trains = trains
        return try scan.run()
    }

    @Test("Level 0 is the campaign's base 375 s later: G to 1 %, dF of the cells to 2 %")
    func baseLevel() throws {
        let level = try #require(try levels(DeviceParameters(), trains: 0).first)
        var campaign = Campaign(DeviceParameters())
        campaign.parts = [.map]
        campaign.widths = [100e-6]
        let measured = try campaign.run()
        #expect(abs(level.afterOneSecond / measured.baseConductance - 1) < 0.01)
        for (amplitude, step) in zip([2, 2.5, 3.0], level.deltaConductance) {
            let cell = try #require(measured.map.first { $0.amplitude == amplitude })
            #expect(abs(step / cell.deltaConductance[0] - 1) < 0.02, "\(amplitude) V")
        }
        #expect(level.trappedVacancies == 0)
    }

    @Test("No measurement sees the one before: the last decay is that of a device on which nothing else was measured")
    func independentMeasurements() throws {
        let level = try #require(try levels(DeviceParameters(), trains: 0).first)
        let campaign = Campaign(DeviceParameters())
        let bench = Bench(try campaign.simulator(), name: "alone")
        try bench.run(Experiment.baseStateSteps)
        try bench.run([.hold(voltage: 0.6, duration: 1)])
        try bench.run([.hold(voltage: 0.6, duration: 374)])
        #expect(level.conductance == (try bench.simulator.read()))
        let alone = try campaign.measureDecay(bench, bias: 0.6).tau
        #expect(abs(level.tau[1] / alone - 1) < 1e-9)
    }

    @Test("Set T loses its 2 V step as W grows; where deep traps carry W and nothing diffuses, step and decay time stay")
    func trapsKeepTheStep() throws {
        func change(_ parameters: DeviceParameters) throws -> (conductance: Double, step: Double, tau: Double) {
            let all = try levels(parameters, trains: 3)
            let (first, last) = (all[0], all[3])
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.conductance < $1.conductance })
            return (
                last.conductance / first.conductance, last.deltaConductance[0] / first.deltaConductance[0],
                last.tau[1] / first.tau[1]
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
