import Essentials

/// Sizes of the actor-critic: two convolutions, one plastic recurrent layer, two linear heads.
///
/// Observation side x side -> conv1 -> ReLU -> conv2 -> ReLU -> features; u = [features, h(t-1)]; units; heads.
/// Sources: the trunk of Mnih et al. 2016 (arXiv:1602.01783) and Weilenmann 2024, section 5.3.
public struct NetworkShape: Hashable, Sendable {
    /// Side of the square, single-channel observation.
    public var observationSide = 84
    /// Filters of the first convolution.
    public var filters1 = 16
    /// Side of its kernel.
    public var kernel1 = 8
    /// Its stride.
    public var stride1 = 4
    /// Filters of the second convolution.
    public var filters2 = 32
    /// Side of its kernel.
    public var kernel2 = 4
    /// Its stride.
    public var stride2 = 2
    /// Units H of the plastic layer.
    public var units = 64
    /// Actions A of the actor head.
    public var actions = 6

    /// The network of the paper, with the number of actions given.
    public static func pong(actions: Int = 6) -> NetworkShape {
        var shape = NetworkShape()
        shape.actions = actions
        return shape
    }

    /// The paper's sizes.
    public init() {}

    /// floor((side - kernel) / stride) + 1 after conv1 and conv2.
    public var side1: Int { (observationSide - kernel1) / stride1 + 1 }
    /// Side of the maps after the second convolution.
    public var side2: Int { (side1 - kernel2) / stride2 + 1 }
    /// Numbers of one observation.
    public var observations: Int { observationSide * observationSide }
    /// Features K = filters2 * side2^2, in C order of (filter, row, column).
    public var features: Int { filters2 * side2 * side2 }
    /// Inputs N = K + H of each unit.
    public var inputs: Int { features + units }
    /// Plastic synapses H * N.
    public var synapses: Int { units * inputs }
    /// Trainable numbers in all.
    public var parameters: Int { ParameterName.allCases.reduce(0) { $0 + $1.shape(in: self).reduce(1, *) } }

    /// Throws `InputError` naming the first size that cannot be.
    public func validate() throws(InputError) {
        let sizes: [(String, Int)] = [
            ("observationSide", observationSide), ("filters1", filters1), ("kernel1", kernel1), ("stride1", stride1),
            ("filters2", filters2), ("kernel2", kernel2), ("stride2", stride2), ("units", units), ("actions", actions),
        ]
        for (key, value) in sizes where !(1...4096).contains(value) {
            throw InputError(key, value: "\(value)", problem: "is not a usable size", expected: "1 ... 4096")
        }
        guard observationSide >= kernel1, side1 >= kernel2 else {
            throw InputError(
                "observationSide", value: "\(observationSide)", problem: "is smaller than the convolutions need",
                expected: "at least \((kernel2 - 1) * stride1 + kernel1)")
        }
    }
}

/// The parameter arrays of an agent, with the names of the agent file (PyTorch's).
public enum ParameterName: String, CaseIterable, Sendable {
    /// Kernels of the first convolution.
    case conv1Weight = "conv1.weight"
    /// Its biases.
    case conv1Bias = "conv1.bias"
    /// Kernels of the second convolution.
    case conv2Weight = "conv2.weight"
    /// Its biases.
    case conv2Bias = "conv2.bias"
    /// W of the plastic layer.
    case weight = "stpn.W"
    /// Gamma, gain of its updates.
    case gamma = "stpn.Gamma"
    /// Lambda, share of F that a step leaves.
    case lambda = "stpn.Lambda"
    /// Its biases.
    case bias = "stpn.bias"
    /// Weights of the actor.
    case actorWeight = "actor.weight"
    /// Its biases.
    case actorBias = "actor.bias"
    /// Weights of the critic.
    case criticWeight = "critic.weight"
    /// Its bias.
    case criticBias = "critic.bias"

    /// PyTorch's shape of the array.
    public func shape(in network: NetworkShape) -> [Int] {
        switch self {
        case .conv1Weight: [network.filters1, 1, network.kernel1, network.kernel1]
        case .conv1Bias: [network.filters1]
        case .conv2Weight: [network.filters2, network.filters1, network.kernel2, network.kernel2]
        case .conv2Bias: [network.filters2]
        case .weight, .gamma, .lambda: [network.units, network.inputs]
        case .bias: [network.units]
        case .actorWeight: [network.actions, network.units]
        case .actorBias: [network.actions]
        case .criticWeight: [1, network.units]
        case .criticBias: [1]
        }
    }
}
