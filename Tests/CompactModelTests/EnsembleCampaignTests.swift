import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import CompactModel

/// Ensembles against the campaign of a single device.
@Suite struct EnsembleCampaignTests {
    private let shipped: DeviceDescription

    init() throws { shipped = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")) }

    private func draws(_ spreads: String, _ count: Int, seed: UInt64 = 1) throws -> DeviceDraws {
        try DeviceDraws(shipped, spreads: ParameterSpread.list(spreads, of: shipped), count: count, seed: seed)
    }

    private func measured(_ device: Device) throws -> Characterisation {
        var campaign = Campaign(device)
        (campaign.parts, campaign.biases, campaign.repeats) = ([.map, .decays], [0.6, 0, -0.6], 1)
        campaign.restBetweenRepeats = 1
        return try campaign.runSerially()
    }

    private func compare(
        _ device: EnsembleCampaign.Measured, _ alone: Characterisation, below limit: Double, _ name: String
    ) throws {
        func miss(_ quantity: EnsembleQuantity, _ value: Double) throws -> Double {
            abs(try #require(device.values[quantity]) / value - 1)
        }
        #expect(device.failures.isEmpty && device.values.count == 16)
        hold(try miss(.baseConductance, alone.baseConductance), below: limit, as: "G_min of \(name)")
        for cell in alone.map {
            let quantity = EnsembleQuantity.step(amplitude: cell.amplitude, width: cell.width)
            hold(try miss(quantity, cell.deltaConductance[0]), below: limit, as: "\(quantity.key) of \(name)")
        }
        for decay in alone.decays {
            let quantity = EnsembleQuantity.decayTime(bias: decay.bias)
            hold(try miss(quantity, decay.tau), below: limit, as: "\(quantity.key) of \(name)")
        }
    }

    /// Nine devices without spread, eight in lanes and one alone: each has the numbers of `extract`. Lanes that are alike take the steps of
    /// the scalar solver; what is left is the rounding of vectors, carried through Newton's tolerance.
    @Test func withoutSpreadEveryDeviceIsTheOneOfTheFile() throws {
        let draws = try draws("area=0%,platinum_barrier=0meV", 9)
        let outcome = try EnsembleCampaign(Campaign(shipped.device)).run(draws.members.map(\.device))
        #expect(draws.redrawn == 0 && draws.members.allSatisfy { $0.device == shipped.device })
        #expect(outcome.runsInLanes + outcome.runsThatLeft == 8 * 16 && outcome.runsAlone == 16)
        let alone = try measured(shipped.device)
        for (index, device) in outcome.devices.enumerated() {
            try compare(device, alone, below: 1e-5, "device \(index) without spread")
        }
        // The one that found no lanes is the scalar solver's to the last bit.
        #expect(outcome.devices[8].values[.baseConductance] == alone.baseConductance)
        #expect(outcome.devices[8].values[.decayTime(bias: 0)] == alone.decays.first { $0.bias == 0 }?.tau)
    }

    /// Devices that differ, in lanes, against the scalar solver on each: the tolerance of the integrator allows 0.1 %.
    @Test func lanesAreTheScalarSolverWithinTheTolerance() throws {
        let draws = try draws("area=5%,platinum_barrier=5meV,forward_hop_energy=3meV", 8)
        let outcome = try EnsembleCampaign(Campaign(shipped.device)).run(draws.members.map(\.device))
        #expect(outcome.runsInLanes > 64)
        for index in [0, 3, 7] {
            try compare(
                outcome.devices[index], measured(draws.members[index].device), below: 1e-3, "device \(index) of an ensemble")
        }
    }

    /// A device at the edge of the electrons' charge, whose base state carries it and whose state after the pulse does not: both reads are
    /// taken with it, so that dF is that of drift-diffusion electrons throughout, to the 2.5 % of the threshold on F instead of on G.
    @Test func aChangeOfTheElectronsLawIsNoStep() throws {
        let edge = try shipped.setting([
            "area=42998.1739nm2", "platinum_barrier=1.30382246eV", "thickness=40.0293535nm",
        ])
        var charged = edge.device
        charged.electrons = .driftDiffusion
        func step(_ device: Device) throws -> Double {
            var campaign = Campaign(device)
            (campaign.parts, campaign.repeats, campaign.restBetweenRepeats) = ([.map], 1, 1)
            (campaign.amplitudes, campaign.widths) = ([2], [20e-6])
            return try campaign.runSerially().map[0].deltaConductance[0]
        }
        let expected = try step(charged)
        hold(abs(try step(edge.device) / expected - 1), below: 0.025, as: "dF at a change of the electrons' law, campaign")
        var ensemble = EnsembleCampaign(Campaign(edge.device))
        (ensemble.campaign.amplitudes, ensemble.campaign.widths, ensemble.biases) = ([2], [20e-6], [])
        let measured = try ensemble.run([edge.device]).devices[0].values[.step(amplitude: 2, width: 20e-6)]
        hold(abs(try #require(measured) / expected - 1), below: 0.025, as: "dF at a change of the electrons' law, ensemble")
    }

    @Test func sameSeedSameBits() throws {
        let campaign = EnsembleCampaign(Campaign(shipped.device))
        let spreads = "area=5%,platinum_barrier=10meV"
        let (a, b) = (try draws(spreads, 12), try draws(spreads, 12))
        #expect(a.members.map(\.values) == b.members.map(\.values))
        // Device k does not depend on how many are drawn.
        #expect(try draws(spreads, 30).members.prefix(12).map(\.values) == a.members.map(\.values))
        #expect(try draws(spreads, 12, seed: 2).members.map(\.values) != a.members.map(\.values))
        #expect(
            try campaign.run(a.members.map(\.device)).devices == campaign.run(b.members.map(\.device)).devices)
    }

    /// Means and standard deviations of 4,000 draws within five standard errors: 5 % lognormal about the area, 10 meV normal about the
    /// barrier; a thickness near its least value is drawn again where it falls below it.
    @Test func drawsHaveTheSpreadsAskedFor() throws {
        let members = try draws("area=5%,platinum_barrier=10meV", 4000).members
        let (area, barrier) = (shipped.device.area, try shipped.entry("platinum_barrier").value)
        for (k, mean, deviation) in [(0, area, 0.05 * area), (1, barrier, 0.01)] {
            let drawn = try #require(Distribution(members.map { $0.values[k] }))
            #expect(abs(drawn.mean - mean) < 5 * deviation / 4000.squareRoot())
            #expect(abs(drawn.deviation - deviation) < 5 * deviation / 8000.squareRoot())
        }
        #expect(members.allSatisfy { $0.device.area == $0.values[0] })
        let thin = try shipped.setting(["thickness=6nm"])
        let draws = try DeviceDraws(
            thin, spreads: ParameterSpread.list("thickness=1nm", of: thin), count: 200, seed: 1)
        #expect(draws.redrawn > 10 && draws.members.allSatisfy { $0.values[0] >= 5e-9 })
    }

    /// Devices that form under the largest pulse are kept, with what could be measured and why the rest could not.
    @Test func aDeviceThatFormsIsNamed() throws {
        var device = shipped.device
        device.thermalResistance *= 3
        let outcome = try EnsembleCampaign(Campaign(shipped.device)).run([
            shipped.device, device, shipped.device, shipped.device,
        ])
        let formed = outcome.devices[1]
        #expect(formed.values[.baseConductance] != nil && formed.values[.step(amplitude: 2, width: 20e-6)] != nil)
        let failure = try #require(formed.failures.first { $0.quantity == .step(amplitude: 3.5, width: 500e-6) })
        #expect(failure.reason.contains("heat balance") || failure.reason.contains("forming"), "\(failure.reason)")
        #expect(formed.values[failure.quantity] == nil && outcome.runsThatLeft + outcome.runsAlone > 0)
        #expect(outcome.devices[0].failures.isEmpty && outcome.devices[3].failures.isEmpty)
    }

    @Test func theFormingVoltageIsThatOfTheCampaign() throws {
        var ensemble = EnsembleCampaign(Campaign(shipped.device))
        (ensemble.findsForming, ensemble.biases) = (true, [])
        (ensemble.campaign.amplitudes, ensemble.campaign.widths) = ([2], [20e-6])
        var campaign = Campaign(shipped.device)
        (campaign.parts, campaign.findsForming) = ([], true)
        let expected = try #require(try campaign.runSerially().probes.formingVoltage)
        let outcome = try ensemble.run([shipped.device])
        #expect(outcome.devices[0].values[.formingVoltage] == expected)
        // One that cannot heat does not form: a count and a reason, not a number at the range's end.
        var cold = shipped.device
        cold.thermalResistance = 0
        let failure = try #require(try ensemble.run([cold]).devices[0].failures.first)
        #expect(failure.quantity == .formingVoltage && failure.reason.contains("5.5 V"))
    }
}
