import DeviceModel
import Foundation
import Protocols
import Simulation

/// Fig. 2b as computed physics: the vacancies, the band and where a read's resistance lies before, at the end of and after the decay
/// pulse.
extension Campaign {
    /// Times after the pulse at which the layer is looked at, s.
    private static let mechanismTimes = [0.1, 1, 12.0]

    /// Decays that the report draws beside those of Fig. 3d: after weaker pulses, at the read voltage, at 0 V and reversed.
    public var decaysOfWeakerPulses: [DecayShape] {
        [2, 2.5, 3, 3.5].flatMap { amplitude in
            [readVoltage, 0, -readVoltage].map { DecayShape(pulse: .init(amplitude: amplitude, width: 100e-6), bias: $0) }
        }
    }

    /// Profiles before the decay pulse (3.5 V, 500 us) at the read voltage, at its end, and after it; F where nothing moves in the
    /// layer.
    ///
    /// Band and vacancies of the pulse's end are those of its top, the read is that behind the falling edge: at the top it would take
    /// the charge that the redox step holds there for that of a read. F as it is stays empty where Fig. 3d measures it anyway.
    func measureMechanism(_ bench: Bench, base: DeviceState) throws -> Characterisation.Mechanism {
        let simulator = bench.simulator
        try bench.run([.hold(voltage: readVoltage, duration: holdBeforeDecay)])
        var profiles = [try profile(simulator, "before", -1)]
        let rate = (decayAmplitude - readVoltage) / Step.jumpEdge
        try bench.run([
            .sweep(from: readVoltage, to: decayAmplitude, rate: rate),
            .hold(voltage: decayAmplitude, duration: decayWidth),
        ])
        let top = simulator.device.snapshot(simulator.state)
        try bench.run([.sweep(from: decayAmplitude, to: readVoltage, rate: rate)])
        profiles.append(try profile(simulator, "end of the pulse", 0, layer: top))
        var reached = 0.0
        for time in Self.mechanismTimes {
            try bench.run([.hold(voltage: readVoltage, duration: time - reached)])
            reached = time
            profiles.append(try profile(simulator, String(format: "%g s", time), time))
        }
        var moving: [Characterisation.Point] = []
        if !parts.contains(.decays) || !biases.contains(readVoltage) {
            simulator.state = base
            moving = try measureDecay(bench, bias: readVoltage).course
        }
        let frozen = try decayWithoutTransport(base, name: bench.name)
        return .init(profiles: profiles, decay: moving, decayWithoutTransport: frozen.course)
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

    /// The layer as it is, or was a moment ago, and the read of the present state.
    private func profile(
        _ simulator: DeviceSimulator, _ name: String, _ time: Double,
        layer: (position: [Double], potential: [Double], vacancies: [Double])? = nil
    ) throws -> Characterisation.Profile {
        let layer = layer ?? simulator.device.snapshot(simulator.state)
        return .init(
            name: name, time: time, bandEdge: layer.potential.map { -$0 }, vacancies: layer.vacancies,
            read: try simulator.readResistance())
    }
}
