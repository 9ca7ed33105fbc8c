import CompactModel
import Energy
import GameAccount

/// What the chain measured, in SI units: everything that a validation row can ask for.
///
/// A quantity that was not run stays `nil` or empty; its rows are then listed as "not produced" instead of failing.
/// The synapse brings the dF map, pulse energies, exponents, decays, the sigmoid and the levels of W.
package struct ChainResults: Equatable, Sendable {
    /// The extracted synapse (12 cells of the map, 13 biases, six levels).
    package var synapse: SynapseModel?
    /// Largest standard deviation of dF over the repeats of a cell, in S (Fig. 3b).
    package var largestRepeatDeviation: Double?
    /// dF of the three last pulses of Fig. 2d (2, 2.5, 3 V; 100 us), in S, in that order.
    package var shortTermSteps: [Double] = []
    /// Base conductance (frozen 0.6 V read), in S: rested at 0 V for 1e3 s; then after 300 s at 0.6 V (G_0); after 375 s
    /// more; the same 375 s with the fifteen pulses of Fig. 2d in them; both of these 60 s after the last pulse.
    package var restConductance, baseConductance, baseAfterHold, baseAfterPulses, settledAfterHold, settledAfterPulses: Double?
    /// G 60 s after one 3.5 V, 500 us pulse, relative to G just before it.
    package var leakRatio: Double?
    /// W at 0 V after the last SET train: time (s) and frozen read (S).
    package var retention: [Read] = []
    /// Loops at 1 V/s between +-2 V, in run order.
    package var loops: [Loop] = []
    /// How many loops ran to their end.
    package var completedLoops: Int?
    /// Lowest amplitude (V) of the forming scan at which the heat balance lost its root, and the hold time (s).
    package var formingVoltage, formingHold: Double?
    /// F(t) after the 3.5 V, 500 us pulse: bias (V), time (s), F (S).
    package var decays: [Decay] = []
    /// Largest relative drift of the vacancy-oxygen inventory over a SET train.
    package var conservationDrift: Double?
    package var game: GameRecord?
    package var account: EnergyAccount?

    package init() {}

    /// A frozen 0.6 V read (S) at a time (s).
    package struct Read: Equatable, Sendable {
        package var time, conductance: Double
        package init(time: Double, conductance: Double) {
            self.time = time
            self.conductance = conductance
        }
    }

    /// One triangular sweep 0, +2, 0, -2, 0 V: voltages (V) and currents (A) in run order.
    package struct Loop: Equatable, Sendable {
        package var cycle: Int
        package var voltage, current: [Double]
        package init(cycle: Int, voltage: [Double], current: [Double]) {
            self.cycle = cycle
            self.voltage = voltage
            self.current = current
        }
    }

    package struct Decay: Equatable, Sendable {
        package var bias: Double
        package var time, shortTerm: [Double]
        package init(bias: Double, time: [Double], shortTerm: [Double]) {
            self.bias = bias
            self.time = time
            self.shortTerm = shortTerm
        }
    }
}
