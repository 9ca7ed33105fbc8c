import CompactModel
import Essentials
import Foundation

/// How long a step of the network lasts: once for the decay Lambda, once for the energy of the bias.
///
/// The paper's Lambda range [0.08, 0.92] is exp(-1 s / tau) of its decay times, its bias energy per game implies steps of
/// 7.1 ms, and the game itself draws 60 frames a second. The three do not fit together, so each account names its reading.
/// Source: Weilenmann 2024, Figs. 3e and 4, Table 1; `Docs/network.md`, section "Time".
package enum TimeReading: String, CaseIterable, Sendable, Codable {
    /// Lambda of a 1 s step, energy of a 7.1 ms step: what the paper's numbers imply.
    case paper
    /// Both of the game's own step: 1/60 s for each frame that a network step spans.
    case timeConsistent = "time-consistent"
    /// Both of a 1 s step: a hardware that waits for its own decay.
    case slow

    /// Step that the paper's 35.6 mJ imply, in s: 35.6 mJ / (169,984 * 12 nS * (0.6 V)^2 * 6,826) = 7.1 ms.
    package static let paperEnergyStep = 7.1e-3
    /// Frames per second of the Atari 2600 (NTSC), 1/s.
    package static let framesPerSecond = 60.0

    /// Duration of one network step in the account of the bias energy, in s.
    package func energyStep(frameSkip: Int) -> Double {
        switch self {
        case .paper: Self.paperEnergyStep
        case .timeConsistent: Double(max(frameSkip, 1)) / Self.framesPerSecond
        case .slow: 1
        }
    }

    /// Duration of one network step in Lambda = exp(-step / tau), in s.
    package func decayStep(frameSkip: Int, synapse: SynapseModel) -> Double {
        switch self {
        case .paper: synapse.decay.step
        case .timeConsistent: energyStep(frameSkip: frameSkip)
        case .slow: 1
        }
    }

    /// The device's Lambda range re-expressed for a step of this reading: Lambda' = Lambda^(step' / step).
    package func lambdaRange(frameSkip: Int, synapse: SynapseModel) -> ClosedRange<Double> {
        let ratio = decayStep(frameSkip: frameSkip, synapse: synapse) / synapse.decay.step
        let low = pow(synapse.decay.lambdaMinimum, ratio)
        let high = pow(synapse.decay.lambdaMaximum, ratio)
        return min(low, high)...max(low, high)
    }

    /// Reads a name as the command line gives it; throws `InputError` listing the names that exist.
    package init(named name: String) throws(InputError) {
        guard let reading = TimeReading(rawValue: name) else {
            throw InputError(
                "reading", value: name, problem: "is not a reading of the step's duration",
                expected: Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = reading
    }

    /// One sentence for tables and reports.
    package var explanation: String {
        switch self {
        case .paper: "as the paper counts: decay of a 1 s step, bias energy of a 7.1 ms step"
        case .timeConsistent: "one clock, the game's: 1/60 s for each frame of a step, for the decay and for the bias"
        case .slow: "one clock, the device's: a step lasts 1 s, for the decay and for the bias"
        }
    }
}
