import DeviceModel
import Protocols
import Simulation

/// The paper's protocols on set T, as the figures need them.
struct Figures {
    let simulator: DeviceSimulator
    private(set) var steps = 0, newton = 0

    init() {
        simulator = DeviceSimulator(DeviceParameters())
    }

    private mutating func run(_ protocolSteps: [Step], _ recording: Recording = .none, readsSamples: Bool = true) throws {
        let trace = try simulator.run(protocolSteps, recording: recording, readsSamples: readsSamples)
        steps += trace.statistics.steps
        newton += trace.statistics.newtonIterations
    }

    mutating func baseState() throws { try run(Experiment.baseStateSteps) }

    /// 3.5 V, 500 us and 60 s of decay.
    mutating func pulseAndDecay() throws {
        try run(
            [.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .hold(voltage: 0.6, duration: 60)], .perDecade(8, first: 1e-5))
    }

    /// All of figures 2 and 3: map, 13 biases, six trains with waits and reads, 375 s with pulses and without, 30 loops, forming scan.
    mutating func all() throws {
        let device = simulator
        try baseState()
        let base = device.state
        for amplitude in [2, 2.5, 3, 3.5] {
            for width in [20e-6, 100e-6, 500e-6] {
                device.state = base
                try run([.pulse(amplitude: amplitude, width: width, base: 0.6), .hold(voltage: 0.6, duration: 2e-3)])
                _ = try device.read()
            }
        }
        for k in -6...6 {
            device.state = base
            let bias = 0.1 * Double(k)
            try run([.hold(voltage: bias, duration: 30), .pulse(amplitude: 3.5, width: 500e-6, base: bias)])
            try run([.hold(voltage: bias, duration: 60)], .perDecade(8, first: 1e-5))
        }
        device.state = base
        try run([.hold(voltage: 0.6, duration: 375)])
        device.state = base
        for amplitude in [2, 2.5, 3.0] {
            for _ in 0..<5 {
                try run(
                    [.pulse(amplitude: amplitude, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 25)],
                    .exactInterval(0.25))
            }
        }
        device.state = base
        for _ in 0..<6 {
            try run([
                .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1, base: 0, edge: 1e-6),
                .hold(voltage: 0, duration: 240),
            ])
            try run([.hold(voltage: 0.6, duration: 375)], .perDecade(8, first: 1e-2))
        }
        device.state = device.device.freshState()
        try run([.hold(voltage: 0, duration: 1e3)])
        for _ in 0..<30 {
            try run(
                [.sweep(from: 0, to: 2, rate: 1), .sweep(from: 2, to: -2, rate: 1), .sweep(from: -2, to: 0, rate: 1)],
                .exactInterval(0.05), readsSamples: false)
        }
        for amplitude in stride(from: 4.1, through: 4.51, by: 0.1) {
            device.state = base
            _ = device.run(
                Waveform(steps: [.pulse(amplitude: amplitude, width: 10e-3, base: 0.6)], initialVoltage: 0.6), recording: .none)
        }
    }
}
