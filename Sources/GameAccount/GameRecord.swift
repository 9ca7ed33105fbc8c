import Essentials
import NeuralNetwork

/// What one game leaves behind for the energy account: exact for any pulse-energy law.
///
/// With the device constraint on, every |dF| is a multiple k of the step, k = 1 ... max/step. The record counts, for each
/// synapse and level k, how often that update happened; sums of any power of |dF| follow without rounding.
/// File form: `game.json` (scalars) and a safetensors file beside it (arrays).
///
/// Traces of single synapses (`largest...`) are those of the algebraic cell with the game's updates.
package struct GameRecord: Equatable, Sendable {
    package var score: Int
    /// Network steps of the game (equal to frames when `frameSkip` is 1).
    package var steps: Int
    package var frameSkip: Int
    /// True when the 108,000-frame cap ended the game.
    package var capped: Bool
    /// Shape of the plastic layer: units (rows) and inputs (columns); synapse index = unit * inputs + input.
    package var units, inputs: Int
    /// Unitless dF grid, and the Lambda range and weight map that were in force.
    package var deltaFStep, deltaFMaximum, lambdaMinimum, lambdaMaximum: Double
    /// Sparse counts: synapse, level k (|dF| = k * step), number of updates.
    package var updateSynapse: [Int32]
    package var updateLevel: [UInt8]
    package var updateCount: [UInt32]
    /// Sum over the steps of |G| and of G per synapse (unitless, G = W + F), in synapse order.
    package var sumAbsoluteWeight: [Double]
    package var sumWeight: [Double]
    /// The synapse with the largest |dF| of the game; if none was updated, the one with the largest |F|.
    package var largestSynapse: Int
    /// Its G and dF at every step.
    package var largestWeight, largestDeltaF: [Float]
    /// Agent file and its SHA-256, action seed, and how actions were chosen ("greedy" or "sampled").
    package var agent, agentDigest: String
    package var seed: UInt64
    package var policy: String
    /// No-ops at the start of the game, before the network's first step.
    package var noops: Int
    /// Probability that a frame repeated the action of the frame before, and the frames after which the game would have been ended:
    /// with agent, seed, policy and no-ops what it takes to play the game again.
    package var sticky: Double
    package var frameLimit: Int
    /// SHA-256 of the game's action codes (ALE's, one byte a step): the same game has the same digest.
    package var actionDigest: String

    /// What some synapses were asked for, the largest first; empty where nobody wanted them.
    package var traces: [SynapseRecorder.Trace] = []
    /// What the devices did, where the synapses were pairs of devices; nil for the algebraic cell.
    package var devices: DeviceGame?

    package var nonzeroUpdates: Int { updateCount.reduce(0) { $0 + Int($1) } }

    package init(
        score: Int, steps: Int, frameSkip: Int, capped: Bool, units: Int, inputs: Int,
        deltaFStep: Double, deltaFMaximum: Double, lambdaMinimum: Double, lambdaMaximum: Double,
        updateSynapse: [Int32], updateLevel: [UInt8], updateCount: [UInt32],
        sumAbsoluteWeight: [Double], sumWeight: [Double],
        largestSynapse: Int, largestWeight: [Float], largestDeltaF: [Float],
        agent: String, agentDigest: String, seed: UInt64, policy: String, noops: Int = 0, sticky: Double = 0,
        frameLimit: Int = 108_000, actionDigest: String = ""
    ) {
        self.score = score
        self.steps = steps
        self.frameSkip = frameSkip
        self.capped = capped
        self.units = units
        self.inputs = inputs
        self.deltaFStep = deltaFStep
        self.deltaFMaximum = deltaFMaximum
        self.lambdaMinimum = lambdaMinimum
        self.lambdaMaximum = lambdaMaximum
        self.updateSynapse = updateSynapse
        self.updateLevel = updateLevel
        self.updateCount = updateCount
        self.sumAbsoluteWeight = sumAbsoluteWeight
        self.sumWeight = sumWeight
        self.largestSynapse = largestSynapse
        self.largestWeight = largestWeight
        self.largestDeltaF = largestDeltaF
        self.agent = agent
        self.agentDigest = agentDigest
        self.seed = seed
        self.policy = policy
        self.noops = noops
        self.sticky = sticky
        self.frameLimit = frameLimit
        self.actionDigest = actionDigest
    }
}
