import Essentials

/// What the network remembers of each environment between steps: h and F.
///
/// A class because F is large (680 kB per environment at the paper's sizes) and is updated in place.
public final class RecurrentState {
    /// Sizes of the network.
    public let shape: NetworkShape
    /// Number of environments.
    public let environments: Int
    let layout: ParameterLayout
    /// h [environments][units]; F [environments][plane].
    let h, f: FloatBuffer

    /// All zero.
    public init(shape: NetworkShape, environments: Int) {
        self.shape = shape
        self.environments = environments
        layout = ParameterLayout(shape)
        h = FloatBuffer(environments * shape.units)
        f = FloatBuffer(environments * layout.plane)
    }

    private var plane: Int { layout.plane }

    /// h and F of one environment to zero, as at the start of an episode.
    public func reset(environment e: Int) {
        h.fill(0, e * shape.units..<(e + 1) * shape.units)
        f.fill(0, e * plane..<(e + 1) * plane)
    }

    /// h of one environment, [units].
    public func hidden(environment e: Int) -> [Float] { h.read(e * shape.units..<(e + 1) * shape.units) }

    /// F of one environment, [units][inputs] in C order.
    public func plastic(environment e: Int) -> [Float] {
        var rows: [Float] = []
        rows.reserveCapacity(shape.synapses)
        for j in 0..<shape.units {
            let start = e * plane + j * layout.stride
            rows += f.read(start..<start + shape.inputs)
        }
        return rows
    }

    /// Sets h [units] and F [units][inputs] of one environment.
    public func set(environment e: Int, hidden: [Float], plastic: [Float]) {
        precondition(hidden.count == shape.units && plastic.count == shape.synapses, "state of another shape")
        h.write(hidden, at: e * shape.units)
        for j in 0..<shape.units {
            f.write(Array(plastic[j * shape.inputs..<(j + 1) * shape.inputs]), at: e * plane + j * layout.stride)
        }
    }

    /// Mean |F| over the inputs of each unit, of environment 0; [units]. For people to look at: summed in float32, 20 microseconds.
    package func meanAbsolutePlastic() -> [Float] {
        (0..<shape.units).map { unit in
            let row = UnsafeRawPointer(f.at(unit * layout.stride, room: layout.stride))
            var sum = SIMD16<Float>.zero
            for k in stride(from: 0, to: layout.stride, by: 16) {
                let values = row.loadUnaligned(fromByteOffset: 4 * k, as: SIMD16<Float>.self)
                sum += values.replacing(with: -values, where: values .< 0)
            }
            return sum.sum() / Float(shape.inputs)
        }
    }

    /// Largest |F| over all environments.
    public var largestPlastic: Float { f.all.reduce(0) { max($0, abs($1)) } }

    /// The state as tensors, for checkpoints: `<prefix>h` and `<prefix>F`.
    public func tensors(prefix: String) -> [Tensor] {
        let all = (0..<environments).flatMap { plastic(environment: $0) }
        return [
            Tensor(prefix + "h", shape: [environments, shape.units], h.read(0..<h.count)),
            Tensor(prefix + "F", shape: [environments, shape.units, shape.inputs], all),
        ]
    }

    /// Restores what `tensors(prefix:)` wrote; throws `InputError` when shapes or numbers are wrong.
    public func restore(_ file: Safetensors, prefix: String) throws(InputError) {
        let hidden: [Float] = try file.elements(prefix + "h", shape: [environments, shape.units])
        let plastic: [Float] = try file.elements(prefix + "F", shape: [environments, shape.units, shape.inputs])
        for e in 0..<environments {
            set(
                environment: e, hidden: Array(hidden[e * shape.units..<(e + 1) * shape.units]),
                plastic: Array(plastic[e * shape.synapses..<(e + 1) * shape.synapses]))
        }
    }
}
