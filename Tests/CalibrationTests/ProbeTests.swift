import CompactModel
import DeviceModel
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing
import Validation

@testable import Calibration

/// Observables that no figure prints: against definitions written out anew, and against what an independent prototype found.
struct ProbeTests {
    /// Values of named observables at the numbers of a shipped device.
    private func values(_ names: [String], device: String = "pt-sto-ti-store", chargeThreshold: Double = .infinity) throws
        -> [String: Double]
    {
        let targets = try names.map { name in
            CalibrationTarget(
                observable: try #require(Observable(name: name)), id: name, quantity: name, unit: "1", value: 1, sigma: 1,
                reason: "a test", source: "a test")
        }
        var problem = try CalibrationProblem(
            device: DeviceDescription.load(path: Samples.repository + "/Materials/\(device).yaml"),
            targets: CalibrationTargets(targets: targets))
        problem.chargeThreshold = chargeThreshold
        let found = problem.evaluateTolerantly(problem.start)
        #expect(found.failures.isEmpty)
        return try Dictionary(uniqueKeysWithValues: zip(names, found.values.map { try #require($0) }))
    }

    /// A base state of a shipped device without the electrons' charge.
    private func base(_ device: String = "pt-sto-ti-store") throws -> DeviceSimulator {
        let description = try DeviceDescription.load(path: Samples.repository + "/Materials/\(device).yaml")
        let simulator = DeviceSimulator(try description.parameters)
        simulator.chargeThreshold = .infinity
        try simulator.run(Experiment.baseStateSteps)
        return simulator
    }

    /// G at 0.6 V after each pulse of Fig. 2d has decayed for a minute, over G of a device that rested as long.
    @Test("W after fifteen pulses: five each of 2, 2.5 and 3 V, 100 us, 25 s apart, and 60 s of rest, over as long a rest")
    func baseSettled() throws {
        let pulsed = try base("pt-sto-ti-drift")
        let rested = try base("pt-sto-ti-drift")
        var steps: [Step] = [.hold(voltage: 0.6, duration: 12.5)]
        for k in 0..<15 {
            steps.append(.pulse(amplitude: [2, 2.5, 3][k % 3], width: 100e-6, base: 0.6))
            steps.append(.hold(voltage: 0.6, duration: k == 14 ? 60 : 25))
        }
        try pulsed.run(steps)
        try rested.run([.hold(voltage: 0.6, duration: 12.5 + 14 * 25 + 60)])
        let expected = try pulsed.read() / rested.read()
        let found = try values(["base_settled", "base_after_pulses"], device: "pt-sto-ti-drift")
        #expect(abs(found["base_settled"]! / expected - 1) < 1e-3)
        // 12.5 s after the last pulse set D still holds some of it.
        #expect(found["base_after_pulses"]! > found["base_settled"]! + 0.1)
    }

    @Test(
        "Decay times after a weaker pulse: the pulse of Fig. 3d gives its own tau, set T's is 2.4 s after 2 V, 100 us (independent: 2.4)"
    )
    func tauAfter() throws {
        let names = [
            "tau 0.6 V", "tau 0.6 V after 3.5 V 500 us", "tau_ratio 0.6 V after 3.5 V 500 us", "tau 0.6 V after 2 V 100 us",
            "tau_ratio 0.6 V after 2 V 100 us",
        ]
        let values = try values(names)
        let found = names.map { values[$0]! }
        #expect(found[1] == found[0] && found[2] == 1)
        #expect(abs(found[3] / 2.4 - 1) < 0.1)
        #expect(found[4] == found[3] / found[0])
    }

    @Test("dF on the sixth level over that on the base: set T's 0.46 at 2.5 V and 0.66 at 3 V (independent prototype)")
    func stepRatio() throws {
        let found = try values(["step_ratio 2.5 V", "step_ratio 3 V", "level 6"])
        #expect(abs(found["step_ratio 2.5 V"]! - 0.46) < 0.06)
        #expect(abs(found["step_ratio 3 V"]! - 0.66) < 0.06)
    }

    @Test("The forming voltage of the targets is the one that `forming` brackets for the same 10 ms")
    func forming() throws {
        let description = try DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti-store.yaml")
        var search = FormingSearch(try description.parameters)
        (search.from, search.to) = (4, 4.6)
        let outcome = try search.run()
        let found = try values(["forming_voltage"], chargeThreshold: DeviceSimulator.standardChargeThreshold)[
            "forming_voltage"]!
        let (survives, forms) = (try #require(outcome.survives), try #require(outcome.forms))
        #expect(found > survives - 1e-3 && found < forms + 1e-3)
    }

    @Test("A read's change lies at Ti in set T and at Pt in set D")
    func leftShare() throws {
        #expect(try values(["left_share"])["left_share"]! < 0.1)
        #expect(try values(["left_share"], device: "pt-sto-ti-drift")["left_share"]! > 0.5)
    }

    /// tau at 0.6 V after 30 s there and the pulse of Fig. 3d, as `Campaign` defines it.
    private func decayTime(_ simulator: DeviceSimulator) throws -> Double {
        try simulator.run([.hold(voltage: 0.6, duration: 30)])
        let before = try simulator.read()
        try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: 0.6)])
        let decay = try simulator.run([.hold(voltage: 0.6, duration: 100.1)], recording: .perDecade(8, first: 1e-5))
        let window = decay.samples.filter { $0.time >= 0.00999 && $0.time <= 100 }
        return try #require(Fits.exponential(times: window.map(\.time), values: window.map { $0.conductance - before })).tau
    }

    @Test(
        "What transport carries: nothing in set T; in set D the decay of a device that is frozen at its base state takes longer"
    )
    func transport() throws {
        let names = ["transport_factor", "beyond_first_plane"]
        let t = try values(names), d = try values(names, device: "pt-sto-ti-drift")
        #expect(t["transport_factor"]! < 1.05 && t["beyond_first_plane"]! < 0.02)
        #expect(d["beyond_first_plane"]! > 0.5 && d["beyond_first_plane"]! < 0.75)

        let moving = try base("pt-sto-ti-drift")
        var p = try DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti-drift.yaml").parameters
        p.vacancyDiffusivity = 0
        let frozen = DeviceSimulator(p)
        frozen.chargeThreshold = .infinity
        frozen.state = moving.state
        let expected = try decayTime(frozen) / decayTime(moving)
        #expect(abs(d["transport_factor"]! / expected - 1) < 0.01)
        // Without transport from the start on, an independent prototype found 30.2 s.
        let still = DeviceSimulator(p)
        still.chargeThreshold = .infinity
        try still.run(Experiment.baseStateSteps)
        #expect(try abs(decayTime(still) / 30.2 - 1) < 0.02)
    }
}
