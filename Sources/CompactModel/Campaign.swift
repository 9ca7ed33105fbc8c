import DeviceModel
import Dispatch
import Essentials
import Foundation
import Protocols
import Simulation

/// The measuring campaign of Figs. 2 and 3 on one device: what is run, and with which settings.
///
/// Protocol details that the paper does not print are set here, in one place (Docs/device-model.md, end of section 3).
public struct Campaign: Sendable {
    /// What is measured.
    public var device: Device
    /// Grid and tolerances.
    public var options: SolverOptions
    /// V; reads and the bias of Fig. 2d.
    public var readVoltage = 0.6
    /// Figs. 3a-c: V, s, repeats, and the rest at the read voltage between repeats, s.
    public var amplitudes = [2, 2.5, 3, 3.5]
    /// Widths of the pulses of Figs. 3a-c, s.
    public var widths = [20e-6, 100e-6, 500e-6]
    /// Repeats of each.
    public var repeats = 5
    /// Rest at the read voltage between repeats, s.
    public var restBetweenRepeats = 60.0
    /// dF is read this long after the pulse, s.
    public var readDelay = 2e-3
    /// Figs. 3d-e: V; pulse, and the hold at the bias before it, s.
    public var biases = (-6...6).map { Double($0) / 10 }
    /// Pulse of Figs. 3d-e, V.
    public var decayAmplitude = 3.5
    /// Its width, s.
    public var decayWidth = 500e-6
    /// Hold at the bias before it, s.
    public var holdBeforeDecay = 30.0
    /// Fit window, s.
    public var fitStart = 0.01, fitEnd = 100.0
    /// Figs. 2c, 2f: the SET train.
    public var trains = 6
    /// Pulses of a SET train.
    public var pulsesPerTrain = 100
    /// Their amplitude, V.
    public var trainAmplitude = 4.0
    /// Their width, s.
    public var trainWidth = 500e-6
    /// Gap between them at 0 V, s.
    public var trainGap = 0.1
    /// Wait at 0 V after a train, s.
    public var trainWait = 240.0
    /// Times at 0 V after the last train at which W is read, s.
    public var retention = [300.0, 1000, 3000, 10000]
    /// Figs. 2d-e: amplitudes of one round of pulses, rounds, spacing in s.
    public var shortTermAmplitudes = [2.0, 2.5, 3]
    /// Rounds of the pulses of Figs. 2d-e.
    public var shortTermRounds = 5
    /// Duration of all rounds, s.
    public var shortTermDuration = 375.0
    /// Fig. 2a: cycles, V, V/s.
    public var cycles = 30
    /// Largest voltage of a sweep of Fig. 2a, V.
    public var sweepAmplitude = 2.0
    /// Its rate, V/s.
    public var sweepRate = 1.0
    /// Voltage between two recorded points of it, V.
    public var sweepInterval = 0.01
    /// Forming scan: V, s.
    public var formingAmplitudes = [4.0, 4.1, 4.2, 4.3, 4.4, 4.5]
    /// Hold of the forming scan, s.
    public var formingHold = 10e-3

    /// How long after the last of the short pulses W is read, s: five of the longest decay times that the paper prints.
    public var settleAfterPulses = 60.0

    /// Probes beside the figures: decays after other pulses, dF (100 us, V) on the last level, forming by bisection, share of Pt, transport.
    public var extraDecays: [DecayShape] = []
    /// Amplitudes, V, of 100 us pulses on the last long-term level.
    public var levelAmplitudes: [Double] = []
    /// Whether the forming voltage is sought by bisection.
    public var findsForming = false
    /// Whether the share of Pt in a read's change is measured.
    public var sharesRead = false
    /// Whether the decay is measured with and without transport in the layer.
    public var weighsTransport = false
    /// Whether profiles of the layer are taken around the decay pulse, and F with and without transport.
    public var drawsMechanism = false

    /// From which first-order change of the current on the electrons' charge is solved for (`DeviceSimulator.chargeThreshold`);
    /// infinite: never, as the independent prototype does.
    public var chargeThreshold = DeviceSimulator.standardChargeThreshold

    /// Where the runs of several devices are made together in lanes, this one's place; nil: its runs are made alone.
    public var seat: Lockstep.Seat?

    /// Which runs are made; the base state always is.
    public var parts = Parts.all
    /// Further cells of the dF map beside amplitudes x widths: V, s.
    public var extraCells: [PulseShape] = []

    /// The independent runs of a campaign.
    public struct Parts: OptionSet, Sendable {
        /// One bit a run.
        public let rawValue: Int
        /// The runs whose bits are set.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// SET trains, I-V loops, pulses over 375 s.
        public static let trains = Parts(rawValue: 1), loops = Parts(rawValue: 2), shortTerm = Parts(rawValue: 4)
        /// dF over amplitude and width, decays over bias, forming scan.
        public static let map = Parts(rawValue: 8), decays = Parts(rawValue: 16), forming = Parts(rawValue: 32)
        /// What one pulse leaves of itself after a minute.
        public static let leak = Parts(rawValue: 64)
        /// Every run.
        public static let all: Parts = [.trains, .loops, .shortTerm, .map, .decays, .forming, .leak]
    }

    /// Amplitude (V) and width (s) of a pulse.
    public struct PulseShape: Sendable, Equatable {
        /// V, s.
        public var amplitude, width: Double
        /// `amplitude` in V, `width` in s.
        public init(amplitude: Double, width: Double) {
            self.amplitude = amplitude
            self.width = width
        }
    }

    /// A pulse (V, s) and the bias (V) at which its short-term weight decays.
    public struct DecayShape: Sendable, Equatable {
        /// The pulse before the decay.
        public var pulse: PulseShape
        /// Bias of the decay, V.
        public var bias: Double
        /// `bias` in V.
        public init(pulse: PulseShape, bias: Double) {
            self.pulse = pulse
            self.bias = bias
        }
    }

    /// The paper's campaign on this device.
    public init(_ device: Device, options: SolverOptions = SolverOptions()) {
        self.device = device
        self.options = options
    }

    /// The memristor of a parameter set.
    public init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) {
        self.init(Device(parameters), options: options)
    }

    /// To the base state: 1e3 s at 0 V, then 300 s at the read voltage.
    var baseSteps: [Step] { [.hold(voltage: 0, duration: 1e3), .hold(voltage: readVoltage, duration: 300)] }

    /// A SET train from 0 V.
    var setTrain: Step {
        .train(
            count: pulsesPerTrain, amplitude: trainAmplitude, width: trainWidth, gap: trainGap, base: 0, edge: Step.trainEdge)
    }

    /// - Throws: `InputError` for a device that cannot be solved.
    func simulator() throws(InputError) -> DeviceSimulator {
        let simulator = DeviceSimulator(try AssembledDevice(device, options: options), readVoltage: readVoltage)
        simulator.chargeThreshold = chargeThreshold
        seat?.take(simulator)
        return simulator
    }
}
