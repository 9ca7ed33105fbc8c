import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// How a lumped model is made: streams for the fit and for the choice of its lumps, ambient temperatures.
public struct LumpedTraining: Sendable {
    /// What is reduced.
    public var device: Device
    /// Grid and tolerances.
    public var options = SolverOptions()
    /// V.
    public var readVoltage = 0.6
    /// Biases of the holds, V.
    public var biases = [-0.6, -0.45, -0.3, -0.15, 0, 0.15, 0.3, 0.45, 0.6]
    /// SET trains before the streams of the higher levels.
    public var levels = [2, 4, 6]
    /// Ambient temperatures, K; empty: the device's own.
    public var ambients: [Double] = []
    /// Numbers of lumps that are tried; the one that errs least on `validation` streams is kept.
    public var lumps = [3, 4, 5]
    /// Seed of the streams of the fit.
    public var seed: UInt64 = 1

    /// Everything else by default.
    public init(_ device: Device) { self.device = device }

    /// The streams of the fit: mixed pulses at one bias and over changing ones, on the base state and on the levels, and weak pulses.
    func streams() -> [PulseStream] {
        var found: [PulseStream] = []
        func add(_ count: Int, _ ranges: PulseStream.Ranges, _ biases: [Double], level: Int = 0) {
            for _ in 0..<count {
                let name = "fit \(found.count)"
                found.append(
                    PulseStream(
                        name: name, seed: seed &* 1000 &+ UInt64(found.count), ranges: ranges, biases: biases, level: level))
            }
        }
        add(4, .training, [readVoltage])
        add(2, .weak, [readVoltage])
        add(2, .training, [biases[0]])
        add(2, .training, [0])
        add(10, .training, biases)
        for level in levels {
            add(2, .training, [readVoltage], level: level)
            add(2, .training, biases, level: level)
        }
        // Pulses close together: what repeats drives highest.
        let dense = PulseStream.Ranges(amplitude: 1.85...3.6, width: 15e-6...600e-6, hold: 5e-3...4)
        for level in [0, levels.last ?? 0] { add(2, dense, [readVoltage], level: level) }
        return found
    }

    /// Its protocols and simulator.
    private var campaign: Campaign {
        var campaign = Campaign(device, options: options)
        campaign.readVoltage = readVoltage
        return campaign
    }

    /// One that stands at the fresh device.
    package func simulator() throws(InputError) -> DeviceSimulator { try campaign.simulator() }

    /// The base state and that after each of the first trains, up to the highest level.
    package func states(ambient: Double? = nil) throws -> [DeviceState] {
        let (campaign, simulator) = (campaign, try simulator())
        if let ambient { try simulator.run([.ambient(temperature: ambient)]) }
        try simulator.run(campaign.baseSteps)
        var states = [simulator.state]
        for _ in 0..<(levels.max() ?? 0) {
            try simulator.run([campaign.setTrain, .hold(voltage: 0, duration: campaign.trainWait)])
            states.append(simulator.state)
        }
        return states
    }

    /// What the choice of the lumps is made on: no fit saw these, and `StreamTest` sees others.
    func validation() -> [PulseStream] {
        let top = levels.last ?? 0
        return [
            (PulseStream.Ranges.weak, [readVoltage], 0), (.paper, [readVoltage], 0), (.paper, biases, 0),
            (.paper, [readVoltage], top),
            (.paper, biases, top),
        ].enumerated().map { k, kind in
            PulseStream(
                name: "choice \(k)", seed: seed &* 1000 &+ 500 &+ UInt64(k), count: 30, ranges: kind.0, biases: kind.1,
                level: kind.2)
        }
    }

    /// Runs the streams on the device, on all cores, fits a model for each number of lumps and keeps the best. Cost: about ten seconds of
    /// one core for each ambient temperature.
    ///
    /// - Parameter starts: `states()` of the device's own ambient temperature where the caller has them.
    /// - Throws: `InputError` where the device lacks the sheets or reactions that the model lumps, or where no number of lumps describes
    ///   it; `Trace.Stop` where a stream cannot reach its end.
    public func model(from starts: [DeviceState]? = nil, progress: ProgressHandler? = nil) throws -> LumpedDevice {
        try models(from: starts, progress: progress).state
    }

    /// What `model` gives, and the same device on two lumps, fitted to the same looks: few enough unknowns for a network of them.
    public struct Models: Sendable {
        /// The state model.
        public var state: LumpedDevice
        /// Two lumps; nil where they do not describe the device.
        public var cell: LumpedDevice?
    }

