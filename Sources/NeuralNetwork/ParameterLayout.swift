import Essentials

/// Where each parameter array lies in one flat vector, so that gradients, Adam and norms are single sweeps.
///
/// Rows of the plastic layer are padded with zeros to `stride`, a multiple of 16. Convolutions' weights are kept as
/// (row, column, channel, filter), channels and filters padded to 16 (but conv1's one channel), because activations are
/// channel-last and a vector holds 16 filters. Every array starts at a multiple of 16; padding is zero and stays zero.
struct ParameterLayout: Sendable {
    let shape: NetworkShape
    /// Padded length of a row of the plastic layer.
    let stride: Int
    /// Floats from one environment's F to the next: the rows and five cache lines more, because a multiple of 4 kB
    /// would put all environments (and W, Gamma, Lambda) into the same cache sets and halve the kernels' speed.
    let plane: Int
    let offsets: [Int]
    let count: Int

    init(_ shape: NetworkShape) {
        self.shape = shape
        stride = Self.padded(shape.inputs)
        plane = shape.units * stride + 80
        var next = 0
        var offsets: [Int] = []
        for name in ParameterName.allCases {
            offsets.append(next)
            let filters = (Self.padded(shape.filters1), Self.padded(shape.filters2))
            let size =
                switch name {
                case .conv1Weight: shape.kernel1 * shape.kernel1 * filters.0
                case .conv2Weight: shape.kernel2 * shape.kernel2 * filters.0 * filters.1
                case .weight, .gamma, .lambda: plane
                default: name.shape(in: shape).reduce(1, *)
                }
            next += Self.padded(size)
        }
        self.offsets = offsets
        count = next
    }

    /// Filters of the convolutions with their padding.
    var filters1: Int { Self.padded(shape.filters1) }
    var filters2: Int { Self.padded(shape.filters2) }

    /// Sizes of a convolution as its kernels take them.
    struct Convolution {
        var side, kernel, stride, outputSide, channels, filters: Int32
    }

    /// Of layer 1 or 2.
    func convolution(_ layer: Int) -> Convolution {
        let sizes =
            layer == 1
            ? [shape.observationSide, shape.kernel1, shape.stride1, shape.side1, 1, filters1]
            : [shape.side1, shape.kernel2, shape.stride2, shape.side2, filters1, filters2]
        let s = sizes.map(Int32.init)
        return Convolution(side: s[0], kernel: s[1], stride: s[2], outputSide: s[3], channels: s[4], filters: s[5])
    }

    static func padded(_ n: Int) -> Int { (n + 15) / 16 * 16 }

    /// Offset of the array in the flat vector.
    func start(_ name: ParameterName) -> Int { offsets[ParameterName.allCases.firstIndex(of: name)!] }

    /// Number of floats the array takes in the flat vector, padding included.
    func size(_ name: ParameterName) -> Int {
        let at = ParameterName.allCases.firstIndex(of: name)!
        return (at + 1 < offsets.count ? offsets[at + 1] : count) - offsets[at]
    }

    /// Index in the flat vector of element `i` of the PyTorch array.
    private func place(_ name: ParameterName, _ i: Int) -> Int {
        switch name {
        case .weight, .gamma, .lambda: i / shape.inputs * stride + i % shape.inputs
        case .conv1Weight:
            {
                let taps = shape.kernel1 * shape.kernel1
                return i % taps * filters1 + i / taps
            }()
        case .conv2Weight:
            {
                let taps = shape.kernel2 * shape.kernel2
                let (filter, channel) = (i / (shape.filters1 * taps), i / taps % shape.filters1)
                return (i % taps * filters1 + channel) * filters2 + filter
            }()
        default: i
        }
    }

    /// PyTorch arrays -> flat vector; the padding is zero.
    func pack(_ parameters: ActorCriticParameters, into flat: FloatBuffer) {
        flat.fill(0, 0..<count)
        for name in ParameterName.allCases {
            let values = parameters[name]
            let base = start(name)
            for (i, value) in values.enumerated() { flat[base + place(name, i)] = value }
        }
    }

    /// Flat vector -> PyTorch arrays.
    func unpack(_ flat: FloatBuffer) -> ActorCriticParameters {
        var parameters = ActorCriticParameters(shape: shape)
        for name in ParameterName.allCases {
            let base = start(name)
            parameters[name] = (0..<parameters[name].count).map { flat[base + place(name, $0)] }
        }
        return parameters
    }
}
