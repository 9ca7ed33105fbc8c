import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// A reduced model against the device it came from, on streams of pulses that no fit saw.
public struct StreamTest: Equatable, Sendable, Codable {
    /// Moments at which F is compared: 2 ms after each pulse, and at the end of the hold after it.
    public struct Moment: Equatable, Sendable, Codable {
        /// Seconds since the stream began.
        public var time: Double
        /// G - W of the device and of the two models, S.
        public var device, linear, state: Double
    }

    /// How far one model is from the device.
    public struct Errors: Equatable, Sendable, Codable {
        /// Root mean square of the error of F over that of F.
        public var relative: Double
        /// Mean F of the model over that of the device.
        public var bias: Double
        /// Energy of all pulses, model over device, less 1.
        public var energy: Double
        /// The largest error, S, and when, s.
        public var worst, worstTime: Double
    }

    /// The stream's name.
    public var name: String
    /// SET trains before it, and its W, S.
    public var level: Int
    /// Conductance before the first pulse, S.
    public var weight: Double
    /// In the order of time.
    public var moments: [Moment]
    /// Errors of W, F and Lambda, and of the state model.
    public var linear, state: Errors
    /// How often the state model was asked outside what it was fitted to.
    public var clipped: Int

    /// The streams that a reduction is judged by: weak, mixed at one bias, mixed over changing biases; on three levels.
    public static func streams(seed: UInt64, readVoltage: Double = 0.6, levels: [Int] = [0, 3, 6]) -> [PulseStream] {
        let changing = [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]
        var found: [PulseStream] = []
        for level in levels {
            for (kind, ranges, biases) in [
                ("weak", PulseStream.Ranges.weak, [readVoltage]), ("mixed", .paper, [readVoltage]),
                ("mixed, changing bias", .paper, changing), ("mixed at \(changing[0]) V", .paper, [changing[0]]),
            ] {
                found.append(
                    PulseStream(
                        name: kind, seed: seed &* 7919 &+ UInt64(found.count), ranges: ranges, biases: biases, level: level))
            }
        }
        return found
    }

    /// Runs one stream on the device and on both models.
    ///
    /// - Parameter start: the device's state on the stream's level.
    static func run(
        _ stream: PulseStream, simulator: DeviceSimulator, from start: DeviceState, linear synapse: SynapseModel,
        state model: LumpedDevice
    ) throws -> StreamTest {
        simulator.state = start
        try simulator.run([.hold(voltage: stream.bias, duration: stream.settle)])
        let weight = try simulator.read()
        guard let level = model.levels.first(where: { $0.trains == stream.level }) else {
            throw InputError(
                "level", value: "\(stream.level)", problem: "is not one of the model's",
                expected: model.levels.map { "\($0.trains)" }.joined(separator: ", "))
        }
        var lumped = LumpedRun(model, from: level.state)
        lumped.hold(stream.bias, for: stream.settle)
        var chain = LinearSynapse(synapse)
        var (time, energies) = (0.0, (device: 0.0, linear: 0.0, state: 0.0))
        var moments: [Moment] = []
        func note() throws {
            moments.append(
                Moment(
                    time: time, device: try simulator.read() - weight, linear: chain.weight, state: lumped.conductance - weight)
            )
        }
        for e in stream.events {
            let trace = try simulator.run([
                .pulse(amplitude: e.amplitude, width: e.width), .hold(voltage: e.bias, duration: 2e-3),
            ])
            energies.device += trace.pulseEnergy
            let before = lumped.energy
            lumped.pulse(e.amplitude, for: e.width)
            energies.state += lumped.energy - before
            lumped.hold(e.bias, for: 2e-3)
            energies.linear += chain.pulse(e.amplitude, for: e.width)
            chain.hold(e.bias, for: 2e-3)
            time += e.width + 2e-3
            try note()
            try simulator.run([.hold(voltage: e.bias, duration: e.hold - 2e-3)])
            lumped.hold(e.bias, for: e.hold - 2e-3)
            chain.hold(e.bias, for: e.hold - 2e-3)
            time += e.hold - 2e-3
            try note()
        }
        guard !lumped.isLost else {
            throw InputError(
                "stream", value: stream.name, problem: "leaves what the state model describes",
                expected: "pulses of \(model.pulseRange.lowerBound) ... \(model.pulseRange.upperBound) V")
        }
        func errors(_ f: (Moment) -> Double, _ energy: Double) -> Errors {
            let (model, device) = (moments.map(f), moments.map(\.device))
            let misses = zip(model, device).map { $0 - $1 }
            let worst = misses.indices.max { abs(misses[$0]) < abs(misses[$1]) } ?? 0
            return Errors(
                relative: Fits.relativeError(model, of: device), bias: model.reduce(0, +) / device.reduce(0, +),
                energy: energy / energies.device - 1,
                worst: misses[worst], worstTime: moments[worst].time)
        }
        return StreamTest(
            name: stream.name, level: stream.level, weight: weight, moments: moments,
            linear: errors(\.linear, energies.linear), state: errors(\.state, energies.state), clipped: lumped.clipped)
    }

    /// Every stream on the device and on both models, on all cores; `starts`: the training's `states()` where the caller has them.
    public static func run(
        _ streams: [PulseStream], training: LumpedTraining, from starts: [DeviceState]? = nil, linear synapse: SynapseModel,
        state model: LumpedDevice, progress: ProgressHandler? = nil
    ) throws -> [StreamTest] {
        var own = training
        own.levels = streams.map(\.level)
        let highest = own.levels.max() ?? 0
        let starts = try starts.flatMap { $0.count > highest ? $0 : nil } ?? own.states()
        let tally = Tally(total: Double(streams.count))
        return try concurrentMap(streams.count) { k throws -> StreamTest in
            defer { progress?(Progress("testing the reduction", fraction: tally.add(1), detail: streams[k].name)) }
            return try run(
                streams[k], simulator: training.simulator(), from: starts[streams[k].level], linear: synapse, state: model)
        }
    }
}
