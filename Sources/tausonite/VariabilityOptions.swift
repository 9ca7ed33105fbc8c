import ArgumentParser
import CompactModel
import Essentials
import Foundation
import NeuralNetwork

/// How the devices behind the network's synapses differ, as a person says it.
struct VariabilityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Relative standard deviation of step and decay time from device to device; \"synapse\": what the synapse's file says.",
            valueName: "20%"))
    var spread: String?

    @Option(help: ArgumentHelp("The same of the step alone.", valueName: "20%"))
    var stepSpread: String?

    @Option(help: ArgumentHelp("The same of the decay time alone (Lambda = exp(-t / tau)).", valueName: "20%"))
    var decaySpread: String?

    @Option(help: ArgumentHelp("Share of the synapses whose F is stuck.", valueName: "1%"))
    var stuck: String?

    @Option(help: ArgumentHelp("F of a stuck synapse. Default: 0 nS, a device that does not switch.", valueName: "0nS"))
    var stuckAt: String?

    @Option(help: ArgumentHelp("Standard deviation of every dF that is not 0, from pulse to pulse.", valueName: "0.5nS"))
    var noise: String?

    @Option(help: ArgumentHelp("Standard deviation of one read of one synapse.", valueName: "0.2nS"))
    var readNoise: String?

    /// Whether any option is given.
    var isGiven: Bool { [spread, stepSpread, decaySpread, stuck, stuckAt, noise, readNoise].contains { $0 != nil } }

    /// The variability of a network on this synapse.
    ///
    /// Throws `InputError` naming option, value, unit and range; without a synapse for any option: only on a grid is it known
    /// which synapse is pulsed, and what a conductance is worth.
    func variability(_ synapse: SynapseModel?) throws(InputError) -> CellVariability {
        var result = CellVariability.none
        guard isGiven else { return result }
        guard let synapse else {
            throw InputError(
                "--spread, --stuck, --noise", problem: "need --synapse: they say how its devices differ",
                expected: "--synapse synapse.yaml", source: "command line")
        }
        let unit = synapse.weightMap.conductancePerUnit
        if spread == "synapse" {
            guard let measured = synapse.variability else {
                throw InputError(
                    "--spread", value: "synapse", problem: "finds no section variability in the synapse's file",
                    expected: "a file of tausonite ensemble --synapse, or a number such as 20%", source: "command line")
            }
            (result.stepSpread, result.decaySpread) = (measured.step, measured.decayTime)
            (result.stepNoise, result.readNoise) = (measured.stepNoise / unit, measured.readNoise / unit)
        } else if let spread {
            result.stepSpread = try Self.share(spread, "--spread", atMost: 2)
            result.decaySpread = result.stepSpread
        }
        if let stepSpread { result.stepSpread = try Self.share(stepSpread, "--step-spread", atMost: 2) }
        if let decaySpread { result.decaySpread = try Self.share(decaySpread, "--decay-spread", atMost: 2) }
        if let stuck { result.stuckFraction = try Self.share(stuck, "--stuck", atMost: 1) }
        if let stuckAt { result.stuckValue = try Self.conductance(stuckAt, "--stuck-at", -1e-6...1e-6) / unit }
        if let noise { result.stepNoise = try Self.conductance(noise, "--noise", 0...1e-6) / unit }
        if let readNoise { result.readNoise = try Self.conductance(readNoise, "--read-noise", 0...1e-6) / unit }
        return result
    }

    /// "20%" or "0.2" as 0.2.
    static func share(_ text: String, _ key: String, atMost limit: Double) throws(InputError) -> Double {
        let expected = "0 ... \(PhysicalUnit.shortest(100 * limit)) %, such as 20%"
        do throws(InputError) {
            let value = try Quantity.si(text, as: .none, key: key)
            guard (0...limit).contains(value) else {
                throw InputError(key, value: text, problem: "is out of range", expected: expected)
            }
            return value
        } catch {
            var error = error.located(in: "command line")
            error.expected = expected
            throw error
        }
    }

    private static func conductance(_ text: String, _ key: String, _ range: ClosedRange<Double>) throws(InputError) -> Double {
        do throws(InputError) {
            let value = try Quantity.si(text, as: .conductance, key: key)
            guard range.contains(value) else {
                throw InputError(
                    key, value: text, problem: "is out of range",
                    expected: "\(engineering(range.lowerBound, "S")) ... \(engineering(range.upperBound, "S")), such as 0.5nS")
            }
            return value
        } catch {
            throw error.located(in: "command line")
        }
    }
}

/// What the devices were like, for a result's JSON and text.
struct VariabilitySummary: Encodable {
    var step_spread, decay_spread, stuck_fraction, stuck_value, step_noise, read_noise: Double

    /// nil where devices do not differ; noises and values in units of weight.
    init?(_ variability: CellVariability) {
        guard !variability.isNone else { return nil }
        (step_spread, decay_spread) = (variability.stepSpread, variability.decaySpread)
        (stuck_fraction, stuck_value) = (variability.stuckFraction, variability.stuckValue)
        (step_noise, read_noise) = (variability.stepNoise, variability.readNoise)
    }

    var text: String {
        func short(_ value: Double) -> String { PhysicalUnit.shortest(Double(String(format: "%.4g", value)) ?? value) }
        func percent(_ value: Double) -> String { "\(short(100 * value)) %" }
        var parts: [String] = []
        if step_spread > 0 { parts.append("step +- \(percent(step_spread))") }
        if decay_spread > 0 { parts.append("decay time +- \(percent(decay_spread))") }
        if stuck_fraction > 0 { parts.append("\(percent(stuck_fraction)) stuck at F = \(short(stuck_value))") }
        if step_noise > 0 { parts.append("noise of a step \(short(step_noise))") }
        if read_noise > 0 { parts.append("noise of a read \(short(read_noise))") }
        return parts.joined(separator: ", ") + " (F, noise: in units of weight); a crossbar of its own for every game"
    }
}
