import CompactModel
import Energy
import GameAccount

/// What the chain measured, in SI units: everything that a validation row can ask for.
///
/// A quantity that was not run stays `nil` or empty; its rows are then listed as "not produced" instead of failing.
/// The synapse brings the dF map, pulse energies, exponents, decays, the sigmoid and the levels of W.
public struct ChainResults: Equatable, Sendable {
    /// The extracted synapse (12 cells of the map, 13 biases, six levels).
    public var synapse: SynapseModel?
    /// Largest standard deviation of dF over the repeats of a cell, in S (Fig. 3b).
    public var largestRepeatDeviation: Double?
    /// dF of the three last pulses of Fig. 2d (2, 2.5, 3 V; 100 us), in S, in that order.
    public var shortTermSteps: [Double] = []
    /// Base conductance (frozen 0.6 V read), in S: rested at 0 V for 1e3 s; then after 300 s at 0.6 V (G_0); after 375 s
    /// more; the same 375 s with the fifteen pulses of Fig. 2d in them.
    public var restConductance, baseConductance, baseAfterHold, baseAfterPulses: Double?
    /// G 60 s after one 3.5 V, 500 us pulse, relative to G just before it.
    public var leakRatio: Double?
    /// W at 0 V after the last SET train: time (s) and frozen read (S).
    public var retention: [Read] = []
    /// Loops at 1 V/s between +-2 V, in run order.
    public var loops: [Loop] = []
    /// How many loops ran to their end.
    public var completedLoops: Int?
    /// Lowest amplitude (V) of the forming scan at which the heat balance lost its root, and the hold time (s).
    public var formingVoltage, formingHold: Double?
    /// F(t) after the 3.5 V, 500 us pulse: bias (V), time (s), F (S).
    public var decays: [Decay] = []
    /// Largest relative drift of the vacancy-oxygen inventory over a SET train.
    public var conservationDrift: Double?
    public var game: GameRecord?
    public var account: EnergyAccount?

    public init() {}

    /// A frozen 0.6 V read (S) at a time (s).
    public struct Read: Equatable, Sendable {
        public var time, conductance: Double
        public init(time: Double, conductance: Double) {
            self.time = time
            self.conductance = conductance
        }
    }

    /// One triangular sweep 0, +2, 0, -2, 0 V: voltages (V) and currents (A) in run order.
    public struct Loop: Equatable, Sendable {
        public var cycle: Int
        public var voltage, current: [Double]
        public init(cycle: Int, voltage: [Double], current: [Double]) {
            self.cycle = cycle
            self.voltage = voltage
            self.current = current
        }
    }

    public struct Decay: Equatable, Sendable {
        public var bias: Double
        public var time, shortTerm: [Double]
        public init(bias: Double, time: [Double], shortTerm: [Double]) {
            self.bias = bias
            self.time = time
            self.shortTerm = shortTerm
        }
    }
}
