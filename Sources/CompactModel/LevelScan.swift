import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// How the short-term weight changes with the long-term one: dF of short pulses and the decay times, at every level that SET trains reach.
///
/// A level is reached as in Fig. 2f (train, 240 s at 0 V, 375 s at the read voltage); pulses and decays then start from a copy of that
/// state, so that no level sees the measurement of the one before. A network takes dF and Lambda for independent of W (paper, section 5.3);
/// this says how far a device is from that.
public struct LevelScan: Sendable {
    /// Trains, waits, read voltage and fit window.
    public var campaign: Campaign
    /// V, s.
    public var amplitudes = [2.0, 2.5, 3]
    /// Width of these pulses, s.
    public var width = 100e-6
    /// V.
    public var biases = [-0.6, 0.6]

    /// What was measured at one long-term weight.
    public struct Level: Codable, Sendable, Equatable {
        /// SET trains before it.
        public var trains: Int
        /// G 1 s and 375 s after the bias of the reads came back, S.
        public var afterOneSecond, conductance: Double
        /// dF of each amplitude, S.
        public var deltaConductance: [Double]
        /// Decay time at each bias, s.
        public var tau: [Double]
        /// psi_0 at the read voltage, V.
        public var interfacePotential: Double
        /// Vacancies inside the layer, in deep traps, and oxygen lost to the porous Pt, 1/m2.
        public var latticeVacancies, trappedVacancies, storedOxygen: Double
    }

    /// A scan on this device.
    public init(_ device: Device, options: SolverOptions = SolverOptions()) { campaign = Campaign(device, options: options) }

    /// The memristor of a parameter set.
    public init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) {
        self.init(Device(parameters), options: options)
    }

    /// Runs the trains one after the other and measures each level. Cost: about 40 ms of one core per level.
    ///
    /// Throws `CampaignFailure` when a run cannot reach its end.
    public func run(progress: ProgressHandler? = nil) throws -> [Level] {
        let simulator = try campaign.simulator()
        let bench = Bench(simulator, name: "levels")
        try bench.run(Experiment.baseStateSteps)
        var levels: [Level] = []
        for train in 0...campaign.trains {
            progress?(
                Essentials.Progress(
                    "levels", fraction: Double(train) / Double(campaign.trains + 1),
                    detail: "\(train) of \(campaign.trains) trains"))
            if train > 0 { try reach(bench) }
            let bias = campaign.readVoltage
            try bench.run([.hold(voltage: bias, duration: 1)])
            let after = try simulator.read()
            try bench.run([.hold(voltage: bias, duration: 374)])
            levels.append(try measure(bench, trains: train, after: after))
        }
        return levels
    }

    private func reach(_ bench: Bench) throws {
        try bench.run([
            .train(
                count: campaign.pulsesPerTrain, amplitude: campaign.trainAmplitude, width: campaign.trainWidth,
                gap: campaign.trainGap, base: 0, edge: Step.trainEdge),
            .hold(voltage: 0, duration: campaign.trainWait),
        ])
    }

    private func measure(_ bench: Bench, trains: Int, after: Double) throws -> Level {
        let simulator = bench.simulator
        let start = simulator.state
        let conductance = try simulator.read()
        let device = simulator.device
        let steps = try amplitudes.map { amplitude in
            simulator.state = start
            try bench.run([
                .pulse(amplitude: amplitude, width: width, base: campaign.readVoltage),
                .hold(voltage: campaign.readVoltage, duration: campaign.readDelay),
            ])
            return try simulator.read() - conductance
        }
        let decays = try biases.map { bias in
            simulator.state = start
            return try campaign.measureDecay(bench, bias: bias).tau
        }
        simulator.state = start
        return Level(
            trains: trains, afterOneSecond: after, conductance: conductance, deltaConductance: steps, tau: decays,
            interfacePotential: start.unknowns[device.layout[.potential, 0]], latticeVacancies: device.latticeVacancies(start),
            trappedVacancies: device.density(of: Device.SheetName.trapped, in: start),
            storedOxygen: device.density(of: Device.SheetName.stored, in: start))
    }
}
