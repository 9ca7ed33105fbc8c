import DeviceModel
import Foundation
import Protocols
import Simulation

/// What the device shows of its vacancies at one moment: what a lumped model is fitted to.
struct LumpedSample: Sendable {
    /// V, K, S, A.
    var voltage, temperature, conductance, current: Double
    var isPulse: Bool
    /// Seconds into the pulse or hold.
    var time: Double
    /// Areal density of each lattice plane or cell, 1/m2.
    var planes: [Double]
    /// N_s, N_O, N_p, 1/m2.
    var plane, oxygen, stored: Double
    var exchange: AssembledDevice.Exchange
}

/// Runs a device through a stream and looks at it on the way.
struct LumpedProbe {
    let simulator: DeviceSimulator
    /// Looks a decade.
    var perDecade = 6.0

    func look(isPulse: Bool, time: Double) throws -> LumpedSample {
        let (s, d) = (simulator.state, simulator.device)
        return LumpedSample(
            voltage: s.voltage, temperature: s.temperature, conductance: isPulse ? 0 : try simulator.read(),
            current: simulator.current, isPulse: isPulse, time: time, planes: d.vacanciesPerPlane(s),
            plane: d.density(of: Device.SheetName.plane, in: s), oxygen: d.density(of: Device.SheetName.oxygen, in: s),
            stored: d.density(of: Device.SheetName.stored, in: s), exchange: simulator.exchange())
    }

    /// The stream from the present state on; `visit` gets every look, and the index of the event (-1: before the first).
    func run(_ stream: PulseStream, visit: (Int, LumpedSample) throws -> Void) throws {
        try hold(stream.bias, stream.settle, event: -1, visit)
        for (k, event) in stream.events.enumerated() {
            try pulse(event, event: k, visit)
            try hold(event.bias, event.hold, event: k, visit)
        }
    }

    private func hold(_ bias: Double, _ duration: Double, event: Int, _ visit: (Int, LumpedSample) throws -> Void) throws {
        try march(duration, first: 2e-3) { try simulator.run([.hold(voltage: bias, duration: $0)]) } at: {
            try visit(event, look(isPulse: false, time: $0))
        }
    }

    private func pulse(_ e: PulseStream.Event, event: Int, _ visit: (Int, LumpedSample) throws -> Void) throws {
        let base = simulator.state.voltage
        let rate = abs(e.amplitude - base) / Step.jumpEdge
        try simulator.run([.sweep(from: base, to: e.amplitude, rate: rate)])
        try march(e.width, first: 1e-6) { try simulator.run([.hold(voltage: e.amplitude, duration: $0)]) } at: {
            try visit(event, look(isPulse: true, time: $0))
        }
        try simulator.run([.sweep(from: e.amplitude, to: base, rate: rate)])
    }

    /// Looks at `first`, then `perDecade` a decade, and at the end.
    private func march(
        _ duration: Double, first: Double, advance: (Double) throws -> Void, at visit: (Double) throws -> Void
    ) throws {
        var (reached, next) = (0.0, min(first, duration))
        while reached < duration {
            try advance(next - reached)
            reached = next
            try visit(reached)
            next = min(duration, next * pow(10, 1 / perDecade))
            if duration - next < 0.02 * duration { next = duration }
        }
    }
}
