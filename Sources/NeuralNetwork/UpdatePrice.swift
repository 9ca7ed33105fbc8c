import Essentials

/// What an update of a synapse costs in the loss: weight k^exponent for k steps of the dF grid, averaged over the samples.
///
/// A pulse that changes F by dF takes the energy c |dF|^alpha (Weilenmann 2024, Fig. 3c), so with exponent = alpha the sum of
/// k^alpha over synapses and steps is the game's pulse energy in units of c step^alpha. Rounded updates are paid for; the
/// gradient goes straight through the rounding: d / d dF = weight exponent k^(exponent - 1) sign(dF) / step.
public struct UpdatePrice: Equatable, Sendable {
    /// Loss per unit of k^exponent and sample.
    public var weight: Double
    /// alpha of the pulse energy; 1 ... 3, so that the slope at small updates stays finite.
    public var exponent: Double

    /// A price; `weight` at least 0.
    public init(weight: Double, exponent: Double) {
        self.weight = weight
        self.exponent = exponent
    }

    /// Throws `InputError` when a number is out of range or dF has no grid whose levels could be paid for.
    func validate(_ constraints: CellConstraints) throws(InputError) {
        guard (0...1e6).contains(weight) else {
            throw InputError(
                "energy weight", value: "\(weight)", problem: "is out of range", expected: "0 ... 1e6, such as 1e-6")
        }
        guard (1...3).contains(exponent) else {
            throw InputError(
                "energy exponent", value: "\(exponent)", problem: "is out of range", expected: "1 ... 3, such as 1.39")
        }
        guard constraints.isRounded else {
            throw InputError(
                "deltaFStep", value: "0", problem: "leaves no levels whose energy could be in the loss",
                expected: "a dF grid, such as step 0.5 and maximum 20")
        }
    }
}

/// The tables of an `UpdatePrice` as the kernel reads them, level by level from 0.
final class UpdatePriceTable: @unchecked Sendable {
    /// k^exponent, and scale weight exponent k^(exponent - 1) / step.
    let prices, slopes: FloatBuffer

    /// - scale: of one sample in the loss, 1 for sums and 1 / samples for means.
    init(_ price: UpdatePrice, _ constraints: CellConstraints, scale: Double) {
        let levels = constraints.levels
        prices = FloatBuffer(levels + 1)
        slopes = FloatBuffer(levels + 1)
        for k in 1...levels {
            let power = Elementary.exp(price.exponent * Elementary.log(Double(k)))
            prices[k] = Float(power)
            slopes[k] = Float(scale * price.weight * price.exponent * power / Double(k) / Double(constraints.deltaFStep))
        }
    }
}
