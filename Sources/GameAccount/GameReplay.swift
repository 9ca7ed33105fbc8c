import CompactModel
import DeviceModel
import Essentials
import Foundation
import NeuralNetwork
import Protocols
import Simulation

/// Updates of single synapses of a game, put through the device and everything that stands for it: the paper's Fig. 4c in physics.
///
/// A synapse is a pair of devices at the bias of its Lambda, the one that W's sign asks for after the number of SET trains whose
/// conductance is nearest to |W|. In each step both hold their bias for the step's duration, at its end the wanted dF becomes a pulse on
/// the one or the other, as in F' = Lambda F + dF. F is compared at the ends of steps 1, 2, 4, ... from each pulse on and of the one before
/// the next.
package struct GameReplay: Sendable {
    package let synapse: SynapseModel
    package let device: Device
    package let state: LumpedDevice
    package let tables: PairTables
    /// Bias before the game, held for so long, s.
    package var settle = 300.0

    /// - Parameter tables: of the step's duration that the replay has.
    package init(synapse: SynapseModel, device: Device, state: LumpedDevice, tables: PairTables) {
        (self.synapse, self.device, self.state, self.tables) = (synapse, device, state, tables)
    }

    /// F at the end of a step, S.
    package struct Moment: Equatable, Sendable {
        /// Steps done.
        package var step: Int
        package var device, state, cell, linear, network: Double
    }

    /// One synapse over the game.
    package struct Course: Sendable {
        /// unit * inputs + input; pulses given.
        package var synapse, pulses: Int
        /// W as the network has it, and as the devices have it; in units of weight.
        package var weight, written: Double
        package var lambda: Double
        /// V, and SET trains of the device that was written to.
        package var bias: Double
        package var trains: Int
        package var moments: [Moment]
        /// Energy of the pulses by the device, by the state model and by the tables, J.
        package var pulseEnergy: (device: Double, state: Double, cell: Double)
        /// Why the device could not go on; nil where it did.
        package var stopped: String?
        /// How often the state model was asked outside what it was fitted to.
        package var clipped: Int

        /// Root mean square of a model's error over that of the device's F.
        package func error(_ model: KeyPath<Moment, Double>) -> Double {
            let all = moments.reduce(0) { $0 + $1.device * $1.device }
            let miss = moments.reduce(0) { $0 + ($1[keyPath: model] - $1.device) * ($1[keyPath: model] - $1.device) }
            return all > 0 ? (miss / all).squareRoot() : 0
        }
        package var largest: Double { moments.map { abs($0.device) }.max() ?? 0 }
    }

    /// The ends of steps at which F is compared.
    static func moments(_ levels: ArraySlice<Int16>) -> [Int] {
        var (found, since) = ([Int](), 0)
        for (k, level) in levels.enumerated() {
            since = level != 0 ? 1 : since + 1
            let next = levels.index(levels.startIndex, offsetBy: k + 1)
            if since & (since - 1) == 0 || next == levels.endIndex || levels[next] != 0 { found.append(k + 1) }
        }
        return found
    }

    /// Runs the traces on all cores.
    ///
    /// - Parameter steps: the game's first steps that are replayed.
    /// - Throws: `InputError` where Lambda or the levels are not those of these devices; `Trace.Stop` where the device cannot be brought
    ///   to its levels.
    /// Cost: 1 to 3 ms of one core for each pulse of a synapse.
    package func run(_ traces: [SynapseRecorder.Trace], steps: Int, progress: ProgressHandler? = nil) throws -> [Course] {
        for trace in traces {
            if let level = trace.levels.first(where: { abs(Int($0)) > tables.shapes.count }) {
                throw InputError(
                    "trace.level", value: "\(level)", problem: "is beyond the synapse's largest update",
                    expected: "at most \(tables.shapes.count): the synapse that the game was played on")
            }
        }
        let training = training
        let starts = try training.states()
        let work = traces.map { 1 + Double($0.levels.prefix(steps).count { $0 != 0 }) }
        let tally = Tally(total: work.reduce(0, +))
        return try concurrentMap(traces.count) { k throws -> Course in
            try course(traces[k], steps: steps, from: starts, training: training) {
                progress?(
                    Progress(
                        "replaying the synapses", fraction: tally.add($0), detail: "synapse \(k + 1) of \(traces.count)"))
            }
        }
    }

    /// Its protocols and simulator.
    private var training: LumpedTraining {
        var training = LumpedTraining(device)
        training.readVoltage = synapse.readVoltage
        training.levels = [state.levels.map(\.trains).max() ?? 0]
        return training
    }

    private func course(
        _ trace: SynapseRecorder.Trace, steps: Int, from starts: [DeviceState], training: LumpedTraining,
        report: (Double) -> Void
    ) throws -> Course {
        let unit = synapse.weightMap.conductancePerUnit
        let levels = trace.levels.prefix(steps)
        let bias = tables.bias(lambda: Double(trace.lambda))
        let wanted = abs(Double(trace.weight)) * unit
        let base = state.levels[0].conductance
        let trains =
            state.levels.min { abs($0.conductance - base - wanted) < abs($1.conductance - base - wanted) }?.trains ?? 0
        var pair = try [0, 1].map { side in
            try Branch(
                self, training, start: starts[side == (trace.weight > 0 ? 0 : 1) ? trains : 0],
                trains: side == (trace.weight > 0 ? 0 : 1) ? trains : 0, bias: bias, settle: settle)
        }
        let written = (pair[0].weight - pair[1].weight) / unit
        let cell = try DevicePairs(tables, weights: [Float(written)], lambdas: [trace.lambda])
        _ = cell.step(nil)
        var course = Course(
            synapse: trace.synapse, pulses: 0, weight: Double(trace.weight), written: written, lambda: Double(trace.lambda),
            bias: bias, trains: trains, moments: [], pulseEnergy: (0, 0, 0), stopped: nil, clipped: 0)
        let compared = Self.moments(levels)
        var (next, waiting, network, cells) = (0, 0, 0.0, Float(0))
        do {
            for (k, level) in levels.enumerated() {
                network = Double(trace.lambda) * network + Double(level) * synapse.update.step
                cells = cell.step([level])[0]
                waiting += 1
                guard compared[next] == k + 1 else { continue }
                next += 1
                for side in 0..<2 { try pair[side].hold(bias, Double(waiting) * tables.step) }
                waiting = 0
                if level != 0 {
                    course.pulses += 1
                    try pair[level < 0 ? 1 : 0].pulse(tables.shapes[Int(abs(level)) - 1])
                    report(1)
                }
                let ends = try pair.map { try $0.read() }
                course.moments.append(
                    Moment(
                        step: k + 1, device: ends[0].device - ends[1].device, state: ends[0].state - ends[1].state,
                        cell: Double(cells) * unit, linear: ends[0].linear - ends[1].linear, network: network * unit))
            }
        } catch let stop as Trace.Stop {
            course.stopped = "\(stop.reason), \(String(format: "%.4g", stop.time)) s into it"
        }
        report(1)
        course.pulseEnergy = (
            pair[0].energy.device + pair[1].energy.device, pair[0].energy.state + pair[1].energy.state, cell.account.pulseEnergy
        )
        course.clipped = pair[0].lumped.clipped + pair[1].lumped.clipped
        return course
    }
}

