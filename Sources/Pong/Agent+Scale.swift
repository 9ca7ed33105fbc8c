import Essentials
import NeuralNetwork

extension Agent {
    /// The same player on a coarser or finer grid: W and Gamma times `factor`.
    ///
    /// The m-STPN has an exact symmetry. With W -> s W and Gamma -> s Gamma (F(0) = 0), dF, F, G and the row norm n all
    /// grow by s, and h = tanh((G . u) / n + b) stays as it is: with continuous dF the agent plays the very same game, bit
    /// for bit when s is a power of two. What changes is how well a fixed grid resolves its updates, and what they cost:
    /// rounding to the step 0.5 leaves nothing of updates below 0.25, and little is lost where they are some steps large.
    /// So an agent that was trained without the device's constraint is put on the device by choosing s. An agent that was
    /// trained on a grid of step d plays the same game on the grid s d, which is noted in its constraints.
    ///
    /// Throws `InputError` when the factor is not positive and finite.
    package func scaled(by factor: Double) throws(InputError) -> Agent {
        guard factor > 0, factor.isFinite, (1e-6...1e6).contains(factor) else {
            throw InputError("scale", value: "\(factor)", problem: "is out of range", expected: "1e-6 ... 1e6, such as 32")
        }
        var copy = self
        copy.parameters[.weight] = parameters[.weight].map { $0 * Float(factor) }
        copy.parameters[.gamma] = parameters[.gamma].map { $0 * Float(factor) }
        if constraints.isRounded {
            copy.constraints.deltaFStep *= Float(factor)
            copy.constraints.deltaFMaximum *= Float(factor)
        }
        for name in [ParameterName.weight, .gamma] {
            guard copy.parameters[name].allSatisfy(\.isFinite) else {
                throw InputError(
                    "scale", value: "\(factor)", problem: "makes \(name.rawValue) infinite", expected: "a smaller factor")
            }
        }
        try copy.constraints.validate()
        copy.trainedBy += "; W and Gamma times \(factor.formatted)"
        return copy
    }
}

extension Double {
    /// Without a superfluous ".0".
    fileprivate var formatted: String { self == rounded() && abs(self) < 1e15 ? "\(Int(clamped: self))" : "\(self)" }
}
