import Simulation

/// Everything measured on one device with the protocols of Figs. 2 and 3, in SI units: the traces behind a synapse.
public struct Characterisation: Sendable, Equatable {
    /// Frozen 0.6 V reads, S: after 1e3 s at 0 V; after 300 s more at 0.6 V (the base of every figure); 375 s later without and
    /// with the pulses of Fig. 2d.
    public var restConductance = 0.0
    /// After 300 s more at 0.6 V, S: the base of every figure.
    public var baseConductance = 0.0
    /// 375 s after that without pulses, S.
    public var baseAfterHold = 0.0
    /// 375 s after the base with the pulses of Fig. 2d, S.
    public var baseAfterPulses = 0.0
    /// The same, `Campaign.settleAfterPulses` after the last pulse and at the same time without pulses, S.
    public var settledAfterHold = 0.0
    /// `Campaign.settleAfterPulses` after the last pulse, S.
    public var settledAfterPulses = 0.0
    /// G 60 s after one 3.5 V, 500 us pulse over G before it.
    public var leakRatio = 0.0

    /// Figs. 3a-c: one cell per amplitude and width, repeats in order.
    public var map: [PulseCell] = []
    /// Figs. 3d-e: one decay per bias.
    public var decays: [DecayRun] = []
    /// Figs. 2c and 2f: the SET trains with their waits and reads.
    public var trains: [TrainRun] = []
    /// Fig. 2c: frozen reads at 0 V after the last train, time in s from the train's end after the read of `trains`.
    public var retention: [Point] = []
    /// Figs. 2d-e: 375 s at 0.6 V with short pulses.
    public var shortTerm = ShortTermRun()
    /// Fig. 2a: loops in run order.
    public var loops: [Loop] = []
    /// Lowest amplitude (V) of the forming scan without a heat balance, its hold (s) and the time it took (s); nil when none formed.
    public var forming: Forming?
    /// Amplitudes (V) that the forming scan tried and their outcome.
    public var formingScan: [Forming] = []
    /// Largest relative drift of the vacancy-oxygen inventory over any SET train.
    public var inventoryDrift = 0.0
    /// What no figure shows but a device is held to.
    public var probes = Probes()
    /// Profiles of the layer around the decay pulse; nil where the campaign does not take them.
    public var mechanism: Mechanism?
    /// Work of the whole campaign.
    public var steps = 0
    /// Attempted steps that were thrown away.
    public var rejections = 0

    /// A value at a time.
    public struct Point: Sendable, Equatable {
        /// s, and the unit of the curve.
        public var time, value: Double
        /// A point of a curve; `time` in s.
        public init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// Pulses of one amplitude and width (Figs. 3a-c).
    public struct PulseCell: Sendable, Equatable {
        /// V, s.
        public var amplitude, width: Double
        /// dF (S), energy (J) and peak temperature (K) of each repeat.
        public var deltaConductance: [Double] = []
        /// Energy of each repeat, J.
        public var energy: [Double] = []
        /// Peak temperature of each repeat, K.
        public var peakTemperature: [Double] = []
        /// F(t) (S) after the first repeat; time from the pulse's end.
        public var course: [Point] = []
    }

    /// Decay of F at one bias (Figs. 3d-e).
    public struct DecayRun: Sendable, Equatable {
        /// The pulse: V, s.
        public var amplitude, width: Double
        /// V; G held at that bias before the pulse, S.
        public var bias, before: Double
        /// F (S) after the pulse, evenly spaced in log t (s).
        public var course: [Point]
        /// Single-exponential fit, s, and its rms relative to F(10 ms).
        public var tau, residual: Double
    }

    /// One SET train and the reads after it (Figs. 2c, 2f).
    public struct TrainRun: Sendable, Equatable {
        /// Index of the train, from 1.
        public var train: Int
        /// Frozen reads (S) after the train's last gap, and 1 s, 100 s and 375 s into the 0.6 V read after 240 s at 0 V.
        public var afterTrain, read1s, read100s, read375s: Double
        /// Highest temperature, K; energy of the whole train, J.
        public var peakTemperature, energy: Double
        /// Frozen reads (S) at the end of each pulse of the train (first and last train only); time from the train's start.
        public var course: [Point]
        /// Frozen reads (S) during the 240 s at 0 V; time from the train's end.
        public var wait: [Point]
    }

    /// The rounds of pulses of Figs. 2d-e.
    public struct ShortTermRun: Sendable, Equatable {
        /// G(t), S.
        public var course: [Point] = []
        /// The pulses on it.
        public var pulses: [Mark] = []
        /// A pulse and what it added.
        public struct Mark: Sendable, Equatable {
            /// Start of the pulse (s), amplitude (V), width (s), dF read 2 ms after its end (S).
            public var time, amplitude, width, deltaConductance: Double
        }
    }

    /// Measurements beside those of the figures, each only where the campaign asks for it.
    public struct Probes: Sendable, Equatable {
        /// Decays after other pulses than that of Fig. 3d.
        public var decays: [PulsedDecay] = []
        /// dF of 100 us pulses on the level that the last SET train leaves, by amplitude (V), S.
        public var stepsOnLevel: [Double: Double] = [:]
        /// The voltage (V) that forms the device within `Campaign.formingHold`.
        public var formingVoltage: Double?
        /// Share of a read's change that the half of the layer at the left contact carries, with that contact.
        public var leftShareOfChange: Double?
        /// How far the decay at the read voltage is carried by the vacancies' transport in the layer.
        public var transport: Transport?
    }

    /// A decay at the read voltage with the vacancies' transport in the layer and without.
    public struct Transport: Sendable, Equatable {
        /// Decay time as it is, s, and with a diffusivity of zero from the base state on, s.
        public var tau, tauWithout: Double
        /// Time at which F has fallen to 1/e of what it was 10 ms after the pulse, s, and the share of the pulse's vacancies in the
        /// layer that are beyond its first plane then.
        public var fallTime, beyondFirstPlane: Double

        /// By which factor tau changes without transport, up or down.
        public var factor: Double { max(tauWithout / tau, tau / tauWithout) }
    }

    /// The decay time after one pulse at one bias.
    public struct PulsedDecay: Sendable, Equatable {
        /// V, s, V, s.
        public var amplitude, width, bias, tau: Double
        /// Rms of the single-exponential fit relative to F(10 ms).
        public var residual: Double
    }

    /// One cycle of the I-V loop (Fig. 2a).
    public struct Loop: Sendable, Equatable {
        /// Index of the cycle, from 1.
        public var cycle: Int
        /// V and A, in run order 0, +2, 0, -2, 0 V.
        public var voltage, current: [Double]
    }

    /// One amplitude of the forming scan.
    public struct Forming: Sendable, Equatable {
        /// V, s; time at which the heat balance lost its root (s), nil when it did not.
        public var amplitude, hold: Double
        /// Time at which the heat balance lost its root, s; nil when it did not.
        public var time: Double?
        /// Highest temperature reached, K.
        public var peakTemperature: Double
    }

    /// Nothing measured yet.
    public init() {}
}