/// One device of a pair, by the full model, the state model and W, F and Lambda.
private struct Branch {
    let simulator: DeviceSimulator
    var lumped: LumpedRun
    var linear: LinearSynapse
    /// Conductance before the first pulse: of the device and of the state model, S.
    let weight, stateWeight: Double
    var energy = (device: 0.0, state: 0.0)

    init(
        _ replay: GameReplay, _ training: LumpedTraining, start: DeviceState, trains: Int, bias: Double, settle: Double
    ) throws {
        simulator = try training.simulator()
        simulator.state = start
        try simulator.run([.hold(voltage: bias, duration: settle)])
        weight = try simulator.read()
        guard let level = replay.state.levels.first(where: { $0.trains == trains }) else {
            throw InputError("trains", value: "\(trains)", problem: "is not a level of the state model")
        }
        lumped = LumpedRun(replay.state, from: level.state)
        lumped.hold(bias, for: settle)
        stateWeight = lumped.conductance
        linear = LinearSynapse(replay.synapse)
    }

    mutating func hold(_ bias: Double, _ duration: Double) throws {
        try simulator.run([.hold(voltage: bias, duration: duration)])
        lumped.hold(bias, for: duration)
        linear.hold(bias, for: duration)
    }

    mutating func pulse(_ shape: (amplitude: Double, width: Double)) throws {
        energy.device += try simulator.run([.pulse(amplitude: shape.amplitude, width: shape.width)]).pulseEnergy
        let before = lumped.energy
        lumped.pulse(shape.amplitude, for: shape.width)
        energy.state += lumped.energy - before
        _ = linear.pulse(shape.amplitude, for: shape.width)
    }

    /// F of each, S.
    func read() throws -> (device: Double, state: Double, linear: Double) {
        (try simulator.read() - weight, lumped.conductance - stateWeight, linear.weight)
    }
}
