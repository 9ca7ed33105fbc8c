/// Where each parameter array lies in one flat vector, so that gradients, Adam and norms are single sweeps.
///
/// Rows of the plastic layer are padded with zeros to `stride`, a multiple of 16; conv2's weights are kept as
/// (filter, row, column, channel) because activations are stored channel-last. Every array starts at a multiple of 16.
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
            let sides = name.shape(in: shape)
            let size = sides.count == 2 && sides[1] == shape.inputs ? plane : sides.reduce(1, *)
            next += Self.padded(size)
        }
        self.offsets = offsets
        count = next
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
        case .conv2Weight:
            {
                let kk = shape.kernel2 * shape.kernel2
                let filter = i / (shape.filters1 * kk)
                let channel = i / kk % shape.filters1
                return (filter * kk + i % kk) * shape.filters1 + channel
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
