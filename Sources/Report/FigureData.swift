/// Everything that the device figures draw, as plain arrays in SI units; the network figures take a `GameRecord`.
///
/// An empty array means "not run": its figure is left out of the report with a sentence saying so. Arrays may be as long
/// as the run made them; the figure builders thin them.
package struct FigureData: Equatable, Sendable, Codable {
    /// Fig. 2a: quasi-static loops, one entry for each recorded cycle, in order.
    package var loops: [SweepLoop] = []
    /// Fig. 2c: frozen 0.6 V reads after each pulse of one SET train, and the decay at 0 V after it.
    package var setTrain = SetTrain()
    /// Fig. 2d and 2e: conductance under the 0.6 V read with short-term pulses on a long-term weight.
    package var shortTerm = ShortTermRun()
    /// Fig. 2b: the layer around a pulse, and F with and without transport.
    package var profiles: [Profile] = []
    /// Decay times after pulses of several amplitudes, at the biases of these, by bias (falling) and pulse.
    package var decayTimes: [DecayTime] = []
    /// F (S) at the read voltage after that pulse, as it is and where nothing moves in the layer.
    package var decayWithTransport: [Sample] = [], decayWithoutTransport: [Sample] = []
    /// Fig. 3a and 3b: what each pulse of the amplitude-by-width map did.
    package var responses: [PulseResponse] = []
    /// The reduction on streams of pulses that no fit saw: device and both models.
    package var streams: [Stream] = []
    /// Fig. 3d: decay at each bias after the same pulse.
    package var decays: [DecayCurve] = []

    package init() {}

    /// The layer at one moment, node by node.
    package struct Profile: Equatable, Sendable, Codable {
        package var name: String
        /// Positions (m), band edge (eV), vacancies (1/m3).
        package var position, bandEdge, vacancies: [Double]
        /// Field between each node and the next (V/m), positive towards the right.
        package var fields: [Double]
        /// Resistance of a read from the left metal to each node (Ohm), and of the whole device.
        package var resistance: [Double], totalResistance: Double
        /// Share of the read's change since the first profile that lies in the half of the layer at the left contact; nil for the first.
        package var leftShareOfChange: Double?
        package init(
            name: String, position: [Double], bandEdge: [Double], vacancies: [Double], fields: [Double], resistance: [Double],
            totalResistance: Double, leftShareOfChange: Double?
        ) {
            self.name = name
            self.position = position
            self.bandEdge = bandEdge
            self.vacancies = vacancies
            self.fields = fields
            self.resistance = resistance
            self.totalResistance = totalResistance
            self.leftShareOfChange = leftShareOfChange
        }
    }

    /// F (S) of the device and of both models on one stream.
    package struct Stream: Equatable, Sendable, Codable {
        package var name: String
        /// s, S.
        package var time, device, linear, state: [Double]
        /// rms of the error over rms of F.
        package var linearError, stateError: Double
        package init(
            name: String, time: [Double], device: [Double], linear: [Double], state: [Double], linearError: Double,
            stateError: Double
        ) {
            self.name = name
            self.time = time
            self.device = device
            self.linear = linear
            self.state = state
            self.linearError = linearError
            self.stateError = stateError
        }
    }

    /// How long F takes to decay after one pulse at one bias.
    package struct DecayTime: Equatable, Sendable, Codable {
        /// V, s, V, s.
        package var amplitude, width, bias, tau: Double
        package init(amplitude: Double, width: Double, bias: Double, tau: Double) {
            self.amplitude = amplitude
            self.width = width
            self.bias = bias
            self.tau = tau
        }
    }

    /// A value at a time (s).
    package struct Sample: Equatable, Sendable, Codable {
        package var time, value: Double
        package init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// One triangular sweep, in the order in which it was run.
    package struct SweepLoop: Equatable, Sendable, Codable {
        /// Number of the cycle, from 1.
        package var cycle: Int
        /// Voltage at Pt (V) and current (A), equally long; conductance is their quotient.
        package var voltage, current: [Double]
        package init(cycle: Int, voltage: [Double], current: [Double]) {
            self.cycle = cycle
            self.voltage = voltage
            self.current = current
        }
    }

    /// One SET train and what is left of it.
    package struct SetTrain: Equatable, Sendable, Codable {
        /// Frozen read (S) after pulse 1, 2, ...; times (s) count from the first pulse's start.
        package var duringTrain: [Sample] = []
        /// Frozen reads (S) at 0 V; times (s) count from the last pulse's end.
        package var decay: [Sample] = []
        /// The same after the last of the repeated trains.
        package var lastDecay: [Sample] = []
        /// Frozen reads (S) at 0 V over thousands of seconds; times (s) count from the end of the 0.6 V read that follows the last train
        /// and its wait at 0 V: another experiment than `lastDecay`.
        package var retention: [Sample] = []
        /// Frozen read (S) before the train.
        package var before: Double = 0
        package init() {}
    }

    /// The 375 s run of Fig. 2d.
    package struct ShortTermRun: Equatable, Sendable, Codable {
        /// Conductance at the read voltage (S) over the whole run; times (s) count from the run's start.
        package var conductance: [Sample] = []
        /// The pulses, in time order.
        package var pulses: [Mark] = []
        package init() {}

        package struct Mark: Equatable, Sendable, Codable {
            /// Start (s), amplitude (V), width (s) and the step in conductance (S) read after it.
            package var time, amplitude, width, deltaConductance: Double
            package init(time: Double, amplitude: Double, width: Double, deltaConductance: Double) {
                self.time = time
                self.amplitude = amplitude
                self.width = width
                self.deltaConductance = deltaConductance
            }
        }
    }

    /// One cell of the amplitude-by-width map.
    package struct PulseResponse: Equatable, Sendable, Codable {
        /// Amplitude (V), width (s).
        package var amplitude, width: Double
        /// Step in conductance (S) and pulse energy (J) of each repeat, in order.
        package var deltaConductance, energy: [Double]
        /// F(t) = G(t) - G(before) (S) after the first repeat; times (s) count from the pulse's end. May be empty.
        package var trace: [Sample]
        package init(
            amplitude: Double, width: Double, deltaConductance: [Double], energy: [Double], trace: [Sample] = []
        ) {
            self.amplitude = amplitude
            self.width = width
            self.deltaConductance = deltaConductance
            self.energy = energy
            self.trace = trace
        }
    }

    /// F(t) after the pulse while the device rests at one bias.
    package struct DecayCurve: Equatable, Sendable, Codable {
        /// Bias (V).
        package var bias: Double
        /// F (S); times (s) count from the pulse's end.
        package var samples: [Sample]
        package init(bias: Double, samples: [Sample]) {
            self.bias = bias
            self.samples = samples
        }
    }
}
