import DeviceModel
import Protocols
import Simulation

extension Campaign {
    /// A point of a current-voltage curve.
    package struct CurrentPoint: Sendable, Equatable {
        /// V, A.
        package var voltage, current: Double
        /// At the end of a pulse of `currentWidth` from the base state; else in the sweep below.
        package var isPulse: Bool

        package init(voltage: Double, current: Double, isPulse: Bool) {
            (self.voltage, self.current, self.isPulse) = (voltage, current, isPulse)
        }
    }

    /// Width of the pulses at whose end the current is taken, s.
    package static let currentWidth = 100e-6
    /// Voltages of the sweep, V: from the read voltage down at `sweepRate`, and up again from the lowest, where each is noted.
    package static let sweptVoltages = [-0.6, -0.4, -0.2, 0.2, 0.4, 0.6]

    /// Currents from the base state: in a sweep from the read voltage to the lowest of `sweptVoltages` and back, and at the end of pulses.
    ///
    /// - Throws: `CampaignFailure` where a run cannot reach its end.
    package func currents(amplitudes: [Double]) throws -> [CurrentPoint] {
        let bench = Bench(try simulator(), name: "current against voltage")
        try bench.run(baseSteps)
        let base = bench.simulator.state
        var found: [CurrentPoint] = []
        var here = readVoltage
        for voltage in Self.sweptVoltages {
            let trace = try bench.run([.sweep(from: here, to: voltage, rate: sweepRate)], recording: .corners)
            here = voltage
            if let last = trace.samples.last { found.append(.init(voltage: voltage, current: last.current, isPulse: false)) }
        }
        for amplitude in amplitudes {
            bench.simulator.state = base
            let trace = try bench.run(
                [.pulse(amplitude: amplitude, width: Self.currentWidth, base: readVoltage)], recording: .corners)
            if let top = trace.samples.last(where: { $0.voltage == amplitude }) {
                found.append(.init(voltage: amplitude, current: top.current, isPulse: true))
            }
        }
        return found
    }
}
