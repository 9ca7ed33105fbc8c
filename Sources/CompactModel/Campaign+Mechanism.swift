import DeviceModel
import Foundation
import Protocols
import Simulation

/// Fig. 2b as computed physics: where the vacancies and the band are before, at the end of and after the decay pulse.
extension Campaign {
    /// Times after the pulse at which the layer is looked at, s.
    static let mechanismTimes = [0.1, 1, 12.0]

    /// Profiles at the read voltage before the decay pulse (3.5 V, 500 us), at its end, and after it; F with and without transport.
    func measureMechanism(_ bench: Bench, base: DeviceState) throws -> Characterisation.Mechanism {
        let simulator = bench.simulator
        try bench.run([.hold(voltage: readVoltage, duration: holdBeforeDecay)])
        var profiles = [profile(simulator, "before", -1)]
        // The top alone: its end, before the falling edge.
        try bench.run([
            .sweep(from: readVoltage, to: decayAmplitude, rate: (decayAmplitude - readVoltage) / 1e-7),
            .hold(voltage: decayAmplitude, duration: decayWidth),
        ])
        profiles.append(profile(simulator, "end of the pulse", 0))
        try bench.run([.sweep(from: decayAmplitude, to: readVoltage, rate: (decayAmplitude - readVoltage) / 1e-7)])
        var reached = 0.0
        for time in Self.mechanismTimes {
            try bench.run([.hold(voltage: readVoltage, duration: time - reached)])
            reached = time
            profiles.append(profile(simulator, String(format: "%g s", time), time))
        }
        simulator.state = base
        let moving = try measureDecay(bench, bias: readVoltage)
        let frozen = try decayWithoutTransport(base, name: bench.name)
        return .init(profiles: profiles, decay: moving.course, decayWithoutTransport: frozen.course)
    }

    /// The decay at the read voltage where nothing moves in the layer from the base state on: at a millionth of the diffusivity, which
    /// makes seconds weeks.
    func decayWithoutTransport(_ base: DeviceState, name: String) throws -> Characterisation.DecayRun {
        var frozen = self
        for layer in frozen.device.layers.indices {
            frozen.device.layers[layer].vacancyDiffusivity *= 1e-6
            frozen.device.layers[layer].vacancyDiffusivityPrefactor *= 1e-6
        }
        let bench = Bench(try frozen.simulator(), name: name)
        bench.simulator.state = base
        return try frozen.measureDecay(bench, bias: readVoltage)
    }

    private func profile(_ simulator: DeviceSimulator, _ name: String, _ time: Double) -> Characterisation.Profile {
        let snapshot = simulator.device.snapshot(simulator.state)
        return .init(
            name: name, time: time, position: snapshot.position, bandEdge: snapshot.potential.map { -$0 },
            vacancies: snapshot.vacancies)
    }
}
