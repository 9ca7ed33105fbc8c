import DeviceModel
import Foundation
import Protocols
import Simulation

/// Measurements that no figure of the paper shows but its words imply: what a device is held to beside them.
extension Campaign {
    /// dF of one 100 us pulse of each of `levelAmplitudes` (V) on the level where the bench stands, S; the state is put back.
    func measureLevelSteps(_ bench: Bench) throws -> [Double: Double] {
        let simulator = bench.simulator
        let start = simulator.state
        defer { simulator.state = start }
        var steps: [Double: Double] = [:]
        for amplitude in levelAmplitudes {
            simulator.state = start
            let before = try simulator.read()
            try bench.run([
                .pulse(amplitude: amplitude, width: 100e-6, base: readVoltage),
                .hold(voltage: readVoltage, duration: readDelay),
            ])
            steps[amplitude] = try simulator.read() - before
        }
        return steps
    }

    /// The least voltage (V) that forms the device within `formingHold`, between 3.5 and 5.5 V, to a tenth of a millivolt: fine enough
    /// for the slopes of a fit. The end of that range where the device forms below or survives it.
    func findForming(_ bench: Bench) throws -> Double {
        let start = bench.simulator.state
        var (low, high) = (3.5, 5.5)
        while high - low > 1e-4 {
            let middle = 0.5 * (low + high)
            bench.simulator.state = start
            let trace = bench.attempt([.pulse(amplitude: middle, width: formingHold, base: readVoltage)])
            if let stop = trace.stopped, !stop.isElectroforming { throw CampaignFailure(run: bench.name, reason: stop.reason) }
            if trace.stopped == nil { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// How much of the change of a read's resistance by the decay pulse (3.5 V, 500 us) lies in the left half of the layer, its contact
    /// included.
    func measureShare(_ bench: Bench) throws -> Double {
        let simulator = bench.simulator
        let before = try simulator.resistanceHalves()
        try bench.run([
            .pulse(amplitude: decayAmplitude, width: decayWidth, base: readVoltage),
            .hold(voltage: readVoltage, duration: readDelay),
        ])
        let after = try simulator.resistanceHalves()
        let (left, right) = (after.left - before.left, after.right - before.right)
        return left / (left + right)
    }
}