    /// `model`, and its reduction to two lumps; cost and errors as `model`.
    public func models(from starts: [DeviceState]? = nil, progress: ProgressHandler? = nil) throws -> Models {
        let temperatures = ambients.isEmpty ? [device.ambientTemperature] : ambients.sorted()
        var looks: [[LumpedSample]] = []
        var states: [DeviceState] = []
        for (k, temperature) in temperatures.enumerated() {
            let here = try ambients.isEmpty ? starts ?? self.states() : self.states(ambient: temperature)
            if k == 0 { states = here }
            looks.append(try sample(from: here, share: (Double(k), Double(temperatures.count)), progress: progress))
        }
        let (choice, levels) = (validation(), states)
        let courses = try concurrentMap(choice.count) { k in try course(choice[k], from: levels) }
        let levelLooks = try states.map(look)
        let candidates = lumps.compactMap { count -> (error: Double, model: LumpedDevice)? in
            guard let model = fit(count, looks: looks, temperatures: temperatures, levels: levelLooks) else { return nil }
            let error = zip(choice, courses).map { model.error($0, against: $1) }.max() ?? .infinity
            return error.isFinite ? (error, model) : nil
        }
        guard let best = candidates.min(by: { $0.error < $1.error }) else {
            throw InputError(
                "device", value: "\(device.left.sheets.map(\.name))", problem: "cannot be lumped",
                expected: "sheets plane, oxygen and stored with a redox step, a hop and a store at the left contact")
        }
        return Models(
            state: best.model, cell: fit(2, looks: looks, temperatures: temperatures, levels: levelLooks))
    }

    private func sample(
        from states: [DeviceState], share: (done: Double, of: Double), progress: ProgressHandler?
    ) throws -> [LumpedSample] {
        let streams = streams()
        let tally = Tally(total: Double(streams.count))
        return try concurrentMap(streams.count) { k throws -> [LumpedSample] in
            let simulator = try simulator()
            simulator.state = states[streams[k].level]
            var samples: [LumpedSample] = []
            try LumpedProbe(simulator: simulator).run(streams[k]) { samples.append($1) }
            progress?(
                Progress("sampling the device", fraction: (share.done + tally.add(1)) / share.of, detail: streams[k].name))
            return samples
        }.flatMap { $0 }
    }

    /// 30 s into a hold at the read voltage.
    private func look(at state: DeviceState) throws -> LumpedSample {
        let simulator = try simulator()
        simulator.state = state
        try simulator.run([.hold(voltage: readVoltage, duration: 30)])
        return try LumpedProbe(simulator: simulator).look(isPulse: false, time: 0)
    }

    /// G of the device after each pulse and at the end of each hold, S; before the first pulse first.
    private func course(_ stream: PulseStream, from states: [DeviceState]) throws -> [Double] {
        let simulator = try simulator()
        simulator.state = states[stream.level]
        return try stream.course {
            try simulator.run([.pulse(amplitude: $0, width: $1)])
        } hold: {
            try simulator.run([.hold(voltage: $0, duration: $1)])
        } read: {
            try simulator.read()
        }
    }

    private func fit(
        _ count: Int, looks: [[LumpedSample]], temperatures: [Double], levels: [LumpedSample]
    ) -> LumpedDevice? {
        let largest = looks[0].map { $0.planes.reduce(0, +) }.max() ?? 0
        guard let fit = LumpedFit(device: device, base: levels[0], largestCharge: largest, lumps: count) else { return nil }
        let ambients = zip(temperatures, looks).compactMap { fit.ambient($0, $1, readVoltage: readVoltage) }
        guard ambients.count == temperatures.count else { return nil }
        let levels = levels.enumerated().map { k, look in
            LumpedDevice.Level(trains: k, conductance: look.conductance, state: fit.state(look))
        }
        return LumpedDevice(
            boundaries: fit.boundaries, scale: fit.scale, lossOrder: fit.lossOrder, levels: levels, readVoltage: readVoltage,
            ambients: ambients)
    }
}

extension LumpedDevice {
    /// Root mean square of the error of G - W over that of G - W, on a stream whose course the device gave; infinite where lost.
    func error(_ stream: PulseStream, against course: [Double]) -> Double {
        guard let level = levels.first(where: { $0.trains == stream.level }) else { return .infinity }
        var run = LumpedRun(self, from: level.state)
        let own = stream.course {
            run.pulse($0, for: $1)
        } hold: {
            run.hold($0, for: $1)
        } read: {
            run.conductance
        }
        let f = course.dropFirst().map { $0 - course[0] }
        return run.isLost ? .infinity : Fits.relativeError(own.dropFirst().map { $0 - course[0] }, of: f)
    }
}
