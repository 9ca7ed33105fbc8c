import DeviceModel
import Protocols
import Simulation

/// What marching eight devices in lock-step would cost in steps: all take the shortest of their steps.
///
/// A device alone takes the step h_i(t) that its own error allows; in lock-step every lane takes min_i h_i(t), so that the group takes
/// N = integral dt / min_i h_i(t) steps instead of the mean of integral dt / h_i(t). Their ratio is the price.
struct LockStep {
    /// Steps of the group and mean steps of a device alone.
    let together, alone: Double

    /// Runs `protocolSteps[i]` on `parameters[i]` from the base state; all protocols have the same corners in time.
    init(_ parameters: [DeviceParameters], _ protocolSteps: [[Step]]) throws {
        var ends: [[Double]] = []
        for (p, steps) in zip(parameters, protocolSteps) {
            let simulator = DeviceSimulator(p)
            try simulator.run(Experiment.baseStateSteps)
            ends.append(try simulator.run(steps, recording: .everyStep).samples.map(\.time))
        }
        alone = Double(ends.reduce(0) { $0 + $1.count - 1 }) / Double(ends.count)
        // Between two neighbouring times of any device each has one step length; the shortest counts.
        let times = Set(ends.joined()).sorted()
        var position = [Int](repeating: 1, count: ends.count)
        var sum = 0.0
        for (a, b) in zip(times, times.dropFirst()) {
            var shortest = Double.infinity
            for i in ends.indices {
                while position[i] < ends[i].count - 1, ends[i][position[i]] <= a { position[i] += 1 }
                shortest = min(shortest, ends[i][position[i]] - ends[i][position[i] - 1])
            }
            if shortest > 0 { sum += (b - a) / shortest }
        }
        together = sum
    }

    /// Eight amplitudes of the map of pulses: 2 ... 3.75 V, 100 us.
    static func map() throws -> LockStep {
        let steps = (0..<8).map { k -> [Step] in
            [.pulse(amplitude: 2 + 0.25 * Double(k), width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 2)]
        }
        return try LockStep([DeviceParameters](repeating: DeviceParameters(), count: 8), steps)
    }

    /// Set T and seven devices with one parameter moved by 1 %, as the columns of a Jacobian need them.
    static func columns() throws -> LockStep {
        let moved: [WritableKeyPath<DeviceParameters, Double>] = [
            \.area, \.permittivity, \.compactCapacitance, \.vacancyDiffusivity, \.forwardHopRate, \.backwardHopVelocity, \.hopFieldLength,
        ]
        var sets = [DeviceParameters()]
        for path in moved {
            var p = DeviceParameters()
            p[keyPath: path] *= 1.01
            if path == \.permittivity { p.highFieldPermittivity = p.permittivity }
            sets.append(p)
        }
        let steps: [Step] = [.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .hold(voltage: 0.6, duration: 60)]
        return try LockStep(sets, [[Step]](repeating: steps, count: 8))
    }
}
