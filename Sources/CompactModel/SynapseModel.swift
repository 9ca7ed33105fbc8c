/// The compact synapse: what a network and an energy account need to know of the device, in SI units.
///
/// Extracted from simulated (or measured) traces; `synapse.yaml` is its file form.
/// Source: Weilenmann 2024, Figs. 2-4, eq. 1 and the device constraints of section 3.
public struct SynapseModel: Equatable, Sendable {
    /// G = (G_meas - minimum) / unit maps a conductance to the network's unitless weight.
    public struct WeightMap: Equatable, Sendable {
        /// G_min, the conductance of weight zero, in S (paper: 12 nS).
        public var minimumConductance: Double
        /// Conductance of one unit of weight, in S (paper: 2 nS).
        public var conductancePerUnit: Double
        /// Both in S.
        public init(minimumConductance: Double, conductancePerUnit: Double) {
            self.minimumConductance = minimumConductance
            self.conductancePerUnit = conductancePerUnit
        }
    }

    /// One measured pulse: amplitude (V), width (s), conductance step (S), energy (J), peak temperature (K).
    public struct PulsePoint: Equatable, Sendable {
        /// V, s, S, J, K.
        public var amplitude, width, deltaConductance, energy, peakTemperature: Double
        /// A measured pulse: V, s, S, J, K.
        public init(amplitude: Double, width: Double, deltaConductance: Double, energy: Double, peakTemperature: Double) {
            self.amplitude = amplitude
            self.width = width
            self.deltaConductance = deltaConductance
            self.energy = energy
            self.peakTemperature = peakTemperature
        }
    }

    /// Short-term update: the dF(V, width) map and the grid that the network's updates are rounded to (unitless).
    public struct Update: Equatable, Sendable {
        /// The measured pulses.
        public var points: [PulsePoint]
        /// Smallest step of dF, unitless (paper: 0.5).
        public var step: Double
        /// Largest |dF|, unitless (paper: 20).
        public var maximum: Double
        /// `step` and `maximum` unitless.
        public init(points: [PulsePoint], step: Double, maximum: Double) {
            self.points = points
            self.step = step
            self.maximum = maximum
        }
    }

    /// Pulse energy E = c |dF|^alpha, fitted by least squares in the logarithms.
    ///
    /// The paper leaves open whether dF is in nS or in the unitless weight; both prefactors are kept, they describe
    /// the same joules: c_unit = c_nS * (nS per unit)^alpha.
    public struct EnergyLaw: Equatable, Sendable {
        /// c for dF in nS, in J.
        public var prefactorPerNanosiemens: Double
        /// c for dF in units of weight, in J.
        public var prefactorPerUnit: Double
        /// alpha over all cells of the map.
        public var exponent: Double
        /// alpha between the smallest and the largest cell only.
        public var cornerExponent: Double
        /// Root mean square of ln(E_fit / E).
        public var residual: Double
        /// A law; both prefactors in J.
        public init(
            prefactorPerNanosiemens: Double, prefactorPerUnit: Double, exponent: Double, cornerExponent: Double,
            residual: Double
        ) {
            self.prefactorPerNanosiemens = prefactorPerNanosiemens
            self.prefactorPerUnit = prefactorPerUnit
            self.exponent = exponent
            self.cornerExponent = cornerExponent
            self.residual = residual
        }
    }

    /// Decay at one bias (V): single-exponential tau (s), Lambda = exp(-step / tau), rms of the fit relative to F(0).
    public struct DecayPoint: Equatable, Sendable {
        /// V, s, unitless, relative to F(0).
        public var bias, tau, lambda, residual: Double
        /// The decay at one bias: V, s, unitless, relative to F(0).
        public init(bias: Double, tau: Double, lambda: Double, residual: Double) {
            self.bias = bias
            self.tau = tau
            self.lambda = lambda
            self.residual = residual
        }
    }

    /// Lambda(V) = height / (1 + exp(-slope (V - centre))) + offset; V in V.
    public struct Sigmoid: Equatable, Sendable {
        /// Unitless, 1/V, V, unitless, and rms of the fit.
        public var height, slope, centre, offset, residual: Double
        /// The sigmoid of these constants.
        public init(height: Double, slope: Double, centre: Double, offset: Double, residual: Double) {
            self.height = height
            self.slope = slope
            self.centre = centre
            self.offset = offset
            self.residual = residual
        }
    }

    /// How F decays over bias.
    public struct Decay: Equatable, Sendable {
        /// The measured biases.
        public var points: [DecayPoint]
        /// The curve through them.
        public var sigmoid: Sigmoid
        /// Range of Lambda over the bias range; what the network clamps to.
        public var lambdaMinimum, lambdaMaximum: Double
        /// Duration of the step that Lambda belongs to, in s (paper: 1 s).
        public var step: Double
        /// `step` in s.
        public init(
            points: [DecayPoint], sigmoid: Sigmoid, lambdaMinimum: Double, lambdaMaximum: Double, step: Double
        ) {
            self.points = points
            self.sigmoid = sigmoid
            self.lambdaMinimum = lambdaMinimum
            self.lambdaMaximum = lambdaMaximum
            self.step = step
        }
    }

    /// Long-term weights after each SET train, in S: read 1 s and 375 s into the 0.6 V read after the wait at 0 V.
    public struct LongTermLevel: Equatable, Sendable {
        /// Index of the train, from 1.
        public var train: Int
        /// Right after the train, and 1 s and 375 s into the 0.6 V read, S.
        public var afterTrain, read1s, read375s: Double
        /// A level; conductances in S.
        public init(train: Int, afterTrain: Double, read1s: Double, read375s: Double) {
            self.train = train
            self.afterTrain = afterTrain
            self.read1s = read1s
            self.read375s = read375s
        }
    }

    /// Weight to conductance.
    public var weightMap: WeightMap
    /// What a pulse adds.
    public var update: Update
    /// What a pulse costs.
    public var energy: EnergyLaw
    /// What is left of F after a step.
    public var decay: Decay
    /// Long-term weights after each SET train.
    public var levels: [LongTermLevel]
    /// Voltage of reads and of the worst-case bias, in V (paper: 0.6 V).
    public var readVoltage: Double
    /// Which device file this was extracted from, and its SHA-256.
    public var device: String
    /// SHA-256 of that device file.
    public var deviceDigest: String
    /// Ambient temperature of everything above, K; nil where the file does not say it.
    public var ambient: Double?
    /// What it was made from and tested on, where that are measurements; nil for a simulated device.
    public var measured: Measured?
    /// How far the reduction is from its device; nil where that was not measured.
    public var reduction: Reduction?
    /// How devices of this kind differ; nil where nobody has measured it.
    public var variability: Variability?

    /// A synapse put together from its parts.
    public init(
        weightMap: WeightMap, update: Update, energy: EnergyLaw, decay: Decay, levels: [LongTermLevel],
        readVoltage: Double, device: String, deviceDigest: String
    ) {
        self.weightMap = weightMap
        self.update = update
        self.energy = energy
        self.decay = decay
        self.levels = levels
        self.readVoltage = readVoltage
        self.device = device
        self.deviceDigest = deviceDigest
    }
}
