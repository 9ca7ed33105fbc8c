import Essentials

extension ActorCriticParameters {
    /// Reads an agent file: shapes from the tensors, strides and side from the metadata (4, 2 and 84 when absent).
    ///
    /// Throws `InputError` naming the file, the tensor or key, and what would be right.
    public static func load(path: String) throws(InputError) -> (parameters: ActorCriticParameters, metadata: [String: String])
    {
        let file = try Safetensors.load(path: path)
        return (try ActorCriticParameters(file), file.metadata)
    }

    /// The agent in a file already read; tensor names carry `prefix`.
    public init(_ file: Safetensors, prefix: String = "") throws(InputError) {
        func sides(_ name: ParameterName, count: Int) throws(InputError) -> [Int] {
            let tensor = try file.tensor(prefix + name.rawValue)
            guard tensor.shape.count == count, tensor.shape.allSatisfy({ $0 > 0 }) else {
                throw InputError(
                    "tensor \(tensor.name)", value: "\(tensor.shape)", problem: "has the wrong number of dimensions",
                    expected: "\(count) dimensions", source: file.source)
            }
            return tensor.shape
        }
        var shape = NetworkShape()
        let conv1 = try sides(.conv1Weight, count: 4)
        let conv2 = try sides(.conv2Weight, count: 4)
        let actor = try sides(.actorWeight, count: 2)
        (shape.filters1, shape.kernel1) = (conv1[0], conv1[2])
        (shape.filters2, shape.kernel2) = (conv2[0], conv2[2])
        (shape.actions, shape.units) = (actor[0], actor[1])
        if file.metadata["conv1_stride"] != nil { shape.stride1 = try file.integer("conv1_stride", in: 1...64) }
        if file.metadata["conv2_stride"] != nil { shape.stride2 = try file.integer("conv2_stride", in: 1...64) }
        if file.metadata["obs_size"] != nil { shape.observationSide = try file.integer("obs_size", in: 1...4096) }
        do throws(InputError) {
            try shape.validate()
        } catch {
            throw file.source.map { error.located(in: $0) } ?? error
        }
        try self.init(file, shape: shape, prefix: prefix)
    }

    /// The arrays of a network of known shape; throws `InputError` naming the first that is missing or does not fit.
    init(_ file: Safetensors, shape: NetworkShape, prefix: String) throws(InputError) {
        // A header of some kilobytes may claim a network of petabytes: what the file has is compared before anything is made.
        for name in ParameterName.allCases {
            let tensor = try file.tensor(prefix + name.rawValue)
            guard tensor.shape == name.shape(in: shape) else {
                throw InputError(
                    "tensor \(tensor.name)", value: "\(tensor.shape)", problem: "has the wrong shape",
                    expected: "\(name.shape(in: shape))", source: file.source)
            }
        }
        self.init(shape: shape)
        for name in ParameterName.allCases {
            self[name] = try file.elements(prefix + name.rawValue, shape: name.shape(in: shape).map(Optional.some))
        }
    }

    /// The tensors of the agent file; names carry `prefix`.
    public func tensors(prefix: String = "") -> [Tensor] {
        ParameterName.allCases.map { Tensor(prefix + $0.rawValue, shape: $0.shape(in: shape), self[$0]) }
    }

    /// Writes an agent file; the strides and the side of the observation are added to the metadata given.
    public func save(path: String, metadata: [String: String] = [:]) throws(InputError) {
        try file(metadata: metadata).save(path: path)
    }

    /// The agent file; see `save(path:metadata:)`.
    public func file(metadata: [String: String] = [:]) -> Safetensors {
        let own = [
            "conv1_stride": "\(shape.stride1)", "conv2_stride": "\(shape.stride2)", "obs_size": "\(shape.observationSide)",
        ]
        return Safetensors(tensors(), metadata: metadata.merging(own) { $1 })
    }
}
