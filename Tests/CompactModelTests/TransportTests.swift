import DeviceModel
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

@testable import CompactModel

struct TransportTests {
    /// Set D, whose vacancies drift into the layer and diffuse back.
    private static var device: Device {
        get throws { try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti-drift.yaml")).device }
    }

    @Test(
        "What transport carries of a decay, measured again by hand: 1/e time, vacancies beyond the first plane, decay time without it"
    )
    func byHand() throws {
        var campaign = Campaign(try Self.device)
        campaign.parts = []
        campaign.weighsTransport = true
        let transport = try #require(try campaign.runSerially().probes.transport)
        let pulse = Step.pulse(amplitude: 3.5, width: 500e-6, base: 0.6)

        let simulator = try DeviceSimulator(Self.device)
        try simulator.run(Experiment.baseStateSteps)
        let base = simulator.state
        func content() -> (layer: Double, plane: Double) {
            let state = simulator.state
            return (simulator.device.latticeVacancies(state), simulator.device.vacanciesPerPlane(state)[0])
        }
        try simulator.run([.hold(voltage: 0.6, duration: 30)])
        let (rest, before) = (try simulator.read(), content())
        try simulator.run([pulse, .hold(voltage: 0.6, duration: 0.01)])
        let start = try simulator.read() - rest
        try simulator.run([.hold(voltage: 0.6, duration: transport.fallTime - 0.01)])
        let after = content()
        hold(abs((try simulator.read() - rest) / start * M_E - 1), below: 0.02, as: "F at the 1/e time")
        let beyond = 1 - (after.plane - before.plane) / (after.layer - before.layer)
        hold(abs(transport.beyondFirstPlane / beyond - 1), below: 1e-3, as: "share beyond the first plane")

        // Where nothing moves, how little it moves makes no difference.
        var still = try Self.device
        still.layers[0].vacancyDiffusivity *= 1e-8
        let frozen = try DeviceSimulator(still)
        frozen.state = base
        try frozen.run([.hold(voltage: 0.6, duration: 30)])
        let frozenRest = try frozen.read()
        try frozen.run([pulse])
        let decay = try frozen.run([.hold(voltage: 0.6, duration: 100)], recording: .perDecade(8, first: 1e-5))
        let window = decay.samples.filter { $0.time >= 0.00999 }
        let fit = try #require(Fits.exponential(times: window.map(\.time), values: window.map { $0.conductance - frozenRest }))
        hold(abs(transport.tauWithout / fit.tau - 1), below: 0.01, as: "decay time without transport")
        #expect(abs(transport.tau / fit.tau - 1) > 0.05, "\(transport)")
    }

    @Test("Profiles around the pulse: its vacancies enter in the first plane and go deeper; the decay is that of Fig. 3d")
    func profiles() throws {
        var campaign = Campaign(try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).device)
        campaign.parts = [.decays]
        campaign.biases = [0.6]
        campaign.drawsMechanism = true
        let result = try campaign.run()
        let mechanism = try #require(result.mechanism)
        #expect(mechanism.profiles.map(\.name) == ["before", "end of the pulse", "0.1 s", "1 s", "12 s"])
        let plane = mechanism.profiles.map { $0.vacancies[0] }
        // 1 nm from Pt.
        let deep = try mechanism.profiles.map { profile in
            profile.vacancies[try #require(profile.position.firstIndex { $0 > 1e-9 })]
        }
        #expect(plane[1] > 2 * plane[0] && plane[1] > plane[2] && plane[2] > plane[4])
        #expect(deep[3] > 2 * deep[0] && deep[3] > deep[1])
        // The band at Ti stays, at Pt it follows the voltage.
        for profile in mechanism.profiles {
            #expect(abs(profile.bandEdge.last! - mechanism.profiles[0].bandEdge.last!) < 1e-12)
        }
        #expect(mechanism.profiles[1].bandEdge[0] < mechanism.profiles[0].bandEdge[0] - 0.3)
        // The field's integral is the drop of the potential from the first plane to Ti.
        for profile in mechanism.profiles {
            let drop = zip(profile.fields, zip(profile.position, profile.position.dropFirst())).reduce(0) {
                $0 + $1.0 * ($1.1.1 - $1.1.0)
            }
            #expect(abs(drop - (profile.bandEdge.last! - profile.bandEdge[0])) < 1e-12)
        }
        #expect(mechanism.decay == result.decays[0].course)
        let halfway = mechanism.decay.firstIndex { $0.time > 5 }
        let k = try #require(halfway)
        #expect(mechanism.decayWithoutTransport[k].value < 0.8 * mechanism.decay[k].value)
    }

    @Test("A read's resistance along x is that of the read, and its change lies where the campaign's share of Pt says")
    func readResistance() throws {
        let description = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        var campaign = Campaign(description.device)
        campaign.parts = [.decays]
        campaign.biases = [0.6]
        campaign.drawsMechanism = true
        campaign.sharesRead = true
        campaign.extraDecays = [.init(pulse: .init(amplitude: 2, width: 100e-6), bias: 0.6)]
        let result = try campaign.run()
        let profiles = try #require(result.mechanism).profiles
        for profile in profiles {
            let places = [0] + profile.resistance + [profile.totalResistance]
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(profile.resistance.count == profile.position.count)
        }
        // The reads around the pulse, measured on another bench; the read's own heat is not in the profile.
        let simulator = try DeviceSimulator(description.device)
        try simulator.run(Experiment.baseStateSteps + [.hold(voltage: 0.6, duration: 30)])
        // The profile leaves the electrons' charge out.
        simulator.chargeThreshold = .infinity
        let before = profiles[0].totalResistance * (try simulator.read())
        simulator.chargeThreshold = DeviceSimulator.standardChargeThreshold
        hold(abs(before - 1), below: 1e-4, as: "resistance of a read along x, base")
        try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: 0.6)])
        simulator.chargeThreshold = .infinity
        let after = profiles[1].totalResistance * (try simulator.read())
        hold(abs(after - 1), below: 2e-3, as: "resistance of a read along x, after a pulse")
        // The share is measured 2 ms later and without 30 s more at 0.6 V before.
        let share = profiles[1].leftShareOfChange(since: profiles[0])
        let measured = try #require(result.probes.leftShareOfChange)
        hold(abs(share - measured), below: 1e-3, as: "share of Pt in a read's change, two ways")
        // Decay times: that of Fig. 3d and that of the other pulse, and no other.
        #expect(result.decayTimes.map(\.tau) == [result.probes.decays[0].tau, result.decays[0].tau])
        #expect(result.decayTimes.map(\.amplitude) == [2, 3.5])
    }

    @Test("At the top of a pulse whose electrons carry charge, the resistance along x is that of a read, not of the pulse")
    func chargedRead() throws {
        let description = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        let simulator = try DeviceSimulator(description.device)
        simulator.chargeThreshold = 0
        try simulator.run([
            .hold(voltage: 0.6, duration: 300), .sweep(from: 0.6, to: 3.5, rate: 2.9e7), .hold(voltage: 3.5, duration: 500e-6),
        ])
        #expect(simulator.state.unknowns.count > simulator.device.unknowns)
        let ratio = try simulator.readResistance().total * (try simulator.read())
        hold(abs(ratio - 1), below: 2e-3, as: "resistance of a read along x, charged electrons")
    }
}
