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
    public var device: Device
    public var options: SolverOptions
    /// V; reads and the bias of Fig. 2d.
    public var readVoltage = 0.6
    /// Figs. 3a-c: V, s, repeats, and the rest at the read voltage between repeats, s.
    public var amplitudes = [2, 2.5, 3, 3.5]
    public var widths = [20e-6, 100e-6, 500e-6]
    public var repeats = 5
    public var restBetweenRepeats = 60.0
    /// dF is read this long after the pulse, s.
    public var readDelay = 2e-3
    /// Figs. 3d-e: V; pulse, and the hold at the bias before it, s.
    public var biases = (-6...6).map { Double($0) / 10 }
    public var decayAmplitude = 3.5
    public var decayWidth = 500e-6
    public var holdBeforeDecay = 30.0
    /// Fit window, s.
    public var fitStart = 0.01, fitEnd = 100.0
    /// Figs. 2c, 2f: the SET train.
    public var trains = 6
    public var pulsesPerTrain = 100
    public var trainAmplitude = 4.0
    public var trainWidth = 500e-6
    public var trainGap = 0.1
    public var trainWait = 240.0
    public var retention = [300.0, 1000, 3000, 10000]
    /// Figs. 2d-e: amplitudes of one round of pulses, rounds, spacing in s.
    public var shortTermAmplitudes = [2.0, 2.5, 3]
    public var shortTermRounds = 5
    public var shortTermDuration = 375.0
    /// Fig. 2a: cycles, V, V/s.
    public var cycles = 30
    public var sweepAmplitude = 2.0
    public var sweepRate = 1.0
    public var sweepInterval = 0.01
    /// Forming scan: V, s.
    public var formingAmplitudes = [4.0, 4.1, 4.2, 4.3, 4.4, 4.5]
    public var formingHold = 10e-3

    /// How long after the last of the short pulses W is read, s: five of the longest decay times that the paper prints.
    public var settleAfterPulses = 60.0

    /// Probes beside the figures: decays after other pulses, dF (100 us, V) on the last level, forming by bisection, share of Pt, transport.
    public var extraDecays: [DecayShape] = []
    public var levelAmplitudes: [Double] = []
    public var findsForming = false
    public var sharesRead = false
    public var weighsTransport = false

    /// From which first-order change of the current on the electrons' charge is solved for (`DeviceSimulator.chargeThreshold`);
    /// infinite: never, as the independent prototype does.
    public var chargeThreshold = DeviceSimulator.standardChargeThreshold

    /// Which runs are made; the base state always is.
    public var parts = Parts.all
    /// Further cells of the dF map beside amplitudes x widths: V, s.
    public var extraCells: [PulseShape] = []

    /// The independent runs of a campaign.
    public struct Parts: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let trains = Parts(rawValue: 1), loops = Parts(rawValue: 2), shortTerm = Parts(rawValue: 4)
        public static let map = Parts(rawValue: 8), decays = Parts(rawValue: 16), forming = Parts(rawValue: 32)
        public static let leak = Parts(rawValue: 64)
        public static let all: Parts = [.trains, .loops, .shortTerm, .map, .decays, .forming, .leak]
    }

    /// Amplitude (V) and width (s) of a pulse.
    public struct PulseShape: Sendable, Equatable {
        public var amplitude, width: Double
        public init(amplitude: Double, width: Double) {
            self.amplitude = amplitude
            self.width = width
        }
    }

    /// A pulse (V, s) and the bias (V) at which its short-term weight decays.
    public struct DecayShape: Sendable, Equatable {
        public var pulse: PulseShape
        public var bias: Double
        public init(pulse: PulseShape, bias: Double) {
            self.pulse = pulse
            self.bias = bias
        }
    }

    public init(_ device: Device, options: SolverOptions = SolverOptions()) {
        self.device = device
        self.options = options
    }

    /// The memristor of a parameter set.
    public init(_ parameters: DeviceParameters, options: SolverOptions = SolverOptions()) {
        self.init(Device(parameters), options: options)
    }

    /// - Throws: `InputError` for a device that cannot be solved.
    func simulator() throws(InputError) -> DeviceSimulator {
        let simulator = DeviceSimulator(try AssembledDevice(device, options: options), readVoltage: readVoltage)
        simulator.chargeThreshold = chargeThreshold
        return simulator
    }
}
