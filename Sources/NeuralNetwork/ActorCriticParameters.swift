import Essentials

/// The numbers of one agent, float32, in PyTorch's layout.
public struct ActorCriticParameters: Equatable, Sendable {
    /// Sizes that the arrays have.
    public let shape: NetworkShape
    private var arrays: [ParameterName: [Float]]

    /// All zero.
    public init(shape: NetworkShape) {
        self.shape = shape
        arrays = [:]
        for name in ParameterName.allCases {
            arrays[name] = [Float](repeating: 0, count: name.shape(in: shape).reduce(1, *))
        }
    }

    /// One array in C order; a replacement must have the same number of elements.
    public subscript(name: ParameterName) -> [Float] {
        get { arrays[name]! }
        set {
            precondition(newValue.count == arrays[name]!.count, "\(name.rawValue) has \(arrays[name]!.count) elements")
            arrays[name] = newValue
        }
    }

    /// How the plastic layer starts; the other arrays follow PyTorch's default, uniform +-1/sqrt(fan in).
    public struct Initialisation: Equatable, Sendable {
        /// W and bias uniform in +-weight; nil: +-1/sqrt(units) as in the public code of the STPN.
        public var weight: Double?
        /// Gamma uniform in +-gamma; nil: 1e-3 of the weight's bound, as in the public code of the STPN.
        public var gamma: Double?
        /// Lambda uniform in this range.
        public var lambda: ClosedRange<Double>

        /// Start values; nil takes those of `Docs/network.md`.
        public init(weight: Double? = nil, gamma: Double? = nil, lambda: ClosedRange<Double> = 0.08...0.92) {
            self.weight = weight
            self.gamma = gamma
            self.lambda = lambda
        }
    }

    /// A fresh agent; the same seed gives the same numbers on every machine.
    ///
    /// Each array has a random stream of its own, so changing one array's size leaves the others as they were.
    public init(shape: NetworkShape, seed: UInt64, initialisation: Initialisation = Initialisation()) {
        self.init(shape: shape)
        let unitBound = initialisation.weight ?? 1 / Double(shape.units).squareRoot()
        func fan(_ inputs: Int) -> ClosedRange<Double> {
            let bound = 1 / Double(inputs).squareRoot()
            return -bound...bound
        }
        let fan1 = fan(shape.kernel1 * shape.kernel1)
        let fan2 = fan(shape.filters1 * shape.kernel2 * shape.kernel2)
        let headFan = fan(shape.units)
        for (stream, name) in ParameterName.allCases.enumerated() {
            let range: ClosedRange<Double> =
                switch name {
                case .conv1Weight, .conv1Bias: fan1
                case .conv2Weight, .conv2Bias: fan2
                case .weight, .bias: -unitBound...unitBound
                case .gamma: -(initialisation.gamma ?? 1e-3 * unitBound)...(initialisation.gamma ?? 1e-3 * unitBound)
                case .lambda: initialisation.lambda
                case .actorWeight, .actorBias, .criticWeight, .criticBias: headFan
                }
            var generator = SeededGenerator(seed: seed, stream: UInt64(stream))
            self[name] = self[name].map { _ in Float(generator.uniform(range.lowerBound, range.upperBound)) }
        }
    }
}
