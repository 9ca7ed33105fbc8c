import DeviceModel
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Simulation

/// Trains, whose pulses resemble each other, and runs without reads at their samples.
struct TrainTests {
    private static func simulator() throws -> DeviceSimulator {
        let device = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        let simulator = try DeviceSimulator(device.device)
        try simulator.run(Experiment.baseStateSteps)
        return simulator
    }

    /// Ten pulses at 4 V, whose electrons carry charge, each a run of its own (which remembers nothing) and all in one: at most half of the
    /// Newton corrections a step more than one, and a tenth of the attempts refused.
    @Test(
        "A train in one run takes fewer corrections than its pulses one by one, and ends with the same read and energies to 1e-4"
    )
    func remembersSteps() throws {
        let pulse = Step.pulse(amplitude: 4, width: 500e-6, base: 0, edge: 1e-6)
        let gap = Step.hold(voltage: 0, duration: 0.1)
        let (together, apart) = (try Self.simulator(), try Self.simulator())
        for simulator in [together, apart] { try simulator.run([gap]) }
        let whole = try together.run([.repeat(count: 10, steps: [pulse, gap])])
        var (energies, newton, rejections, steps) = ([Double](), 0, 0, 0)
        for _ in 0..<10 {
            let one = try apart.run([pulse, gap])
            energies += one.pulses.map(\.energy)
            newton += one.statistics.newtonIterations
            rejections += one.statistics.rejections
            steps += one.statistics.steps
        }
        #expect(whole.statistics.driftDiffusionSteps > 500)
        #expect(Double(whole.statistics.newtonIterations) < 0.8 * Double(newton), "\(whole.statistics) and \(newton)")
        #expect(Double(whole.statistics.rejections) < 0.5 * Double(rejections))
        #expect(abs(Double(whole.statistics.steps) / Double(steps) - 1) < 0.1)
        for (a, b) in zip(whole.pulses, energies) {
            hold(abs(a.energy / b - 1), below: 1e-4, as: "train at remembered steps: energy of a pulse")
        }
        let (a, b) = (try together.read(), try apart.read())
        hold(abs(a / b - 1), below: 1e-4, as: "train at remembered steps: read")
    }

    @Test("A run without reads at its samples ends bit for bit where one with them does; its table has no conductance")
    func withoutReads() throws {
        let steps: [Step] = [.pulse(amplitude: 4, width: 1e-4, base: 0.6), .sweep(from: 0.6, to: 2, rate: 1)]
        let (read, unread) = (try Self.simulator(), try Self.simulator())
        let with = try read.run(steps, recording: .exactInterval(0.1))
        let without = try unread.run(steps, recording: .exactInterval(0.1), readsSamples: false)
        #expect(read.state == unread.state)
        #expect(with.readsSamples && !without.readsSamples)
        #expect(with.samples.allSatisfy { $0.conductance.isFinite } && without.samples.allSatisfy { $0.conductance.isNaN })
        #expect(with.samples.map(\.current) == without.samples.map(\.current))
        #expect(with.csv.contains("conductance_nS") && !without.csv.contains("conductance_nS"))
        #expect(!without.csv.lowercased().contains("nan"))
    }

    @Test(
        "Round-off of the inventory does not add up: 2,000 pulses drift by less than 3e-14 of the scale of the sheets and the layer"
    )
    func inventory() throws {
        let simulator = DeviceSimulator(DeviceParameters())
        let trace = try simulator.run([.train(count: 2000, amplitude: 1.5, width: 10e-6, gap: 1e-3, base: 0, edge: 1e-7)])
        #expect(trace.statistics.steps > 50_000)
        hold(trace.statistics.inventoryDrift, below: 3e-14, as: "train, inventory: drift of 2,000 pulses")
    }
}
