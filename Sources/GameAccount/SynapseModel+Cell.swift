import CompactModel
import Essentials
import NeuralNetwork

extension SynapseModel {
    /// What the device lets the plastic cell do: the dF grid and, unless another range is given, the Lambda range.
    ///
    /// - lambdaRange: a range re-expressed for another duration of the network's step.
    package func cellConstraints(lambdaRange: ClosedRange<Double>? = nil) throws(InputError) -> CellConstraints {
        let range = lambdaRange ?? decay.lambdaMinimum...max(decay.lambdaMinimum, decay.lambdaMaximum)
        let constraints = CellConstraints(
            lambdaRange: Float(range.lowerBound)...Float(range.upperBound), deltaFStep: Float(update.step),
            deltaFMaximum: Float(update.maximum))
        try constraints.validate()
        return constraints
    }
}
