import Essentials
import NeuralNetwork

/// What pairs of devices did in one game, beside the algebraic cell; J and S.
package struct DeviceGame: Equatable, Sendable, Codable {
    /// Duration of a network step in the decay, s.
    package var step: Double
    /// Energy of all pulses, and of the biases, each synapse at its own, over steps of that duration.
    package var pulseEnergy, biasEnergy: Double
    /// Sum over synapses and steps of G+ + G-, read at the end of each step.
    package var conductanceSum: Double
    package var pulses: Int
    /// Root mean square of F less the F that the cell makes of the same updates, over that of the latter.
    package var relativeError: Double
    /// Steps at which the algebraic agent, shown the same screens, would have done something else (both greedy).
    package var differingActions: Int
    /// Synapses whose |W| is more than a device can be written to, those whose |W| is more than the state model was fitted at, and those
    /// whose Lambda no bias gives.
    package var weightsBeyond, weightsExtrapolated, lambdasBeyond: Int
    /// Device-steps and pulses beyond the end of the tables, and device-steps that were not skipped.
    package var clipped, awake: Int

    package init(_ account: DevicePairs.Account, step: Double, unit: Double, differingActions: Int) {
        self.step = step
        (pulseEnergy, biasEnergy) = (account.pulseEnergy, account.biasEnergy)
        conductanceSum = account.conductance * unit
        (pulses, relativeError) = (Int(clamped: account.pulses), account.relativeError)
        self.differingActions = differingActions
        (weightsBeyond, weightsExtrapolated) = (account.weightsBeyond, account.weightsExtrapolated)
        lambdasBeyond = account.lambdasBeyond
        (clipped, awake) = (Int(clamped: account.clipped), Int(clamped: account.awake))
    }
}
